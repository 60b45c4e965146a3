/**
 * The page's live worker: the sockets, and the decoders of the tiles that use WebCodecs. Runs beside the page so that no
 * layout or script of the page delays a picture. Tickets come from the page, which alone may ask for them.
 */

import {
  LiveSocket,
  type SlotSink,
  type SocketLike,
  type StreamFacts,
  SUBPROTOCOL,
  type Timers,
} from "../core/live_socket";
import { ServerClock } from "../core/server_clock";
import type { Ticket } from "../core/tickets";
import type { FromWorker, OpenTile, TileEvent, ToWorker } from "./live_messages";
import { openOutput, type PictureOutput } from "./picture_output";
import { SlotDecoder } from "./slot_decoder";

const STATS_MS = 1000;
const CLOCK_MS = 60_000;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
};

interface Recorder {
  readonly socket: LiveSocket;
  readonly clock: ServerClock;
}

interface Tile {
  readonly recorder: Recorder;
  readonly slot: number;
  readonly decoder: SlotDecoder | null;
  readonly output: PictureOutput | null;
}

const recorders = new Map<string, Recorder>();
const tiles = new Map<number, Tile>();
const tickets = new Map<number, { resolve: (ticket: Ticket) => void; reject: (error: Error) => void }>();
let nextTicket = 0;

const timers: Timers = {
  after: (ms, action) => setTimeout(action, ms) as unknown as number,
  cancel: (timer) => clearTimeout(timer),
};

function askTicket(recorder: string, fresh: boolean): Promise<Ticket> {
  const id = nextTicket++;
  scope.postMessage({ op: "ticket", id, recorder, fresh });
  return new Promise((resolve, reject) => tickets.set(id, { resolve, reject }));
}

/** Some questions at once, because the first answers come while the page is busy; then one a minute. */
function keepTime(clock: ServerClock, url: string): void {
  for (const waitMs of [0, 500, 1500, 3000]) {
    setTimeout(() => void clock.ask(url), waitMs);
  }
  setInterval(() => void clock.ask(url), CLOCK_MS);
}

function recorderNamed(name: string, url: string): Recorder {
  let recorder = recorders.get(name);
  if (recorder === undefined) {
    const clock = new ServerClock();
    const socket = new LiveSocket({
      open: () => new WebSocket(url, SUBPROTOCOL) as unknown as SocketLike,
      ticket: (fresh) => askTicket(name, fresh),
      clock,
      timers,
    });
    keepTime(clock, url.replace(/^ws/, "http").replace(/live$/, "clock"));
    recorder = { socket, clock };
    recorders.set(name, recorder);
  }
  return recorder;
}

/** Passes a slot's messages on to the page; a decoder, where the tile has one, takes the pictures. */
function sinkFor(tile: number, decoder: SlotDecoder | null): SlotSink {
  const tell = (event: TileEvent): void => scope.postMessage(event);
  const send = (op: "init" | "unit", view: Uint8Array): void => {
    const bytes = view.slice();
    scope.postMessage({ op, tile, bytes }, [bytes.buffer]);
  };
  return {
    onFacts: (facts: StreamFacts) => tell({ op: "facts", tile, facts }),
    onInit: (bytes) => (decoder === null ? send("init", bytes) : decoder.start(bytes)),
    onUnit: (bytes) => (decoder === null ? send("unit", bytes) : decoder.push(bytes)),
    onState: (state, sinceUs) => tell({ op: "state", tile, state, sinceUs }),
    onDropped: (pictures) => tell({ op: "dropped", tile, pictures }),
    onError: (code, message) => tell({ op: "error", tile, code, message }),
    onLost: () => {
      decoder?.reset();
      tell({ op: "lost", tile });
    },
  };
}

function openTile(message: OpenTile): void {
  const { tile, camera, stream, mode } = message;
  const recorder = recorderNamed(message.recorder, message.url);
  let output: PictureOutput | null = null;
  let decoder: SlotDecoder | null = null;
  if (message.player === "webcodecs" && message.sink !== null) {
    output = openOutput(message.sink, (track) =>
      scope.postMessage({ op: "track", tile, track }, [track as unknown as Transferable]),
    );
    const shown = output;
    decoder = new SlotDecoder(
      {
        onPicture: (frame) => shown.show(frame),
        onFirst: () => scope.postMessage({ op: "first", tile }),
        onUnsupported: (codec) => scope.postMessage({ op: "unsupported", tile, codec }),
      },
      recorder.clock,
    );
  }
  const slot = recorder.socket.subscribe({ camera, stream, mode, sink: sinkFor(tile, decoder) });
  tiles.set(tile, { recorder, slot, decoder, output });
}

function closeTile(number: number): void {
  const tile = tiles.get(number);
  if (tile !== undefined) {
    tiles.delete(number);
    tile.recorder.socket.unsubscribe(tile.slot);
    tile.decoder?.reset();
    tile.output?.close();
  }
}

scope.onmessage = ({ data }) => {
  if (data.op === "open") {
    openTile(data);
  } else if (data.op === "close") {
    closeTile(data.tile);
  } else if (data.op === "mode") {
    const tile = tiles.get(data.tile);
    tile?.recorder.socket.setMode(tile.slot, data.mode);
  } else if (data.op === "ticket") {
    tickets.get(data.id)?.resolve({ text: data.text, lifeMs: data.lifeMs, fromUs: null, toUs: null });
    tickets.delete(data.id);
  } else {
    tickets.get(data.id)?.reject(Object.assign(new Error(data.message), { code: data.code }));
    tickets.delete(data.id);
  }
};

setInterval(() => {
  const stats = [...tiles].flatMap(([number, tile]) => (tile.decoder === null ? [] : [tile.decoder.takeStats(number)]));
  const clockOffsetUs: Record<string, number> = {};
  for (const [name, { clock }] of recorders) {
    clockOffsetUs[name] = clock.offsetUs;
  }
  scope.postMessage({ op: "stats", tiles: stats, clockOffsetUs });
}, STATS_MS);
