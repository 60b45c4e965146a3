/** Dragging a tile onto another one or an empty place, by mouse, pen or finger; and holding one by the keyboard. */

import { CameraTile } from "./camera_tile";
import { cameraKey } from "./page_config";

const START_PX = 8;

export class WallDrag {
  readonly #grid: HTMLElement;
  readonly #onDrop: (first: string, second: string | null) => void;
  #held: CameraTile | null = null;
  #over: Element | null = null;
  #pressed: { tile: CameraTile; x: number; y: number; pointer: number } | null = null;

  constructor(grid: HTMLElement, onDrop: (first: string, second: string | null) => void) {
    this.#grid = grid;
    this.#onDrop = onDrop;
    grid.addEventListener("pointerdown", (event) => this.#press(event));
    grid.addEventListener("pointermove", (event) => this.#move(event));
    grid.addEventListener("pointerup", (event) => this.#lift(event));
    grid.addEventListener("pointercancel", () => this.#end());
  }

  /** The tile held by the keyboard. */
  get held(): CameraTile | null {
    return this.#pressed === null ? this.#held : null;
  }

  grab(tile: CameraTile): void {
    this.#held = tile;
    tile.toggleAttribute("data-grabbed", true);
  }

  release(): void {
    this.#held?.removeAttribute("data-grabbed");
    this.#held = null;
  }

  /** The tile or empty place at a point. */
  #placeAt(x: number, y: number): Element | null {
    const root = this.#grid.getRootNode() as ShadowRoot;
    return root.elementFromPoint(x, y)?.closest("camera-tile, .place") ?? null;
  }

  #press(event: PointerEvent): void {
    const tile = this.#placeAt(event.clientX, event.clientY);
    if (
      tile instanceof CameraTile &&
      event.isPrimary &&
      event.button === 0 &&
      !this.#grid.classList.contains("enlarged")
    ) {
      this.release();
      this.#pressed = { tile, x: event.clientX, y: event.clientY, pointer: event.pointerId };
    }
  }

  #move(event: PointerEvent): void {
    const pressed = this.#pressed;
    if (pressed === null) {
      return;
    }
    if (this.#held === null) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < START_PX) {
        return;
      }
      this.#grid.setPointerCapture(pressed.pointer);
      this.grab(pressed.tile);
    }
    const over = this.#placeAt(event.clientX, event.clientY);
    if (over !== this.#over) {
      this.#over?.removeAttribute("data-over");
      this.#over = over === pressed.tile ? null : over;
      this.#over?.toggleAttribute("data-over", true);
    }
  }

  #lift(event: PointerEvent): void {
    const held = this.#held;
    const target = this.#placeAt(event.clientX, event.clientY);
    if (this.#pressed !== null && held !== null && target !== null && target !== held) {
      this.#onDrop(cameraKey(held.camera), target instanceof CameraTile ? cameraKey(target.camera) : null);
    }
    this.#end();
  }

  #end(): void {
    if (this.#pressed !== null) {
      this.#pressed = null;
      this.release();
    }
    this.#over?.removeAttribute("data-over");
    this.#over = null;
  }
}
