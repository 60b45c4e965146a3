/** Opens the best live player this browser has. */

import { type Facts, type PlayerKind, playersFor } from "../core/capabilities";
import type { Mode } from "../core/tile_policy";
import { HlsPlayer } from "./hls_player";
import { JpegPlayer } from "./jpeg_player";
import type { CameraAddress, LiveHub } from "./live_hub";
import type { LivePlayer, PlayerEvents } from "./live_player";
import { MsePlayer } from "./mse_player";
import { mediaSourceConstructor } from "./source_buffer";
import { WebCodecsPlayer } from "./webcodecs_player";

export function browserFacts(): Facts {
  return {
    isSecure: globalThis.isSecureContext,
    hasVideoDecoder: "VideoDecoder" in globalThis,
    hasTrackGenerator: "MediaStreamTrackGenerator" in globalThis,
    hasOffscreenCanvas: "transferControlToOffscreen" in HTMLCanvasElement.prototype,
    hasMediaSource: mediaSourceConstructor() !== null,
    hasNativeHls: document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "",
  };
}

/** Kinds to try, best first; `?player=` in the page's address leaves one. */
export function playerKinds(): PlayerKind[] {
  return playersFor(browserFacts(), new URLSearchParams(location.search).get("player"));
}

export function openPlayer(
  kind: PlayerKind,
  hub: LiveHub,
  camera: CameraAddress,
  stream: string,
  mode: Mode,
  events: PlayerEvents,
): LivePlayer {
  switch (kind) {
    case "webcodecs":
      return new WebCodecsPlayer(hub, camera, stream, mode, events);
    case "mse":
      return new MsePlayer(hub, camera, stream, mode, events);
    case "hls":
      return new HlsPlayer(hub, camera, stream, mode, events);
    case "jpeg":
      return new JpegPlayer(hub, camera, stream, events);
  }
}
