/** What the recorder has of one stream, fragment by fragment: where to seek, what to fetch, which gaps to step over. */

import { type Interval, IntervalSet } from "./intervals";

export interface InitFacts {
  readonly mime: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

export interface Gap {
  readonly start_us: number;
  readonly end_us: number;
  readonly cause: string;
  readonly detail?: string;
}

/** Answer of `/playback/<camera>/<stream>/index` (docs/design/http.md). */
export interface IndexAnswer {
  readonly from_us: number;
  readonly to_us: number;
  readonly next_us?: number;
  readonly inits: Readonly<Record<string, InitFacts>>;
  readonly segments: readonly {
    readonly seq: number;
    readonly start_us: number;
    readonly end_us: number;
    readonly init: string;
    readonly open: boolean;
    readonly fragments: readonly (readonly number[])[];
  }[];
  readonly gaps: readonly Gap[];
}

export interface Fragment {
  readonly seq: number;
  readonly number: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly init: string;
  readonly isKey: boolean;
  readonly pictures: number;
}

/** Fragments `first`..`last` of one segment: one request. */
export interface Run {
  readonly seq: number;
  readonly first: number;
  readonly last: number;
  readonly init: string;
  readonly startUs: number;
  readonly endUs: number;
}

/** The newest this much may still grow: an answer does not settle it. */
const UNSETTLED_US = 15_000_000;

export class GopIndex {
  #fragments: Fragment[] = [];
  #gaps: Gap[] = [];
  readonly #loaded = new IntervalSet();
  readonly #inits = new Map<string, InitFacts>();

  get inits(): ReadonlyMap<string, InitFacts> {
    return this.#inits;
  }

  /** Take in an answer; `nowUs` tells how much of it is settled. */
  add(answer: IndexAnswer, nowUs: number): void {
    for (const [id, facts] of Object.entries(answer.inits)) {
      this.#inits.set(id, facts);
    }
    const known = new Map(this.#fragments.map((one) => [`${one.seq}/${one.number}`, one]));
    for (const segment of answer.segments) {
      for (const [number = 0, start = 0, duration = 0, , keySize = 0, pictures = 0, flags = 0] of segment.fragments) {
        const isKey = keySize > 0 || (flags & 1) !== 0;
        const fragment = { seq: segment.seq, number, startUs: start, endUs: start + duration, isKey, pictures };
        known.set(`${segment.seq}/${number}`, { ...fragment, init: segment.init });
      }
    }
    this.#fragments = [...known.values()].sort((first, second) => first.startUs - second.startUs);
    const newest = this.#fragments.at(-1)?.endUs ?? 0;
    const end = Math.min(answer.to_us, Math.max(newest, nowUs - UNSETTLED_US));
    this.#loaded.add(answer.from_us, end, 1);
    const kept = this.#gaps.filter((gap) => gap.end_us <= answer.from_us || gap.start_us >= answer.to_us);
    this.#gaps = [...kept, ...answer.gaps].sort((first, second) => first.start_us - second.start_us);
  }

  isLoaded(fromUs: number, toUs: number): boolean {
    return this.#loaded.covers(fromUs, toUs);
  }

  missing(fromUs: number, toUs: number): Interval[] {
    return this.#loaded.missing(fromUs, toUs);
  }

  /** End of the newest fragment known. */
  get newestUs(): number | null {
    return this.#fragments.at(-1)?.endUs ?? null;
  }

  /** Position of the fragment that holds a moment; -1 in a gap. */
  #at(us: number): number {
    const at = this.#lastStartingBy(us);
    return at >= 0 && us < this.#fragments[at]!.endUs ? at : -1;
  }

  #lastStartingBy(us: number): number {
    let low = 0;
    let high = this.#fragments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#fragments[middle]!.startUs <= us) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  fragmentAt(us: number): Fragment | null {
    return this.#fragments[this.#at(us)] ?? null;
  }

  /** The fragment with the key picture that shows a moment. */
  keyAt(us: number): Fragment | null {
    for (let at = this.#at(us); at >= 0; at--) {
      const fragment = this.#fragments[at]!;
      if (fragment.isKey) {
        return fragment;
      }
      if (this.#fragments[at - 1]?.endUs !== fragment.startUs) {
        return null;
      }
    }
    return null;
  }

  /** The key picture before the one that shows a moment. */
  keyBefore(us: number): Fragment | null {
    return this.#fragments.findLast((one) => one.isKey && one.endUs <= (this.keyAt(us)?.startUs ?? us)) ?? null;
  }

  /** What to fetch so that `[fromUs, toUs)` can be shown, from the key picture before it. */
  runs(fromUs: number, toUs: number): Run[] {
    const startUs = this.keyAt(fromUs)?.startUs ?? fromUs;
    const runs: Run[] = [];
    for (let at = Math.max(0, this.#lastStartingBy(startUs)); at < this.#fragments.length; at++) {
      const one = this.#fragments[at]!;
      if (one.startUs >= toUs) {
        break;
      }
      if (one.endUs > startUs) {
        this.#extend(runs, one);
      }
    }
    return runs;
  }

  #extend(runs: Run[], one: Fragment): void {
    const last = runs.at(-1);
    if (last !== undefined && last.seq === one.seq && last.last + 1 === one.number) {
      runs[runs.length - 1] = { ...last, last: one.number, endUs: one.endUs };
    } else {
      const { seq, number, init, startUs, endUs } = one;
      runs.push({ seq, first: number, last: number, init, startUs, endUs });
    }
  }

  /** End of the GOP that holds a moment. */
  gopEnd(us: number): number {
    const at = this.#at(us);
    let end = this.#fragments[at]?.endUs ?? us;
    for (let next = at + 1; at >= 0 && next < this.#fragments.length; next++) {
      const one = this.#fragments[next]!;
      if (one.isKey || one.startUs > end + 1) {
        break;
      }
      end = one.endUs;
    }
    return end;
  }

  /** The next moment with footage at or after one; null when none is known. */
  nextFootage(us: number): number | null {
    if (this.#at(us) >= 0) {
      return us;
    }
    return this.#fragments[this.#lastStartingBy(us) + 1]?.startUs ?? null;
  }

  /** The last moment with footage at or before one; the moment itself where nothing is known of it. */
  footageBefore(us: number): number | null {
    if (!this.isLoaded(us, us + 1) || this.#at(us) >= 0) {
      return us;
    }
    const before = this.#fragments[this.#lastStartingBy(us)];
    return before === undefined ? null : before.endUs - 1000;
  }

  /** Why nothing was recorded between two moments: the cause that lasted longest. */
  causeBetween(fromUs: number, toUs: number): string | null {
    const lasting = this.#gaps.map((gap) => ({
      cause: gap.cause,
      us: Math.min(gap.end_us, toUs) - Math.max(gap.start_us, fromUs),
    }));
    const longest = lasting.filter((gap) => gap.us > 0).sort((first, second) => second.us - first.us)[0];
    return longest?.cause ?? null;
  }

  gapAt(us: number): Gap | null {
    return this.#gaps.find((gap) => gap.start_us <= us && us < gap.end_us) ?? null;
  }
}
