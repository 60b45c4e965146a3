/** What every live player offers its tile, whichever way the pictures come. */

import type { PlayerKind } from "../core/capabilities";
import type { Load, Mode } from "../core/tile_policy";

export interface PlayerEvents {
  /** The first picture is on the screen. */
  onFirst(): void;
  onState(state: string, sinceUs: number | null): void;
  onError(code: string, message: string): void;
  /** The line to the recorder broke; it is being tried again. */
  onLost(): void;
  /** This browser cannot decode what comes. */
  onUnsupported(codec: string): void;
}

export interface PlayerStats {
  readonly kind: PlayerKind;
  readonly presented: number;
  readonly dropped: number;
  readonly stalls: number;
  /** Recorder's receipt to screen, by the times in the fragments; null while unknown. */
  readonly latencyMs: number | null;
}

export interface LivePlayer {
  readonly kind: PlayerKind;
  readonly element: HTMLElement;
  stats(): PlayerStats;
  /** Pictures that came and that were left out since the last call. */
  takeLoad(): Load;
  setMode(mode: Mode): void;
  close(): void;
}

export function pictureElement(): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.disableRemotePlayback = true;
  video.tabIndex = -1;
  return video;
}
