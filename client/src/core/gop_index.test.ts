import { describe, expect, it } from "vitest";
import { GopIndex, type IndexAnswer } from "./gop_index";

const S = 1_000_000;

/** Two segments of GOPs of 2 s in fragments of 1 s: 0-6 s, then a gap, then 10-14 s. */
const answer: IndexAnswer = {
  from_us: -10 * S,
  to_us: 20 * S,
  inits: { aa: { mime: "video/mp4", codec: "h264", width: 640, height: 360 } },
  segments: [
    { seq: 1, start_us: 0, end_us: 6 * S, init: "aa", open: false, fragments: fragments(0, 6) },
    { seq: 2, start_us: 10 * S, end_us: 14 * S, init: "aa", open: true, fragments: fragments(10, 4) },
  ],
  gaps: [{ start_us: 6 * S, end_us: 10 * S, cause: "no_signal" }],
};

function fragments(startS: number, count: number): number[][] {
  return Array.from({ length: count }, (_, number) => {
    const isKey = number % 2 === 0;
    return [number, (startS + number) * S, S, 50_000, isKey ? 20_000 : 0, 15, isKey ? 1 : 0];
  });
}

function index(nowS = 1000): GopIndex {
  const made = new GopIndex();
  made.add(answer, nowS * S);
  return made;
}

describe("the index of a stream", () => {
  it("finds the key picture that shows a moment", () => {
    expect(index().keyAt(3.7 * S)).toMatchObject({ seq: 1, number: 2 });
    expect(index().keyAt(4 * S)).toMatchObject({ seq: 1, number: 4 });
    expect(index().keyAt(7 * S)).toBeNull();
    expect(index().keyAt(-S)).toBeNull();
  });

  it("knows the end of a GOP, the GOP before, and the next footage", () => {
    expect(index().gopEnd(0.5 * S)).toBe(2 * S);
    expect(index().gopEnd(5 * S)).toBe(6 * S);
    expect(index().keyBefore(4.5 * S)).toMatchObject({ number: 2 });
    expect(index().nextFootage(7 * S)).toBe(10 * S);
    expect(index().nextFootage(3 * S)).toBe(3 * S);
    expect(index().nextFootage(15 * S)).toBeNull();
    expect(index().footageBefore(8 * S)).toBe(6 * S - 1000);
    expect(index().footageBefore(-S)).toBeNull();
  });

  it("asks for whole GOPs, one request a segment", () => {
    expect(index().runs(3.5 * S, 4.2 * S)).toMatchObject([{ seq: 1, first: 2, last: 4, init: "aa" }]);
    expect(index().runs(5 * S, 11 * S)).toMatchObject([
      { seq: 1, first: 4, last: 5 },
      { seq: 2, first: 0, last: 0 },
    ]);
    expect(index().runs(7 * S, 9 * S)).toEqual([]);
  });

  it("tells the cause of a gap", () => {
    expect(index().gapAt(7 * S)?.cause).toBe("no_signal");
    expect(index().gapAt(3 * S)).toBeNull();
    const made = index();
    const short = { start_us: 6 * S, end_us: 7 * S, cause: "crash" };
    made.add({ ...answer, segments: [], gaps: [short, { ...answer.gaps[0]!, start_us: 7 * S }] }, 1000 * S);
    expect(made.causeBetween(6 * S, 10 * S)).toBe("no_signal");
    expect(made.causeBetween(0, 6 * S)).toBeNull();
  });

  it("counts the newest as known only as far as it is settled", () => {
    expect(index(1000).isLoaded(0, 20 * S)).toBe(true);
    const young = index(15);
    expect(young.isLoaded(0, 14 * S)).toBe(true);
    expect(young.missing(0, 20 * S)).toEqual([[14 * S, 20 * S]]);
  });

  it("grows by what a later answer adds, and forgets gaps that it corrects", () => {
    const made = index(15);
    const grown = { ...answer.segments[1]!, end_us: 16 * S, fragments: fragments(10, 6) };
    made.add({ ...answer, from_us: 6 * S, segments: [grown], gaps: [] }, 17 * S);
    expect(made.newestUs).toBe(16 * S);
    expect(made.runs(0, 20 * S)).toHaveLength(2);
    expect(made.gapAt(7 * S)).toBeNull();
  });
});
