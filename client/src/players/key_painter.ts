/** Shows single key pictures at once, on a canvas, by WebCodecs: dragging along the timeline needs no buffer to be filled. */

import { parseInit, parseUnit, sameBytes, type VideoInit } from "../core/boxes";

export function canPaint(): boolean {
  const forced = new URLSearchParams(location.search).get("player");
  return "VideoDecoder" in globalThis && globalThis.isSecureContext && (forced === null || forced === "webcodecs");
}

export class KeyPainter {
  readonly canvas = document.createElement("canvas");
  readonly #context = this.canvas.getContext("2d", { alpha: false });
  #init: VideoInit | null = null;
  #initBytes: Uint8Array | null = null;
  #decoder: VideoDecoder | null = null;

  /** False when the browser does not decode this; the media element has to show it then. */
  async prepare(initBytes: Uint8Array): Promise<boolean> {
    if (this.#initBytes !== null && sameBytes(initBytes, this.#initBytes)) {
      return this.#decoder !== null; // a decoder set up anew for each picture costs more than the pictures
    }
    this.close();
    this.#initBytes = initBytes;
    const init = parseInit(initBytes);
    const config: VideoDecoderConfig = { codec: init.codec, description: init.description, optimizeForLatency: true };
    const support = await VideoDecoder.isConfigSupported(config).catch(() => ({ supported: false }));
    if (support.supported !== true) {
      return false;
    }
    this.#init = init;
    this.#decoder = new VideoDecoder({ output: (frame) => this.#draw(frame), error: () => this.close() });
    this.#decoder.configure(config);
    return true;
  }

  /** Decode and draw the key picture of a unit; resolves when it is on the canvas, with its wall time. */
  async paint(unitBytes: Uint8Array): Promise<number | null> {
    if (this.#decoder === null || this.#init === null) {
      return null;
    }
    const unit = parseUnit(unitBytes, this.#init.trackId);
    const key = unit.samples.find((sample) => sample.isKey);
    if (key === undefined) {
      return null;
    }
    this.#decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: unit.wallUs ?? 0, data: key.data }));
    try {
      await this.#decoder.flush();
    } catch {
      return null;
    }
    return unit.wallUs;
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") {
      this.#decoder.close();
    }
    this.#decoder = null;
    this.#initBytes = null;
  }

  #draw(frame: VideoFrame): void {
    if (this.canvas.width !== frame.displayWidth || this.canvas.height !== frame.displayHeight) {
      this.canvas.width = frame.displayWidth;
      this.canvas.height = frame.displayHeight;
    }
    this.#context?.drawImage(frame, 0, 0);
    frame.close();
  }
}
