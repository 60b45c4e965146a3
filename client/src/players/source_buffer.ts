/** A queue in front of a `SourceBuffer`: one change at a time, small appends joined, a full buffer emptied from the past. */

import { joined } from "../core/strip";

type Task = (buffer: SourceBuffer) => void;

interface MediaSourceConstructor {
  new (): MediaSource;
  isTypeSupported(type: string): boolean;
}

/** `ManagedMediaSource` where it is the only one (iOS), else `MediaSource`. */
export function mediaSourceConstructor(): MediaSourceConstructor | null {
  const scope = globalThis as unknown as Record<string, MediaSourceConstructor | undefined>;
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}

export class BufferQueue {
  readonly #media: MediaSource;
  readonly #buffer: SourceBuffer;
  readonly #tasks: (Uint8Array | Task)[] = [];
  readonly #onIdle: () => void;
  readonly #onFull: () => void;
  #isClosed = false;
  #wasFull = false;

  constructor(media: MediaSource, mime: string, onIdle: () => void, onFull: () => void) {
    this.#media = media;
    this.#buffer = media.addSourceBuffer(mime);
    this.#onIdle = onIdle;
    this.#onFull = onFull;
    this.#buffer.mode = "segments";
    this.#buffer.addEventListener("updateend", () => this.#next());
  }

  get buffered(): TimeRanges | null {
    try {
      return this.#buffer.buffered;
    } catch {
      return null;
    }
  }

  get isIdle(): boolean {
    return this.#tasks.length === 0 && !this.#buffer.updating;
  }

  append(bytes: Uint8Array): void {
    this.#tasks.push(bytes);
    this.#next();
  }

  run(task: Task): void {
    this.#tasks.push(task);
    this.#next();
  }

  /** Forget what has not been appended. */
  drop(): void {
    this.#tasks.length = 0;
  }

  changeType(mime: string): void {
    this.run((buffer) => buffer.changeType(mime));
  }

  setOffset(seconds: number): void {
    this.run((buffer) => {
      if (Math.abs(buffer.timestampOffset - seconds) > 0.002) {
        buffer.timestampOffset = seconds;
      }
    });
  }

  remove(fromS: number, toS: number): void {
    this.run((buffer) => {
      if (toS > fromS && buffer.buffered.length > 0) {
        buffer.remove(fromS, toS);
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    this.drop();
  }

  #next(): void {
    if (this.#isClosed || this.#media.readyState !== "open") {
      return;
    }
    while (!this.#buffer.updating && this.#tasks.length > 0) {
      const task = this.#tasks.shift()!;
      if (typeof task === "function") {
        task(this.#buffer);
      } else {
        this.#appendJoined(task);
      }
    }
    if (this.#tasks.length === 0 && !this.#buffer.updating) {
      this.#onIdle();
    }
  }

  #appendJoined(first: Uint8Array): void {
    const parts = [first];
    while (this.#tasks[0] instanceof Uint8Array) {
      parts.push(this.#tasks.shift() as Uint8Array);
    }
    const bytes = parts.length === 1 ? first : joined(parts);
    try {
      this.#buffer.appendBuffer(bytes as BufferSource);
      this.#wasFull = false;
    } catch (error) {
      if (error instanceof DOMException && error.name === "QuotaExceededError") {
        this.#makeRoom(bytes);
      } else {
        throw error;
      }
    }
  }

  /** What did not fit waits until room has been made; refused a second time it is dropped, or there would be no end. */
  #makeRoom(bytes: Uint8Array): void {
    const waiting = [...(this.#wasFull ? [] : [bytes]), ...this.#tasks.splice(0)];
    this.#wasFull = !this.#wasFull;
    this.#onFull();
    this.#tasks.push(...waiting);
  }
}
