/** Runs few jobs at a time and always the newest wish: what was wished in between is forgotten. */

export class LatestWins<T> {
  readonly #work: (wish: T, signal: AbortSignal, isNewest: () => boolean) => Promise<void>;
  readonly #width: number;
  readonly #running = new Set<AbortController>();
  #next: { wish: T; turn: number } | null = null;
  #turn = 0;
  #finished = 0;

  /** `width`: jobs under way at once; two hide the way to the server behind the work here. */
  constructor(work: (wish: T, signal: AbortSignal, isNewest: () => boolean) => Promise<void>, width = 1) {
    this.#work = work;
    this.#width = width;
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  wish(wish: T): void {
    this.#next = { wish, turn: ++this.#turn };
    if (this.#running.size < this.#width) {
      void this.#run();
    }
  }

  /** Stop what runs and forget what waits. */
  cancel(): void {
    this.#next = null;
    for (const abort of this.#running) {
      abort.abort();
    }
  }

  async #run(): Promise<void> {
    const abort = new AbortController();
    this.#running.add(abort);
    while (this.#next !== null && !abort.signal.aborted) {
      const { wish, turn } = this.#next;
      this.#next = null;
      try {
        // A job overtaken by a later one that is done must not show its result any more.
        await this.#work(wish, abort.signal, () => turn > this.#finished && !abort.signal.aborted);
        this.#finished = Math.max(this.#finished, turn);
      } catch {
        // A wish that failed is answered by the next one.
      }
    }
    this.#running.delete(abort);
    if (this.#next !== null && this.#running.size < this.#width) {
      void this.#run();
    }
  }
}
