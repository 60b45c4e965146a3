/**
 * `<sync-player>`: one to nine cameras on one clock, with their timeline. Puts playback, stage, controls, marked range and
 * timeline together. What the viewer may not do has no button.
 */

import { knownZone, type TimeFormats, timeFormats } from "../core/formats";
import type { Marks } from "../core/marks";
import { ServerClock } from "../core/server_clock";
import { shuttle, speedText } from "../core/speeds";
import type { Right } from "../core/tickets";
import { durationText } from "../core/timeline_model";
import { PlaybackApi } from "../players/playback_api";
import type { PlaybackTile } from "../players/playback_tile";
import { SyncPlayback } from "../players/sync_playback";
import { type Say, sayCode, speaker } from "../texts";
import { CameraPicker } from "./camera_picker";
import { readConfig } from "./dom";
import { KeysSheet } from "./keys_sheet";
import { type CameraConfig, cameraKey, type PlayerConfig, ticketBroker } from "./page_config";
import { copyRangeAddress, rememberAddress } from "./player_address";
import { complaint } from "./player_complaint";
import { PlayerControls } from "./player_controls";
import { PLAYER_KEYS, playerKeys } from "./player_keys";
import { PlayerRange } from "./player_range";
import { takeSnapshot } from "./player_snapshot";
import { PlayerStage } from "./player_stage";
import { codecName, PlayerStreams } from "./player_streams";
import { PLAYER_STYLE } from "./player_style";
import { wireTimeline } from "./player_timeline";
import { TimeLine } from "./time_line";

