/**
 * `<sync-player>`: one to nine cameras on one clock, with their timeline. Puts playback, stage, controls and timeline
 * together, and says what keys do. What the viewer may not do has no button.
 */

import { knownZone, type TimeFormats, timeFormats } from "../core/formats";
import { LatestWins } from "../core/latest";
import { ServerClock } from "../core/server_clock";
import { faster, shuttle, slower, speedText } from "../core/speeds";
import { type Right, TicketRefused } from "../core/tickets";
import { durationText } from "../core/timeline_model";
import { FootageError, PlaybackApi, type StreamAddress } from "../players/playback_api";
import type { PlaybackTile } from "../players/playback_tile";
import { mediaSourceConstructor } from "../players/source_buffer";
import { SyncPlayback } from "../players/sync_playback";
import { type Say, sayCode, speaker } from "../texts";
import { CameraPicker } from "./camera_picker";
import { isOnControl, isTyping, make, readConfig } from "./dom";
import { type CameraConfig, cameraKey, type PlayerConfig, ticketBroker } from "./page_config";
import { PlayerControls } from "./player_controls";
import { PlayerStage } from "./player_stage";
import { PLAYER_STYLE } from "./player_style";
import { TimeLine } from "./time_line";

const MOST_CAMERAS = 9;
const START_BEHIND_US = 30_000_000;
const VIEW_US = 30 * 60_000_000;
const STILL_PX = 192;
const LARGE_STILL_PX = 1280;
const STILL_EVERY_US = 500_000;
const HEVC_MIME = 'video/mp4; codecs="hvc1.1.6.L120.B0"';

export interface TileMoment {
  readonly camera: string;
  readonly stream: string;
  readonly shownUs: number | null;
}

export class SyncPlayer extends HTMLElement {
  #config!: PlayerConfig;
  #say!: Say;
  #formats!: TimeFormats;
  #zone = "UTC";
  #api!: PlaybackApi;
  #playback!: SyncPlayback;
  #stage!: PlayerStage;
  #controls!: PlayerControls;
  #picker!: CameraPicker;
  #selected: string[] = [];
  #marks: { inUs: number | null; outUs: number | null } = { inUs: null, outUs: null };
  #streams = new Map<string, StreamAddress>();
  #unplayable = new Set<string>();
  #stills = new WeakMap<PlaybackTile, LatestWins<number>>();
  #timer = 0;
  #wasPlaying = false;
  readonly #cameras = new Map<string, CameraConfig>();
  readonly #clock = new ServerClock();
  readonly #timeline = new TimeLine();

