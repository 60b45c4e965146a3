/**
 * One live socket to one recorder, for all tiles of the page (docs/design/http.md, live). Reconnects for ever, brings the
 * subscriptions back, renews the ticket before it ends. Knows nothing of decoders: what comes for a slot goes to its sink.
 */

import { Backoff } from "./backoff";
import { payloadKind } from "./boxes";
import { FrameDecoder } from "./mux";
import type { ServerClock } from "./server_clock";
import { RENEW_BEFORE_MS, type Ticket } from "./tickets";
import type { Mode } from "./tile_policy";

export const SUBPROTOCOL = "nangmai.live.1";

export interface StreamFacts {
  readonly mime: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number | null;
  readonly stream: string;
}

/** Where a slot's messages go. */
export interface SlotSink {
  onFacts(facts: StreamFacts): void;
  onInit(bytes: Uint8Array): void;
  onUnit(bytes: Uint8Array): void;
  onState(state: string, sinceUs: number | null): void;
  onDropped(pictures: number): void;
  onError(code: string, message: string): void;
  /** The line broke: what comes next starts anew. */
  onLost(): void;
}

export interface Subscription {
  readonly camera: string;
  readonly stream: string;
  mode: Mode;
  readonly sink: SlotSink;
}

/** What of a WebSocket is used, so that a test can stand in for the network. */
export interface SocketLike {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Timers {
  after(ms: number, action: () => void): number;
  cancel(timer: number): void;
}

export interface LiveSocketParts {
  readonly open: () => SocketLike;
  /** `fresh`: the held one was refused. */
  readonly ticket: (fresh: boolean) => Promise<Ticket>;
  readonly clock: ServerClock;
  readonly timers: Timers;
  readonly random?: () => number;
}

/** The server speaks at least every 5 s; this long without a word means the line is dead. */
const SILENCE_MS = 15_000;
const RETRY_SLOT_MS = 10_000;
const EXPIRED = new Set(["ticket_expired", "ticket_missing", "ticket_revoked", "ticket_forged"]);

export class LiveSocket {
  readonly #parts: LiveSocketParts;
  readonly #slots = new Map<number, Subscription>();
  readonly #backoff: Backoff;
  #socket: SocketLike | null = null;
  #isOpen = false;
  #nextSlot = 0;
  #decoder = new FrameDecoder();
  #renewTimer: number | null = null;
  #silenceTimer: number | null = null;
  #retryTimer: number | null = null;

  constructor(parts: LiveSocketParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(500, 10_000, parts.random);
  }

  /** Start to receive a stream; gives the slot. */
  subscribe(subscription: Subscription): number {
    const slot = this.#freeSlot();
    this.#slots.set(slot, subscription);
    if (this.#isOpen) {
      void this.#requestSlots([slot]);
    } else {
      this.#connect();
    }
    return slot;
  }

  unsubscribe(slot: number): void {
    if (this.#slots.delete(slot) && this.#isOpen) {
      this.#send({ op: "unsubscribe", slot });
    }
    if (this.#slots.size === 0) {
      this.close();
    }
  }

  setMode(slot: number, mode: Mode): void {
    const subscription = this.#slots.get(slot);
    if (subscription !== undefined && subscription.mode !== mode) {
      subscription.mode = mode;
      if (this.#isOpen) {
        this.#send({ op: "mode", slot, mode });
      }
    }
  }

  /** Close the line; the next `subscribe` opens it again. */
  close(): void {
    this.#cancelTimers();
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    if (socket !== null) {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    }
  }

  /** A slot number is not used again before 65,000 others: late bytes of an old subscription meet nobody. */
  #freeSlot(): number {
    do {
      this.#nextSlot = (this.#nextSlot + 1) % 65_536;
    } while (this.#slots.has(this.#nextSlot));
    return this.#nextSlot;
  }

  #connect(): void {
    if (this.#socket !== null || this.#retryTimer !== null) {
      return;
    }
    const socket = this.#parts.open();
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#decoder = new FrameDecoder();
    // The ticket is fetched while the line is being opened.
    this.#parts.ticket(false).catch(() => undefined);
    socket.onopen = () => {
      this.#isOpen = true;
      this.#watchSilence();
      void this.#requestSlots([...this.#slots.keys()]);
    };
    socket.onmessage = (event) => {
      this.#watchSilence();
      this.#receive(event.data);
    };
    socket.onclose = () => this.#lost(socket);
    socket.onerror = () => undefined;
  }

