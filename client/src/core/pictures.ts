/** The presentation times of the pictures at hand, for stepping from one to the next without guessing a frame rate. */

export class PictureTimes {
  #times: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  add(times: Iterable<number>): void {
    const all = new Set(this.#times);
    for (const time of times) {
      all.add(time);
    }
    this.#times = [...all].sort((first, second) => first - second);
  }

  /** Forget what is outside `[from, to)`. */
  keep(from: number, to: number): void {
    this.#times = this.#times.filter((time) => from <= time && time < to);
  }

  clear(): void {
    this.#times = [];
  }

  /** The picture shown at a moment: the last that starts by then. `slack` forgives rounding. */
  at(us: number, slack = 500): number | null {
    return this.#times.findLast((time) => time <= us + slack) ?? null;
  }

  /** A moment at which the same picture is shown, at least `border` away from the pictures beside it. */
  inside(us: number, border: number): number {
    const from = this.at(us);
    if (from === null) {
      return us;
    }
    const until = this.next(us) ?? Number.POSITIVE_INFINITY;
    return until - from < 2 * border ? (from + until) / 2 : Math.min(Math.max(us, from + border), until - border);
  }

  next(us: number, slack = 500): number | null {
    return this.#times.find((time) => time > us + slack) ?? null;
  }

  previous(us: number, slack = 500): number | null {
    return this.#times.findLast((time) => time < us - slack) ?? null;
  }
}
