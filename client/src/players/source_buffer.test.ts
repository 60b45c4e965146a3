import { describe, expect, it } from "vitest";
import { BufferQueue } from "./source_buffer";

/** A buffer that holds `room` bytes and refuses the rest, as browsers do. */
class SmallBuffer extends EventTarget {
  mode = "segments";
  updating = false;
  held: number[] = [];
  constructor(readonly room: number) {
    super();
  }

  appendBuffer(bytes: Uint8Array): void {
    if (this.held.length + bytes.length > this.room) {
      throw new DOMException("full", "QuotaExceededError");
    }
    this.held.push(...bytes);
    this.#finish();
  }

  remove(_from: number, count: number): void {
    this.held.splice(0, count);
    this.#finish();
  }

  #finish(): void {
    this.updating = true;
    queueMicrotask(() => {
      this.updating = false;
      this.dispatchEvent(new Event("updateend"));
    });
  }
}

function queueOn(buffer: SmallBuffer, makeRoom: (queue: BufferQueue) => void): BufferQueue {
  const media = { readyState: "open", addSourceBuffer: () => buffer } as unknown as MediaSource;
  const queue: BufferQueue = new BufferQueue(
    media,
    "video/mp4",
    () => undefined,
    () => makeRoom(queue),
  );
  return queue;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe("the queue in front of a source buffer", () => {
  it("appends what did not fit once there is room, and what came after it", async () => {
    const buffer = new SmallBuffer(4);
    const queue = queueOn(buffer, (full) => full.run((one) => one.remove(0, 3)));
    queue.append(Uint8Array.of(1, 2, 3));
    await settled();
    queue.append(Uint8Array.of(4, 5));
    queue.append(Uint8Array.of(6));
    await settled();
    expect(buffer.held).toEqual([4, 5, 6]);
    expect(queue.isIdle).toBe(true);
  });

  it("drops what never fits, and goes on", async () => {
    const buffer = new SmallBuffer(2);
    const queue = queueOn(buffer, () => undefined);
    queue.append(Uint8Array.of(1, 2, 3));
    await settled();
    queue.append(Uint8Array.of(4));
    await settled();
    expect(buffer.held).toEqual([4]);
  });
});
