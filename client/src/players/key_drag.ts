/**
 * Shows key pictures while the pointer is dragged, or while footage runs backwards: the newest wish first, none waits for
 * one that came before it. Owns the key pictures fetched; never touches the clock.
 */

import { payloadKind } from "../core/boxes";
import { LatestWins } from "../core/latest";
import type { PlaybackApi } from "./playback_api";
import { byRecorder, initOf, loadAround } from "./playback_feeder";
import type { PlaybackTile } from "./playback_tile";

const KEYS_CACHED = 120;
/** Asked for at once: on a far line the next ones are on their way while one is painted. */
const UNDER_WAY = 4;

export class KeyDrag {
  readonly #api: PlaybackApi;
  readonly #tiles: () => readonly PlaybackTile[];
  readonly #nowUs: () => number;
  readonly #wishes = new LatestWins<number>((us, signal, isNewest) => this.#show(us, signal, isNewest), UNDER_WAY);
  readonly #keys = new Map<string, Promise<Uint8Array>>();
  #shown = 0;

  constructor(api: PlaybackApi, tiles: () => readonly PlaybackTile[], nowUs: () => number) {
    this.#api = api;
    this.#tiles = tiles;
    this.#nowUs = nowUs;
  }

  /** Moments shown so far, for measuring; one counts when every camera's picture is there. */
  get shown(): number {
    return this.#shown;
  }

  wish(us: number): void {
    this.#wishes.wish(us);
  }

  cancel(): void {
    this.#wishes.cancel();
  }

  async #show(us: number, signal: AbortSignal, isNewest: () => boolean): Promise<void> {
    const tiles = this.#tiles();
    const only = tiles.length === 1 ? tiles[0] : undefined;
    const shown = only === undefined ? this.#showAll(tiles, us, signal, isNewest) : this.#showOne(only, us, isNewest);
    if (await shown) {
      this.#shown++;
    }
  }

  async #showOne(tile: PlaybackTile, us: number, isNewest: () => boolean): Promise<boolean> {
    if (!tile.index.isLoaded(us, us + 1)) {
      await loadAround(this.#api, tile, us, this.#nowUs());
    }
    const key = tile.index.keyAt(us);
    if (key === null) {
      return false;
    }
    const [init, unit] = await Promise.all([
      initOf(this.#api, tile, key.init, key.startUs),
      this.#keyUnit(tile, key.seq, key.number, key.startUs),
    ]);
    if (isNewest()) {
      await tile.showKey(init, unit, us);
    }
    return isNewest();
  }

  #keyUnit(tile: PlaybackTile, seq: number, number: number, atUs: number): Promise<Uint8Array> {
    const name = `${tile.address.camera.recorder}/${tile.address.camera.id}/${tile.address.stream}/${seq}/${number}`;
    let unit = this.#keys.get(name);
    if (unit === undefined) {
      unit = this.#api.keyUnit(tile.address, seq, number, atUs, new AbortController().signal);
      this.#keys.set(name, unit);
      unit.catch(() => this.#keys.delete(name));
      if (this.#keys.size > KEYS_CACHED) {
        this.#keys.delete(this.#keys.keys().next().value!);
      }
    }
    return unit;
  }

  async #showAll(
    tiles: readonly PlaybackTile[],
    us: number,
    signal: AbortSignal,
    isNewest: () => boolean,
  ): Promise<boolean> {
    const atUs = Math.round(us);
    const inits = new Map<PlaybackTile, Uint8Array>();
    const painted: Promise<void>[] = [];
    const fetched = byRecorder(tiles).map((group) =>
      this.#api.multi(
        group.map((tile) => tile.address),
        atUs,
        atUs + 1,
        "key",
        signal,
        (slot, payload) => {
          const tile = group[slot];
          if (tile === undefined || !isNewest()) {
            return;
          }
          const init = inits.get(tile);
          if (payloadKind(payload) === "init") {
            inits.set(tile, payload.slice());
          } else if (init !== undefined) {
            painted.push(tile.showKey(init, payload.slice(), us));
          }
        },
      ),
    );
    await Promise.all(fetched);
    await Promise.all(painted);
    return isNewest() && painted.length > 0;
  }
}
