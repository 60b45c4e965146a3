/** Asks recorders for footage: the requests of docs/design/http.md, each with a ticket that covers it. */

import type { GopIndex, IndexAnswer, Run } from "../core/gop_index";
import { FrameDecoder, type OnFrame } from "../core/mux";
import type { Right, Ticket, TicketBroker } from "../core/tickets";
import type { TimelineAnswer } from "../core/timeline_geometry";
import type { CameraAddress } from "./live_hub";

export interface StreamAddress {
  readonly camera: CameraAddress;
  readonly stream: string;
}

/** The recorder refused or failed; `code` is its error's. */
export class FootageError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export class PlaybackApi {
  readonly #broker: TicketBroker;
  readonly #right: Right;
  readonly #cameras: () => readonly CameraAddress[];

  /** `right` is what the viewer holds: `playback`, or `replay` for the last minutes only. */
  constructor(broker: TicketBroker, right: Right, cameras: () => readonly CameraAddress[]) {
    this.#broker = broker;
    this.#right = right;
    this.#cameras = cameras;
  }

  /** A ticket for all cameras chosen of a recorder, and the part of the period it was given for. */
  async #ticket(camera: CameraAddress, fromUs: number, toUs: number): Promise<Ticket & { from: number; to: number }> {
    const { recorder } = camera;
    const cameras = this.#cameras()
      .filter((one) => one.recorder === recorder)
      .map((one) => one.id);
    const ticket = await this.#broker.ticket({
      right: this.#right,
      recorder,
      cameras: cameras.includes(camera.id) ? cameras : [...cameras, camera.id],
      fromUs: Math.floor(fromUs),
      toUs: Math.ceil(toUs),
    });
    const from = Math.max(Math.floor(fromUs), ticket.fromUs ?? 0);
    const to = Math.min(Math.ceil(toUs), ticket.toUs ?? Number.MAX_SAFE_INTEGER);
    if (to <= from) {
      throw new FootageError("ticket_too_narrow", "", 403);
    }
    return { ...ticket, from, to };
  }

  async #get(url: string, ticket: Ticket, signal?: AbortSignal, body?: string): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${ticket.text}` };
    const init: RequestInit = { headers, ...(signal === undefined ? {} : { signal }) };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      Object.assign(init, { method: "POST", body });
    }
    let answer: Response;
    try {
      answer = await fetch(url, init);
    } catch (error) {
      if (signal?.aborted) {
        throw error;
      }
      throw new FootageError("unavailable", "", 0);
    }
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({}));
      const code = typeof problem.error === "string" ? problem.error : answer.status >= 500 ? "unavailable" : "unknown";
      if (/^ticket_(expired|revoked|forged)/.test(code)) {
        this.#broker.forget();
      }
      throw new FootageError(code, problem.message ?? "", answer.status);
    }
    return answer;
  }

  /** Fill in what an index lacks of a period. */
  async loadIndex(address: StreamAddress, index: GopIndex, fromUs: number, toUs: number, nowUs: number): Promise<void> {
    for (const [from, to] of index.missing(fromUs, toUs)) {
      let start: number | undefined = from;
      while (start !== undefined && start < to) {
        const ticket = await this.#ticket(address.camera, start, to);
        const url = `${streamUrl(address)}/index?from=${ticket.from}&to=${ticket.to}`;
        const answer: IndexAnswer = await (await this.#get(url, ticket)).json();
        // What lies before the ticket's period is as good as not there.
        index.add({ ...answer, from_us: Math.min(answer.from_us, start) }, nowUs);
        start = answer.next_us;
      }
    }
  }

  async init(address: StreamAddress, id: string, atUs: number): Promise<Uint8Array> {
    const ticket = await this.#ticket(address.camera, atUs, atUs + 1);
    return bytesOf(await this.#get(`${streamUrl(address)}/init/${id}.mp4`, ticket));
  }

  async units(address: StreamAddress, run: Run, signal: AbortSignal): Promise<Uint8Array> {
    const ticket = await this.#ticket(address.camera, run.startUs, run.endUs);
    const url = `${streamUrl(address)}/${run.seq}/${run.first}-${run.last}.m4s`;
    return bytesOf(await this.#get(url, ticket, signal));
  }

  async keyUnit(
    address: StreamAddress,
    seq: number,
    number: number,
    atUs: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const ticket = await this.#ticket(address.camera, atUs, atUs + 1);
    return bytesOf(await this.#get(`${streamUrl(address)}/${seq}/${number}.key.m4s`, ticket, signal));
  }

  /** GOPs of several streams of one recorder in one response; frames are given as they arrive, by place in `addresses`. */
  async multi(
    addresses: readonly StreamAddress[],
    fromUs: number,
    toUs: number,
    mode: "full" | "key",
    signal: AbortSignal,
    onFrame: OnFrame,
  ): Promise<void> {
    const first = addresses[0];
    if (first === undefined) {
      return;
    }
    const ticket = await this.#ticket(first.camera, fromUs, toUs);
    const streams = addresses.map(({ camera, stream }, slot) => ({ slot, camera: camera.id, stream }));
    const body = JSON.stringify({ from_us: ticket.from, to_us: ticket.to, mode, streams, ticket: ticket.text });
    const answer = await this.#get(`${first.camera.base}/playback/multi`, ticket, signal, body);
    const decoder = new FrameDecoder();
    const reader = answer.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      decoder.push(value, onFrame);
    }
    if (decoder.pending > 0) {
      throw new FootageError("unavailable", "", 0);
    }
  }

  async timeline(
    camera: CameraAddress,
    fromUs: number,
    toUs: number,
    buckets: number,
    signal: AbortSignal,
  ): Promise<TimelineAnswer> {
    const ticket = await this.#ticket(camera, fromUs, toUs);
    const url = `${camera.base}/playback/${camera.id}/timeline?from=${ticket.from}&to=${ticket.to}&buckets=${buckets}`;
    return (await this.#get(url, ticket, signal)).json();
  }

  /** A decoded key picture, for previews. */
  async still(address: StreamAddress, atUs: number, width: number, signal: AbortSignal): Promise<Blob> {
    const at = Math.floor(atUs);
    const ticket = await this.#ticket(address.camera, at, at + 1);
    return (await this.#get(`${streamUrl(address)}.jpg?at=${at}&width=${width}`, ticket, signal)).blob();
  }
}

function streamUrl({ camera, stream }: StreamAddress): string {
  return `${camera.base}/playback/${camera.id}/${stream}`;
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}
