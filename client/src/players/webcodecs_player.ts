/** Shows what the worker decodes: a track in a `<video>`, or a canvas that the worker paints. */

import type { Load, Mode } from "../core/tile_policy";
import type { CameraAddress, LiveHub } from "./live_hub";
import type { PictureSink, TileEvent, TileStats } from "./live_messages";
import { type LivePlayer, type PlayerEvents, type PlayerStats, pictureElement } from "./live_player";

interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare const MediaStreamTrackGenerator: { new (init: { kind: "video" }): TrackGenerator };

export class WebCodecsPlayer implements LivePlayer {
  readonly kind = "webcodecs";
  readonly element: HTMLElement;
  readonly #hub: LiveHub;
  readonly #events: PlayerEvents;
  readonly #tile: number;
  readonly #stop: () => void;
  #presented = 0;
  #dropped = 0;
  #latencyMs: number | null = null;
  #load = { arrived: 0, dropped: 0 };

  constructor(hub: LiveHub, camera: CameraAddress, stream: string, mode: Mode, events: PlayerEvents) {
    this.#hub = hub;
    this.#events = events;
    const { element, sink, stop } = pictureSink();
    this.element = element;
    this.#stop = stop;
    this.#tile = hub.open(camera, stream, mode, "webcodecs", sink, {
      onEvent: (event) => this.#receive(event),
      onStats: (stats) => this.#count(stats),
    });
  }

  stats(): PlayerStats {
    const { kind } = this;
    return { kind, presented: this.#presented, dropped: this.#dropped, stalls: 0, latencyMs: this.#latencyMs };
  }

  takeLoad(): Load {
    const load = this.#load;
    this.#load = { arrived: 0, dropped: 0 };
    return load;
  }

  setMode(mode: Mode): void {
    this.#hub.setMode(this.#tile, mode);
  }

  close(): void {
    this.#hub.close(this.#tile);
    this.#stop();
  }

  #count(stats: TileStats): void {
    this.#presented += stats.presented;
    this.#dropped += stats.dropped;
    this.#load.arrived += stats.arrived;
    this.#load.dropped += stats.dropped;
    this.#latencyMs = stats.latencyMs ?? this.#latencyMs;
  }

  #receive(event: TileEvent): void {
    if (event.op === "first") {
      this.#events.onFirst();
    } else if (event.op === "state") {
      this.#events.onState(event.state, event.sinceUs);
    } else if (event.op === "error") {
      this.#events.onError(event.code, event.message);
    } else if (event.op === "lost") {
      this.#events.onLost();
    } else if (event.op === "unsupported") {
      this.#events.onUnsupported(event.codec);
    } else if (event.op === "dropped") {
      this.#dropped += event.pictures;
      this.#load.dropped += event.pictures;
    } else if (event.op === "track" && this.element instanceof HTMLVideoElement) {
      this.element.srcObject = new MediaStream([event.track]);
    }
  }
}

function pictureSink(): { element: HTMLElement; sink: PictureSink; stop: () => void } {
  if ("MediaStreamTrackGenerator" in globalThis) {
    const video = pictureElement();
    const generator = new MediaStreamTrackGenerator({ kind: "video" });
    video.srcObject = new MediaStream([generator]);
    const stop = (): void => {
      generator.stop();
      video.srcObject = null;
    };
    return { element: video, sink: generator.writable, stop };
  }
  // Safari makes its generator in the worker, and is the only one with a MediaStreamTrack that can be sent from there.
  if ("ManagedMediaSource" in globalThis) {
    const video = pictureElement();
    return { element: video, sink: "track", stop: () => (video.srcObject = null) };
  }
  const canvas = document.createElement("canvas");
  return { element: canvas, sink: canvas.transferControlToOffscreen(), stop: () => undefined };
}
