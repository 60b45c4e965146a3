/** Turns what the recorder says of a camera into boxes of a timeline row. Pure. */

import type { Gap } from "./gop_index";
import { type View, xOf } from "./timeline_model";

/** Answer of `/playback/<camera>/timeline` (docs/design/http.md). */
export interface TimelineAnswer {
  readonly from_us: number;
  readonly to_us: number;
  readonly bucket_us: number;
  readonly recorded: readonly (readonly [number, number])[];
  readonly gaps: readonly Gap[];
  readonly activity: readonly (number | null)[];
  readonly holds?: readonly { readonly from_us: number; readonly to_us: number; readonly reason?: string }[];
}

export interface Bar {
  readonly x: number;
  readonly width: number;
  /** Share of the row's height. */
  readonly height: number;
}

export interface GapBox {
  readonly x: number;
  readonly width: number;
  readonly gap: Gap;
}

const ACTIVITY_MAX = 1000;
/** Recorded time without any activity is still a bar. */
const LEAST_HEIGHT = 0.18;
const LEAST_GAP_PX = 2;

/** Bars of recorded time, one a pixel column, as high as the busiest bucket in it. */
export function activityBars(answer: TimelineAnswer, view: View, width: number): Bar[] {
  const bars: Bar[] = [];
  let bar: { x: number; end: number; height: number } | null = null;
  const flush = (): void => {
    if (bar !== null) {
      bars.push({ x: bar.x, width: bar.end - bar.x, height: bar.height });
    }
  };
  answer.activity.forEach((activity, bucket) => {
    const start = xOf(view, width, answer.from_us + bucket * answer.bucket_us);
    const end = xOf(view, width, answer.from_us + (bucket + 1) * answer.bucket_us);
    if (activity === null || end <= 0 || start >= width) {
      return;
    }
    const height = LEAST_HEIGHT + (1 - LEAST_HEIGHT) * Math.min(1, activity / ACTIVITY_MAX);
    if (bar !== null && start - bar.end < 0.01 && start - bar.x < 1) {
      bar.end = end;
      bar.height = Math.max(bar.height, height);
    } else {
      flush();
      bar = { x: start, end, height };
    }
  });
  flush();
  return bars;
}

/** Recorded spans in pixels, clipped to the view. */
export function spans(recorded: TimelineAnswer["recorded"], view: View, width: number): Bar[] {
  return recorded
    .map(([from, to]) => {
      const x = Math.max(0, xOf(view, width, from));
      return { x, width: Math.min(width, xOf(view, width, to)) - x, height: LEAST_HEIGHT };
    })
    .filter((bar) => bar.width > 0);
}

/** Gaps in pixels; a short one is still wide enough to be seen. */
export function gapBoxes(gaps: readonly Gap[], view: View, width: number): GapBox[] {
  return gaps
    .filter((gap) => gap.end_us > view.fromUs && gap.start_us < view.toUs)
    .map((gap) => {
      const x = Math.max(0, xOf(view, width, gap.start_us));
      const end = Math.min(width, xOf(view, width, gap.end_us));
      return { x, width: Math.max(LEAST_GAP_PX, end - x), gap };
    });
}

/** The gap under a point, the narrowest first. */
export function gapUnder(boxes: readonly GapBox[], x: number, reach = 3): Gap | null {
  const near = boxes.filter((box) => x >= box.x - reach && x <= box.x + box.width + reach);
  near.sort((first, second) => first.width - second.width);
  return near[0]?.gap ?? null;
}
