/** One clock for all cameras played together: wall time of the footage, running at a speed, held while pictures are fetched. */

export interface Correction {
  /** Rate the element should play at. */
  readonly rate: number;
  readonly mustSeek: boolean;
}

const DEAD_BAND_S = 0.015;
const SEEK_BEYOND_S = 0.3;

export class PlaybackClock {
  readonly #nowMs: () => number;
  #anchorUs = 0;
  #anchorMs: number;
  #rate = 1;
  #isPlaying = false;
  #isHeld = false;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#anchorMs = nowMs();
  }

  get us(): number {
    const isRunning = this.#isPlaying && !this.#isHeld;
    return isRunning ? this.#anchorUs + (this.#nowMs() - this.#anchorMs) * 1000 * this.#rate : this.#anchorUs;
  }

  get rate(): number {
    return this.#rate;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get isRunning(): boolean {
    return this.#isPlaying && !this.#isHeld;
  }

  seek(us: number): void {
    this.#anchorUs = us;
    this.#anchorMs = this.#nowMs();
  }

  setRate(rate: number): void {
    this.seek(this.us);
    this.#rate = rate;
  }

  play(): void {
    this.seek(this.us);
    this.#isPlaying = true;
  }

  pause(): void {
    this.seek(this.us);
    this.#isPlaying = false;
  }

  /** Stand still until the pictures are there, without forgetting that it should run. */
  hold(isHeld: boolean): void {
    if (isHeld !== this.#isHeld) {
      this.seek(this.us);
      this.#isHeld = isHeld;
    }
  }

  /** How an element at `elementUs` gets back into step. */
  correction(elementUs: number): Correction {
    const speed = Math.max(1, Math.abs(this.#rate));
    const behindS = (this.us - elementUs) / 1_000_000 / speed;
    if (Math.abs(behindS) > SEEK_BEYOND_S) {
      return { rate: this.#rate, mustSeek: true };
    }
    const factor = Math.abs(behindS) < DEAD_BAND_S ? 1 : Math.min(1.1, Math.max(0.9, 1 + behindS));
    return { rate: this.#rate * factor, mustSeek: false };
  }
}
