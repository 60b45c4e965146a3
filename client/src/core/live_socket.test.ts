import { beforeEach, describe, expect, it } from "vitest";
import { box, u32 } from "./box_builder";
import { LiveSocket, type SlotSink, type SocketLike, type Timers } from "./live_socket";
import { encodeFrame } from "./mux";
import { ServerClock } from "./server_clock";
import { joined } from "./strip";
import { TicketRefused } from "./tickets";

class FakeSocket implements SocketLike {
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  give(...frames: Uint8Array[]): void {
    this.onmessage?.({ data: joined(frames).slice().buffer });
  }
}

class ManualTimers implements Timers {
  #jobs = new Map<number, { atMs: number; action: () => void }>();
  #next = 0;
  nowMs = 0;

  after(ms: number, action: () => void): number {
    this.#jobs.set(++this.#next, { atMs: this.nowMs + ms, action });
    return this.#next;
  }

  cancel(timer: number): void {
    this.#jobs.delete(timer);
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#jobs].filter(([, job]) => job.atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (due === undefined) {
        break;
      }
      this.#jobs.delete(due[0]);
      this.nowMs = due[1].atMs;
      due[1].action();
      await settle();
    }
    this.nowMs = endMs;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}

function recordingSink(): SlotSink & { log: string[] } {
  const log: string[] = [];
  return {
    log,
    onFacts: (facts) => log.push(`facts ${facts.mime}`),
    onInit: (bytes) => log.push(`init ${bytes.length}`),
    onUnit: (bytes) => log.push(`unit ${bytes.length}`),
    onState: (state) => log.push(`state ${state}`),
    onDropped: (pictures) => log.push(`dropped ${pictures}`),
    onError: (code) => log.push(`error ${code}`),
    onLost: () => log.push("lost"),
  };
}

let sockets: FakeSocket[];
let timers: ManualTimers;
let asked: boolean[];
let refuse: TicketRefused | null;
let clock: ServerClock;
let live: LiveSocket;

beforeEach(() => {
  sockets = [];
  timers = new ManualTimers();
  asked = [];
  refuse = null;
  clock = new ServerClock(() => 1000);
  live = new LiveSocket({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    ticket: async (fresh) => {
      asked.push(fresh);
      if (refuse !== null) {
        throw refuse;
      }
      return { text: `ticket-${asked.length}`, lifeMs: 600_000, fromUs: null, toUs: null };
    },
    clock,
    timers,
    random: () => 0.5,
  });
});

async function subscribed(): Promise<{ slot: number; sink: ReturnType<typeof recordingSink>; socket: FakeSocket }> {
  const sink = recordingSink();
  const slot = live.subscribe({ camera: "cam-01", stream: "sub", mode: "full", sink });
  sockets[0]!.onopen?.();
  await settle();
  return { slot, sink, socket: sockets[0]! };
}

