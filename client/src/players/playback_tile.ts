/**
 * One camera of the player: a media element whose time is wall time, filled with the recorder's units as they are.
 * Knows what it has and what it shows; what to fetch and when to play is decided by `SyncPlayback`.
 */

import { parseInit, parseUnit, sameBytes, type VideoInit } from "../core/boxes";
import { GopIndex } from "../core/gop_index";
import { IntervalSet } from "../core/intervals";
import { PictureTimes } from "../core/pictures";
import { initOfTrack, unitOfTrack } from "../core/strip";
import { canPaint, KeyPainter } from "./key_painter";
import { pictureElement } from "./live_player";
import type { StreamAddress } from "./playback_api";
import { BufferQueue, mediaSourceConstructor } from "./source_buffer";

export type Mode = "full" | "key";

/** Media time zero: far enough back that no footage lies before it, near enough that seconds keep their microseconds. */
const EPOCH_US = Math.floor(Date.now() / 1000 - 3650 * 86_400) * 1_000_000;
/** An element's time may differ from wall time by so much before its offset is set anew. */
const OFFSET_SLACK_US = 2000;
/** This far from the pictures beside it the one asked for is certain; and so nearly its own time is recognised. */
export const BORDER_US = OFFSET_SLACK_US + 1000;
/** So that rounding never shows the picture before the one asked for. */
const BIAS_S = 0.0005;
const JOIN_US = 50_000;
const LOST_S = 0.1;
const KEEP_US = 30_000_000;
const KEEP_TIGHT_US = 5_000_000;

export interface TileEvents {
  onShown(tile: PlaybackTile): void;
  onUnsupported(tile: PlaybackTile, codec: string): void;
}

export class PlaybackTile {
  readonly element = document.createElement("div");
  readonly video: HTMLVideoElement = pictureElement();
  readonly address: StreamAddress;
  readonly index = new GopIndex();
  readonly pictures = new PictureTimes();
  readonly inits = new Map<string, Promise<Uint8Array>>();
  /** End of what was fetched since the last seek. */
  fedUs = 0;
  /** Presentation time of the picture on the screen. */
  shownUs: number | null = null;
  isUnplayable = false;
  readonly #events: TileEvents;
  readonly #have: Record<Mode, IntervalSet> = { full: new IntervalSet(), key: new IntervalSet() };
  readonly #painter: KeyPainter | null = canPaint() ? new KeyPainter() : null;
  #media: MediaSource | null = null;
  #queue: BufferQueue | null = null;
  #waiting: (() => void)[] = [];
  #init: VideoInit | null = null;
  #initBytes: Uint8Array | null = null;
  #mime = "";
  #offsetS = Number.NaN;
  readonly #still = document.createElement("img");
  #wantedUs = 0;
  #wantedMode: Mode = "full";
  /** The moment wanted has not been fetched yet. */
  #isWanted = false;

  constructor(address: StreamAddress, events: TileEvents) {
    this.address = address;
    this.#events = events;
    this.video.autoplay = false;
    // Otherwise the browser stops after the metadata and shows no picture before it plays.
    this.video.preload = "auto";
    this.element.append(this.video);
    this.#still.alt = "";
    if (this.#painter !== null) {
      this.#painter.canvas.hidden = true;
      this.element.append(this.#painter.canvas);
    }
    this.#watch();
  }

  get elementUs(): number {
    return EPOCH_US + this.video.currentTime * 1_000_000;
  }

  get isSettled(): boolean {
    return !this.video.seeking && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  has(us: number, mode: Mode): boolean {
    return this.haveUntil(us, mode) !== null;
  }

  haveUntil(us: number, mode: Mode): number | null {
    return this.#have[mode].endAt(us);
  }

  haveFrom(us: number): number | null {
    return this.#have.full.list.find(([from, to]) => from <= us && us < to)?.[0] ?? null;
  }

  /** Parameter sets for what follows. */
  pushInit(bytes: Uint8Array): void {
    if (this.#initBytes !== null && sameBytes(bytes, this.#initBytes)) {
      return;
    }
    this.#initBytes = bytes;
    this.#init = parseInit(bytes);
    const mime = `video/mp4; codecs="${this.#init.codec}"`;
    const Source = mediaSourceConstructor();
    this.isUnplayable = Source === null || !Source.isTypeSupported(mime);
    if (Source === null || this.isUnplayable) {
      this.#events.onUnsupported(this, this.#init.codec);
      return;
    }
    if (this.#media === null) {
      this.#open(new Source(), mime);
    }
    const video = this.#init.hasAudio ? initOfTrack(bytes, this.#init.trackId) : bytes;
    this.#withQueue((queue) => {
      if (mime !== this.#mime) {
        this.#mime = mime;
        queue.changeType(mime);
      }
      queue.append(video);
    });
  }