  connectedCallback(): void {
    if (this.shadowRoot === null) {
      this.#build();
      void this.#start();
    }
    document.addEventListener("keydown", this.#key);
    this.#timer = window.setInterval(() => this.#show(), 250);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
    clearInterval(this.#timer);
    this.#playback.pause();
  }

  /** Wall time of what is shown, microseconds. */
  get currentUs(): number {
    return this.#playback.currentUs;
  }

  get isPlaying(): boolean {
    return this.#playback.isPlaying;
  }

  get speed(): number {
    return this.#playback.speed;
  }

  get selected(): readonly string[] {
    return this.#selected;
  }

  get marks(): { readonly inUs: number | null; readonly outUs: number | null } {
    return this.#marks;
  }

  /** Per camera, the time of the picture on the screen. */
  get moments(): TileMoment[] {
    return this.#playback.tiles.map((tile) => ({
      camera: tile.address.camera.id,
      stream: tile.address.stream,
      shownUs: tile.shownUs,
    }));
  }

  get scrubShown(): number {
    return this.#playback.scrubShown;
  }

  get timeline(): TimeLine {
    return this.#timeline;
  }

  seek(us: number): void {
    this.#playback.seek(us);
    this.#timeline.reveal(this.#playback.currentUs);
    this.#remember();
  }

  play(): void {
    this.#playback.play();
  }

  pause(): void {
    this.#playback.pause();
  }

  setSpeed(speed: number): void {
    this.#playback.setSpeed(speed);
  }

  step(direction: 1 | -1): void {
    this.#playback.step(direction);
  }

  scrub(us: number): void {
    this.#playback.scrub(us);
  }

  endScrub(): void {
    this.#playback.endScrub();
    this.#remember();
  }

  /** Which cameras are played together, as `recorder/id`. */
  select(keys: readonly string[]): void {
    this.#selected = keys.filter((key) => this.#cameras.has(key)).slice(0, MOST_CAMERAS);
    const atUs = this.currentUs;
    this.#apply();
    this.seek(atUs);
  }

  #build(): void {
    this.#config = readConfig<PlayerConfig>(this);
    this.#say = speaker(this.#config.texts);
    this.#zone = knownZone(this.#config.zone);
    this.#formats = timeFormats(this.#config.locale ?? "en", this.#zone);
    for (const camera of this.#config.cameras) {
      this.#cameras.set(cameraKey(camera), camera);
    }
    const right: Right = this.#config.may?.playback === false ? "replay" : "playback";
    const chosen = (): CameraConfig[] => this.#selected.map((key) => this.#cameras.get(key)!);
    this.#api = new PlaybackApi(ticketBroker(this.#config.ticket_url), right, chosen);
    this.#stage = new PlayerStage(this.#say);
    this.#picker = new CameraPicker(this.#say, this.#config.cameras, MOST_CAMERAS, (keys) => this.select(keys));
    this.#playback = this.#makePlayback();
    this.#controls = this.#makeControls();
    this.#wireTimeline();
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", this.#say("player"));
    this.tabIndex = -1;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [PLAYER_STYLE];
    root.append(this.#stage.element, this.#timeline, this.#controls.element);
  }

  async #start(): Promise<void> {
    const known = (this.#config.selected ?? []).filter((key) => this.#cameras.has(key));
    this.#selected = (known.length > 0 ? known : [...this.#cameras.keys()].slice(0, 1)).slice(0, MOST_CAMERAS);
    const base = this.#cameras.get(this.#selected[0] ?? "")?.base;
    if (base !== undefined) {
      await this.#clock.ask(`${base}/clock`);
    }
    const atUs = this.#config.at_us ?? this.#clock.nowUs() - START_BEHIND_US;
    this.#apply();
    this.seek(atUs);
    this.#playback.play();
  }

  #makePlayback(): SyncPlayback {
    return new SyncPlayback(this.#api, () => this.#clock.nowUs(), {
      onTime: (us) => this.#timeline.setTime(us, this.#playback.isPlaying),
      onState: () => this.#show(),
      onSought: (us, ms) => this.dispatchEvent(new CustomEvent("player-shown", { detail: { us, ms } })),
      onSkipped: (fromUs, toUs, code) => {
        const cause = sayCode(this.#say, "cause", code, "cause_unknown");
        this.#stage.tell(this.#say("gap_skipped", { duration: durationText(toUs - fromUs), cause }));
        this.dispatchEvent(new CustomEvent("player-skipped", { detail: { fromUs, toUs, cause: code } }));
      },
      onEnd: () => this.#stage.tell(this.#say("at_end")),
      onError: (error) => this.#complain(error),
      onUnsupported: (tile, codec) => this.#useOther(tile, codec),
    });
  }

  #makeControls(): PlayerControls {
    return new PlayerControls(
      {
        toggle: () => this.#toggle(),
        step: (direction) => this.step(direction),
        skip: (seconds) => this.seek(this.currentUs + seconds * 1_000_000),
        setSpeed: (speed) => this.setSpeed(speed),
        edge: () => this.#toEdge(),
        goTo: (us) => this.seek(us),
        mark: (end) => this.#mark(end),
        snapshot: (target) => void this.#snapshot(target),
        zoom: (factor) => this.#timeline.zoomBy(factor),
        fullScreen: () => this.#fullScreen(),
      },
      this.#say,
      this.#config.may?.export === true,
      this.#picker.element,
    );
  }

  #wireTimeline(): void {
    const startUs = this.#config.at_us ?? this.#clock.nowUs() - START_BEHIND_US;
    const view = { fromUs: startUs - VIEW_US / 2, toUs: startUs + VIEW_US / 2 };
    const parts = { say: this.#say, formats: this.#formats, zone: this.#zone, nowUs: () => this.#clock.nowUs() };
    this.#timeline.prepare(
      {
        ...parts,
        load: (key, from, to, buckets, signal) =>
          this.#api.timeline(this.#cameras.get(key)!, from, to, buckets, signal),
        still: (key, us, signal) => {
          const camera = this.#cameras.get(key)!;
          return this.#api.still({ camera, stream: camera.streams?.sub ? "sub" : "main" }, us, STILL_PX, signal);
        },
      },
      view,
    );
    const on = (name: string, action: (us: number) => void): void =>
      this.#timeline.addEventListener(name, (event) => action((event as CustomEvent<{ us: number }>).detail.us));
    on("time-scrub", (us) => {
      this.#wasPlaying ||= this.isPlaying;
      if (this.isPlaying) {
        this.#playback.pause();
      }
      this.scrub(us);
    });
    on("time-scrub-end", () => {
      this.endScrub();
      if (this.#wasPlaying) {
        this.#wasPlaying = false;
        this.play();
      }
    });
    on("time-seek", (us) => this.seek(us));
  }

  /** Give the playback its streams: the sub streams when there are several cameras, what can be decoded in any case. */
  #apply(): void {
    const addresses = this.#selected.map((key) => this.#addressOf(key));
    this.#playback.setStreams(addresses);
    this.#stage.arrange(this.#playback.tiles, (tile) => tile.address.camera as CameraConfig);
    this.#timeline.setRows(this.#selected.map((key) => ({ key, name: this.#cameras.get(key)!.name })));
    this.#picker.show(this.#selected);
    for (const tile of this.#playback.tiles) {
      const { camera, stream } = tile.address;
      const codec = (camera as CameraConfig).streams?.[stream === "main" ? "sub" : "main"]?.codec ?? "";
      const isSecondChoice = this.#unplayable.has(
        `${cameraKey(camera as CameraConfig)}/${stream === "main" ? "sub" : "main"}`,
      );
      this.#stage.setNote(tile, isSecondChoice ? this.#say("sub_stream", { codec: codecName(codec) }) : "");
    }
  }

  #addressOf(key: string): StreamAddress {
    const camera = this.#cameras.get(key)!;
    const wished = this.#selected.length === 1 ? (["main", "sub"] as const) : (["sub", "main"] as const);
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

  #useOther(tile: PlaybackTile, codec: string): void {
    const camera = tile.address.camera as CameraConfig;
    const other = tile.address.stream === "main" ? "sub" : "main";
    this.#unplayable.add(`${cameraKey(camera)}/${tile.address.stream}`);
    if (camera.streams?.[other] && !this.#unplayable.has(`${cameraKey(camera)}/${other}`)) {
      this.#apply();
      this.seek(this.currentUs);
    } else {
      this.#stage.setNote(tile, this.#say("stills", { codec: codecName(codec) }));
    }
  }

  /** Four times a second: what the controls and the places say. */
  #show(): void {
    const us = this.currentUs;
    const { inUs, outUs } = this.#marks;
    const range =
      inUs !== null && outUs !== null
        ? this.#say("range", {
            from: this.#formats.clock(inUs),
            to: this.#formats.clock(outUs),
            duration: durationText(outUs - inUs),
          })
        : "";
    const time = this.isPlaying ? this.#formats.full(us) : this.#formats.fullMs(us);
    const { isPlaying, isWaiting, speed } = this.#playback;
    this.#controls.show({ isPlaying, isWaiting, speed, time, range });
    this.#controls.setMoment(us, this.#zone);
    this.#stage.setWatermark(this.#config.viewer?.name ?? "", this.#formats.full(this.#clock.nowUs()));
    for (const tile of this.#playback.tiles) {
      this.#showStill(tile, us);
      const gap = tile.index.gapAt(us);
      const isEmpty = !tile.has(us, "full") && !tile.has(us, "key") && tile.index.isLoaded(us, us + 1);
      const hasNothing = isEmpty && tile.index.fragmentAt(us) === null;
      const cause = gap === null ? "" : ` (${sayCode(this.#say, "cause", gap.cause, "cause_unknown")})`;
      this.#stage.setNothing(tile, hasNothing ? this.#say("no_footage").replace(/\.$/, `${cause}.`) : "");
    }
  }

  /** A stream that nothing here decodes: the recorder decodes its key pictures, one at a time. */
  #showStill(tile: PlaybackTile, us: number): void {
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

  #toggle(): void {
    if (this.isPlaying) {
      this.pause();
      this.#remember();
    } else {
      this.play();
    }
  }

  #toEdge(): void {
    this.#playback.seekToEdge();
    this.#timeline.reveal(this.currentUs);
  }

  #mark(end: "in" | "out" | null): void {
    const us = Math.round(this.currentUs);
    const { inUs, outUs } = this.#marks;
    if (end === null) {
      this.#marks = { inUs: null, outUs: null };
    } else if (end === "in") {
      this.#marks = { inUs: us, outUs: outUs !== null && outUs > us ? outUs : null };
    } else {
      this.#marks = { inUs: inUs !== null && inUs < us ? inUs : null, outUs: us };
    }
    this.#timeline.setMarks(this.#marks);
    this.dispatchEvent(new CustomEvent("player-range", { detail: { ...this.#marks, cameras: [...this.#selected] } }));
    this.#show();
  }

  async #snapshot(target: "file" | "clipboard"): Promise<void> {
    const tile = this.#playback.tiles[0];
    if (tile === undefined || this.#config.may?.export !== true) {
      return;
    }
    const us = tile.shownUs ?? this.currentUs;
    const { name } = tile.address.camera as CameraConfig;
    const caption = `${name} · ${this.#formats.fullMs(us)} · ${this.#config.viewer?.name ?? ""}`;
    const picture = await this.#stage.snapshot(tile, caption);
    if (picture === null) {
      return;
    }
    if (target === "clipboard") {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      this.#stage.tell(this.#say("copied"));
      return;
    }
    const url = URL.createObjectURL(picture);
    const stamp = new Date(us / 1000).toISOString().replaceAll(":", "-");
    make("a", { href: url, download: `${tile.address.camera.id}-${stamp}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  #fullScreen(): void {
    const isFull = document.fullscreenElement !== null;
    void (isFull ? document.exitFullscreen() : this.requestFullscreen()).catch(() => undefined);
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event)) {
      return;
    }
    const actions: Record<string, () => void> = {
      " ": () => this.#toggle(),
      k: () => this.pause(),
      j: () => this.#shuttle(-1),
      l: () => this.#shuttle(1),
      arrowleft: () => this.step(-1),
      arrowright: () => this.step(1),
      i: () => this.#mark("in"),
      o: () => this.#mark("out"),
      x: () => this.#mark(null),
      g: () => this.#controls.ask(),
      e: () => this.#toEdge(),
      f: () => this.#fullScreen(),
      ",": () => this.setSpeed(slower(Math.abs(this.speed))),
      ".": () => this.setSpeed(faster(Math.abs(this.speed))),
    };
    const count = Number(event.key);
    if (count >= 1 && count <= MOST_CAMERAS) {
      this.#showCount(count);
    } else if (actions[event.key.toLowerCase()] !== undefined && !(event.key === " " && isOnControl(event))) {
      actions[event.key.toLowerCase()]!();
    } else {
      return;
    }
    event.preventDefault();
  };

  #shuttle(direction: 1 | -1): void {
    this.setSpeed(shuttle(this.speed, this.isPlaying, direction));
    this.play();
    this.#stage.tell(speedText(this.speed));
  }

  /** So many cameras side by side: those chosen, then the next of the list. */
  #showCount(count: number): void {
    const others = [...this.#cameras.keys()].filter((key) => !this.#selected.includes(key));
    this.select([...this.#selected, ...others].slice(0, count));
  }

  /** The address of the page leads back to what is shown. */
  #remember(): void {
    const url = new URL(location.href);
    url.searchParams.delete("camera");
    for (const key of this.#selected) {
      url.searchParams.append("camera", key);
    }
    url.searchParams.set("at", String(Math.round(this.currentUs)));
    history.replaceState(history.state, "", url);
  }

  #complain(error: unknown): void {
    if (error instanceof TicketRefused) {
      const clause = error.clause === null ? "" : ` (${this.#say("clause", { clause: error.clause })})`;
      this.#stage.tell(`${error.message}${clause}`);
    } else if (error instanceof FootageError) {
      this.#stage.tell(error.message !== "" ? error.message : sayCode(this.#say, "error", error.code, "error_unknown"));
    } else {
      this.#stage.tell(this.#say("error_ticket_unavailable"));
    }
    this.dispatchEvent(new CustomEvent("player-error", { detail: { message: String(error) } }));
  }
}

function codecName(codec: string): string {
  return /h265|hevc|hvc1|hev1/i.test(codec) ? "H.265" : "H.264";
}

customElements.define("sync-player", SyncPlayer);