describe("the live socket", () => {
  it("opens one line for all slots and subscribes each with a ticket", async () => {
    const { slot, socket } = await subscribed();
    const other = live.subscribe({ camera: "cam-02", stream: "main", mode: "key", sink: recordingSink() });
    await settle();
    expect(sockets).toHaveLength(1);
    expect(other).not.toBe(slot);
    expect(socket.sent[0]).toMatchObject({ op: "subscribe", slot, camera: "cam-01", stream: "sub", mode: "full" });
    expect(socket.sent[1]).toMatchObject({ op: "subscribe", slot: other, camera: "cam-02", mode: "key" });
  });

  it("gives each slot what is meant for it", async () => {
    const { slot, sink, socket } = await subscribed();
    socket.say({ slot, mime: "video/mp4", codec: "h264", width: 2, height: 2, fps: 15, stream: "sub" });
    const init = box("ftyp", u32(0));
    const unit = box("prft", u32(0));
    socket.give(encodeFrame(slot, init), encodeFrame(slot + 9, unit), encodeFrame(slot, unit));
    socket.say({ slot, state: "no_signal", since_us: 5 });
    socket.say({ slot, dropped: 3 });
    expect(sink.log).toEqual(["facts video/mp4", "init 12", "unit 12", "state no_signal", "dropped 3"]);
  });

  it("tells the server's time from its messages", async () => {
    const { socket } = await subscribed();
    socket.say({ clock_us: 1_500_000 });
    expect(clock.nowUs()).toBe(1_500_000);
  });

  it("comes back after a broken line and brings all slots with it", async () => {
    const { slot, sink, socket } = await subscribed();
    socket.onclose?.();
    expect(sink.log).toEqual(["lost"]);
    await timers.advance(1000);
    expect(sockets).toHaveLength(2);
    sockets[1]!.onopen?.();
    await settle();
    expect(sockets[1]!.sent[0]).toMatchObject({ op: "subscribe", slot, camera: "cam-01" });
  });

  it("takes silence for a dead line", async () => {
    const { sink, socket } = await subscribed();
    await timers.advance(14_000);
    socket.say({ clock_us: 1 });
    await timers.advance(14_000);
    expect(sink.log).toEqual([]);
    await timers.advance(2000);
    expect(sink.log).toEqual(["lost"]);
    expect(socket.isClosed).toBe(true);
  });

  it("waits longer from one failure to the next", async () => {
    await subscribed();
    const gaps: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const startMs = timers.nowMs;
      sockets.at(-1)!.onclose?.();
      const before = sockets.length;
      while (sockets.length === before) {
        await timers.advance(50);
      }
      gaps.push(timers.nowMs - startMs);
    }
    expect(gaps[5]).toBeGreaterThan(gaps[0]! * 8);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000);
  });

  it("renews the ticket of every slot before it ends", async () => {
    const { slot, socket } = await subscribed();
    for (let turn = 0; turn < 54; turn++) {
      await timers.advance(10_000);
      socket.say({ clock_us: 1 });
    }
    const renewals = socket.sent.filter((message) => message.op === "renew");
    expect(renewals).toHaveLength(1);
    expect(renewals[0]).toMatchObject({ slot, ticket: `ticket-${asked.length}` });
    expect(asked.at(-1)).toBe(true);
  });

  it("gets a new ticket when the server says that one has ended", async () => {
    const { slot, sink, socket } = await subscribed();
    socket.say({ slot, error: "ticket_expired", message: "ended" });
    await timers.advance(300);
    expect(sink.log).toEqual([]);
    expect(socket.sent.at(-1)).toMatchObject({ op: "subscribe", slot });
    expect(asked.at(-1)).toBe(true);
  });

  it("says why a slot was refused, and tries again later", async () => {
    const { slot, sink, socket } = await subscribed();
    socket.say({ slot, error: "not_found", message: "no such stream" });
    expect(sink.log).toEqual(["error not_found"]);
    const before = socket.sent.length;
    await timers.advance(10_500);
    expect(socket.sent.length).toBe(before + 1);
  });

  it("says why no ticket was given", async () => {
    refuse = new TicketRefused("denied", "Not permitted", "Đ4.2");
    const { sink, socket } = await subscribed();
    expect(sink.log).toEqual(["error denied"]);
    expect(socket.sent).toEqual([]);
  });

  it("closes the line when nobody watches any more", async () => {
    const { slot, socket } = await subscribed();
    live.unsubscribe(slot);
    expect(socket.sent.at(-1)).toEqual({ op: "unsubscribe", slot });
    expect(socket.isClosed).toBe(true);
    await timers.advance(60_000);
    expect(sockets).toHaveLength(1);
  });

  it("changes the mode once, and keeps it over a reconnect", async () => {
    const { slot, socket } = await subscribed();
    live.setMode(slot, "key");
    live.setMode(slot, "key");
    expect(socket.sent.filter((message) => message.op === "mode")).toEqual([{ op: "mode", slot, mode: "key" }]);
    socket.onclose?.();
    await timers.advance(1000);
    sockets[1]!.onopen?.();
    await settle();
    expect(sockets[1]!.sent[0]).toMatchObject({ op: "subscribe", mode: "key" });
  });
});
