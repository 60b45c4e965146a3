/** Puts decoded pictures on the screen from the worker: into a track where the browser has one, else onto a canvas. */

import type { PictureSink } from "./live_messages";

export interface PictureOutput {
  show(frame: VideoFrame): void;
  close(): void;
}

interface VideoTrackGeneratorLike {
  readonly writable: WritableStream<VideoFrame>;
  readonly track: MediaStreamTrack;
}

declare const VideoTrackGenerator: { new (): VideoTrackGeneratorLike } | undefined;

export function openOutput(sink: PictureSink, onTrack: (track: MediaStreamTrack) => void): PictureOutput {
  if (sink === "track") {
    const generator = new VideoTrackGenerator!();
    onTrack(generator.track);
    return new TrackOutput(generator.writable);
  }
  return sink instanceof WritableStream ? new TrackOutput(sink) : new CanvasOutput(sink);
}

class TrackOutput implements PictureOutput {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;

  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => undefined);
  }

  show(frame: VideoFrame): void {
    this.#writer.write(frame).catch(() => frame.close());
  }

  close(): void {
    this.#writer.close().catch(() => undefined);
  }
}

class CanvasOutput implements PictureOutput {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false, desynchronized: true })!;
  }

  show(frame: VideoFrame): void {
    if (this.#canvas.width !== frame.displayWidth || this.#canvas.height !== frame.displayHeight) {
      this.#canvas.width = frame.displayWidth;
      this.#canvas.height = frame.displayHeight;
    }
    this.#context.drawImage(frame, 0, 0);
    frame.close();
  }

  close(): void {
    // The canvas keeps the last picture; its element goes with the tile.
  }
}
