/** A set of half-open intervals `[from, to)`, kept sorted and joined. */

export type Interval = readonly [from: number, to: number];

export class IntervalSet {
  #list: Interval[] = [];

  get list(): readonly Interval[] {
    return this.#list;
  }

  /** `slack`: ends this near count as touching. */
  add(from: number, to: number, slack = 0): void {
    if (to <= from) {
      return;
    }
    const apart = this.#list.filter(([start, end]) => end < from - slack || start > to + slack);
    const touching = this.#list.filter(([start, end]) => !(end < from - slack || start > to + slack));
    const start = Math.min(from, ...touching.map(([first]) => first));
    const end = Math.max(to, ...touching.map(([, last]) => last));
    this.#list = [...apart, [start, end] as const].sort((first, second) => first[0] - second[0]);
  }

  remove(from: number, to: number): void {
    this.#list = this.#list.flatMap(([start, end]): Interval[] => {
      if (end <= from || start >= to) {
        return [[start, end]];
      }
      const left: Interval[] = start < from ? [[start, from]] : [];
      return end > to ? [...left, [to, end]] : left;
    });
  }

  clear(): void {
    this.#list = [];
  }

  /** The end of the interval that holds a point; null when none does. */
  endAt(at: number): number | null {
    return this.#list.find(([start, end]) => start <= at && at < end)?.[1] ?? null;
  }

  covers(from: number, to: number): boolean {
    return this.#list.some(([start, end]) => start <= from && to <= end);
  }

  /** What of `[from, to)` is not in the set. */
  missing(from: number, to: number): Interval[] {
    const rest = new IntervalSet();
    rest.add(from, to);
    for (const [start, end] of this.#list) {
      rest.remove(start, end);
    }
    return [...rest.list];
  }
}
