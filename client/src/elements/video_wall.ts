/**
 * `<video-wall>`: many cameras live. Owns the order of the cameras, which page is shown and who gets a line; where tiles
 * stand is WallPlaces', what keys do wallKeys', the picture `<camera-tile>`'s. The order is kept per viewer in this browser.
 */

import { knownZone, type TimeFormats, timeFormats } from "../core/formats";
import { LAYOUTS, type Layout, layoutNamed, movedToEnd, pageCount, pageOf, swapped } from "../core/layouts";
import { LiveHub } from "../players/live_hub";
import { playerKinds } from "../players/open_player";
import { type Say, speaker } from "../texts";
import { CameraTile, type TileFigures } from "./camera_tile";
import { make, readConfig } from "./dom";
import { KeysSheet } from "./keys_sheet";
import { cameraKey, ticketBroker, type WallConfig } from "./page_config";
import { WallBar } from "./wall_bar";
import { WallDrag } from "./wall_drag";
import { WALL_KEYS, wallKeys } from "./wall_keys";
import { WallMemory } from "./wall_memory";
import { WallPlaces } from "./wall_places";
import { WALL_STYLE } from "./wall_style";

const TOUR_MS = 15_000;
const REPLAY_US = 30_000_000;
/** More tiles than this at once get key pictures only (docs/design/client.md, what a machine can decode). */
const FULL_RATE_TILES = 36;

export class VideoWall extends HTMLElement {
  #config!: WallConfig;
  #say!: Say;
  #formats!: TimeFormats;
  #hub!: LiveHub;
  #layout: Layout = layoutNamed("16");
  #order: string[] = [];
  #page = 0;
  #enlarged: string | null = null;
  #focused = "";
  #tour = 0;
  #timers: number[] = [];
  #seen = new Set<string>();
  #observer!: IntersectionObserver;
  #bar!: WallBar;
  #drag!: WallDrag;
  #memory!: WallMemory;
  #places!: WallPlaces;
  #keys!: KeysSheet;
  readonly #tiles = new Map<string, CameraTile>();
  readonly #key = wallKeys(this);
  readonly #announcer = make("p", { class: "quiet", "aria-live": "polite" });

