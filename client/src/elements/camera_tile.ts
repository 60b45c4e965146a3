/**
 * `<camera-tile>`: one camera live. Chooses the player and the stream, says what is wrong over the last picture, and
 * gives the line back when nobody looks. Drawn inside the wall's shadow root, by the wall's style sheet.
 */

import { choosePlayable, type PlayerKind } from "../core/capabilities";
import type { TimeFormats } from "../core/formats";
import { type Mode, TilePolicy } from "../core/tile_policy";
import type { LiveHub } from "../players/live_hub";
import type { LivePlayer, PlayerStats } from "../players/live_player";
import { openPlayer } from "../players/open_player";
import { type Say, sayCode, sayError } from "../texts";
import { make } from "./dom";
import { type IconName, icon } from "./icons";
import type { CameraConfig } from "./page_config";

export type StreamName = "main" | "sub";

export interface TileParts {
  readonly camera: CameraConfig;
  readonly hub: LiveHub;
  readonly kinds: readonly PlayerKind[];
  readonly say: Say;
  readonly formats: TimeFormats;
  readonly mayReplay: boolean;
  readonly onEnlarge: () => void;
  readonly onReplay: () => void;
}

export interface TileFigures extends Omit<PlayerStats, "kind"> {
  readonly camera: string;
  readonly player: PlayerKind | null;
  readonly stream: StreamName;
  readonly mode: Mode;
  readonly state: string;
  readonly first_ms: number | null;
}

const STATE_ICONS: Record<string, IconName> = {
  connecting: "circleDashed",
  waiting_for_key_picture: "circleDashed",
  no_signal: "videoOff",
  refused: "lock",
  denied: "lock",
  lost: "wifiOff",
  off: "cameraOff",
};

export class CameraTile extends HTMLElement {
  #parts: TileParts | null = null;
  #player: LivePlayer | null = null;
  #retiring: LivePlayer | null = null;
  #wished: StreamName = "sub";
  #stream: StreamName = "sub";
  /** Pairs of stream and player that this browser has shown it cannot do. */
  #unplayable = new Set<string>();
  #policy = new TilePolicy();
  #startMode: Mode = "full";
  #isModeFixed = false;
  #isRunning = false;
  #state = "connecting";
  #sinceUs: number | null = null;
  #message = "";
  #openedMs = 0;
  #firstMs: number | null = null;
  #lastPointer = "";
  readonly #picture = make("div", { class: "picture" });
  readonly #note = make("p", { class: "note", hidden: true });
  readonly #plate = make("p", { class: "plate", role: "status", hidden: true });
  readonly #name = make("p", { class: "name" });
  readonly #actions = make("div", { class: "actions" });

  /** Everything the tile needs; called once, before it is shown. */
  prepare(parts: TileParts): void {
    this.#parts = parts;
    const { camera } = parts;
    this.#stream = this.#wished = camera.streams?.sub ? "sub" : "main";
    this.#state = camera.state ?? "connecting";
    this.#sinceUs = camera.since_us ?? null;
    this.#name.textContent = camera.name;
    this.dataset.camera = camera.id;
    this.tabIndex = -1;
    this.setAttribute("role", "group");
    this.replaceChildren(this.#picture, this.#name, this.#note, this.#plate, this.#actions);
    this.#picture.addEventListener("click", (event) => this.#tap(event));
    this.#picture.addEventListener("dblclick", () => this.#lastPointer === "touch" || this.#askToOpen());
    this.showEnlarged(false);
    this.#describe();
  }

  /** A finger taps once where a mouse clicks twice. */
  #tap(event: MouseEvent): void {
    this.#lastPointer = event instanceof PointerEvent ? event.pointerType : "";
    if (this.#lastPointer === "touch") {
      this.#askToOpen();
    }
  }

