/** Live pictures through Media Source Extensions: the recorder's fragments as they are, a fixed distance behind the end. */

import { BoxesBroken, parseInit, parseUnit, type VideoInit } from "../core/boxes";
import { LatencyController } from "../core/latency";
import type { StreamFacts } from "../core/live_socket";
import type { Load, Mode } from "../core/tile_policy";
import type { CameraAddress, LiveHub } from "./live_hub";
import type { TileEvent } from "./live_messages";
import { type LivePlayer, type PlayerEvents, type PlayerStats, pictureElement } from "./live_player";
import { BufferQueue, mediaSourceConstructor } from "./source_buffer";

const KEEP_S = 8;
const WARM_UP_MS = 3000;
const WALLS_KEPT = 300;

export class MsePlayer implements LivePlayer {
  readonly kind = "mse";
  readonly element: HTMLVideoElement = pictureElement();
  readonly #hub: LiveHub;
  readonly #camera: CameraAddress;
  readonly #events: PlayerEvents;
  readonly #tile: number;
  readonly #latency = new LatencyController();
  readonly #tick: number;
  #media: MediaSource | null = null;
  #queue: BufferQueue | null = null;
  #early: Uint8Array[] = [];
  #facts: StreamFacts | null = null;
  #init: VideoInit | null = null;
  #mime = "";
  #hasStarted = false;
  #startedMs = 0;
  #presented = 0;
  #dropped = 0;
  #stalls = 0;
  #latencyMs: number | null = null;
  #walls: { pts: number; wallUs: number }[] = [];
  #load = { arrived: 0, dropped: 0 };

  constructor(hub: LiveHub, camera: CameraAddress, stream: string, mode: Mode, events: PlayerEvents) {
    this.#hub = hub;
    this.#camera = camera;
    this.#events = events;
    this.element.addEventListener("waiting", () => this.#stalled());
    this.element.addEventListener("error", () => this.#rebuild());
    this.#latency.setTiles(hub.tiles + 1);
    this.#watchPictures();
    this.#tick = window.setInterval(() => this.#keepPlaying(), 500);
    this.#tile = hub.open(camera, stream, mode, "mse", null, {
      onEvent: (event) => this.#receive(event),
      onStats: () => undefined,
    });
  }

  stats(): PlayerStats {
    const { kind } = this;
    const [presented, dropped, stalls, latencyMs] = [this.#presented, this.#dropped, this.#stalls, this.#latencyMs];
    return { kind, presented, dropped, stalls, latencyMs };
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
    clearInterval(this.#tick);
    this.#hub.close(this.#tile);
    this.#closeMedia();
  }

  #receive(event: TileEvent): void {
    if (event.op === "facts") {
      this.#facts = event.facts;
      this.#latency.setFps(event.facts.fps ?? 15);
    } else if (event.op === "init") {
      this.#start(event.bytes);
    } else if (event.op === "unit") {
      this.#push(event.bytes);
    } else if (event.op === "state") {
      this.#events.onState(event.state, event.sinceUs);
    } else if (event.op === "error") {
      this.#events.onError(event.code, event.message);
    } else if (event.op === "lost") {
      this.#events.onLost();
    } else if (event.op === "dropped") {
      this.#dropped += event.pictures;
      this.#load.dropped += event.pictures;
    }
  }

  /** Parameter sets: at the start, after a reconnect, and when the camera changes them. */
  #start(bytes: Uint8Array): void {
    const Source = mediaSourceConstructor();
    try {
      this.#init = parseInit(bytes);
    } catch (error) {
      if (!(error instanceof BoxesBroken)) {
        throw error;
      }
      this.#events.onError("unreadable", error.message);
      return;
    }
    const mime = this.#facts?.mime ?? `video/mp4; codecs="${this.#init.codec}"`;
    if (Source === null || !Source.isTypeSupported(mime)) {
      this.#init = null;
      this.#events.onUnsupported(mime);
      return;
    }
    this.#closeMedia();
    this.#mime = mime;
    this.#early = [bytes];
    this.#hasStarted = false;
    this.#walls = [];
    this.#open(new Source());
  }

