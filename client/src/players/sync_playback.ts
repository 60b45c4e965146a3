/**
 * Plays one to nine cameras on one clock. Owns the clock, what is being fetched, and every way to move in time: seek, play
 * at a speed, drag by key pictures, step by pictures, step over gaps.
 */

import { PlaybackClock } from "../core/playback_clock";
import { needsKeysOnly } from "../core/speeds";
import { besidePicture, footageAfter } from "./footage_search";
import { KeyDrag } from "./key_drag";
import type { PlaybackApi, StreamAddress } from "./playback_api";
import { Feeder, loadAround } from "./playback_feeder";
import { BORDER_US, type Mode, PlaybackTile } from "./playback_tile";

const TICK_MS = 50;
const SHUTTLE_MS = 120;
const TRIM_MS = 5000;
const SETTLE_MS = 2000;
const EDGE_BEHIND_US = 3_000_000;
const NUDGE_MS = 150;
const STEP_SLACK_US = 20_000;

export interface PlaybackEvents {
  onTime(us: number): void;
  onState(): void;
  /** Every tile that has footage at the moment sought shows it; how long that took. */
  onSought(atUs: number, tookMs: number): void;
  onSkipped(fromUs: number, toUs: number, cause: string): void;
  onEnd(): void;
  onError(error: unknown): void;
  onUnsupported(tile: PlaybackTile, codec: string): void;
}

export class SyncPlayback {
  readonly #api: PlaybackApi;
  readonly #events: PlaybackEvents;
  readonly #nowUs: () => number;
  readonly #clock = new PlaybackClock();
  readonly #drag: KeyDrag;
  readonly #timer: number;
  #tiles: PlaybackTile[] = [];
  #feeder: Feeder | null = null;
  #mode: Mode = "full";
  #sought: { us: number; startMs: number } | null = null;
  #soughtMs = 0;
  #shuttleMs = 0;
  #trimMs = 0;
  #isScrubbing = false;
  #isSkipping = false;

  constructor(api: PlaybackApi, nowUs: () => number, events: PlaybackEvents) {
    this.#api = api;
    this.#nowUs = nowUs;
    this.#events = events;
    this.#drag = new KeyDrag(api, () => this.#tiles, nowUs);
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
  }

  get tiles(): readonly PlaybackTile[] {
    return this.#tiles;
  }

  get currentUs(): number {
    return this.#clock.us;
  }

  get isPlaying(): boolean {
    return this.#clock.isPlaying;
  }

  get isWaiting(): boolean {
    return this.#clock.isPlaying && !this.#clock.isRunning;
  }

  get speed(): number {
    return this.#clock.rate;
  }

  /** Pictures shown while dragging, for measuring. */
  get scrubShown(): number {
    return this.#drag.shown;
  }

