/** Live HLS from the recorder's memory: for old browsers and odd proxies. Seconds behind, but it always comes through. */

import type HlsType from "hls.js";
import type { Load, Mode } from "../core/tile_policy";
import type { CameraAddress, LiveHub } from "./live_hub";
import { type LivePlayer, type PlayerEvents, type PlayerStats, pictureElement } from "./live_player";
import { mediaSourceConstructor } from "./source_buffer";

const RETRY_MS = 3000;

export class HlsPlayer implements LivePlayer {
  readonly kind = "hls";
  readonly element: HTMLVideoElement = pictureElement();
  readonly #hub: LiveHub;
  readonly #camera: CameraAddress;
  readonly #events: PlayerEvents;
  readonly #url: string;
  #hls: HlsType | null = null;
  #isClosed = false;
  #stalls = 0;
  #token = "";
  #renewal = 0;
  #retry = 0;

  constructor(hub: LiveHub, camera: CameraAddress, stream: string, _mode: Mode, events: PlayerEvents) {
    this.#hub = hub;
    this.#camera = camera;
    this.#events = events;
    this.#url = `${camera.base}/live/${camera.id}/${stream}.m3u8`;
    this.element.addEventListener("playing", () => events.onFirst(), { once: true });
    this.element.addEventListener("waiting", () => this.#stalls++);
    void this.#start();
  }

  stats(): PlayerStats {
    const quality = this.element.getVideoPlaybackQuality?.();
    const latency = this.#hls?.latency;
    return {
      kind: this.kind,
      presented: (quality?.totalVideoFrames ?? 0) - (quality?.droppedVideoFrames ?? 0),
      dropped: quality?.droppedVideoFrames ?? 0,
      stalls: this.#stalls,
      latencyMs: latency === undefined || latency === 0 ? null : latency * 1000,
    };
  }

  takeLoad(): Load {
    return { arrived: 0, dropped: 0 };
  }

  setMode(): void {
    // A playlist has one mode.
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#renewal);
    clearTimeout(this.#retry);
    this.#hls?.destroy();
    this.element.removeAttribute("src");
    this.element.load();
  }

  async #renewTicket(): Promise<void> {
    const ticket = await this.#hub.liveTicket(this.#camera.recorder);
    this.#token = ticket.text;
    this.#renewal = window.setTimeout(
      () => void this.#renewTicket().catch(() => undefined),
      Math.max(5000, ticket.lifeMs - 60_000),
    );
  }

  async #start(): Promise<void> {
    try {
      await this.#renewTicket();
      if (this.#isClosed) {
        return;
      }
      if (mediaSourceConstructor() === null) {
        this.element.src = `${this.#url}?ticket=${encodeURIComponent(this.#token)}`;
        return;
      }
      const { default: Hls } = await import("hls.js/light");
      this.#attach(Hls);
    } catch (error) {
      this.#events.onError("hls_failed", error instanceof Error ? error.message : "");
    }
  }

  #attach(Hls: typeof HlsType): void {
    const hls = new Hls({
      liveSyncDurationCount: 1,
      maxLiveSyncPlaybackRate: 1.1,
      backBufferLength: 10,
      // The worker of hls.js is made from a blob, which the page's content policy does not allow.
      enableWorker: false,
      xhrSetup: (request) => request.setRequestHeader("Authorization", `Bearer ${this.#token}`),
    });
    hls.on(Hls.Events.ERROR, (_event, problem) => {
      const { MANIFEST_INCOMPATIBLE_CODECS_ERROR, BUFFER_ADD_CODEC_ERROR } = Hls.ErrorDetails;
      if (problem.details === MANIFEST_INCOMPATIBLE_CODECS_ERROR || problem.details === BUFFER_ADD_CODEC_ERROR) {
        hls.destroy();
        this.#events.onUnsupported("");
      } else if (problem.fatal) {
        this.#events.onError(problem.details, problem.error?.message ?? "");
        this.#retry = window.setTimeout(() => hls.startLoad(), RETRY_MS);
      }
    });
    hls.loadSource(this.#url);
    hls.attachMedia(this.element);
    this.#hls = hls;
  }
}
