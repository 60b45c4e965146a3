/** Waiting times between attempts: exponential with full jitter, capped, never giving up. */
export class Backoff {
  #attempt = 0;
  readonly #firstMs: number;
  readonly #capMs: number;
  readonly #random: () => number;

  constructor(firstMs = 500, capMs = 10_000, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(this.#capMs, this.#firstMs * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 30);
    return Math.max(100, ceiling * this.#random());
  }

  /** The attempt worked. */
  reset(): void {
    this.#attempt = 0;
  }
}
