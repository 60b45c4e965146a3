/**
 * `<time-line>`: what was recorded, a row a camera, on a canvas; the same as a list for those who do not see it. Owns the
 * view and what the pointer means; tells the player by events, and asks it for figures through `load`.
 */

import type { TimeFormats } from "../core/formats";
import { LatestWins } from "../core/latest";
import { gapBoxes, gapUnder, type TimelineAnswer } from "../core/timeline_geometry";
import {
  durationText,
  following,
  panned,
  rowHeight,
  usOf,
  type View,
  viewAround,
  zoomed,
} from "../core/timeline_model";
import { type Say, sayCode } from "../texts";
import { make, styleSheet } from "./dom";
import { type Row, RULER_PX, TimelinePainter } from "./timeline_painter";
import { TimelinePointer } from "./timeline_pointer";

export interface TimelineParts {
  readonly say: Say;
  readonly formats: TimeFormats;
  readonly zone: string;
  readonly nowUs: () => number;
  readonly load: (
    key: string,
    from: number,
    to: number,
    buckets: number,
    signal: AbortSignal,
  ) => Promise<TimelineAnswer>;
  readonly still: (key: string, us: number, signal: AbortSignal) => Promise<Blob>;
}

const STYLE = styleSheet(`
:host { display: block; position: relative; touch-action: none; user-select: none; }
canvas { display: block; inline-size: 100%; cursor: crosshair; }
:host(:focus-visible) { outline: var(--ring); outline-offset: 2px; }
.tip { position: absolute; inset-block-end: calc(100% + 4px); translate: -50%; background: var(--surface-raised); color: var(--text);
  border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: var(--space-1); pointer-events: none;
  font: var(--size-12)/var(--line-height) var(--font); font-variant-numeric: tabular-nums; text-align: center; z-index: 5; white-space: nowrap; }
.tip[hidden], .tip img[hidden] { display: none; }
.tip img { display: block; inline-size: 192px; border-radius: 3px; }
.quiet { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
.quiet:focus-within { inline-size: auto; block-size: auto; max-block-size: 200px; overflow: auto; clip-path: none; z-index: 6;
  inset: auto 0 0; background: var(--surface-raised); color: var(--text); border: 1px solid var(--line); padding: var(--space-2); }
`);

const REFRESH_MS = 5000;
const LISTED = 40;
/** Of the window's height, what the rows share; and the least of it. */
const ROOM_SHARE = 0.16;
const ROOM_LEAST_PX = 44;

export class TimeLine extends HTMLElement {
  #parts!: TimelineParts;
  #painter!: TimelinePainter;
  #view: View = { fromUs: 0, toUs: 1 };
  #rows: Row[] = [];
  #currentUs = 0;
  #hoverUs: number | null = null;
  #marks: { inUs: number | null; outUs: number | null } = { inUs: null, outUs: null };
  #isDirty = false;
  #isFollowing = true;
  #rowPx = rowHeight(1, ROOM_LEAST_PX);
  #loadTimer = 0;
  #refreshTimer = 0;
  #stillUrl = "";
  readonly #canvas = make("canvas");
  readonly #tip = make("div", { class: "tip", hidden: true });
  readonly #tipText = make("span");
  readonly #tipImage = make("img", { alt: "", hidden: true });
  readonly #list = make("div", { class: "quiet" });
  readonly #loads = new LatestWins<void>((_wish, signal) => this.#loadRows(signal));
  readonly #stills = new LatestWins<{ key: string; us: number }>((wish, signal) => this.#loadStill(wish, signal));
  readonly #whenResized = (): void => this.#resize();
  readonly #resizes = new ResizeObserver(this.#whenResized);

