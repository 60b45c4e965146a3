/**
 * Decodes one live slot with WebCodecs, in the worker. When decoding falls behind it leaves out everything up to the next
 * key picture: late pictures help nobody, and a queue that grows never shrinks by itself.
 */

import { parseInit, parseUnit, type Unit, type VideoInit } from "../core/boxes";
import type { ServerClock } from "../core/server_clock";
import type { TileStats } from "./live_messages";

/** Pictures waiting in the decoder before it counts as behind. */
export const QUEUE_MAX = 20;
/** The GOP so far comes at once on joining; this long it may take to catch up before anything is left out. */
const CATCH_UP_MS = 4000;

export interface DecoderEvents {
  readonly onPicture: (frame: VideoFrame) => void;
  readonly onFirst: () => void;
  readonly onUnsupported: (codec: string) => void;
}

export class SlotDecoder {
  readonly #events: DecoderEvents;
  readonly #clock: ServerClock;
  #decoder: VideoDecoder | null = null;
  #init: VideoInit | null = null;
  #waiting: Uint8Array[] | null = null;
  #generation = 0;
  #needsKey = true;
  #catchUpUntilMs: number | null = null;
  #isFirst = true;
  #wallByTimestamp = new Map<number, number>();
  #latencies: number[] = [];
  #arrived = 0;
  #presented = 0;
  #dropped = 0;

  constructor(events: DecoderEvents, clock: ServerClock) {
    this.#events = events;
    this.#clock = clock;
  }

  /** New parameter sets: start a new decoder. */
  start(initBytes: Uint8Array): void {
    const init = parseInit(initBytes);
    this.reset();
    this.#init = init;
    this.#waiting = [];
    this.#catchUpUntilMs = performance.now() + CATCH_UP_MS;
    void this.#configure(init, ++this.#generation);
  }

  /** The line broke or the stream changed. */
  reset(): void {
    this.#generation++;
    this.#waiting = null;
    this.#init = null;
    this.#needsKey = true;
    this.#wallByTimestamp.clear();
    this.#closeDecoder();
  }

  push(bytes: Uint8Array): void {
    if (this.#waiting !== null) {
      this.#waiting.push(bytes);
    } else if (this.#init !== null) {
      this.#decode(parseUnit(bytes, this.#init.trackId), this.#init);
    }
  }

  /** Figures since the last call. */
  takeStats(tile: number): TileStats {
    const sorted = this.#latencies.sort((first, second) => first - second);
    const stats: TileStats = {
      tile,
      arrived: this.#arrived,
      presented: this.#presented,
      dropped: this.#dropped,
      queue: this.#decoder?.decodeQueueSize ?? 0,
      latencyMs: sorted[sorted.length >> 1] ?? null,
    };
    this.#latencies = [];
    this.#arrived = 0;
    this.#presented = 0;
    this.#dropped = 0;
    return stats;
  }

  async #configure(init: VideoInit, generation: number): Promise<void> {
    const config: VideoDecoderConfig = {
      codec: init.codec,
      codedWidth: init.width,
      codedHeight: init.height,
      description: init.description,
      optimizeForLatency: true,
    };
    const isSupported = await isDecodable(config);
    if (generation !== this.#generation) {
      return;
    }
    if (!isSupported) {
      this.#waiting = null;
      this.#events.onUnsupported(init.codec);
      return;
    }
    this.#decoder = new VideoDecoder({ output: (frame) => this.#output(frame), error: () => this.#failed() });
    this.#decoder.configure(config);
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const bytes of waiting) {
      this.push(bytes);
    }
  }

  #decode(unit: Unit, init: VideoInit): void {
    for (const sample of unit.samples) {
      this.#arrived++;
      this.#needsKey &&= !sample.isKey;
      if (this.#needsKey || this.#decoder === null || this.#isBehind(sample.isKey)) {
        this.#dropped++;
        continue;
      }
      const timestamp = Math.round((sample.pts * 1_000_000) / init.timescale);
      if (unit.wallUs !== null) {
        this.#remember(timestamp, unit.wallUs);
      }
      this.#decoder.decode(
        new EncodedVideoChunk({
          type: sample.isKey ? "key" : "delta",
          timestamp,
          duration: Math.round((sample.duration * 1_000_000) / init.timescale),
          data: sample.data,
        }),
      );
    }
  }

  /** More waits than a wall can afford; true from then on until the next key picture. */
  #isBehind(isKey: boolean): boolean {
    const queue = this.#decoder?.decodeQueueSize ?? 0;
    if (this.#catchUpUntilMs !== null) {
      if (queue < QUEUE_MAX / 4 || performance.now() > this.#catchUpUntilMs) {
        this.#catchUpUntilMs =
          this.#presented > 0 || performance.now() > this.#catchUpUntilMs ? null : this.#catchUpUntilMs;
      }
      return false;
    }
    if (queue > QUEUE_MAX && !isKey) {
      this.#needsKey = true;
      return true;
    }
    return queue > 2 * QUEUE_MAX;
  }

  #remember(timestamp: number, wallUs: number): void {
    this.#wallByTimestamp.set(timestamp, wallUs);
    if (this.#wallByTimestamp.size > 600) {
      const oldest = this.#wallByTimestamp.keys().next().value;
      this.#wallByTimestamp.delete(oldest!);
    }
  }

  #output(frame: VideoFrame): void {
    const wallUs = this.#wallByTimestamp.get(frame.timestamp);
    if (wallUs !== undefined) {
      this.#wallByTimestamp.delete(frame.timestamp);
      if (this.#catchUpUntilMs === null) {
        this.#latencies.push((this.#clock.nowUs() - wallUs) / 1000);
      }
    }
    this.#presented++;
    this.#events.onPicture(frame);
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#events.onFirst();
    }
  }

  /** The decoder gave up on the stream; the next key picture gets a new one. */
  #failed(): void {
    const init = this.#init;
    this.#closeDecoder();
    this.#needsKey = true;
    if (init !== null) {
      this.#waiting = [];
      void this.#configure(init, ++this.#generation);
    }
  }

  #closeDecoder(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") {
      this.#decoder.close();
    }
    this.#decoder = null;
  }
}

async function isDecodable(config: VideoDecoderConfig): Promise<boolean> {
  try {
    return (await VideoDecoder.isConfigSupported(config)).supported === true;
  } catch {
    return false;
  }
}