const MOST_CAMERAS = 9;
const START_BEHIND_US = 30_000_000;

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
  #streams!: PlayerStreams;
  #range!: PlayerRange;
  #keys!: KeysSheet;
  #timer = 0;
  readonly #cameras = new Map<string, CameraConfig>();
  readonly #clock = new ServerClock();
  readonly #timeline = new TimeLine();
  readonly #key = playerKeys(this, MOST_CAMERAS);

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

  get marks(): Marks {
    return this.#range.marks;
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
    this.#range.leave(us);
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
    this.#streams = new PlayerStreams(this.#cameras, this.#api);
    this.#keys = new KeysSheet(this.#say, PLAYER_KEYS);
    this.#range = this.#makeRange();
    this.#picker = new CameraPicker(this.#say, this.#config.cameras, MOST_CAMERAS, (keys) => this.select(keys));
    this.#playback = this.#makePlayback();
    this.#controls = this.#makeControls();
    this.#wireTimeline();
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", this.#say("player"));
    this.tabIndex = -1;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [PLAYER_STYLE];
    root.append(this.#stage.element, this.#timeline, this.#range.element, this.#controls.element, this.#keys.dialog);
  }

  async #start(): Promise<void> {
    const known = (this.#config.selected ?? []).filter((key) => this.#cameras.has(key));
    this.#selected = (known.length > 0 ? known : [...this.#cameras.keys()].slice(0, 1)).slice(0, MOST_CAMERAS);
    const base = this.#cameras.get(this.#selected[0] ?? "")?.base;
    if (base !== undefined) {
      await this.#clock.ask(`${base}/clock`);
    }
    const [inUs, outUs] = this.#config.range ?? [null, null];
    this.#apply();
    this.seek(this.#startUs);
    this.#range.set({ inUs, outUs });
    this.#playback.play();
  }

  #makePlayback(): SyncPlayback {
    return new SyncPlayback(this.#api, () => this.#clock.nowUs(), {
      onTime: (us) => {
        this.#timeline.setTime(us, this.isPlaying);
        this.#range.follow(us, this.isPlaying, this.speed);
      },
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
    const last = [this.#keys.button, this.#picker.element];
    return new PlayerControls(this, this.#say, this.#config.may?.export === true, last);
  }

  #makeRange(): PlayerRange {
    return new PlayerRange(this.#say, this.#formats, this.#config.may?.export === true, {
      changed: (marks) => {
        this.#timeline.setMarks(marks);
        this.#remember();
        this.dispatchEvent(new CustomEvent("player-range", { detail: { ...marks, cameras: [...this.#selected] } }));
      },
      zoomTo: ({ fromUs, toUs }) => this.#timeline.show(fromUs, toUs),
      copyAddress: () => void this.#copyAddress(),
      seek: (us) => this.seek(us),
    });
  }

  #wireTimeline(): void {
    const nowUs = (): number => this.#clock.nowUs();
    const [say, formats, zone, api, cameras] = [this.#say, this.#formats, this.#zone, this.#api, this.#cameras];
    wireTimeline(this.#timeline, this, { say, formats, zone, nowUs, api, cameras }, this.#startUs);
  }

  /** Where the address says, else where the marked range begins, else a little behind live. */
  get #startUs(): number {
    return this.#config.at_us ?? this.#config.range?.[0] ?? this.#clock.nowUs() - START_BEHIND_US;
  }

  /** Give the playback its streams, and everything else the cameras that are played. */
  #apply(): void {
    this.#playback.setStreams(this.#streams.addresses(this.#selected));
    this.#stage.arrange(this.#playback.tiles, (tile) => tile.address.camera as CameraConfig);
    this.#timeline.setRows(this.#selected.map((key) => ({ key, name: this.#cameras.get(key)!.name })));
    this.#picker.show(this.#selected);
    for (const tile of this.#playback.tiles) {
      this.#stage.setNote(tile, this.#streams.note(tile, this.#say));
    }
  }

  #useOther(tile: PlaybackTile, codec: string): void {
    if (this.#streams.giveUp(tile)) {
      this.#apply();
      this.seek(this.currentUs);
    } else {
      this.#stage.setNote(tile, this.#say("stills", { codec: codecName(codec) }));
    }
  }

  /** Four times a second: what the controls and the places say. */
  #show(): void {
    const us = this.currentUs;
    const time = this.isPlaying ? this.#formats.full(us) : this.#formats.fullMs(us);
    const { isPlaying, isWaiting, speed } = this.#playback;
    this.#controls.show({ isPlaying, isWaiting, speed, time });
    this.#controls.setMoment(us, this.#zone);
    this.#stage.setWatermark(this.#config.viewer?.name ?? "", this.#formats.full(this.#clock.nowUs()));
    for (const tile of this.#playback.tiles) {
      this.#streams.showStill(tile, us);
      this.#showNothing(tile, us);
    }
  }

  /** Instead of a picture, why there is none. What is not known yet changes nothing. */
  #showNothing(tile: PlaybackTile, us: number): void {
    if (hasPicture(tile, us)) {
      this.#stage.setNothing(tile, "");
    } else if (tile.index.isLoaded(us, us + 1)) {
      const gap = tile.index.gapAt(us);
      const cause = gap === null ? "" : ` (${sayCode(this.#say, "cause", gap.cause, "cause_unknown")})`;
      this.#stage.setNothing(tile, this.#say("no_footage").replace(/\.$/, `${cause}.`));
    }
  }

  toggle(): void {
    if (this.isPlaying) {
      this.pause();
      this.#remember();
    } else {
      this.play();
    }
  }

  edge(): void {
    this.#playback.seekToEdge();
    this.#timeline.reveal(this.currentUs);
  }

  skip(seconds: number): void {
    this.seek(this.currentUs + seconds * 1_000_000);
  }

  goTo(us: number): void {
    this.seek(us);
  }

  zoom(factor: number): void {
    this.#timeline.zoomBy(factor);
  }

  mark(end: "in" | "out" | null): void {
    if (end === null) {
      this.#range.clear();
    } else {
      this.#range.mark(end, this.currentUs);
    }
  }

  ask(): void {
    this.#controls.ask();
  }

  help(): void {
    this.#keys.open();
  }

  async #copyAddress(): Promise<void> {
    const isCopied = await copyRangeAddress(this.#selected, this.marks);
    this.#stage.tell(this.#say(isCopied ? "range_copied" : "range_in_address"));
  }

  snapshot(target: "file" | "clipboard"): void {
    const tile = this.#playback.tiles[0];
    if (tile !== undefined && this.#config.may?.export === true) {
      const us = tile.shownUs ?? this.currentUs;
      const viewer = this.#config.viewer?.name ?? "";
      void takeSnapshot(this.#stage, tile, us, `${this.#formats.fullMs(us)} · ${viewer}`, target, this.#say);
    }
  }

  fullScreen(): void {
    const isFull = document.fullscreenElement !== null;
    void (isFull ? document.exitFullscreen() : this.requestFullscreen()).catch(() => undefined);
  }

  shuttle(direction: 1 | -1): void {
    this.setSpeed(shuttle(this.speed, this.isPlaying, direction));
    this.play();
    this.#stage.tell(speedText(this.speed));
  }

  /** So many cameras side by side: those chosen, then the next of the list. */
  showCount(count: number): void {
    const others = [...this.#cameras.keys()].filter((key) => !this.#selected.includes(key));
    this.select([...this.#selected, ...others].slice(0, count));
  }

  /** The address of the page leads back to what is shown. */
  #remember(): void {
    rememberAddress(this.#selected, this.currentUs, this.marks);
  }

  #complain(error: unknown): void {
    const text = complaint(error, this.#say);
    const bare = this.#playback.tiles.filter((tile) => !hasPicture(tile, this.currentUs));
    for (const tile of bare) {
      // The picture of another moment must not stand under this one's time.
      this.#stage.setNothing(tile, text);
    }
    if (bare.length < this.#playback.tiles.length) {
      this.#stage.tell(text);
    }
    this.dispatchEvent(new CustomEvent("player-error", { detail: { message: String(error) } }));
  }
}

function hasPicture(tile: PlaybackTile, us: number): boolean {
  return tile.has(us, "full") || tile.has(us, "key") || tile.index.fragmentAt(us) !== null;
}

customElements.define("sync-player", SyncPlayer);