  #lost(socket: SocketLike): void {
    if (socket !== this.#socket) {
      return;
    }
    this.close();
    for (const { sink } of this.#slots.values()) {
      sink.onLost();
    }
    this.#retryTimer = this.#parts.timers.after(this.#backoff.next(), () => {
      this.#retryTimer = null;
      if (this.#slots.size > 0) {
        this.#connect();
      }
    });
  }

  async #requestSlots(slots: number[], fresh = false): Promise<void> {
    let ticket: Ticket;
    try {
      ticket = await this.#parts.ticket(fresh);
    } catch (error) {
      for (const slot of slots) {
        this.#fail(slot, codeOf(error), error instanceof Error ? error.message : "");
      }
      return;
    }
    if (!this.#isOpen) {
      return;
    }
    for (const slot of slots) {
      const subscription = this.#slots.get(slot);
      if (subscription !== undefined) {
        const { camera, stream, mode } = subscription;
        this.#send({ op: "subscribe", slot, camera, stream, mode, ticket: ticket.text });
      }
    }
    this.#scheduleRenewal(ticket);
  }

  #scheduleRenewal(ticket: Ticket): void {
    if (this.#renewTimer !== null) {
      this.#parts.timers.cancel(this.#renewTimer);
    }
    const waitMs = Math.max(1000, Math.min(ticket.lifeMs - RENEW_BEFORE_MS, ticket.lifeMs * 0.8));
    this.#renewTimer = this.#parts.timers.after(waitMs, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    this.#renewTimer = null;
    try {
      const ticket = await this.#parts.ticket(true);
      for (const slot of this.#isOpen ? this.#slots.keys() : []) {
        this.#send({ op: "renew", slot, ticket: ticket.text });
      }
      this.#scheduleRenewal(ticket);
    } catch {
      this.#renewTimer = this.#parts.timers.after(5000, () => void this.#renew());
    }
  }

  #receive(data: unknown): void {
    if (typeof data === "string") {
      this.#receiveText(data);
    } else if (data instanceof ArrayBuffer) {
      this.#decoder.push(new Uint8Array(data), (slot, payload) => {
        const sink = this.#slots.get(slot)?.sink;
        const kind = payloadKind(payload);
        if (kind === "init") {
          sink?.onInit(payload);
        } else if (kind === "unit") {
          this.#backoff.reset();
          sink?.onUnit(payload);
        }
      });
    }
  }

  #receiveText(text: string): void {
    const message = JSON.parse(text);
    if (typeof message.clock_us === "number") {
      this.#parts.clock.observe(message.clock_us);
      return;
    }
    const sink = this.#slots.get(message.slot)?.sink;
    if (typeof message.error === "string") {
      this.#fail(message.slot, message.error, message.message ?? "");
    } else if (typeof message.mime === "string") {
      sink?.onFacts(message);
    } else if (typeof message.state === "string") {
      sink?.onState(message.state, message.since_us ?? null);
    } else if (typeof message.dropped === "number") {
      sink?.onDropped(message.dropped);
    }
  }

  /** The server closed a slot, or no ticket was given: say so, and try again later; at once when a new ticket will do. */
  #fail(slot: number, code: string, message: string): void {
    const subscription = this.#slots.get(slot);
    if (subscription === undefined) {
      return;
    }
    const isExpired = EXPIRED.has(code);
    if (!isExpired) {
      subscription.sink.onError(code, message);
    }
    this.#parts.timers.after(isExpired ? 250 : RETRY_SLOT_MS, () => {
      if (this.#isOpen && this.#slots.get(slot) === subscription) {
        void this.#requestSlots([slot], true);
      }
    });
  }

  #watchSilence(): void {
    if (this.#silenceTimer !== null) {
      this.#parts.timers.cancel(this.#silenceTimer);
    }
    const socket = this.#socket;
    this.#silenceTimer = this.#parts.timers.after(SILENCE_MS, () => {
      if (socket !== null) {
        this.#lost(socket);
      }
    });
  }

  #send(message: Record<string, unknown>): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #cancelTimers(): void {
    for (const timer of [this.#renewTimer, this.#silenceTimer, this.#retryTimer]) {
      if (timer !== null) {
        this.#parts.timers.cancel(timer);
      }
    }
    this.#renewTimer = null;
    this.#silenceTimer = null;
    this.#retryTimer = null;
  }
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "ticket_unavailable";
}
