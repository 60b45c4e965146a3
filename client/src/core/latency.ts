/**
 * Keeps a media element a fixed distance behind the end of its buffer (docs/design/client.md).
 * Decides, never touches an element: `observe` on every append, `decide` on every tick.
 */

export interface Decision {
  readonly rate: number;
  /** Move here at once, in seconds of media time; null when the rate will do. */
  readonly jumpTo: number | null;
}

const PERIOD_MS = 500;
/** Too near by this much is left alone; too far by half of it. */
const DEAD_BAND_S = 0.03;
/** The recorder collects pictures for 10 ms before it sends: half a picture of distance absorbs that. */
const USUAL_JITTER_S = 0.015;
const RATE_MIN = 0.92;
const RATE_MAX = 1.25;
/** The one on the screen, the next one decoded, and half a one for what is always there. */
const NEAR_PICTURES = 2.5;
/** Among many tiles a tenth of a second matters less than a stutter, and the decoders take turns. */
const WALL_PICTURES = 4;
const MANY = 4;
const FLOOR_S = 0.15;
const JITTER_KEPT = 120;
/** What a stall adds: less than one picture, for most are a moment in which the machine was busy with something else. */
const STALL_STEP_S = 0.04;
const STALL_GROWTH = 1.5;
const TARGET_MAX_S = 2;
/** After this long without a stall the margin shrinks, to half in 17 s: what is taken back at once is soon missed again. */
const CALM_MS = 30_000;
const SHRINK = 0.98;

export class LatencyController {
  #fps: number;
  #pictures = NEAR_PICTURES;
  #deviations: number[] = [];
  #lastArrivalMs: number | null = null;
  #lastDurationS = 0;
  #marginS = 0;
  #grownMs = Number.NEGATIVE_INFINITY;
  #minGapS = Number.POSITIVE_INFINITY;
  #periodStartMs: number | null = null;
  #rate = 1;

  constructor(fps = 15) {
    this.#fps = fps;
  }

  /** So many cameras are shown on the page. */
  setTiles(count: number): void {
    this.#pictures = count > MANY ? WALL_PICTURES : NEAR_PICTURES;
  }

  setFps(fps: number): void {
    this.#fps = fps > 0 ? fps : this.#fps;
  }

  /** Seconds to stay behind: some pictures and the jitter of the line, and more for a while after a stall. */
  get targetS(): number {
    return Math.min(TARGET_MAX_S, Math.max(FLOOR_S, this.#pictures / this.#fps + this.jitterS) + this.#marginS);
  }

  /** 95th percentile of how much later than its duration a picture came, beyond what is always there. */
  get jitterS(): number {
    if (this.#deviations.length < 8) {
      return 0;
    }
    const sorted = [...this.#deviations].sort((first, second) => first - second);
    return Math.max(0, (sorted[Math.floor(sorted.length * 0.95)] ?? 0) - USUAL_JITTER_S);
  }

  /** A picture lasting `durationS` has arrived. */
  arrived(nowMs: number, durationS: number): void {
    if (this.#lastArrivalMs !== null) {
      const late = (nowMs - this.#lastArrivalMs) / 1000 - this.#lastDurationS;
      this.#deviations.push(Math.max(0, late));
      if (this.#deviations.length > JITTER_KEPT) {
        this.#deviations.shift();
      }
    }
    this.#lastArrivalMs = nowMs;
    this.#lastDurationS = durationS;
  }

  /** The element ran dry. One stall costs little distance, one after the other soon much. */
  stalled(nowMs: number): void {
    if (nowMs - this.#grownMs > 1000) {
      this.#marginS = Math.min(Math.max(this.#marginS + STALL_STEP_S, this.#marginS * STALL_GROWTH), TARGET_MAX_S);
      this.#grownMs = nowMs;
    }
  }

  /** `endS` is the end of the buffer, `currentS` the element's time. */
  decide(nowMs: number, endS: number, currentS: number): Decision {
    const gap = endS - currentS;
    const target = this.targetS;
    if (gap > Math.max(1, 4 * target) || gap < -0.5) {
      this.#restart(nowMs);
      return { rate: 1, jumpTo: Math.max(0, endS - target) };
    }
    this.#periodStartMs ??= nowMs;
    this.#minGapS = Math.min(this.#minGapS, gap);
    if (nowMs - this.#periodStartMs >= PERIOD_MS) {
      const error = this.#minGapS - target;
      const isCalm = error > -DEAD_BAND_S && error < DEAD_BAND_S / 2;
      this.#rate = isCalm ? 1 : Math.min(RATE_MAX, Math.max(RATE_MIN, 1 + error));
      this.#periodStartMs = nowMs;
      this.#minGapS = Number.POSITIVE_INFINITY;
      if (nowMs - this.#grownMs > CALM_MS) {
        this.#marginS *= SHRINK;
      }
    }
    return { rate: this.#rate, jumpTo: null };
  }

  #restart(nowMs: number): void {
    this.#periodStartMs = nowMs;
    this.#minGapS = Number.POSITIVE_INFINITY;
    this.#rate = 1;
  }
}
