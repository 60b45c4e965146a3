/** The page's end of the live worker: gives tiles their numbers, carries their messages, fetches tickets for the worker. */

import { ServerClock } from "../core/server_clock";
import { type TicketBroker, TicketRefused } from "../core/tickets";
import type { Mode } from "../core/tile_policy";
import type { FromWorker, PictureSink, TileEvent, TileStats, ToWorker } from "./live_messages";

export interface CameraAddress {
  readonly id: string;
  readonly recorder: string;
  readonly base: string;
}

export interface TileListener {
  onEvent(event: TileEvent): void;
  onStats(stats: TileStats): void;
}

export class LiveHub {
  readonly #worker: Worker;
  readonly #broker: TicketBroker;
  readonly #cameras: readonly CameraAddress[];
  readonly #listeners = new Map<number, TileListener>();
  #nextTile = 0;
  #clockOffsetUs: Record<string, number> = {};

  constructor(cameras: readonly CameraAddress[], broker: TicketBroker) {
    this.#cameras = cameras;
    this.#broker = broker;
    this.#worker = new Worker(new URL("./live_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
  }

  get broker(): TicketBroker {
    return this.#broker;
  }

  /** The recorder's wall time now, microseconds. */
  nowUs(recorder: string): number {
    return new ServerClock().nowUs() + (this.#clockOffsetUs[recorder] ?? 0);
  }

  /** Ticket for all cameras of a recorder: one for the whole wall. */
  async liveTicket(recorder: string, fresh = false): Promise<{ text: string; lifeMs: number }> {
    const cameras = this.#cameras.filter((camera) => camera.recorder === recorder).map((camera) => camera.id);
    return this.#broker.ticket({ right: "live", recorder, cameras }, { fresh });
  }

  /** How many are open. */
  get tiles(): number {
    return this.#listeners.size;
  }

  open(
    camera: CameraAddress,
    stream: string,
    mode: Mode,
    player: "webcodecs" | "mse",
    sink: PictureSink | null,
    listener: TileListener,
  ): number {
    const tile = this.#nextTile++;
    this.#listeners.set(tile, listener);
    const url = new URL(`${camera.base}/live`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const message = { op: "open", tile, recorder: camera.recorder, url: url.href, camera: camera.id } as const;
    const transfer = sink === null || sink === "track" ? [] : [sink];
    this.#post({ ...message, stream, mode, player, sink }, transfer);
    return tile;
  }

  close(tile: number): void {
    this.#listeners.delete(tile);
    this.#post({ op: "close", tile });
  }

  setMode(tile: number, mode: Mode): void {
    this.#post({ op: "mode", tile, mode });
  }

  /** The page is done with live pictures. */
  end(): void {
    this.#worker.terminate();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    if (message.op === "ticket") {
      void this.#answerTicket(message.id, message.recorder, message.fresh);
    } else if (message.op === "stats") {
      this.#clockOffsetUs = message.clockOffsetUs;
      for (const stats of message.tiles) {
        this.#listeners.get(stats.tile)?.onStats(stats);
      }
    } else {
      this.#listeners.get(message.tile)?.onEvent(message);
    }
  }

  async #answerTicket(id: number, recorder: string, fresh: boolean): Promise<void> {
    try {
      const ticket = await this.liveTicket(recorder, fresh);
      this.#post({ op: "ticket", id, text: ticket.text, lifeMs: ticket.lifeMs });
    } catch (error) {
      const code = error instanceof TicketRefused ? error.code : "ticket_unavailable";
      this.#post({ op: "no_ticket", id, code, message: error instanceof Error ? error.message : "" });
    }
  }
}
