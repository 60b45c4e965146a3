/** Ties the timeline to a player: what it asks the recorder for, and what dragging on it does. */

import type { TimeFormats } from "../core/formats";
import type { View } from "../core/timeline_model";
import type { PlaybackApi } from "../players/playback_api";
import type { Say } from "../texts";
import type { CameraConfig } from "./page_config";
import type { TimeLine } from "./time_line";

const VIEW_US = 30 * 60_000_000;
/** Of the first view, beyond the newest footage. */
const FUTURE_SHARE = 0.06;
const STILL_PX = 192;

export interface TimelinePlayer {
  readonly isPlaying: boolean;
  play(): void;
  pause(): void;
  seek(us: number): void;
  scrub(us: number): void;
  endScrub(): void;
}

export interface TimelineContext {
  readonly say: Say;
  readonly formats: TimeFormats;
  readonly zone: string;
  readonly nowUs: () => number;
  readonly api: PlaybackApi;
  readonly cameras: ReadonlyMap<string, CameraConfig>;
}

export function wireTimeline(timeline: TimeLine, player: TimelinePlayer, context: TimelineContext, atUs: number): void {
  const { api, cameras, ...parts } = context;
  timeline.prepare(
    {
      ...parts,
      load: (key, from, to, buckets, signal) => api.timeline(cameras.get(key)!, from, to, buckets, signal),
      still: (key, us, signal) => {
        const camera = cameras.get(key)!;
        return api.still({ camera, stream: camera.streams?.sub ? "sub" : "main" }, us, STILL_PX, signal);
      },
    },
    firstView(atUs, context.nowUs()),
  );
  let wasPlaying = false;
  const on = (name: string, action: (us: number) => void): void =>
    timeline.addEventListener(name, (event) => action((event as CustomEvent<{ us: number }>).detail.us));
  on("time-scrub", (us) => {
    wasPlaying ||= player.isPlaying;
    if (player.isPlaying) {
      player.pause();
    }
    player.scrub(us);
  });
  on("time-scrub-end", () => {
    player.endScrub();
    if (wasPlaying) {
      wasPlaying = false;
      player.play();
    }
  });
  on("time-seek", (us) => player.seek(us));
}

/** The moment in the middle, but no more of the future than shows that it is one. */
function firstView(atUs: number, nowUs: number): View {
  const toUs = Math.min(atUs + VIEW_US / 2, nowUs + VIEW_US * FUTURE_SHARE);
  return { fromUs: toUs - VIEW_US, toUs };
}