  #askToOpen(): void {
    this.dispatchEvent(new CustomEvent("tile-open"));
  }

  get camera(): CameraConfig {
    return this.#parts!.camera;
  }

  get stream(): StreamName {
    return this.#stream;
  }

  get figures(): TileFigures {
    const stats = this.#player?.stats();
    return {
      camera: this.camera.id,
      player: stats?.kind ?? null,
      stream: this.#stream,
      mode: this.#policy.mode,
      state: this.#state,
      presented: stats?.presented ?? 0,
      dropped: stats?.dropped ?? 0,
      stalls: stats?.stalls ?? 0,
      latencyMs: stats?.latencyMs ?? null,
      first_ms: this.#firstMs,
    };
  }

  /** Show this stream, the other one where the browser cannot decode it. */
  wish(stream: StreamName, mode: Mode = "full", isModeFixed = false): void {
    const isSame = stream === this.#wished && mode === this.#startMode && isModeFixed === this.#isModeFixed;
    this.#wished = stream;
    this.#startMode = mode;
    this.#isModeFixed = isModeFixed;
    if (this.#isRunning && !isSame) {
      this.#open();
    }
  }

  /** The buttons that come with the pointer, and stay with their words on an enlarged tile; keys do the same. */
  showEnlarged(isEnlarged: boolean): void {
    const { say, mayReplay, onEnlarge, onReplay } = this.#parts!;
    const button = (key: "enlarge" | "shrink" | "replay", name: IconName, onclick: () => void): HTMLElement => {
      const face = { type: "button", tabindex: isEnlarged ? 0 : -1, "aria-label": say(key), title: say(key), onclick };
      return make("button", face, icon(name), ...(isEnlarged ? [make("span", {}, say(key))] : []));
    };
    this.#actions.replaceChildren(
      ...(isEnlarged ? [button("shrink", "minimize", onEnlarge)] : []),
      ...(mayReplay ? [button("replay", "rotateCcw", onReplay)] : []),
      ...(isEnlarged ? [] : [button("enlarge", "maximize", onEnlarge)]),
    );
  }

  run(): void {
    if (!this.#isRunning && this.#parts !== null) {
      this.#isRunning = true;
      this.#open();
    }
  }

  /** Give back the line; the last picture stays. */
  rest(): void {
    this.#isRunning = false;
    this.#player?.close();
    this.#retiring?.close();
    this.#player = null;
    this.#retiring = null;
  }

  /** Called every second by the wall. */
  tick(nowMs: number): void {
    const load = this.#player?.takeLoad();
    const mode = load === undefined ? null : this.#policy.observe(nowMs, load);
    if (mode !== null) {
      this.#player?.setMode(mode);
      this.#noteMode();
    }
  }

  disconnectedCallback(): void {
    this.rest();
  }

  #open(): void {
    const { camera, hub } = this.#parts!;
    const offered = new Map<StreamName, boolean>();
    for (const name of ["main", "sub"] as const) {
      if (camera.streams === undefined || camera.streams[name]) {
        offered.set(name, this.#kindFor(name) !== null);
      }
    }
    const choice = choosePlayable(this.#wished, offered);
    this.#stream = choice?.stream ?? (offered.has("sub") ? "sub" : "main");
    const kind = this.#kindFor(this.#stream) ?? "jpeg";
    this.#policy = new TilePolicy(this.#startMode, this.#isModeFixed);
    this.#openedMs = performance.now();
    if (this.#state === "failed") {
      this.#setState("connecting", null);
    }
    // The old picture stays until the first of the new stream is there.
    this.#retiring?.close();
    this.#retiring = this.#player;
    const stream = this.#stream;
    const player: LivePlayer = openPlayer(kind, hub, camera, stream, this.#startMode, {
      onFirst: () => this.#first(player),
      onState: (state, sinceUs) => this.#setState(state, sinceUs),
      onError: (code, message) => this.#fail(code, message),
      onLost: () => this.#setState("lost", Date.now() * 1000),
      onUnsupported: (codec) => this.#unsupported(stream, kind, codec),
    });
    this.#player = player;
    this.#picture.append(player.element);
    this.#noteMode();
  }

  #first(player: LivePlayer): void {
    if (player !== this.#player) {
      return;
    }
    this.#firstMs ??= performance.now() - this.#openedMs;
    this.#retiring?.close();
    this.#retiring = null;
    this.#picture.replaceChildren(player.element);
    if (this.#state !== "recording") {
      this.#setState("recording", null);
    }
    this.dispatchEvent(new CustomEvent("tile-first", { bubbles: true, composed: true, detail: this.figures }));
  }

  /** Another player for the stream, else the other stream, else stills; and say so. */
  #unsupported(stream: StreamName, kind: PlayerKind, codec: string): void {
    const { camera, say } = this.#parts!;
    // Both play through the media element: what one cannot decode the other cannot either.
    for (const same of kind === "mse" || kind === "hls" ? ["mse", "hls"] : [kind]) {
      this.#unplayable.add(`${stream}/${same}`);
    }
    if (this.#kindFor(stream) === null) {
      const other = stream === "main" ? "sub" : "main";
      const hasOther = Boolean(camera.streams?.[other]) && this.#kindFor(other) !== null;
      const name = codecName(camera.streams?.[stream]?.codec ?? codec);
      this.#tell(say(hasOther ? "sub_stream" : "stills", { codec: name }));
    }
    this.#open();
  }

  /** The best player that has not failed on the stream; null when only stills are left. */
  #kindFor(stream: StreamName): PlayerKind | null {
    const { kinds } = this.#parts!;
    const isForcedToStills = kinds.length === 1 && kinds[0] === "jpeg";
    return (
      kinds.find((kind) => (kind !== "jpeg" || isForcedToStills) && !this.#unplayable.has(`${stream}/${kind}`)) ?? null
    );
  }

  #fail(code: string, message: string): void {
    const { say } = this.#parts!;
    const state = code === "denied" || code.startsWith("ticket") ? "denied" : "failed";
    this.#message = sayError(say, code, message);
    this.#setState(state, null);
  }

  #setState(state: string, sinceUs: number | null): void {
    if (state === "lost" && this.#state === "lost") {
      return;
    }
    this.#state = state;
    this.#sinceUs = sinceUs;
    this.#describe();
  }

  /** What is wrong, since when and why; nothing when all is well. */
  #describe(): void {
    const { camera, say, formats } = this.#parts!;
    const isWell = this.#state === "recording";
    this.dataset.state = this.#state;
    const state = sayCode(say, "state", this.#state, "state_failed");
    this.setAttribute("aria-label", say(isWell ? "tile_live" : "tile_state", { camera: camera.name, state }));
    this.#plate.hidden = isWell;
    if (isWell) {
      return;
    }
    const detail = this.#state === "denied" || this.#state === "failed" ? this.#message : "";
    const since = this.#sinceUs === null ? "" : say("since", { time: formats.full(this.#sinceUs) });
    this.#plate.replaceChildren(
      icon(STATE_ICONS[this.#state] ?? "triangleAlert"),
      make("strong", {}, state),
      ...[since, detail].filter((text) => text !== "").map((text) => make("span", {}, text)),
    );
  }

  #noteMode(): void {
    const isReduced = this.#policy.mode === "key" && !this.#isModeFixed;
    this.toggleAttribute("data-key", isReduced);
    if (isReduced) {
      this.#tell(this.#parts!.say("key_pictures"));
    } else if (this.#unplayable.size === 0) {
      this.#tell("");
    }
  }

  #tell(text: string): void {
    this.#note.textContent = text;
    this.#note.hidden = text === "";
  }
}

function codecName(codec: string): string {
  if (/h265|hevc|hvc1|hev1/i.test(codec)) {
    return "H.265";
  }
  return /h264|avc1|avc3/i.test(codec) ? "H.264" : codec;
}
