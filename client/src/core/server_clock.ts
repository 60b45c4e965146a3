/**
 * Tells the recorder's wall time on this machine, whose clock may be wrong. Best from a question and its answer: the truth
 * lies in the middle, and the quickest answer is nearest to it. Until one has come, from messages that carry the server's
 * time: each arrives late by an unknown delay, never early, so the largest offset seen is nearest.
 */
export class ServerClock {
  #offsets: number[] = [];
  #answer: { roundTripMs: number; offsetUs: number; atMs: number } | null = null;
  readonly #nowMs: () => number;
  readonly #keep: number;

  constructor(nowMs: () => number = defaultNowMs, keep = 24) {
    this.#nowMs = nowMs;
    this.#keep = keep;
  }

  /** A message said that it was `serverUs` when it was sent. */
  observe(serverUs: number): void {
    this.#offsets.push(serverUs - this.#nowMs() * 1000);
    if (this.#offsets.length > this.#keep) {
      this.#offsets.shift();
    }
  }

  /** A question sent at `sentMs` of this machine was just answered with the server's time. */
  observeAnswer(serverUs: number, sentMs: number): void {
    const atMs = this.#nowMs();
    const roundTripMs = atMs - sentMs;
    const isOld = this.#answer !== null && atMs - this.#answer.atMs > ANSWER_LASTS_MS;
    if (this.#answer === null || isOld || roundTripMs < this.#answer.roundTripMs) {
      this.#answer = { roundTripMs, offsetUs: serverUs - ((sentMs + atMs) / 2) * 1000, atMs };
    }
  }

  /** Ask the recorder for its time. Without an answer nothing changes. */
  async ask(url: string): Promise<void> {
    const sentMs = this.#nowMs();
    try {
      const answer = await fetch(url, { cache: "no-store" });
      if (answer.ok) {
        this.observeAnswer((await answer.json()).clock_us, sentMs);
      }
    } catch {
      // The line is down; whoever needs it says so.
    }
  }

  get isKnown(): boolean {
    return this.#answer !== null || this.#offsets.length > 0;
  }

  /** Microseconds to add to this machine's clock. */
  get offsetUs(): number {
    if (this.#answer !== null) {
      return this.#answer.offsetUs;
    }
    return this.#offsets.length === 0 ? 0 : Math.max(...this.#offsets);
  }

  nowUs(): number {
    return this.#nowMs() * 1000 + this.offsetUs;
  }
}

/** Clocks drift: after this long a slower answer counts too. */
const ANSWER_LASTS_MS = 120_000;

/** Wall clock with the resolution and the steadiness of the performance clock. */
export function defaultNowMs(): number {
  return performance.timeOrigin + performance.now();
}