  prepare(parts: TimelineParts, view: View): void {
    this.#parts = parts;
    this.#view = view;
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
    this.setAttribute("aria-label", parts.say("timeline"));
    this.setAttribute("aria-description", parts.say("timeline_help"));
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    this.#tip.append(this.#tipImage, this.#tipText);
    root.append(this.#canvas, this.#tip, this.#list);
    this.addEventListener("keydown", (event) => this.#key(event));
    new TimelinePointer(this, this.#canvas, {
      isRuler: (y) => y < RULER_PX,
      hover: (x, y) => this.#hover(x, y),
      leave: () => this.#leave(),
      scrub: (x, isEnd) => this.#tell(isEnd ? "time-scrub-end" : "time-scrub", this.#usAt(x)),
      click: (x) => this.#tell("time-seek", this.#usAt(x)),
      pan: (dx) => this.#setView(panned(this.#view, -dx * this.#usPerPx), false),
      zoom: (factor, x) => this.#setView(zoomed(this.#view, factor, this.#usAt(x)), true),
    });
  }

  connectedCallback(): void {
    this.#painter = new TimelinePainter(this.#canvas, this);
    this.#resizes.observe(this);
    window.addEventListener("resize", this.#whenResized);
    this.#refreshTimer = window.setInterval(() => this.#refreshEdge(), REFRESH_MS);
    this.#resize();
  }

  disconnectedCallback(): void {
    this.#resizes.disconnect();
    window.removeEventListener("resize", this.#whenResized);
    clearInterval(this.#refreshTimer);
    clearTimeout(this.#loadTimer);
    this.#loads.cancel();
    this.#stills.cancel();
    URL.revokeObjectURL(this.#stillUrl);
  }

  get view(): View {
    return this.#view;
  }

  setRows(rows: readonly { readonly key: string; readonly name: string }[]): void {
    const known = new Map(this.#rows.map((row) => [row.key, row.answer]));
    this.#rows = rows.map(({ key, name }) => ({ key, name, answer: known.get(key) ?? null }));
    this.#resize();
    this.#scheduleLoad();
  }

  setTime(us: number, isPlaying: boolean): void {
    this.#currentUs = us;
    this.setAttribute("aria-valuenow", String(Math.round(us / 1000)));
    this.setAttribute("aria-valuetext", this.#parts.say("timeline_at", { time: this.#parts.formats.full(us) }));
    if (isPlaying && this.#isFollowing) {
      const view = following(this.#view, us);
      if (view !== this.#view) {
        this.#setView(view, true);
      }
    }
    this.#invalidate();
  }

  /** Bring a moment into view. */
  reveal(us: number): void {
    this.#isFollowing = true;
    this.#setView(following(this.#view, us), true);
  }

  setMarks(marks: { inUs: number | null; outUs: number | null }): void {
    this.#marks = marks;
    this.#invalidate();
  }

  /** Show a range with a little room around it. */
  show(fromUs: number, toUs: number): void {
    this.#setView(viewAround(fromUs, toUs), true);
  }

  zoomBy(factor: number): void {
    this.#setView(zoomed(this.#view, factor, this.#currentUs), true);
  }

  get #usPerPx(): number {
    return (this.#view.toUs - this.#view.fromUs) / Math.max(1, this.clientWidth);
  }

  #usAt(x: number): number {
    return Math.round(usOf(this.#view, Math.max(1, this.clientWidth), x));
  }

  #tell(name: string, us: number): void {
    this.#isFollowing = true;
    this.dispatchEvent(new CustomEvent(name, { detail: { us } }));
  }

  #setView(view: View, isFollowing: boolean): void {
    this.#view = view;
    this.#isFollowing = isFollowing;
    this.#invalidate();
    this.#scheduleLoad();
    this.dispatchEvent(new CustomEvent("view-change", { detail: view }));
  }

  #resize(): void {
    const scale = window.devicePixelRatio || 1;
    const rows = Math.max(1, this.#rows.length);
    this.#rowPx = rowHeight(rows, Math.max(ROOM_LEAST_PX, window.innerHeight * ROOM_SHARE));
    const height = RULER_PX + rows * this.#rowPx;
    this.#canvas.style.blockSize = `${height}px`;
    this.#canvas.width = Math.max(1, Math.round(this.clientWidth * scale));
    this.#canvas.height = Math.round(height * scale);
    this.#invalidate();
    this.#scheduleLoad();
  }

  #invalidate(): void {
    if (!this.#isDirty && this.isConnected) {
      this.#isDirty = true;
      requestAnimationFrame(() => this.#draw());
    }
  }

  #draw(): void {
    this.#isDirty = false;
    const { zone, formats, nowUs } = this.#parts;
    const scene = { view: this.#view, rows: this.#rows, rowPx: this.#rowPx, zone, formats, marks: this.#marks };
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [this.clientWidth, this.#canvas.height / scale];
    this.#painter.recolour(this);
    const times = { currentUs: this.#currentUs, hoverUs: this.#hoverUs, nowUs: nowUs() };
    this.#painter.draw({ ...scene, ...times }, width, height, scale);
  }

  #scheduleLoad(): void {
    clearTimeout(this.#loadTimer);
    this.#loadTimer = window.setTimeout(() => this.#loads.wish(), 120);
  }

  #refreshEdge(): void {
    if (!document.hidden && this.#view.toUs > this.#parts.nowUs() - 2 * REFRESH_MS * 1000) {
      this.#scheduleLoad();
    }
  }

  /** Half a view more on each side, so that a small move shows no hole. */
  async #loadRows(signal: AbortSignal): Promise<void> {
    const { fromUs, toUs } = this.#view;
    const span = toUs - fromUs;
    const now = this.#parts.nowUs();
    const from = Math.max(0, Math.floor(fromUs - span / 2));
    const to = Math.min(Math.ceil(toUs + span / 2), Math.ceil(now));
    if (to <= from || this.clientWidth === 0) {
      return;
    }
    const buckets = Math.min(2000, Math.max(100, Math.round(this.clientWidth)));
    await Promise.allSettled(
      this.#rows.map(async ({ key }) => {
        const answer = await this.#parts.load(key, from, to, buckets, signal);
        this.#rows = this.#rows.map((row) => (row.key === key ? { ...row, answer } : row));
        this.#invalidate();
      }),
    );
    this.#describe();
  }

  #hover(x: number, y: number): void {
    const us = this.#usAt(x);
    this.#hoverUs = us;
    this.#invalidate();
    const row = this.#rows[Math.floor((y - RULER_PX) / this.#rowPx)] ?? this.#rows[0];
    if (row === undefined || y < RULER_PX) {
      this.#showTip(x, this.#parts.formats.full(us));
      return;
    }
    const boxes = gapBoxes(row.answer?.gaps ?? [], this.#view, this.clientWidth);
    const gap = gapUnder(boxes, x);
    const { say, formats } = this.#parts;
    if (gap === null) {
      this.#showTip(x, formats.full(us));
      this.#stills.wish({ key: row.key, us });
    } else {
      this.#tipImage.hidden = true;
      const cause = sayCode(say, "cause", gap.cause, "cause_unknown");
      this.#showTip(x, `${formats.full(us)} · ${cause} (${durationText(gap.end_us - gap.start_us)})`);
    }
  }

  #showTip(x: number, text: string): void {
    this.#tip.hidden = false;
    this.#tip.style.insetInlineStart = `${Math.min(this.clientWidth - 104, Math.max(104, x))}px`;
    this.#tipText.textContent = text;
  }

  #leave(): void {
    this.#hoverUs = null;
    this.#tip.hidden = true;
    this.#tipImage.hidden = true;
    this.#stills.cancel();
    this.#invalidate();
  }

  async #loadStill({ key, us }: { key: string; us: number }, signal: AbortSignal): Promise<void> {
    const picture = await this.#parts.still(key, us, signal);
    if (this.#hoverUs === null) {
      return;
    }
    URL.revokeObjectURL(this.#stillUrl);
    this.#stillUrl = URL.createObjectURL(picture);
    this.#tipImage.src = this.#stillUrl;
    this.#tipImage.hidden = false;
  }

  #key(event: KeyboardEvent): void {
    const span = this.#view.toUs - this.#view.fromUs;
    const actions: Record<string, () => void> = {
      "+": () => this.zoomBy(0.5),
      "=": () => this.zoomBy(0.5),
      "-": () => this.zoomBy(2),
      PageUp: () => this.#setView(panned(this.#view, -span / 2), false),
      PageDown: () => this.#setView(panned(this.#view, span / 2), false),
      ArrowUp: () => this.#tell("time-seek", this.#currentUs + span / 50),
      ArrowDown: () => this.#tell("time-seek", this.#currentUs - span / 50),
      Home: () => this.#tell("time-seek", this.#view.fromUs),
      End: () => this.#tell("time-seek", Math.min(this.#view.toUs, this.#parts.nowUs())),
    };
    const action = actions[event.key];
    if (action !== undefined && !event.ctrlKey && !event.metaKey) {
      action();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** The rows in words: recorded spans and gaps of the view, each a button that goes there. */
  #describe(): void {
    if (this.#list.matches(":focus-within")) {
      return;
    }
    const { say, formats } = this.#parts;
    const item = (text: string, us: number): HTMLElement =>
      make("li", {}, make("button", { type: "button", onclick: () => this.#tell("time-seek", us) }, text));
    const rows = this.#rows.map(({ name, answer }) => {
      const recorded = (answer?.recorded ?? []).map(
        ([from, to]) => [from, say("recorded_from_to", { from: formats.full(from), to: formats.full(to) })] as const,
      );
      const gaps = (answer?.gaps ?? []).map(({ start_us: from, end_us: to, cause }) => {
        const facts = {
          from: formats.full(from),
          to: formats.full(to),
          cause: sayCode(say, "cause", cause, "cause_unknown"),
        };
        return [from, say("gap_from_to", facts)] as const;
      });
      const all = [...recorded, ...gaps].sort((first, second) => first[0] - second[0]).slice(0, LISTED);
      return make("section", {}, make("h3", {}, name), make("ul", {}, ...all.map(([us, text]) => item(text, us))));
    });
    this.#list.setAttribute("aria-label", say("timeline_rows"));
    this.#list.replaceChildren(...rows);
  }
}

customElements.define("time-line", TimeLine);
