/** Which stream of each camera is played, and single stills where none of them can be decoded here. */

import { LatestWins } from "../core/latest";
import type { PlaybackApi, StreamAddress } from "../players/playback_api";
import type { PlaybackTile } from "../players/playback_tile";
import { mediaSourceConstructor } from "../players/source_buffer";
import type { Say } from "../texts";
import { type CameraConfig, cameraKey } from "./page_config";

const LARGE_STILL_PX = 1280;
const STILL_EVERY_US = 500_000;
const HEVC_MIME = 'video/mp4; codecs="hvc1.1.6.L120.B0"';

export class PlayerStreams {
  readonly #cameras: ReadonlyMap<string, CameraConfig>;
  readonly #api: PlaybackApi;
  readonly #streams = new Map<string, StreamAddress>();
  /** `recorder/id/stream` that this browser has shown it cannot do. */
  readonly #unplayable = new Set<string>();
  readonly #stills = new WeakMap<PlaybackTile, LatestWins<number>>();

  constructor(cameras: ReadonlyMap<string, CameraConfig>, api: PlaybackApi) {
    this.#cameras = cameras;
    this.#api = api;
  }

  /** The sub streams when there are several cameras, and what can be decoded in any case. */
  addresses(keys: readonly string[]): StreamAddress[] {
    return keys.map((key) => this.#addressOf(key, keys.length === 1));
  }

  /** What has to be said of a tile that does not play what it should. */
  note(tile: PlaybackTile, say: Say): string {
    const { camera, stream } = tile.address;
    const other = stream === "main" ? "sub" : "main";
    const config = camera as CameraConfig;
    const codec = codecName(config.streams?.[other]?.codec ?? "");
    return this.#unplayable.has(`${cameraKey(config)}/${other}`) ? say("sub_stream", { codec }) : "";
  }

  /** This stream cannot be decoded; true when the other one is left to be tried. */
  giveUp(tile: PlaybackTile): boolean {
    const camera = tile.address.camera as CameraConfig;
    const other = tile.address.stream === "main" ? "sub" : "main";
    this.#unplayable.add(`${cameraKey(camera)}/${tile.address.stream}`);
    return Boolean(camera.streams?.[other]) && !this.#unplayable.has(`${cameraKey(camera)}/${other}`);
  }

  /** A stream that nothing here decodes: the recorder decodes its key pictures, one at a time. */
  showStill(tile: PlaybackTile, us: number): void {
    if (!tile.isUnplayable || (tile.shownUs !== null && Math.abs(tile.shownUs - us) < STILL_EVERY_US)) {
      return;
    }
    let stills = this.#stills.get(tile);
    if (stills === undefined) {
      stills = new LatestWins<number>(async (at, signal) => {
        await tile.showStill(await this.#api.still(tile.address, at, LARGE_STILL_PX, signal), at);
      });
      this.#stills.set(tile, stills);
    }
    if (!stills.isBusy) {
      stills.wish(us);
    }
  }

  #addressOf(key: string, isAlone: boolean): StreamAddress {
    const camera = this.#cameras.get(key)!;
    const wished = isAlone ? (["main", "sub"] as const) : (["sub", "main"] as const);
    const offered = wished.filter((name) => camera.streams === undefined || camera.streams[name]);
    for (const name of offered) {
      if (camera.streams?.[name]?.codec === "h265" && !mediaSourceConstructor()?.isTypeSupported(HEVC_MIME)) {
        this.#unplayable.add(`${key}/${name}`);
      }
    }
    const stream = offered.find((name) => !this.#unplayable.has(`${key}/${name}`)) ?? offered[0] ?? "main";
    const name = `${key}/${stream}`;
    const address = this.#streams.get(name) ?? { camera, stream };
    this.#streams.set(name, address);
    return address;
  }
}

export function codecName(codec: string): string {
  return /h265|hevc|hvc1|hev1/i.test(codec) ? "H.265" : "H.264";
}
