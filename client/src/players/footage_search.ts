/** Where the next picture lies, and where footage goes on after a gap. Looks into indexes; moves nothing. */

import type { PlaybackApi } from "./playback_api";
import type { PlaybackTile } from "./playback_tile";

const LOOK_US = 6 * 3_600_000_000;

export interface FootageAfter {
  /** Where the first camera has footage again; null when none has in what was looked at. */
  readonly nextUs: number | null;
  readonly cause: string;
  readonly lookedUs: number;
}

/** Where footage goes on for any camera, in the next six hours. */
export async function footageAfter(
  api: PlaybackApi,
  tiles: readonly PlaybackTile[],
  us: number,
  nowUs: number,
): Promise<FootageAfter> {
  const lookedUs = Math.min(us + LOOK_US, nowUs);
  await Promise.all(
    tiles.map((tile) => api.loadIndex(tile.address, tile.index, us, lookedUs, nowUs).catch(() => undefined)),
  );
  const found = tiles.map((tile) => tile.index.nextFootage(us + 1000)).filter((next) => next !== null);
  if (found.length === 0) {
    return { nextUs: null, cause: "", lookedUs };
  }
  const nextUs = Math.min(...found);
  const cause = tiles.map((tile) => tile.index.causeBetween(us, nextUs)).find(Boolean) ?? "unknown";
  return { nextUs, cause, lookedUs };
}

/** The picture after or before one of a camera, over the edge of what is at hand; null when there is none. */
export function besidePicture(tile: PlaybackTile, fromUs: number, direction: 1 | -1): number | null {
  if (direction > 0) {
    const next = tile.pictures.next(fromUs);
    return next ?? tile.index.nextFootage((tile.haveUntil(fromUs, "full") ?? fromUs) + 1000) ?? fromUs;
  }
  const previous = tile.pictures.previous(fromUs);
  const firstUs = tile.haveFrom(fromUs) ?? fromUs;
  // Before the first picture at hand lies another GOP: its last picture ends where this one begins.
  const isAtHand = previous !== null && previous >= firstUs - 1000;
  return isAtHand ? previous : tile.index.footageBefore(firstUs - 2000);
}
