import { describe, expect, it } from "vitest";
import { knownZone, localInputValue, timeFormats, usOfLocalInput, zoneOffsetMinutes } from "./formats";
import { activityBars, gapBoxes, gapUnder, spans, type TimelineAnswer } from "./timeline_geometry";
import { durationText, following, SPAN_MAX_US, SPAN_MIN_US, ticks, usOf, xOf, zoomed } from "./timeline_model";

const HOUR = 3_600_000_000;
const US = 1000;
const HANOI = "Asia/Ho_Chi_Minh";

describe("the view", () => {
  const view = { fromUs: 100 * HOUR, toUs: 110 * HOUR };

  it("keeps the moment under the pointer when it zooms", () => {
    for (const factor of [0.1, 0.5, 2, 7]) {
      const around = usOf(view, 1000, 313);
      expect(xOf(zoomed(view, factor, around), 1000, around)).toBeCloseTo(313, 6);
    }
  });

  it("goes from ten days to one second and no further", () => {
    const far = zoomed(view, 1e6, 105 * HOUR);
    const near = zoomed(view, 1e-9, 105 * HOUR);
    expect(far.toUs - far.fromUs).toBeCloseTo(SPAN_MAX_US, 0);
    expect(near.toUs - near.fromUs).toBeCloseTo(SPAN_MIN_US, 0);
  });

  it("follows a moment that leaves it, and stays where it is otherwise", () => {
    expect(following(view, 105 * HOUR)).toBe(view);
    const moved = following(view, 111 * HOUR);
    expect(xOf(moved, 1000, 111 * HOUR)).toBeCloseTo(100);
  });
});

describe("ticks", () => {
  it("stand at round local times and far enough apart", () => {
    const startUs = Date.UTC(2026, 0, 15, 3, 17, 41) * US;
    for (let span = SPAN_MIN_US; span <= SPAN_MAX_US; span *= 1.7) {
      const view = { fromUs: startUs, toUs: startUs + span };
      const found = ticks(view, 1200, HANOI, 84);
      expect(found.length).toBeGreaterThan(1);
      expect(found.length).toBeLessThanOrEqual(1200 / 84 + 1);
      expect(found.every((tick) => tick.us >= view.fromUs && tick.us < view.toUs)).toBe(true);
    }
  });

  it("begin days at local midnight", () => {
    const startUs = Date.UTC(2026, 0, 10) * US;
    const days = ticks({ fromUs: startUs, toUs: startUs + 8 * 24 * HOUR }, 900, HANOI).filter(
      (tick) => tick.unit === "day",
    );
    expect(days.length).toBeGreaterThanOrEqual(7);
    expect(days.every((tick) => (tick.us / HOUR + 7) % 24 === 0)).toBe(true);
  });

  it("stay at midnight over a change of clocks", () => {
    const startUs = Date.UTC(2026, 2, 27, 12) * US;
    const found = ticks({ fromUs: startUs, toUs: startUs + 4 * 24 * HOUR }, 400, "Europe/Berlin", 84);
    const formats = timeFormats("de", "Europe/Berlin");
    const midnights = found.filter((tick) => tick.unit === "day").map((tick) => formats.clock(tick.us));
    expect(midnights.length).toBeGreaterThanOrEqual(3);
    expect(new Set(midnights)).toEqual(new Set(["00:00:00"]));
  });
});

describe("rows", () => {
  const answer: TimelineAnswer = {
    from_us: 0,
    to_us: 100,
    bucket_us: 10,
    recorded: [
      [0, 60],
      [80, 100],
    ],
    gaps: [
      { start_us: 60, end_us: 80, cause: "no_signal" },
      { start_us: 20, end_us: 21, cause: "loss" },
    ],
    activity: [0, 1000, 0, 0, 0, 0, null, null, 500, 0],
  };
  const view = { fromUs: 0, toUs: 100 };

  it("are as high as their activity, and lowest but visible without any", () => {
    const bars = activityBars(answer, view, 1000);
    expect(bars).toHaveLength(8);
    expect(bars[1]).toMatchObject({ x: 100, width: 100, height: 1 });
    expect(bars[0]!.height).toBeGreaterThan(0.1);
    expect(bars.some((bar) => bar.x >= 600 && bar.x < 800)).toBe(false);
  });

  it("keep the busiest bucket when several share a pixel", () => {
    const bars = activityBars(answer, view, 4);
    expect(Math.max(...bars.map((bar) => bar.height))).toBe(1);
    expect(bars.length).toBeLessThan(8);
  });

  it("are cut to the view", () => {
    expect(spans(answer.recorded, { fromUs: 50, toUs: 90 }, 400)).toMatchObject([
      { x: 0, width: 100 },
      { x: 300, width: 100 },
    ]);
  });

  it("show the shortest gap wide enough to be found, and name the narrowest under the pointer", () => {
    const boxes = gapBoxes(answer.gaps, view, 100);
    expect(boxes.every((box) => box.width >= 2)).toBe(true);
    expect(gapUnder(boxes, 70)?.cause).toBe("no_signal");
    expect(gapUnder(boxes, 22)?.cause).toBe("loss");
    expect(gapUnder(boxes, 45)).toBeNull();
  });
});

describe("times", () => {
  const us = Date.UTC(2026, 10, 22, 18, 5, 9, 250) * US;

  it("are told in the zone and the language of the page", () => {
    expect(timeFormats("vi", HANOI).clock(us)).toBe("01:05:09");
    expect(timeFormats("vi", HANOI).full(us)).toMatch(/23\/11\/2026/);
    expect(timeFormats("en", HANOI).fullMs(us)).toBe("23/11/2026, 01:05:09.250");
    expect(zoneOffsetMinutes(us, HANOI)).toBe(420);
    expect(zoneOffsetMinutes(us, "America/St_Johns")).toBe(-210);
  });

  it("go into a field and come back as they were", () => {
    for (const zone of [HANOI, "Europe/Berlin", "America/St_Johns", "UTC"]) {
      const whole = Math.floor(us / 1_000_000) * 1_000_000;
      expect(usOfLocalInput(localInputValue(us, zone), zone)).toBe(whole);
    }
    expect(usOfLocalInput("", HANOI)).toBeNull();
  });

  it("fall back to the browser's zone when the page names one it does not know", () => {
    expect(knownZone("Mars/Olympus")).toBe(new Intl.DateTimeFormat("en").resolvedOptions().timeZone);
    expect(knownZone(HANOI)).toMatch(/Ho_Chi_Minh|Saigon/);
  });

  it("of a span need no language", () => {
    expect([400_000, 5_000_000, 3_723_000_000].map(durationText)).toEqual(["0.4 s", "0:05", "1:02:03"]);
  });
});
