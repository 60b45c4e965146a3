import { describe, expect, it } from "vitest";
import { LatencyController } from "./latency";

/** A machine that plays what arrives: pictures every 1/fps with jitter, an element that obeys the controller. */
function simulate(parts: { fps: number; startGap: number; seconds: number; jitter: (at: number) => number }) {
  const controller = new LatencyController(parts.fps);
  const stepMs = 1000 / parts.fps;
  let currentS = 0;
  let endS = parts.startGap;
  let rate = 1;
  let stalls = 0;
  let lastMs = 0;
  for (let number = 0; number < parts.seconds * parts.fps; number++) {
    const nowMs = Math.max(lastMs, number * stepMs + parts.jitter(number));
    const wanted = currentS + ((nowMs - lastMs) / 1000) * rate;
    if (wanted > endS) {
      stalls++;
      controller.stalled(nowMs);
    }
    currentS = Math.min(wanted, endS);
    lastMs = nowMs;
    endS += 1 / parts.fps;
    controller.arrived(nowMs, 1 / parts.fps);
    const decision = controller.decide(nowMs, endS, currentS);
    rate = decision.rate;
    currentS = decision.jumpTo ?? currentS;
  }
  return { gap: endS - currentS, stalls, target: controller.targetS };
}

describe("the latency controller", () => {
  it("wants two and a half pictures or 0.15 s, whichever is more", () => {
    expect(new LatencyController(25).targetS).toBeCloseTo(0.15);
    expect(new LatencyController(5).targetS).toBeCloseTo(0.5);
    const one = new LatencyController(15);
    one.setTiles(16);
    expect(one.targetS).toBeCloseTo(4 / 15);
    one.setTiles(4);
    expect(one.targetS).toBeCloseTo(2.5 / 15);
  });

  it("brings a viewer that is late back to the target without a stall", () => {
    const { gap, stalls, target } = simulate({ fps: 15, startGap: 0.7, seconds: 30, jitter: () => 0 });
    expect(stalls).toBe(0);
    expect(Math.abs(gap - target)).toBeLessThan(0.1);
  });

  it("jumps when it is hopelessly late or the times went back", () => {
    const controller = new LatencyController(15);
    expect(controller.decide(0, 10, 2).jumpTo).toBeCloseTo(10 - 2.5 / 15);
    expect(controller.decide(100, 3, 9).jumpTo).toBeCloseTo(3 - 2.5 / 15);
  });

  it("keeps a larger distance on a jittering line and then holds it", () => {
    const jitter = (at: number): number => ((at * 7919) % 97) * 1.2;
    const { stalls, target } = simulate({ fps: 15, startGap: 0.2, seconds: 60, jitter });
    expect(target).toBeGreaterThan(new LatencyController(15).targetS + 0.04);
    expect(stalls).toBeLessThan(8);
  });

  it("gives more room after a stall, and takes it back when all is calm", () => {
    const controller = new LatencyController(15);
    const calmS = controller.targetS;
    controller.stalled(1000);
    expect(controller.targetS).toBeCloseTo(calmS + 0.04);
    for (let ms = 1000; ms < 180_000; ms += 250) {
      controller.decide(ms, 100, 99.8);
    }
    expect(controller.targetS).toBeCloseTo(calmS);
  });

  it("gives much room to a line that stalls again and again, but never more than it could catch up with", () => {
    const controller = new LatencyController(15);
    for (let ms = 0; ms < 10_000; ms += 1100) {
      controller.stalled(ms);
    }
    expect(controller.targetS).toBeGreaterThan(0.6);
    for (let ms = 10_000; ms < 60_000; ms += 1100) {
      controller.stalled(ms);
    }
    expect(controller.targetS).toBeLessThanOrEqual(2);
  });

  it("never leaves the band of rates that nobody notices", () => {
    const controller = new LatencyController(15);
    for (let ms = 0; ms < 5000; ms += 100) {
      const { rate } = controller.decide(ms, 10.9, 10);
      expect(rate).toBeLessThanOrEqual(1.25);
      expect(rate).toBeGreaterThanOrEqual(0.92);
    }
  });
});
