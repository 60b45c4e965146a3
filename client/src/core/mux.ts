/**
 * Takes apart the framing of the live socket and of `/playback/multi`: `[u16 slot][u32 length][payload]`, big-endian
 * (docs/design/http.md). Owns nothing but the bytes of a frame that has not arrived whole.
 */

export const HEADER_BYTES = 6;

/** A frame larger than this is not footage: the other end is broken. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

export class FramingBroken extends Error {}

export type OnFrame = (slot: number, payload: Uint8Array) => void;

export class FrameDecoder {
  #rest: Uint8Array = new Uint8Array(0);

  /** Feed bytes as they come; whole frames are given to `onFrame` as views into them. */
  push(bytes: Uint8Array, onFrame: OnFrame): void {
    const data = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let at = 0;
    while (data.length - at >= HEADER_BYTES) {
      const length = view.getUint32(at + 2);
      if (length > MAX_PAYLOAD_BYTES) {
        throw new FramingBroken(`a frame of ${length} bytes was announced`);
      }
      const end = at + HEADER_BYTES + length;
      if (end > data.length) {
        break;
      }
      onFrame(view.getUint16(at), data.subarray(at + HEADER_BYTES, end));
      at = end;
    }
    // A copy, so that a small rest does not keep a large message alive.
    this.#rest = at === data.length ? new Uint8Array(0) : data.slice(at);
  }

  /** Bytes of an unfinished frame: more than zero at the end of a response means that it was cut off. */
  get pending(): number {
    return this.#rest.length;
  }
}

/** One frame, as the server writes it; for tests. */
export function encodeFrame(slot: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, slot);
  view.setUint32(2, payload.length);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
