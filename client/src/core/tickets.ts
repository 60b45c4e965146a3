/**
 * Gets tickets from the web plane and renews them before they end (docs/design/tickets.md). A ticket is asked for the
 * cameras and the period needed, and shared by all who need no more than that. Never stores one outside memory.
 */

export type Right = "live" | "replay" | "playback" | "export";

export interface TicketWish {
  readonly right: Right;
  readonly recorder: string;
  readonly cameras: readonly string[];
  /** The footage period; absent for live. */
  readonly fromUs?: number;
  readonly toUs?: number;
}

export interface Ticket {
  readonly text: string;
  /** How long it is still good for, counted from when it was received: no clock has to agree. */
  readonly lifeMs: number;
  /** The period it was given for, which may be shorter than the one asked for; null for live. */
  readonly fromUs: number | null;
  readonly toUs: number | null;
}

/** The web plane said no; `clause` names the rule. */
export class TicketRefused extends Error {
  readonly code: string;
  readonly clause: string | null;

  constructor(code: string, message: string, clause: string | null) {
    super(message);
    this.code = code;
    this.clause = clause;
  }
}

/** The web plane could not be asked. */
export class TicketUnavailable extends Error {}

/** A ticket is renewed when less than this is left of it. */
export const RENEW_BEFORE_MS = 60_000;

const US_PER_HOUR = 3_600_000_000;

interface Held {
  readonly wish: TicketWish;
  readonly ticket: Ticket;
  readonly endsMs: number;
}

export type Post = (body: string) => Promise<{ status: number; text: string }>;

export class TicketBroker {
  #held: Held[] = [];
  #asked = new Map<string, Promise<Ticket>>();
  readonly #post: Post;
  readonly #nowMs: () => number;

  constructor(post: Post, nowMs: () => number = () => performance.now()) {
    this.#post = post;
    this.#nowMs = nowMs;
  }

  /** A ticket that covers the wish, a held one if it lasts for another minute. */
  async ticket(wish: TicketWish, { fresh = false } = {}): Promise<Ticket> {
    const nowMs = this.#nowMs();
    this.#held = this.#held.filter((held) => held.endsMs - nowMs > RENEW_BEFORE_MS);
    if (!fresh) {
      const held = this.#held.find((one) => covers(one.wish, wish));
      if (held !== undefined) {
        return { ...held.ticket, lifeMs: held.endsMs - nowMs };
      }
    }
    const padded = wish.right === "live" ? wish : rounded(wish);
    const key = JSON.stringify(padded);
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = this.#ask(padded).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  /** Forget all: a ticket was refused by the recorder. */
  forget(): void {
    this.#held = [];
  }

  async #ask(wish: TicketWish): Promise<Ticket> {
    const { status, text } = await this.#post(
      JSON.stringify({
        right: wish.right,
        recorder: wish.recorder,
        cameras: wish.cameras,
        from_us: wish.fromUs ?? null,
        to_us: wish.toUs ?? null,
      }),
    );
    let answer: Partial<Record<"ticket" | "error" | "message" | "clause", string>> &
      Partial<Record<"from_us" | "to_us", number>>;
    try {
      answer = JSON.parse(text);
    } catch {
      throw new TicketUnavailable(`the answer was not JSON (status ${status})`);
    }
    if (typeof answer.ticket !== "string") {
      throw new TicketRefused(answer.error ?? `status_${status}`, answer.message ?? "", answer.clause ?? null);
    }
    const lifeMs = lifeOf(answer.ticket);
    const [fromUs, toUs] = [answer.from_us ?? wish.fromUs ?? null, answer.to_us ?? wish.toUs ?? null];
    const ticket = { text: answer.ticket, lifeMs, fromUs, toUs };
    this.#held.push({ wish, ticket, endsMs: this.#nowMs() + lifeMs });
    return ticket;
  }
}

/** Milliseconds between `iat` and `exp` of a JWT (RFC 7519 §4.1). */
export function lifeOf(token: string): number {
  try {
    const body = token.split(".")[1] ?? "";
    const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
    const lifeMs = (Number(claims.exp) - Number(claims.iat)) * 1000;
    return lifeMs > 0 ? lifeMs : RENEW_BEFORE_MS;
  } catch {
    return RENEW_BEFORE_MS;
  }
}

export function covers(held: TicketWish, wish: TicketWish): boolean {
  if (held.right !== wish.right || held.recorder !== wish.recorder) {
    return false;
  }
  const isInside =
    wish.right === "live" ||
    ((held.fromUs ?? Number.POSITIVE_INFINITY) <= (wish.fromUs ?? 0) &&
      (held.toUs ?? 0) >= (wish.toUs ?? Number.POSITIVE_INFINITY));
  return isInside && wish.cameras.every((camera) => held.cameras.includes(camera));
}

/** The period widened to whole hours, so that neighbouring looks share a ticket. */
function rounded(wish: TicketWish): TicketWish {
  return {
    ...wish,
    fromUs: Math.floor((wish.fromUs ?? 0) / US_PER_HOUR) * US_PER_HOUR,
    toUs: Math.ceil((wish.toUs ?? 0) / US_PER_HOUR) * US_PER_HOUR,
  };
}
