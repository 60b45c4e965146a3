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
/** The recorder collects pictures for 10 ms before it sends: three pictures of distance absorb that. */
const USUAL_JITTER_S = 0.015;
const RATE_MIN = 0.92;
const RATE_MAX = 1.15;
const FLOOR_S = 0.2;
const JITTER_KEPT = 120;
const STALL_GROWTH = 1.5;
const TARGET_MAX_S = 2;
/** After this long without a stall the margin shrinks, to half in 9 s. */
const CALM_MS = 5000;
const SHRINK = 0.96;

export class LatencyController {
  #fps: number;
  #deviations: number[] = [];
  #lastArrivalMs: number | null = null;
  #lastDurationS = 0;
  #growth = 1;
  #grownMs = Number.NEGATIVE_INFINITY;
  #minGapS = Number.POSITIVE_INFINITY;
  #periodStartMs: number | null = null;
  #rate = 1;

  constructor(fps = 15) {
    this.#fps = fps;
  }

  setFps(fps: number): void {
    this.#fps = fps > 0 ? fps : this.#fps;
  }

  /** Seconds to stay behind: three pictures and the jitter of the line, and more for a while after a stall. */
  get targetS(): number {
    return Math.min(TARGET_MAX_S, Math.max(FLOOR_S, 3 / this.#fps + this.jitterS) * this.#growth);
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

  /** The element ran dry. */
  stalled(nowMs: number): void {
    if (nowMs - this.#grownMs > 1000) {
      this.#growth = Math.min(this.#growth * STALL_GROWTH, 4);
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
      this.#rate = isCalm ? 1 : Math.min(RATE_MAX, Math.max(RATE_MIN, 1 + 0.5 * error));
      this.#periodStartMs = nowMs;
      this.#minGapS = Number.POSITIVE_INFINITY;
      if (nowMs - this.#grownMs > CALM_MS) {
        this.#growth = Math.max(1, this.#growth * SHRINK);
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
