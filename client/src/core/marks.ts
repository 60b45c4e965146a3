/** A range marked in footage: two ends, either of which may be missing. Pure. */

export interface Marks {
  readonly inUs: number | null;
  readonly outUs: number | null;
}

export const NO_MARKS: Marks = { inUs: null, outUs: null };

/** The marks after one end was set; the other end goes when it would lie on the wrong side. */
export function marked({ inUs, outUs }: Marks, end: "in" | "out", us: number): Marks {
  return end === "in"
    ? { inUs: us, outUs: outUs !== null && outUs > us ? outUs : null }
    : { inUs: inUs !== null && inUs < us ? inUs : null, outUs: us };
}

export interface Range {
  readonly fromUs: number;
  readonly toUs: number;
}

export function rangeOf({ inUs, outUs }: Marks): Range | null {
  return inUs === null || outUs === null ? null : { fromUs: inUs, toUs: outUs };
}

/** Where a loop goes on when playing has left the range by the end it plays towards; null while it has not. */
export function loopTarget({ fromUs, toUs }: Range, us: number, speed: number): number | null {
  if (speed < 0) {
    return us <= fromUs ? toUs : null;
  }
  return us >= toUs ? fromUs : null;
}