  #open(media: MediaSource): void {
    this.#media = media;
    media.addEventListener("sourceopen", () => {
      if (this.#media !== media || this.#queue !== null) {
        return;
      }
      this.#queue = new BufferQueue(
        media,
        this.#mime,
        () => this.#steer(),
        () => this.#trim(1),
      );
      for (const bytes of this.#early) {
        this.#queue.append(bytes);
      }
      this.#early = [];
    });
    this.element.src = URL.createObjectURL(media);
  }

  #push(bytes: Uint8Array): void {
    if (this.#init === null) {
      return;
    }
    const unit = parseUnit(bytes, this.#init.trackId);
    const nowMs = performance.now();
    for (const sample of unit.samples) {
      this.#load.arrived++;
      this.#latency.arrived(nowMs, sample.duration / this.#init.timescale);
      if (unit.wallUs !== null) {
        this.#walls.push({ pts: sample.pts / this.#init.timescale, wallUs: unit.wallUs });
      }
    }
    if (this.#walls.length > WALLS_KEPT) {
      this.#walls.splice(0, this.#walls.length - WALLS_KEPT);
    }
    if (this.#queue === null) {
      this.#early.push(bytes);
    } else {
      this.#queue.append(bytes);
    }
  }

  /** Follow the end of the buffer; only after an append, because in between the gap shrinks by a picture and says nothing. */
  #steer(): void {
    const ranges = this.#queue?.buffered;
    if (ranges == null || ranges.length === 0) {
      return;
    }
    const video = this.element;
    const end = ranges.end(ranges.length - 1);
    const start = ranges.start(ranges.length - 1);
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      this.#startedMs = performance.now();
      video.currentTime = Math.max(start, end - this.#latency.targetS);
      void video.play().catch(() => undefined);
      return;
    }
    const decision = this.#latency.decide(performance.now(), end, video.currentTime);
    if (decision.jumpTo !== null) {
      video.currentTime = Math.max(start, decision.jumpTo);
    } else if (video.currentTime < start) {
      video.currentTime = Math.max(start, end - this.#latency.targetS);
    }
    if (video.playbackRate !== decision.rate) {
      video.playbackRate = decision.rate;
    }
  }

  /** A browser may pause what it thinks nobody sees; and what has been seen is let go. */
  #keepPlaying(): void {
    const video = this.element;
    this.#latency.setTiles(this.#hub.tiles);
    if (this.#hasStarted && video.paused && !document.hidden) {
      void video.play().catch(() => undefined);
    }
    const ranges = this.#queue?.buffered;
    if (ranges != null && ranges.length > 0 && video.currentTime - ranges.start(0) > 2 * KEEP_S) {
      this.#trim(KEEP_S);
    }
  }

  #trim(keepS: number): void {
    this.#queue?.remove(0, Math.max(0, this.element.currentTime - keepS));
  }

  #stalled(): void {
    if (this.#hasStarted && this.#presented > 0 && !document.hidden && !this.element.seeking) {
      this.#stalls++;
      // A stall while everything starts tells of the page, not of the line.
      if (performance.now() - this.#startedMs > WARM_UP_MS) {
        this.#latency.stalled(performance.now());
      }
    }
  }

  /** The element refused its bytes: subscribe anew by closing the source; the next init opens another. */
  #rebuild(): void {
    if (this.#media !== null) {
      this.#closeMedia();
      this.#init = null;
      this.#events.onError("decode_failed", this.element.error?.message ?? "");
    }
  }

  #closeMedia(): void {
    this.#queue?.close();
    this.#queue = null;
    if (this.#media !== null) {
      URL.revokeObjectURL(this.element.src);
      this.#media = null;
    }
  }

  #watchPictures(): void {
    const video = this.element;
    const seen = (_now: number, picture: VideoFrameCallbackMetadata): void => {
      if (this.#presented === 0) {
        this.#events.onFirst();
      }
      this.#presented++;
      this.#measure(picture);
      video.requestVideoFrameCallback(seen);
    };
    if ("requestVideoFrameCallback" in video) {
      video.requestVideoFrameCallback(seen);
    } else {
      (video as HTMLVideoElement).addEventListener("playing", () => this.#events.onFirst(), { once: true });
    }
  }

  #measure(picture: VideoFrameCallbackMetadata): void {
    const near = this.#walls.findLast((one) => one.pts <= picture.mediaTime + 0.001);
    if (near !== undefined) {
      const delayMs = picture.expectedDisplayTime - performance.now();
      const latencyMs = (this.#hub.nowUs(this.#camera.recorder) - near.wallUs) / 1000 + delayMs;
      this.#latencyMs = this.#latencyMs === null ? latencyMs : this.#latencyMs * 0.9 + latencyMs * 0.1;
    }
  }
}
