import { describe, expect, it } from "vitest";
import { loopTarget, marked, NO_MARKS, rangeOf } from "./marks";

describe("marks", () => {
  it("make a range when both ends are there", () => {
    const one = marked(NO_MARKS, "in", 10);
    expect(rangeOf(one)).toBeNull();
    expect(rangeOf(marked(one, "out", 30))).toEqual({ fromUs: 10, toUs: 30 });
  });

  it("drop the other end when it would lie on the wrong side", () => {
    const both = { inUs: 10, outUs: 30 };
    expect(marked(both, "in", 40)).toEqual({ inUs: 40, outUs: null });
    expect(marked(both, "out", 5)).toEqual({ inUs: null, outUs: 5 });
    expect(marked(both, "in", 20)).toEqual({ inUs: 20, outUs: 30 });
  });

  it("lead a loop back to the end it comes from, in both directions", () => {
    const range = { fromUs: 10, toUs: 30 };
    expect([9, 10, 29, 30, 31].map((us) => loopTarget(range, us, 1))).toEqual([null, null, null, 10, 10]);
    expect([9, 10, 11, 30].map((us) => loopTarget(range, us, -2))).toEqual([30, 30, null, null]);
  });
});
