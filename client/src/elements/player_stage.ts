/** The pictures of the player: a place a camera, its name, what has to be said of it, and the watermark over it. */

import { fitted, layoutNamed } from "../core/layouts";
import type { PlaybackTile } from "../players/playback_tile";
import type { Say } from "../texts";
import { make } from "./dom";
import { fitGrid } from "./fitted_grid";
import { type CameraConfig, cameraKey } from "./page_config";

const NOTICE_MS = 6000;

interface Place {
  readonly element: HTMLElement;
  readonly watermark: HTMLElement;
  readonly note: HTMLElement;
  readonly nothing: HTMLElement;
}

export class PlayerStage {
  readonly element: HTMLElement;
  readonly #grid = make("div", { class: "grid" });
  readonly #say: Say;
  readonly #notice = make("p", { class: "notice", role: "status", hidden: true });
  readonly #places = new Map<PlaybackTile, Place>();
  #noticeTimer = 0;

  constructor(say: Say) {
    this.#say = say;
    this.element = make("div", { class: "stage" }, this.#grid, this.#notice);
    new ResizeObserver(() => this.#fit()).observe(this.element);
  }

  /** Put the tiles in their places; those that stay are not touched, so that they do not stop. */
  arrange(tiles: readonly PlaybackTile[], camera: (tile: PlaybackTile) => CameraConfig): void {
    for (const [tile, place] of this.#places) {
      if (!tiles.includes(tile)) {
        place.element.remove();
        this.#places.delete(tile);
      }
    }
    tiles.forEach((tile, at) => {
      const config = camera(tile);
      let place = this.#places.get(tile);
      if (place === undefined) {
        place = this.#makePlace(tile, config);
        this.#places.set(tile, place);
        this.#grid.append(place.element);
      }
      place.element.style.order = String(at);
    });
    this.#fit();
  }

  /** As many columns as make the pictures largest. */
  #fit(): void {
    const { clientWidth, clientHeight } = this.element;
    const layout = fitted(layoutNamed("9"), this.#places.size, clientWidth, clientHeight);
    fitGrid(this.element, this.#grid, layout);
  }

  #makePlace(tile: PlaybackTile, config: CameraConfig): Place {
    const note = make("p", { class: "note" });
    const nothing = make("p", { class: "nothing", role: "status" });
    const name = make("p", { class: "name" }, config.name);
    const attributes = { class: "camera", role: "group", "aria-label": config.name, "data-camera": cameraKey(config) };
    const watermark = make("div", { class: "watermark", "aria-hidden": "true" });
    return { element: make("div", attributes, tile.element, watermark, name, note, nothing), watermark, note, nothing };
  }

  /** `text` is what has to be said instead of a picture; empty when there is one. */
  setNothing(tile: PlaybackTile, text: string): void {
    const place = this.#places.get(tile);
    if (place !== undefined && place.nothing.textContent !== text) {
      place.nothing.textContent = text;
      place.element.toggleAttribute("data-empty", text !== "");
    }
  }

  setNote(tile: PlaybackTile, text: string): void {
    const place = this.#places.get(tile);
    if (place !== undefined) {
      place.note.textContent = text;
    }
  }

  /** Over every picture, so that none can be photographed without it. */
  setWatermark(name: string, time: string): void {
    const text = `${name}\n${time}`;
    for (const { watermark } of this.#places.values()) {
      if (watermark.textContent !== text) {
        watermark.textContent = text;
      }
    }
  }

  tell(text: string): void {
    clearTimeout(this.#noticeTimer);
    this.#notice.textContent = text;
    this.#notice.hidden = false;
    this.#noticeTimer = window.setTimeout(() => (this.#notice.hidden = true), NOTICE_MS);
  }

  /** A tile's picture with name and time written into it, as a PNG. */
  async snapshot(tile: PlaybackTile, caption: string): Promise<Blob | null> {
    const { picture } = tile;
    const [width, height] =
      picture instanceof HTMLVideoElement ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height];
    if (width === 0 || height === 0) {
      this.tell(this.#say("no_footage"));
      return null;
    }
    const canvas = make("canvas");
    const size = Math.max(12, Math.round(height / 40));
    canvas.width = width;
    canvas.height = height + 2 * size;
    const context = canvas.getContext("2d")!;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0);
    context.fillStyle = "white";
    context.font = `${size}px ${getComputedStyle(this.element).fontFamily}`;
    context.textBaseline = "middle";
    context.fillText(caption, size / 2, height + size);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }
}
