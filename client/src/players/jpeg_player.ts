/** The last key picture as a JPEG, again and again: what is left when nothing here can decode the stream. */

import type { Load } from "../core/tile_policy";
import type { CameraAddress, LiveHub } from "./live_hub";
import type { LivePlayer, PlayerEvents, PlayerStats } from "./live_player";

const PERIOD_MS = 1000;
const WIDTH = 640;

export class JpegPlayer implements LivePlayer {
  readonly kind = "jpeg";
  readonly element: HTMLImageElement = document.createElement("img");
  readonly #hub: LiveHub;
  readonly #camera: CameraAddress;
  readonly #stream: string;
  readonly #events: PlayerEvents;
  #timer = 0;
  #isClosed = false;
  #presented = 0;
  #shown = "";

  constructor(hub: LiveHub, camera: CameraAddress, stream: string, events: PlayerEvents) {
    this.#hub = hub;
    this.#camera = camera;
    this.#stream = stream;
    this.#events = events;
    this.element.alt = "";
    void this.#show();
  }

  stats(): PlayerStats {
    return { kind: this.kind, presented: this.#presented, dropped: 0, stalls: 0, latencyMs: null };
  }

  takeLoad(): Load {
    return { arrived: 0, dropped: 0 };
  }

  setMode(): void {
    // Key pictures are all it has.
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    URL.revokeObjectURL(this.#shown);
  }

  async #show(): Promise<void> {
    const startMs = performance.now();
    try {
      const ticket = await this.#hub.liveTicket(this.#camera.recorder);
      const url = `${this.#camera.base}/live/${this.#camera.id}.jpg?stream=${this.#stream}&width=${WIDTH}`;
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${ticket.text}` }, cache: "no-store" });
      if (answer.ok) {
        await this.#replace(await answer.blob());
      } else {
        const problem = await answer.json().catch(() => ({}));
        this.#events.onError(problem.error ?? `status_${answer.status}`, problem.message ?? "");
      }
    } catch {
      this.#events.onLost();
    }
    if (!this.#isClosed) {
      this.#timer = window.setTimeout(
        () => void this.#show(),
        Math.max(100, PERIOD_MS - (performance.now() - startMs)),
      );
    }
  }

  async #replace(picture: Blob): Promise<void> {
    const before = this.#shown;
    this.#shown = URL.createObjectURL(picture);
    this.element.src = this.#shown;
    await this.element.decode().catch(() => undefined);
    URL.revokeObjectURL(before);
    if (this.#presented++ === 0) {
      this.#events.onFirst();
    }
  }
}
