import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder, FramingBroken, MAX_PAYLOAD_BYTES } from "./mux";
import { joined } from "./strip";

function decode(chunks: Uint8Array[]): { frames: [number, number[]][]; pending: number } {
  const decoder = new FrameDecoder();
  const frames: [number, number[]][] = [];
  for (const chunk of chunks) {
    decoder.push(chunk, (slot, payload) => frames.push([slot, Array.from(payload)]));
  }
  return { frames, pending: decoder.pending };
}

const bytes = joined([
  encodeFrame(3, Uint8Array.of(1, 2, 3)),
  encodeFrame(65_535, new Uint8Array(0)),
  encodeFrame(3, Uint8Array.of(9)),
]);
const whole: [number, number[]][] = [
  [3, [1, 2, 3]],
  [65_535, []],
  [3, [9]],
];

describe("the framing decoder", () => {
  it("gives the frames of one message in order", () => {
    expect(decode([bytes])).toEqual({ frames: whole, pending: 0 });
  });

  it("gives the same frames wherever the stream is cut", () => {
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const cut = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(decode(cut).frames).toEqual(whole);
      }
    }
  });

  it("says how much of a frame is missing at the end", () => {
    expect(decode([bytes.subarray(0, bytes.length - 1)]).pending).toBe(6);
  });

  it("does not wait for a frame of absurd size", () => {
    const header = new Uint8Array(6);
    new DataView(header.buffer).setUint32(2, MAX_PAYLOAD_BYTES + 1);
    expect(() => decode([header])).toThrow(FramingBroken);
  });
});