  /** Which streams to play; those that stay keep their buffers. */
  setStreams(addresses: readonly StreamAddress[]): void {
    const kept = new Map(this.#tiles.map((tile) => [tile.address, tile]));
    const before = this.#tiles;
    this.#tiles = addresses.map(
      (address) =>
        kept.get(address) ??
        new PlaybackTile(address, {
          onShown: () => this.#check(),
          onUnsupported: (tile, codec) => this.#events.onUnsupported(tile, codec),
        }),
    );
    for (const tile of before.filter((one) => !this.#tiles.includes(one))) {
      tile.close();
    }
    this.#feeder?.stop();
    this.#feeder = null;
  }

  seek(us: number): void {
    const atUs = Math.round(Math.min(us, this.#nowUs() - 1_000_000));
    this.#isScrubbing = false;
    this.#drag.cancel();
    this.#clock.seek(atUs);
    this.#sought = { us: atUs, startMs: performance.now() };
    this.#soughtMs = performance.now();
    this.#mode = needsKeysOnly(this.speed) ? "key" : "full";
    this.#refeed(atUs);
    this.#learn(atUs);
    for (const tile of this.#tiles) {
      tile.showAt(atUs, this.#mode);
    }
    this.#events.onTime(atUs);
    this.#check();
  }

  play(): void {
    this.#clock.play();
    if (this.#mode !== (needsKeysOnly(this.speed) ? "key" : "full")) {
      this.seek(this.currentUs);
    }
    this.#events.onState();
  }

  pause(): void {
    const wasFast = this.#mode === "key";
    this.#clock.pause();
    for (const tile of this.#tiles) {
      tile.pause();
    }
    if (wasFast) {
      this.#clock.setRate(1);
      this.seek(this.currentUs);
    } else {
      this.#settleOnShown();
    }
    this.#events.onState();
  }

  setSpeed(speed: number): void {
    const mode: Mode = needsKeysOnly(speed) ? "key" : "full";
    this.#clock.setRate(speed);
    if (mode !== this.#mode) {
      this.seek(this.currentUs);
    }
    this.#events.onState();
  }

  /** The newest that can be played without waiting. */
  seekToEdge(): void {
    this.#clock.setRate(1);
    this.seek(this.#nowUs() - EDGE_BEHIND_US);
    this.play();
  }

  /** While the pointer is dragged: key pictures only, the newest wish first. */
  scrub(us: number): void {
    if (!this.#isScrubbing) {
      this.#isScrubbing = true;
      this.#feeder?.stop();
      this.#feeder = null;
      for (const tile of this.#tiles) {
        tile.pause();
      }
    }
    const atUs = Math.min(us, this.#nowUs() - 1_000_000);
    this.#clock.seek(atUs);
    this.#events.onTime(atUs);
    this.#drag.wish(atUs);
  }

  endScrub(): void {
    if (this.#isScrubbing) {
      this.seek(this.currentUs);
    }
  }

  /** To the next picture of the first camera that has one, or to the one before. */
  step(direction: 1 | -1): void {
    if (this.isPlaying) {
      this.pause();
    }
    const lead = this.#tiles.find((tile) => tile.shownUs !== null && tile.pictures.size > 0);
    const shownUs = lead?.shownUs ?? null;
    if (lead === undefined || shownUs === null) {
      return;
    }
    const [atUs, slack] = this.#sought === null ? [shownUs, BORDER_US] : [this.#sought.us, undefined];
    const fromUs = lead.pictures.at(atUs, slack) ?? shownUs;
    const toUs = besidePicture(lead, fromUs, direction);
    if (toUs !== null) {
      this.#stepTo(toUs);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#feeder?.stop();
    this.#drag.cancel();
    for (const tile of this.#tiles) {
      tile.close();
    }
  }

  #stepTo(us: number): void {
    if (this.#tiles.every((tile) => tile.has(us, "full") || !this.#expects(tile, us))) {
      this.#clock.seek(us);
      this.#sought = { us, startMs: performance.now() };
      for (const tile of this.#tiles) {
        // Cameras do not count in unison: a picture that starts a little later is the same step.
        tile.showAt(Math.max(us, tile.pictures.at(us, STEP_SLACK_US) ?? us));
      }
      this.#events.onTime(us);
    } else {
      this.seek(us);
    }
  }

  /** A pause stops on a picture: the clock says the time of the one that is shown. */
  #settleOnShown(): void {
    const lead = this.#tiles.find((tile) => tile.has(this.currentUs, "full"));
    if (lead?.shownUs != null && Math.abs(lead.shownUs - this.currentUs) < 500_000) {
      this.#clock.seek(lead.pictures.at(lead.shownUs, BORDER_US) ?? lead.shownUs);
    }
  }

  #refeed(us: number): void {
    this.#feeder?.stop();
    const ends = this.#tiles.map((tile) => tile.haveUntil(us, this.#mode));
    const isHere = ends.length > 0 && ends.every((end) => end !== null);
    const fromUs = isHere ? Math.min(...ends.map((end) => end ?? us)) : us;
    for (const tile of this.#tiles) {
      tile.fedUs = isHere ? (tile.haveUntil(us, this.#mode) ?? 0) : 0;
    }
    this.#feeder = new Feeder(
      this.#api,
      {
        tiles: this.#tiles,
        fromUs,
        mode: this.#mode,
        speed: this.speed,
        clockUs: () => this.currentUs,
        nowUs: this.#nowUs,
      },
      (error) => this.#events.onError(error),
    );
  }

  /** Where several cameras come in one response, their gaps have to be asked for. */
  #learn(us: number): void {
    for (const tile of this.#tiles.length > 1 || this.#mode === "key" ? this.#tiles : []) {
      if (!tile.index.isLoaded(us, us + 1)) {
        loadAround(this.#api, tile, us, this.#nowUs()).catch(() => undefined);
      }
    }
  }

  /** There may be footage of the moment that has not come yet. */
  #expects(tile: PlaybackTile, us: number): boolean {
    if (tile.isUnplayable || tile.has(us, this.#mode)) {
      return false;
    }
    const isGap = tile.index.isLoaded(us, us + 1) && tile.index.fragmentAt(us) === null;
    return !isGap && (this.#feeder?.cursorUs ?? us) <= us;
  }

  #tick(): void {
    if (this.#isScrubbing || this.#tiles.length === 0) {
      return;
    }
    const us = this.#clock.us;
    const nowMs = performance.now();
    if (this.isPlaying && this.speed < 0) {
      this.#shuttle(us, nowMs);
      return;
    }
    const isSettling = nowMs - this.#soughtMs < SETTLE_MS && this.#tiles.some((tile) => !this.#isReady(tile, us));
    this.#clock.hold(this.isPlaying && (isSettling || this.#tiles.some((tile) => this.#expects(tile, us))));
    if (this.isPlaying) {
      this.#drive(this.#clock.us);
      this.#events.onTime(this.#clock.us);
    }
    if (nowMs - this.#trimMs > TRIM_MS) {
      this.#trimMs = nowMs;
      for (const tile of this.#tiles) {
        tile.trim(us);
      }
    }
    this.#check();
  }

  #isReady(tile: PlaybackTile, us: number): boolean {
    return tile.has(us, this.#mode) ? tile.isSettled : !this.#expects(tile, us);
  }

  #drive(us: number): void {
    let hasPicture = false;
    for (const tile of this.#tiles) {
      if (!tile.has(us, this.#mode)) {
        tile.pause();
        continue;
      }
      hasPicture = true;
      if (!this.#clock.isRunning) {
        tile.pause();
        continue;
      }
      const { rate, mustSeek } = this.#clock.correction(tile.elementUs);
      if (mustSeek && !tile.video.seeking) {
        tile.showAt(us, this.#mode);
      }
      tile.play(Math.min(16, Math.max(0.0625, rate)));
    }
    if (!hasPicture && !this.#isSkipping && !this.#tiles.some((tile) => this.#expects(tile, us))) {
      void this.#skip(us);
    }
  }

  /** Nothing was recorded here by any camera: go to where something was. */
  async #skip(us: number): Promise<void> {
    this.#isSkipping = true;
    try {
      const nowUs = this.#nowUs();
      const { nextUs, cause, lookedUs } = await footageAfter(this.#api, this.#tiles, us, nowUs);
      if (nextUs !== null && nextUs > us + 1000) {
        this.seek(nextUs);
        this.#events.onSkipped(us, nextUs, cause);
      } else if (nextUs === null && us < nowUs - 2 * EDGE_BEHIND_US && lookedUs >= nowUs) {
        this.pause();
        this.#events.onEnd();
      } else if (nextUs === null && lookedUs < nowUs) {
        this.#clock.seek(lookedUs);
      }
    } finally {
      this.#isSkipping = false;
    }
  }

  #shuttle(us: number, nowMs: number): void {
    this.#events.onTime(us);
    if (nowMs - this.#shuttleMs >= SHUTTLE_MS) {
      this.#shuttleMs = nowMs;
      this.#drag.wish(us);
    }
  }

  /** Has everybody arrived at the moment that was sought? */
  #check(): void {
    if (this.#sought === null) {
      return;
    }
    const { us, startMs } = this.#sought;
    const isThere = (tile: PlaybackTile): boolean => {
      if (!tile.has(us, this.#mode)) {
        return !this.#expects(tile, us);
      }
      return tile.shownUs !== null && tile.isSettled && this.#isShown(tile, tile.shownUs, us);
    };
    if (performance.now() - startMs > NUDGE_MS) {
      for (const tile of this.#tiles) {
        tile.nudge();
      }
      if (this.#tiles.filter((tile) => tile.has(us, this.#mode) && tile.forgetLost(us)).length > 0) {
        this.#refeed(us);
        for (const tile of this.#tiles) {
          tile.showAt(us, this.#mode);
        }
      }
    }
    if (this.#tiles.every(isThere)) {
      this.#sought = null;
      this.#events.onSought(us, performance.now() - startMs);
    }
  }

  /** While playing, the picture may already be a later one than the one sought. */
  #isShown(tile: PlaybackTile, shownUs: number, us: number): boolean {
    if (this.#mode === "key") {
      return shownUs <= us + 2_000_000;
    }
    const wantedUs = tile.pictures.at(us) ?? us;
    return shownUs >= wantedUs - BORDER_US && shownUs <= wantedUs + (this.isPlaying ? 2_000_000 : BORDER_US);
  }
}
