import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff";
import { choosePlayable, type Facts, playersFor } from "./capabilities";
import {
  aspectOf,
  fitted,
  LAYOUTS,
  type Layout,
  layoutFor,
  layoutNamed,
  mergedOrder,
  movedToEnd,
  neighbour,
  pageCount,
  pageOf,
  swapped,
} from "./layouts";
import { ServerClock } from "./server_clock";
import { TilePolicy } from "./tile_policy";

describe("layouts", () => {
  it("cover their grid exactly once", () => {
    for (const { columns, rows, places } of LAYOUTS) {
      const cells = places.flatMap(({ column, row, span }) =>
        Array.from({ length: span * span }, (_, at) => `${column + (at % span)}/${row + Math.floor(at / span)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(cells.length).toBe(columns * rows);
    }
    expect(LAYOUTS.map((layout) => layout.places.length)).toEqual([1, 4, 9, 16, 25, 6]);
  });

  it("have room for every camera in the overview, with less than a row to spare", () => {
    for (let cameras = 1; cameras <= 128; cameras++) {
      const { columns, places } = layoutNamed("all", cameras);
      expect(places.length).toBeGreaterThanOrEqual(cameras);
      expect(places.length - cameras).toBeLessThan(columns);
    }
  });

  it("are chosen by the number of cameras when nothing else says so", () => {
    expect([1, 3, 9, 10, 78].map((cameras) => layoutFor(cameras).name)).toEqual(["1", "4", "9", "16", "25"]);
    expect(layoutNamed("nonsense").name).toBe("16");
  });

  it("turn pages until every camera was shown", () => {
    const order = Array.from({ length: 78 }, (_, at) => `c${at}`);
    const layout = layoutNamed("25");
    expect(pageCount(78, layout)).toBe(4);
    expect([0, 1, 2, 3].flatMap((page) => pageOf(order, layout, page))).toEqual(order);
    expect(pageCount(0, layout)).toBe(1);
  });

  it("keep a kept order and find room for what is new", () => {
    expect(mergedOrder(["c", "gone", "a", "a"], ["a", "b", "c"])).toEqual(["c", "a", "b"]);
    expect(swapped(["a", "b", "c"], "a", "c")).toEqual(["c", "b", "a"]);
  });

  it("leave out rows and columns that would hold nothing, whatever the layout, the number and the screen", () => {
    const lines = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
    const holes = (layout: Layout, cameras: number, width: number, height: number): number => {
      const { columns, rows, places } = fitted(layout, cameras, width, height);
      const taken = places.slice(0, cameras);
      expect(taken).toHaveLength(cameras);
      const holdsRow = (line: number): boolean => taken.some(({ row, span }) => line >= row && line < row + span);
      const holdsColumn = (line: number): boolean =>
        taken.some(({ column, span }) => line >= column && line < column + span);
      return (
        lines(rows).filter((row) => !holdsRow(row)).length + lines(columns).filter((one) => !holdsColumn(one)).length
      );
    };
    for (const layout of [...LAYOUTS, layoutNamed("all", 25)]) {
      for (const cameras of lines(layout.places.length)) {
        expect(holes(layout, cameras, 1920, 980)).toBe(0);
        expect(holes(layout, cameras, 390, 680)).toBe(0);
        expect(holes(layout, cameras, 0, 0)).toBe(0);
      }
    }
  });

  it("take the columns that make the pictures largest", () => {
    const shape = (name: string, cameras: number, width: number, height: number): string => {
      const { columns, rows } = fitted(layoutNamed(name, cameras), cameras, width, height);
      return `${columns}x${rows}`;
    };
    expect(shape("16", 12, 1920, 980)).toBe("4x3");
    expect(shape("16", 12, 390, 680)).toBe("2x6");
    expect(shape("9", 9, 1440, 800)).toBe("3x3");
    expect(shape("25", 25, 1920, 980)).toBe("5x5");
    expect(shape("4", 2, 1440, 800)).toBe("2x1");
    expect(shape("1+5", 6, 1440, 800)).toBe("3x3");
    expect(shape("1+5", 6, 390, 680)).toBe("2x5");
    expect(aspectOf(fitted(layoutNamed("16"), 12, 1920, 980))).toBeCloseTo(64 / 27);
  });

  it("put a camera behind all others when it is dropped on an empty place", () => {
    expect(movedToEnd(["a", "b", "c"], "a")).toEqual(["b", "c", "a"]);
  });

  it("lead arrow keys to the neighbour, over large places too", () => {
    const four = layoutNamed("4");
    expect([neighbour(four, 0, 1, 0), neighbour(four, 0, 0, 1), neighbour(four, 0, -1, 0)]).toEqual([1, 2, 0]);
    const large = layoutNamed("1+5");
    expect(neighbour(large, 0, 1, 0)).toBe(1);
    expect(neighbour(large, 0, 0, 1)).toBe(5);
    expect(neighbour(large, 2, -1, 0)).toBe(0);
  });
});

describe("the policy of a tile", () => {
  function observe(policy: TilePolicy, fromMs: number, seconds: number, dropped: number): (string | null)[] {
    const changes: (string | null)[] = [];
    for (let second = 0; second < seconds; second++) {
      changes.push(policy.observe(fromMs + second * 1000, { arrived: 15 - dropped, dropped }));
    }
    return changes.filter((change) => change !== null);
  }

  it("goes to key pictures when more than one in twenty is left out", () => {
    expect(observe(new TilePolicy(), 0, 10, 0)).toEqual([]);
    expect(observe(new TilePolicy(), 0, 10, 2)).toEqual(["key"]);
  });

  it("comes back after a calm time, and waits longer when that was too early", () => {
    const policy = new TilePolicy();
    observe(policy, 0, 5, 5);
    expect(observe(policy, 5000, 25, 0)).toEqual([]);
    expect(observe(policy, 30_000, 15, 0)).toEqual(["full"]);
    observe(policy, 45_000, 5, 5);
    expect(policy.mode).toBe("key");
    expect(observe(policy, 50_000, 45, 0)).toEqual([]);
    expect(observe(policy, 95_000, 40, 0)).toEqual(["full"]);
  });

  it("leaves a mode alone that was chosen", () => {
    expect(observe(new TilePolicy("key", true), 0, 120, 0)).toEqual([]);
  });

  it("draws no conclusion from a handful of pictures", () => {
    const policy = new TilePolicy();
    for (let second = 0; second < 20; second++) {
      expect(policy.observe(second * 1000, { arrived: 1, dropped: 1 })).toBeNull();
    }
  });
});

describe("the choice of a player", () => {
  const all: Facts = {
    isSecure: true,
    hasVideoDecoder: true,
    hasTrackGenerator: true,
    hasOffscreenCanvas: true,
    hasMediaSource: true,
    hasNativeHls: false,
  };

  it("takes the quickest that the browser has", () => {
    expect(playersFor(all)).toEqual(["webcodecs", "mse", "hls", "jpeg"]);
    expect(playersFor({ ...all, isSecure: false })[0]).toBe("mse");
    expect(playersFor({ ...all, hasTrackGenerator: false })[0]).toBe("webcodecs");
    expect(playersFor({ ...all, hasVideoDecoder: false, hasMediaSource: false, hasNativeHls: true })[0]).toBe("hls");
    expect(playersFor({ ...all, hasVideoDecoder: false, hasMediaSource: false })).toEqual(["jpeg"]);
  });

  it("can be forced, but not to nonsense", () => {
    expect(playersFor(all, "hls")).toEqual(["hls"]);
    expect(playersFor(all, "flash")).toHaveLength(4);
  });

  it("takes the other stream when the wished one cannot be decoded", () => {
    const offered = new Map([
      ["main", false],
      ["sub", true],
    ]);
    expect(choosePlayable("main", offered)).toEqual({ stream: "sub", isSecondChoice: true });
    expect(choosePlayable("sub", offered)).toEqual({ stream: "sub", isSecondChoice: false });
    expect(choosePlayable("main", new Map([["main", false]]))).toBeNull();
  });
});

describe("the server's clock", () => {
  it("believes the message that was delayed least", () => {
    let nowMs = 0;
    const clock = new ServerClock(() => nowMs);
    expect(clock.isKnown).toBe(false);
    for (const delayMs of [80, 5, 40]) {
      nowMs += 1000;
      clock.observe((nowMs - delayMs + 7000) * 1000);
    }
    expect(clock.nowUs()).toBe((nowMs + 6995) * 1000);
  });

  it("believes the middle of the quickest answer more than any message", () => {
    let nowMs = 10_000;
    const clock = new ServerClock(() => nowMs);
    clock.observe(0);
    clock.observeAnswer(90_000_000, 9900);
    expect(clock.offsetUs).toBe(90_000_000 - 9_950_000);
    clock.observeAnswer(91_000_000, 9000);
    expect(clock.offsetUs).toBe(90_000_000 - 9_950_000);
    nowMs += 200_000;
    clock.observeAnswer(300_000_000, nowMs - 400);
    expect(clock.offsetUs).toBe(300_000_000 - 209_800_000);
  });
});

describe("waiting between attempts", () => {
  it("grows to its cap, starts again after a success, and never hammers", () => {
    const backoff = new Backoff(500, 10_000, () => 1);
    expect([1, 2, 3, 4, 5, 6, 7].map(() => backoff.next())).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
    expect(new Backoff(500, 10_000, () => 0).next()).toBe(100);
  });
});
