/**
 * Tells the recorder's wall time on this machine, whose clock may be wrong. Every message that carries the server's time
 * arrives late by an unknown delay, never early: the largest offset seen is nearest to the truth.
 */
export class ServerClock {
  #offsets: number[] = [];
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

  /** Something happened there at `serverUs` and is known here: it cannot lie in the future. */
  atLeast(serverUs: number): void {
    if (this.isKnown && serverUs - this.#nowMs() * 1000 > this.offsetUs) {
      this.observe(serverUs);
    }
  }

  get isKnown(): boolean {
    return this.#offsets.length > 0;
  }

  /** Microseconds to add to this machine's clock. */
  get offsetUs(): number {
    return this.#offsets.length === 0 ? 0 : Math.max(...this.#offsets);
  }

  nowUs(): number {
    return this.#nowMs() * 1000 + this.offsetUs;
  }
}

/** Wall clock with the resolution and the steadiness of the performance clock. */
export function defaultNowMs(): number {
  return performance.timeOrigin + performance.now();
}
