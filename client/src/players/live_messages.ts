/** What the page and its live worker say to each other. One worker a page; a tile is a number the page gives. */

import type { StreamFacts } from "../core/live_socket";
import type { Mode } from "../core/tile_policy";

/** Where a decoded picture goes: a track's writable, a canvas, or a track that the worker makes itself. */
export type PictureSink = WritableStream<VideoFrame> | OffscreenCanvas | "track";

export interface OpenTile {
  readonly op: "open";
  readonly tile: number;
  readonly recorder: string;
  readonly url: string;
  readonly camera: string;
  readonly stream: string;
  readonly mode: Mode;
  readonly player: "webcodecs" | "mse";
  readonly sink: PictureSink | null;
}

export type ToWorker =
  | OpenTile
  | { readonly op: "close"; readonly tile: number }
  | { readonly op: "mode"; readonly tile: number; readonly mode: Mode }
  | { readonly op: "ticket"; readonly id: number; readonly text: string; readonly lifeMs: number }
  | { readonly op: "no_ticket"; readonly id: number; readonly code: string; readonly message: string };

export interface TileStats {
  readonly tile: number;
  /** Since the last report. */
  readonly arrived: number;
  readonly presented: number;
  readonly dropped: number;
  readonly queue: number;
  /** Receipt to decoded picture, the middle of the last second; null before the first. */
  readonly latencyMs: number | null;
}

export type TileEvent =
  | { readonly op: "facts"; readonly tile: number; readonly facts: StreamFacts }
  | { readonly op: "init"; readonly tile: number; readonly bytes: Uint8Array }
  | { readonly op: "unit"; readonly tile: number; readonly bytes: Uint8Array }
  | { readonly op: "state"; readonly tile: number; readonly state: string; readonly sinceUs: number | null }
  | { readonly op: "dropped"; readonly tile: number; readonly pictures: number }
  | { readonly op: "error"; readonly tile: number; readonly code: string; readonly message: string }
  | { readonly op: "lost"; readonly tile: number }
  | { readonly op: "unsupported"; readonly tile: number; readonly codec: string }
  | { readonly op: "first"; readonly tile: number }
  | { readonly op: "track"; readonly tile: number; readonly track: MediaStreamTrack };

export type FromWorker =
  | TileEvent
  | { readonly op: "ticket"; readonly id: number; readonly recorder: string; readonly fresh: boolean }
  | { readonly op: "stats"; readonly tiles: TileStats[]; readonly clockOffsetUs: Record<string, number> };
