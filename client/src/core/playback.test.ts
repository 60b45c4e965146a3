import { describe, expect, it } from "vitest";
import { IntervalSet } from "./intervals";
import { LatestWins } from "./latest";
import { PictureTimes } from "./pictures";
import { PlaybackClock } from "./playback_clock";
import { faster, needsKeysOnly, SPEEDS, shuttle, slower, speedText } from "./speeds";

describe("the playback clock", () => {
  function clock() {
    let nowMs = 0;
    return { clock: new PlaybackClock(() => nowMs), pass: (ms: number) => (nowMs += ms) };
  }

  it("runs at its speed, and stands still when paused or held", () => {
    const { clock: c, pass } = clock();
    c.seek(5_000_000);
    pass(1000);
    expect(c.us).toBe(5_000_000);
    c.play();
    pass(1000);
    c.setRate(4);
    pass(1000);
    expect(c.us).toBe(10_000_000);
    c.hold(true);
    pass(5000);
    expect(c.us).toBe(10_000_000);
    c.hold(false);
    pass(500);
    c.pause();
    pass(500);
    expect(c.us).toBe(12_000_000);
    expect(c.isPlaying).toBe(false);
  });

  it("runs backwards", () => {
    const { clock: c, pass } = clock();
    c.seek(10_000_000);
    c.setRate(-2);
    c.play();
    pass(1500);
    expect(c.us).toBe(7_000_000);
  });

  it("brings an element back into step gently, and by a jump when it is far off", () => {
    const { clock: c } = clock();
    c.seek(10_000_000);
    expect(c.correction(9_995_000)).toEqual({ rate: 1, mustSeek: false });
    expect(c.correction(9_900_000).rate).toBeCloseTo(1.1);
    expect(c.correction(10_100_000).rate).toBeCloseTo(0.9);
    expect(c.correction(8_000_000).mustSeek).toBe(true);
    c.setRate(8);
    expect(c.correction(9_000_000)).toMatchObject({ mustSeek: false });
  });
});

describe("speeds", () => {
  it("go from an eighth to sixteen and stop at the ends", () => {
    let speed = SPEEDS[0]!;
    const seen = [speed];
    while (faster(speed) !== speed) {
      speed = faster(speed);
      seen.push(speed);
    }
    expect(seen).toEqual([0.125, 0.25, 0.5, 1, 2, 4, 8, 16]);
    expect(slower(0.125)).toBe(0.125);
    expect(slower(1)).toBe(0.5);
  });

  it("need key pictures alone above four and backwards", () => {
    expect([0.5, 4, 8, -1].map(needsKeysOnly)).toEqual([false, false, true, true]);
  });

  it("follow J and L as at an editing desk", () => {
    expect(shuttle(1, false, 1)).toBe(1);
    expect(shuttle(1, true, 1)).toBe(2);
    expect(shuttle(16, true, 1)).toBe(16);
    expect(shuttle(4, true, -1)).toBe(-1);
    expect(shuttle(-1, true, -1)).toBe(-2);
    expect([speedText(0.25), speedText(-2)]).toEqual(["¼×", "−2×"]);
  });
});

describe("picture times", () => {
  it("step exactly one picture, whatever the rate and the rounding", () => {
    const pictures = new PictureTimes();
    pictures.add([300, 100_000, 166_667, 400_000]);
    pictures.add([166_667, 233_333]);
    expect(pictures.size).toBe(5);
    expect(pictures.next(166_700)).toBe(233_333);
    expect(pictures.previous(166_640)).toBe(100_000);
    expect(pictures.at(399_800)).toBe(400_000);
    expect(pictures.at(399_000)).toBe(233_333);
    pictures.keep(100_000, 300_000);
    expect([pictures.previous(100_000), pictures.next(233_333)]).toEqual([null, null]);
  });
});

describe("a moment well inside a picture", () => {
  it("keeps clear of the pictures beside it and belongs to the same picture", () => {
    const pictures = new PictureTimes();
    pictures.add([100_000, 140_000, 180_000, 183_000]);
    expect(pictures.inside(140_000, 3000)).toBe(143_000);
    expect(pictures.inside(139_700, 3000)).toBe(143_000);
    expect(pictures.inside(139_000, 3000)).toBe(137_000);
    expect(pictures.inside(150_000, 3000)).toBe(150_000);
    expect(pictures.inside(180_100, 3000)).toBe(181_500);
    expect(pictures.inside(250_000, 3000)).toBe(250_000);
    expect(pictures.inside(50_000, 3000)).toBe(50_000);
  });
});

describe("interval sets", () => {
  it("hold exactly what was added and not removed", () => {
    let state = 42;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % below;
    };
    const set = new IntervalSet();
    const truth = new Array<boolean>(60).fill(false);
    for (let turn = 0; turn < 500; turn++) {
      const from = random(60);
      const to = Math.min(60, from + random(12));
      const isAdded = random(2) === 0;
      truth.fill(isAdded, from, Math.max(from, to));
      if (isAdded) {
        set.add(from, to);
      } else {
        set.remove(from, to);
      }
      expect(truth.map((_, at) => set.endAt(at) !== null)).toEqual(truth);
      expect(set.list.every(([a, b], at) => a < b && (set.list[at + 1]?.[0] ?? 99) > b)).toBe(true);
    }
  });

  it("join what touches within the slack, and tell what is missing", () => {
    const set = new IntervalSet();
    set.add(0, 10);
    set.add(12, 20, 2);
    expect(set.covers(0, 20)).toBe(true);
    expect(set.missing(-5, 25)).toEqual([
      [-5, 0],
      [20, 25],
    ]);
  });
});

describe("latest wins", () => {
  function jobs(width: number) {
    const started: { wish: number; done: () => void; isNewest: () => boolean; signal: AbortSignal }[] = [];
    const queue = new LatestWins<number>((wish, signal, isNewest) => {
      return new Promise((done) => started.push({ wish, done, isNewest, signal }));
    }, width);
    return { queue, started };
  }
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

  it("skips what was wished while it was busy", async () => {
    const { queue, started } = jobs(1);
    for (const wish of [1, 2, 3, 4]) {
      queue.wish(wish);
    }
    started[0]!.done();
    await settle();
    expect(started.map((job) => job.wish)).toEqual([1, 4]);
    started[1]!.done();
    await settle();
    expect(queue.isBusy).toBe(false);
  });

  it("does not let an overtaken job show its result", async () => {
    const { queue, started } = jobs(2);
    queue.wish(1);
    queue.wish(2);
    started[1]!.done();
    await settle();
    expect(started[0]!.isNewest()).toBe(false);
  });

  it("goes on after a job that failed, and stops when cancelled", async () => {
    const seen: number[] = [];
    const queue = new LatestWins<number>(async (wish) => {
      seen.push(wish);
      throw new Error("no");
    });
    queue.wish(1);
    await settle();
    queue.wish(2);
    await settle();
    expect(seen).toEqual([1, 2]);
    const { queue: other, started } = jobs(1);
    other.wish(1);
    other.wish(2);
    other.cancel();
    expect(started[0]!.signal.aborted).toBe(true);
    started[0]!.done();
    await settle();
    expect(started).toHaveLength(1);
  });
});