  /** A unit of the stream whose init came last; `key`: its key picture alone, standing for the whole GOP. */
  pushUnit(bytes: Uint8Array, mode: Mode): void {
    const init = this.#init;
    if (init === null || this.isUnplayable) {
      return;
    }
    const unit = parseUnit(bytes, init.trackId);
    if (unit.wallUs === null || unit.samples.length === 0) {
      return;
    }
    const startUs = unit.wallUs - (unit.baseDts / init.timescale) * 1_000_000;
    const times = unit.samples.map((sample) => startUs + (sample.pts / init.timescale) * 1_000_000);
    const last = unit.samples.at(-1)!;
    const endUs = startUs + ((last.dts + last.duration) / init.timescale) * 1_000_000;
    const fromUs = Math.min(...times);
    this.fedUs = Math.max(this.fedUs, endUs);
    if (this.#have[mode].covers(fromUs, endUs)) {
      // Put in place of itself, a GOP makes the browser skip the pictures of it that are still to be decoded.
      return;
    }
    if (mode === "full") {
      this.pictures.add(times);
      this.#have.full.add(fromUs, endUs, JOIN_US);
    } else {
      this.#have.full.remove(fromUs, endUs);
    }
    this.#have.key.add(fromUs, endUs, JOIN_US);
    // Asked of all that is here: a moment in the rounding between two units lies in neither.
    const isArrival = this.#isWanted && this.has(this.#wantedUs, this.#wantedMode);
    this.#isWanted &&= !isArrival;
    const offsetS = (startUs - EPOCH_US) / 1_000_000;
    const video = init.hasAudio ? unitOfTrack(bytes, init.trackId) : bytes;
    this.#withQueue((queue) => {
      if (!(Math.abs(this.#offsetS - offsetS) < OFFSET_SLACK_US / 1_000_000)) {
        this.#offsetS = offsetS;
        queue.setOffset(offsetS);
      }
      queue.append(video);
      if (isArrival) {
        queue.run(() => this.#move());
      }
    });
  }

  /**
   * Show the picture of a moment. The element is moved only when the data is in its buffer: one that is moved before
   * settles on whatever lies there, such as the key picture of a drag, and does not look again.
   */
  showAt(us: number, mode: Mode = "full"): void {
    this.#wantedUs = us;
    this.#wantedMode = mode;
    this.#isWanted = !this.has(us, mode);
    if (!this.#isWanted) {
      this.#withQueue((queue) => queue.run(() => this.#move()));
    }
  }

  /** Some browsers lose a move made while the first data is taken in: make it again. */
  nudge(): void {
    const isLost = this.video.readyState >= HTMLMediaElement.HAVE_METADATA && !this.video.seeking && !this.isSettled;
    if (isLost && !this.#isWanted && this.#queue?.isIdle === true) {
      this.#move();
    }
  }

  /** A browser makes room as it likes: when it has thrown away the moment wanted, forget that it was here. */
  forgetLost(us: number): boolean {
    const { buffered, readyState } = this.video;
    if (this.#isWanted || this.#queue?.isIdle !== true || readyState === HTMLMediaElement.HAVE_NOTHING) {
      return false;
    }
    const atS = (us - EPOCH_US) / 1_000_000;
    const places = Array.from({ length: buffered.length }, (_, at) => at);
    if (places.some((at) => buffered.start(at) - LOST_S <= atS && atS <= buffered.end(at) + LOST_S)) {
      return false;
    }
    for (const set of Object.values(this.#have)) {
      set.clear();
    }
    this.pictures.clear();
    return true;
  }

  #move(): void {
    if (this.video.readyState === HTMLMediaElement.HAVE_NOTHING) {
      this.video.addEventListener("loadedmetadata", () => this.#move(), { once: true });
    } else {
      const us = this.#wantedMode === "full" ? this.pictures.inside(this.#wantedUs, BORDER_US) : this.#wantedUs;
      this.video.currentTime = (us - EPOCH_US) / 1_000_000 + BIAS_S;
    }
  }

  play(rate: number): void {
    if (this.video.playbackRate !== rate) {
      this.video.playbackRate = rate;
    }
    if (this.video.paused) {
      void this.video.play().catch(() => undefined);
    }
  }

  pause(): void {
    this.video.pause();
  }

  /** Show a key picture while the pointer is dragged: painted where that is possible, else through the media element. */
  async showKey(initBytes: Uint8Array, unitBytes: Uint8Array, atUs: number): Promise<void> {
    if (this.#painter !== null && (await this.#painter.prepare(initBytes))) {
      const wallUs = await this.#painter.paint(unitBytes);
      if (wallUs !== null) {
        this.#painter.canvas.hidden = false;
        this.#shown(wallUs);
        return;
      }
    }
    this.pushInit(initBytes);
    const isShown = new Promise<void>((resolve) => this.#nextPicture(resolve));
    this.pushUnit(unitBytes, "key");
    this.showAt(atUs, "key");
    await isShown;
  }

  /** A still made by the recorder, where this browser cannot decode the stream. */
  async showStill(picture: Blob, us: number): Promise<void> {
    const before = this.#still.src;
    this.#still.src = URL.createObjectURL(picture);
    await this.#still.decode().catch(() => undefined);
    URL.revokeObjectURL(before);
    this.element.replaceChildren(this.#still);
    this.#shown(us);
  }

  /** Make room: keep half a minute around a moment, or five seconds when the buffer is full. */
  trim(us: number, isFull = false): void {
    const keep = isFull ? KEEP_TIGHT_US : KEEP_US;
    const from = us - keep;
    const to = us + (isFull ? 4 * keep : 20 * keep);
    for (const set of Object.values(this.#have)) {
      set.remove(0, from);
      set.remove(to, Number.MAX_SAFE_INTEGER);
    }
    this.pictures.keep(from, to);
    this.#withQueue((queue) => {
      queue.remove(0, Math.max(0, (from - EPOCH_US) / 1_000_000));
      queue.remove((to - EPOCH_US) / 1_000_000, Number.POSITIVE_INFINITY);
    });
  }

  /** Forget everything that was fetched. */
  clear(): void {
    for (const set of Object.values(this.#have)) {
      set.clear();
    }
    this.pictures.clear();
    this.#queue?.drop();
    this.#withQueue((queue) => queue.remove(0, Number.POSITIVE_INFINITY));
    this.#offsetS = Number.NaN;
    // What was dropped from the queue may have been the parameter sets.
    const bytes = this.#initBytes;
    this.#initBytes = null;
    if (bytes !== null) {
      this.pushInit(bytes);
    }
  }

  /** The picture on the screen, for a snapshot. */
  get picture(): HTMLVideoElement | HTMLCanvasElement {
    return this.#painter !== null && !this.#painter.canvas.hidden ? this.#painter.canvas : this.video;
  }

  close(): void {
    this.#painter?.close();
    URL.revokeObjectURL(this.#still.src);
    this.#queue?.close();
    URL.revokeObjectURL(this.video.src);
    this.video.removeAttribute("src");
    this.video.load();
  }

  #open(media: MediaSource, mime: string): void {
    this.#media = media;
    this.#mime = mime;
    media.addEventListener(
      "sourceopen",
      () => {
        this.#queue = new BufferQueue(
          media,
          mime,
          () => undefined,
          () => this.trim(this.#wantedUs, true),
        );
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const task of waiting) {
          task();
        }
      },
      { once: true },
    );
    this.video.src = URL.createObjectURL(media);
  }

  #withQueue(task: (queue: BufferQueue) => void): void {
    const queue = this.#queue;
    if (queue === null) {
      this.#waiting.push(() => this.#withQueue(task));
    } else {
      task(queue);
    }
  }

  #nextPicture(action: () => void): void {
    const timer = setTimeout(action, 1000);
    this.video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      action();
    });
  }

  #watch(): void {
    const seen = (_now: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      if (this.#painter !== null) {
        this.#painter.canvas.hidden = true;
      }
      this.#shown(EPOCH_US + mediaTime * 1_000_000);
      this.video.requestVideoFrameCallback(seen);
    };
    this.video.requestVideoFrameCallback(seen);
  }

  #shown(us: number): void {
    this.shownUs = us;
    this.#events.onShown(this);
  }
}