  connectedCallback(): void {
    if (this.shadowRoot === null) {
      this.#build();
    }
    this.#observer = new IntersectionObserver((entries) => this.#observe(entries), { threshold: 0.1 });
    for (const tile of this.#tiles.values()) {
      this.#observer.observe(tile);
    }
    document.addEventListener("keydown", this.#key);
    document.addEventListener("visibilitychange", this.#whenVisibilityChanges);
    document.addEventListener("fullscreenchange", this.#whenFullScreenChanges);
    this.#timers = [window.setInterval(() => this.#everySecond(), 1000)];
    this.#places.connect();
    this.#arrange();
    this.#everySecond();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
    document.removeEventListener("visibilitychange", this.#whenVisibilityChanges);
    document.removeEventListener("fullscreenchange", this.#whenFullScreenChanges);
    this.#observer.disconnect();
    this.#places.disconnect();
    this.#timers.forEach(clearInterval);
    clearInterval(this.#tour);
    for (const tile of this.#tiles.values()) {
      tile.rest();
    }
  }

  /** Figures of every tile on the page that is shown, for measuring. */
  get stats(): TileFigures[] {
    return this.#shown().map((camera) => this.#tiles.get(camera)!.figures);
  }

  get layout(): string {
    return this.#layout.name;
  }

  get order(): readonly string[] {
    return this.#order;
  }

  get enlarged(): string | null {
    return this.#enlarged;
  }

  /** Microseconds by the recorder's clock. */
  nowUs(recorder: string): number {
    return this.#hub.nowUs(recorder);
  }

  choose(name: string): void {
    if (this.#config.is_single) {
      return;
    }
    const first = this.#shown()[0];
    this.#layout = layoutNamed(name, this.#order.length);
    this.#page = Math.max(0, Math.floor(this.#order.indexOf(first ?? "") / this.#layout.places.length));
    this.#enlarged = null;
    this.#memory.save({ layout: this.#layout, order: this.#order });
    this.#arrange();
  }

  turn(pages: number): void {
    const count = pageCount(this.#order.length, this.#layout);
    this.#page = (this.#page + pages + count) % count;
    this.#enlarged = null;
    this.#arrange();
  }

  enlarge(camera: string | null): void {
    this.#enlarged = camera;
    this.#arrange();
    if (camera !== null) {
      this.#focus(camera);
    }
    this.dispatchEvent(new CustomEvent("wall-enlarge", { detail: { camera } }));
  }

  toggleTour(): void {
    if (this.#tour !== 0) {
      clearInterval(this.#tour);
      this.#tour = 0;
    } else {
      this.#tour = window.setInterval(() => this.turn(1), TOUR_MS);
      this.turn(1);
    }
    this.#bar.show({ isTouring: this.#tour !== 0 });
  }

  toggleFullScreen(): void {
    void (document.fullscreenElement === null ? this.requestFullscreen() : document.exitFullscreen()).catch(
      () => undefined,
    );
  }

  /** Put two cameras in each other's place; one alone goes behind all others. */
  swap(first: string, second: string | null): void {
    this.#order = second === null ? movedToEnd(this.#order, first) : swapped(this.#order, first, second);
    this.#memory.save({ layout: this.#layout, order: this.#order });
    this.#arrange();
    const place = this.#shown().indexOf(first) + 1;
    this.#announce(this.#say("moved", { camera: this.#tiles.get(first)!.camera.name, place }));
  }

  /** The last 30 s of a camera, in the review player. */
  replay(camera: string): void {
    const { review_url: url } = this.#config;
    if (url === undefined || !this.#mayReplay) {
      return;
    }
    const target = new URL(url, location.href);
    target.searchParams.set("camera", camera);
    target.searchParams.set("at", String(Math.round(this.nowUs(this.#tiles.get(camera)!.camera.recorder) - REPLAY_US)));
    const request = new CustomEvent("wall-replay", { cancelable: true, detail: { camera, url: target.href } });
    if (this.dispatchEvent(request)) {
      location.assign(target);
    }
  }

  get #mayReplay(): boolean {
    const { review_url: url, may } = this.#config;
    return url !== undefined && (may?.replay === true || may?.playback === true);
  }

  #build(): void {
    this.#config = readConfig<WallConfig>(this);
    this.#say = speaker(this.#config.texts);
    this.#formats = timeFormats(this.#config.locale ?? "en", knownZone(this.#config.zone));
    const { cameras } = this.#config;
    this.#hub = new LiveHub(cameras, ticketBroker(this.#config.ticket_url));
    this.#memory = new WallMemory(this.#config.is_single ? "single" : (this.#config.viewer?.name ?? ""));
    const placement = this.#memory.restore(cameras.map(cameraKey), this.#config.layout ?? null);
    this.#layout = placement.layout;
    this.#order = placement.order;
    this.classList.add("night");
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", this.#say("wall"));
    this.#places = new WallPlaces(this.#tiles, this.#say("keys_help"));
    this.#keys = new KeysSheet(this.#say, WALL_KEYS);
    this.#bar = new WallBar(this, this.#say, LAYOUTS, this.#keys.button);
    this.#makeTiles();
    this.#drag = new WallDrag(this.#places.grid, (first, second) => this.swap(first, second));
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [WALL_STYLE];
    const bar = this.#config.is_single ? [] : [this.#bar.element, this.#keys.dialog];
    root.append(...bar, this.#places.element, this.#announcer);
    if (cameras.length === 0) {
      this.#places.grid.append(make("p", { class: "empty" }, this.#say("no_cameras")));
    } else {
      this.#places.grid.append(...this.#tiles.values());
    }
  }

  #makeTiles(): void {
    const parts = { hub: this.#hub, kinds: playerKinds(), say: this.#say, formats: this.#formats };
    for (const camera of this.#config.cameras) {
      const tile = new CameraTile();
      const key = cameraKey(camera);
      const toggle = (): void => this.enlarge(this.#enlarged === null ? key : null);
      tile.prepare({
        ...parts,
        camera,
        mayReplay: this.#mayReplay,
        onEnlarge: toggle,
        onReplay: () => this.replay(key),
      });
      tile.addEventListener("focus", () => (this.#focused = key));
      tile.addEventListener("tile-open", toggle);
      this.#tiles.set(key, tile);
    }
  }

  #arrange(): void {
    const cameras = this.#shown();
    this.#places.show({ layout: this.#layout, cameras, enlarged: this.#enlarged });
    this.#markFocused(cameras.includes(this.#focused) ? this.#focused : (cameras[0] ?? ""));
    this.#bar.show({ layout: this.#layout.name, page: this.#page, pages: pageCount(this.#order.length, this.#layout) });
    this.#runShown();
  }

  /** Lines only for what can be seen: this page, this window, this part of the screen. */
  #runShown(): void {
    const shown = this.#shown();
    for (const [camera, tile] of this.#tiles) {
      const isLarge = camera === this.#enlarged;
      const isWanted = shown.includes(camera) && (this.#enlarged === null || isLarge);
      if (!isWanted || document.hidden || (this.#seen.size > 0 && tile.hidden)) {
        tile.rest();
        continue;
      }
      const isOverview = shown.length > FULL_RATE_TILES;
      tile.wish(isLarge || this.#layout.name === "1" ? "main" : "sub", isOverview ? "key" : "full", isOverview);
      tile.run();
    }
  }

  #observe(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      const tile = entry.target as CameraTile;
      const camera = cameraKey(tile.camera);
      if (entry.isIntersecting) {
        this.#seen.add(camera);
        if (!document.hidden && !tile.hidden) {
          tile.run();
        }
      } else {
        this.#seen.delete(camera);
        tile.rest();
      }
    }
  }

  #shown(): string[] {
    return pageOf(this.#order, this.#layout, this.#page);
  }

  get isHolding(): boolean {
    return this.#drag.held !== null;
  }

  toggleEnlarged(): void {
    this.enlarge(this.#enlarged === null ? this.#focused : null);
  }

  replayFocused(): void {
    this.replay(this.#focused);
  }

  help(): void {
    this.#keys.open();
  }

  /** Take the chosen camera: until it is put down, arrows swap it with its neighbour. */
  grabFocused(): void {
    const tile = this.#tiles.get(this.#focused);
    if (tile !== undefined && this.#enlarged === null) {
      this.#drag.grab(tile);
      this.#announce(this.#say("grabbed", { camera: tile.camera.name }));
    }
  }

  putDown(): void {
    this.#drag.release();
  }

  /** Choose the neighbour, or the next camera while one is enlarged. */
  move(dx: number, dy: number): void {
    const shown = this.#shown();
    if (this.#enlarged !== null) {
      const at = shown.indexOf(this.#enlarged) + dx + dy;
      this.enlarge(shown[(at + shown.length) % shown.length] ?? this.#enlarged);
      return;
    }
    const target = this.#places.neighbour(this.#focused, dx, dy);
    if (target === undefined) {
      return;
    }
    if (this.isHolding && target !== this.#focused) {
      this.swap(this.#focused, target);
    } else {
      this.#focus(target);
    }
  }

  #focus(camera: string): void {
    this.#markFocused(camera);
    this.#tiles.get(camera)?.focus();
  }

  /** One tile is reached by Tab, the others by arrows. */
  #markFocused(camera: string): void {
    this.#focused = camera;
    for (const [key, tile] of this.#tiles) {
      tile.tabIndex = key === camera ? 0 : -1;
    }
  }

  #everySecond(): void {
    const first = this.#config.cameras[0];
    const nowUs = first === undefined ? Date.now() * 1000 : this.nowUs(first.recorder);
    this.#bar.show({ time: this.#formats.clock(nowUs) });
    const nowMs = performance.now();
    for (const camera of this.#shown()) {
      this.#tiles.get(camera)?.tick(nowMs);
    }
  }

  readonly #whenVisibilityChanges = (): void => this.#runShown();

  readonly #whenFullScreenChanges = (): void => this.#bar.show({ isFullScreen: document.fullscreenElement !== null });

  #announce(text: string): void {
    this.#announcer.textContent = text;
  }
}

customElements.define("camera-tile", CameraTile);
customElements.define("video-wall", VideoWall);
