/**
 * The part of time a timeline shows, and its ticks. From ten days down to one second; zooming keeps the moment under the
 * pointer where it is. Pure: pixels and microseconds in, pixels and microseconds out.
 */

import { zoneOffsetMinutes } from "./formats";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SPAN_MIN_US = SECOND;
export const SPAN_MAX_US = 10 * DAY;

export interface View {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface Tick {
  readonly us: number;
  readonly isMajor: boolean;
  /** What the label has to tell. */
  readonly unit: "day" | "minute" | "second" | "millisecond";
}

const STEPS: readonly { readonly step: number; readonly major: number; readonly unit: Tick["unit"] }[] = [
  { step: 0.1 * SECOND, major: SECOND, unit: "millisecond" },
  { step: 0.5 * SECOND, major: SECOND, unit: "millisecond" },
  { step: SECOND, major: 10 * SECOND, unit: "second" },
  { step: 5 * SECOND, major: 30 * SECOND, unit: "second" },
  { step: 10 * SECOND, major: MINUTE, unit: "second" },
  { step: 30 * SECOND, major: 5 * MINUTE, unit: "second" },
  { step: MINUTE, major: 10 * MINUTE, unit: "minute" },
  { step: 5 * MINUTE, major: 30 * MINUTE, unit: "minute" },
  { step: 10 * MINUTE, major: HOUR, unit: "minute" },
  { step: 30 * MINUTE, major: 6 * HOUR, unit: "minute" },
  { step: HOUR, major: 6 * HOUR, unit: "minute" },
  { step: 3 * HOUR, major: DAY, unit: "minute" },
  { step: 6 * HOUR, major: DAY, unit: "minute" },
  { step: 12 * HOUR, major: DAY, unit: "minute" },
  { step: DAY, major: 7 * DAY, unit: "day" },
];

export function xOf(view: View, width: number, us: number): number {
  return ((us - view.fromUs) / (view.toUs - view.fromUs)) * width;
}

export function usOf(view: View, width: number, x: number): number {
  return view.fromUs + (x / width) * (view.toUs - view.fromUs);
}

/** The view with its span multiplied, the moment `aroundUs` staying in its place. */
export function zoomed(view: View, factor: number, aroundUs: number): View {
  const span = view.toUs - view.fromUs;
  const wanted = Math.min(SPAN_MAX_US, Math.max(SPAN_MIN_US, span * factor));
  const share = (aroundUs - view.fromUs) / span;
  const fromUs = aroundUs - share * wanted;
  return { fromUs, toUs: fromUs + wanted };
}

export function panned(view: View, byUs: number): View {
  return { fromUs: view.fromUs + byUs, toUs: view.toUs + byUs };
}

/** The view moved so that a moment is inside, a tenth from the edge it left by; the same view when it is inside. */
export function following(view: View, us: number): View {
  const span = view.toUs - view.fromUs;
  if (us < view.fromUs) {
    return panned(view, us - view.fromUs - span * 0.1);
  }
  return us > view.toUs ? panned(view, us - view.fromUs - span * 0.1) : view;
}

/** Ticks at round local times, so close together that labels of `labelPx` do not collide. */
export function ticks(view: View, width: number, zone: string, labelPx = 72): Tick[] {
  const span = view.toUs - view.fromUs;
  const room = (labelPx / Math.max(1, width)) * span;
  const { step, major, unit } = STEPS.find((one) => one.step >= room) ?? STEPS.at(-1)!;
  const found: Tick[] = [];
  // The offset is taken anew at every tick: local days are 23 or 25 hours long where clocks are changed.
  let us = floorLocal(view.fromUs, step, zone);
  while (us < view.toUs) {
    if (us >= view.fromUs) {
      const localUs = us + zoneOffsetMinutes(us, zone) * MINUTE;
      const isDay = localUs % DAY === 0;
      found.push({ us, isMajor: localUs % major === 0, unit: isDay && step >= MINUTE ? "day" : unit });
    }
    const next = floorLocal(us + step * 1.25, step, zone);
    us = next > us ? next : us + step;
  }
  return found;
}

/** The round local time at or before a moment; the offset that counts is the one in force at that time. */
function floorLocal(us: number, step: number, zone: string): number {
  const offset = zoneOffsetMinutes(us, zone) * MINUTE;
  const local = Math.floor((us + offset) / step) * step;
  return local - zoneOffsetMinutes(local - offset, zone) * MINUTE;
}

/** A duration in words that need no language: `1:02:03`, `0:05`, `0.4 s`. */
export function durationText(us: number): string {
  if (us < SECOND) {
    return `${(us / SECOND).toFixed(1)} s`;
  }
  const seconds = Math.round(us / SECOND);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

const ROW_LEAST_PX = 24;
const ROW_MOST_PX = 88;

/** Height of a row: few cameras share the room that is there, many get what can still be read. */
export function rowHeight(rows: number, roomPx: number): number {
  return Math.round(Math.min(ROW_MOST_PX, Math.max(ROW_LEAST_PX, roomPx / Math.max(1, rows))));
}

/** A range with a tenth of itself on both sides, not smaller than the smallest view. */
export function viewAround(fromUs: number, toUs: number): View {
  const span = Math.min(SPAN_MAX_US, Math.max(SPAN_MIN_US, (toUs - fromUs) * 1.2));
  const middle = (fromUs + toUs) / 2;
  return { fromUs: middle - span / 2, toUs: middle + span / 2 };
}
