/**
 * Fetches footage for the tiles ahead of the clock: ranges of one camera by its index, several cameras in one response.
 * Owns what is fetched next; never touches the clock.
 */

import { parseUnit, payloadKind } from "../core/boxes";
import type { PlaybackApi } from "./playback_api";
import type { Mode, PlaybackTile } from "./playback_tile";

const AHEAD_US = 10_000_000;
const WINDOW_US = 8_000_000;
const FIRST_WINDOW_US = 1_000_000;
const AROUND_US = 600_000_000;
/** Footage younger than this may not be on the recorder's books yet. */
const EDGE_US = 500_000;
/** At the edge, ask again when at least this much may be new. */
const LEAST_NEW_US = 1_000_000;
const UNSETTLED_US = 15_000_000;

export interface FeedPlan {
  readonly tiles: readonly PlaybackTile[];
  readonly fromUs: number;
  readonly mode: Mode;
  readonly speed: number;
  /** Where the clock is now. */
  readonly clockUs: () => number;
  readonly nowUs: () => number;
}

export class Feeder {
  readonly #api: PlaybackApi;
  readonly #plan: FeedPlan;
  readonly #abort = new AbortController();
  readonly #onError: (error: unknown) => void;
  #cursorUs: number;

  constructor(api: PlaybackApi, plan: FeedPlan, onError: (error: unknown) => void) {
    this.#api = api;
    this.#plan = plan;
    this.#onError = onError;
    this.#cursorUs = plan.fromUs;
    void this.#run();
  }

  /** Up to here everything that exists has been fetched. */
  get cursorUs(): number {
    return this.#cursorUs;
  }

  stop(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { clockUs, nowUs, speed } = this.#plan;
    let window = FIRST_WINDOW_US;
    while (!signal.aborted) {
      const scale = Math.max(1, Math.abs(speed));
      const edgeUs = nowUs() - EDGE_US;
      const isFar = this.#cursorUs >= clockUs() + AHEAD_US * scale;
      if (isFar || edgeUs - this.#cursorUs < Math.min(window, LEAST_NEW_US)) {
        await pause(100);
        continue;
      }
      try {
        const toUs = Math.min(this.#cursorUs + window * scale, edgeUs);
        const reachedUs = await this.#fetch(this.#cursorUs, toUs, signal);
        if (reachedUs <= this.#cursorUs) {
          await pause(300);
        }
        this.#cursorUs = Math.max(this.#cursorUs, reachedUs);
        window = WINDOW_US;
      } catch (error) {
        if (!signal.aborted) {
          this.#onError(error);
          await pause(2000);
        }
      }
    }
  }

  async #fetch(fromUs: number, toUs: number, signal: AbortSignal): Promise<number> {
    const { tiles, mode } = this.#plan;
    const only = tiles.length === 1 && mode === "full" ? tiles[0] : undefined;
    if (only !== undefined) {
      return this.#fetchOne(only, fromUs, toUs, signal);
    }
    await Promise.all(byRecorder(tiles).map((group) => this.#fetchGroup(group, fromUs, toUs, mode, signal)));
    return this.#reached(fromUs, toUs);
  }

  /** Old footage is complete; the newest is as far as the slowest camera that has any. */
  #reached(fromUs: number, toUs: number): number {
    if (toUs <= this.#plan.nowUs() - UNSETTLED_US) {
      return toUs;
    }
    const ends = this.#plan.tiles.map((tile) => tile.fedUs).filter((end) => end > fromUs);
    return ends.length === 0 ? fromUs : Math.min(toUs, ...ends);
  }

  async #fetchOne(tile: PlaybackTile, fromUs: number, toUs: number, signal: AbortSignal): Promise<number> {
    const { index } = tile;
    if (!index.isLoaded(fromUs, toUs)) {
      await loadAround(this.#api, tile, fromUs, this.#plan.nowUs());
    }
    const runs = index.runs(fromUs, Math.max(toUs, index.gopEnd(fromUs)));
    for (const run of runs) {
      const [init, bytes] = await Promise.all([
        initOf(this.#api, tile, run.init, run.startUs),
        this.#api.units(tile.address, run, signal),
      ]);
      if (signal.aborted) {
        return fromUs;
      }
      tile.pushInit(init);
      for (const unit of unitsIn(bytes)) {
        tile.pushUnit(unit, "full");
      }
    }
    const reachedUs = runs.at(-1)?.endUs ?? fromUs;
    return toUs <= this.#plan.nowUs() - UNSETTLED_US ? Math.max(toUs, reachedUs) : reachedUs;
  }

  async #fetchGroup(
    group: readonly PlaybackTile[],
    fromUs: number,
    toUs: number,
    mode: Mode,
    signal: AbortSignal,
  ): Promise<void> {
    const addresses = group.map((tile) => tile.address);
    await this.#api.multi(addresses, fromUs, toUs, mode, signal, (slot, payload) => {
      const tile = group[slot];
      if (tile === undefined || signal.aborted) {
        return;
      }
      if (payloadKind(payload) === "init") {
        tile.pushInit(payload.slice());
      } else if (!isKnown(tile, payload)) {
        tile.pushUnit(payload.slice(), mode);
      }
    });
  }
}

/** A GOP that crosses the edge of two windows comes with both. */
function isKnown(tile: PlaybackTile, payload: Uint8Array): boolean {
  const { wallUs } = parseUnit(payload);
  return wallUs !== null && wallUs < tile.fedUs - 20_000;
}

/** Cut a response of several units at their `prft` boxes. */
export function* unitsIn(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x70726674 && at > start) {
      yield bytes.subarray(start, at);
      start = at;
    }
    at += Math.max(8, size);
  }
  if (start < bytes.length) {
    yield bytes.subarray(start);
  }
}

export async function loadAround(api: PlaybackApi, tile: PlaybackTile, us: number, nowUs: number): Promise<void> {
  const from = us - AROUND_US / 2;
  await api.loadIndex(tile.address, tile.index, from, Math.min(us + AROUND_US, Math.max(us + 1, nowUs)), nowUs);
}

/** An init segment, fetched once. */
export function initOf(api: PlaybackApi, tile: PlaybackTile, id: string, atUs: number): Promise<Uint8Array> {
  let init = tile.inits.get(id);
  if (init === undefined) {
    init = api.init(tile.address, id, atUs);
    tile.inits.set(id, init);
    init.catch(() => tile.inits.delete(id));
  }
  return init;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One request a recorder: tiles of the same one belong together. */
export function byRecorder(tiles: readonly PlaybackTile[]): PlaybackTile[][] {
  const groups = new Map<string, PlaybackTile[]>();
  for (const tile of tiles) {
    const { recorder } = tile.address.camera;
    groups.set(recorder, [...(groups.get(recorder) ?? []), tile]);
  }
  return [...groups.values()];
}
