/**
 * Decides whether a tile gets all pictures or key pictures only: what one machine can decode is not known beforehand, so
 * it is seen from what had to be left out. Slow to give back, quick to take away.
 */

export type Mode = "full" | "key";

export interface Load {
  /** Pictures that came and that were left out in the window, by this machine or by the server for it. */
  readonly arrived: number;
  readonly dropped: number;
}

const DROPPED_SHARE = 0.05;
const WINDOW_MS = 3000;
const CALM_MS = 30_000;
const MIN_PICTURES = 10;

export class TilePolicy {
  #mode: Mode;
  #windowStartMs: number | null = null;
  #arrived = 0;
  #dropped = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #calmMs = CALM_MS;
  readonly #isFixed: boolean;

  /** `isFixed`: a mode chosen for the tile (an overview of key pictures) stays. */
  constructor(mode: Mode = "full", isFixed = false) {
    this.#mode = mode;
    this.#isFixed = isFixed;
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Add what happened since the last call; gives the new mode when it changes. */
  observe(nowMs: number, load: Load): Mode | null {
    this.#windowStartMs ??= nowMs;
    this.#arrived += load.arrived;
    this.#dropped += load.dropped;
    if (nowMs - this.#windowStartMs < WINDOW_MS) {
      return null;
    }
    const all = this.#arrived + this.#dropped;
    const isOverloaded = all >= MIN_PICTURES && this.#dropped / all > DROPPED_SHARE;
    this.#windowStartMs = nowMs;
    this.#arrived = 0;
    this.#dropped = 0;
    return this.#isFixed ? null : this.#judge(nowMs, isOverloaded);
  }

  #judge(nowMs: number, isOverloaded: boolean): Mode | null {
    if (this.#mode === "full" && isOverloaded) {
      // Each time it was too much again, wait longer before the next try.
      this.#calmMs = nowMs - this.#sinceMs < 2 * this.#calmMs ? Math.min(this.#calmMs * 2, 600_000) : CALM_MS;
      return this.#change(nowMs, "key");
    }
    if (this.#mode === "key" && !isOverloaded && nowMs - this.#sinceMs >= this.#calmMs) {
      return this.#change(nowMs, "full");
    }
    return null;
  }

  #change(nowMs: number, mode: Mode): Mode {
    this.#mode = mode;
    this.#sinceMs = nowMs;
    return mode;
  }
}
