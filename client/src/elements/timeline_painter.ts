/** Draws the timeline on a canvas: ruler, a row a camera, gaps, marks, the playhead. Reads the page's colours, keeps no state. */

import type { TimeFormats } from "../core/formats";
import { activityBars, gapBoxes, spans, type TimelineAnswer } from "../core/timeline_geometry";
import { type Tick, ticks, type View, xOf } from "../core/timeline_model";

export const RULER_PX = 28;
const ROW_GAP_PX = 6;
const NAME_PX = 20;
/** Shorter than this, a view says its day only in a label that stays. */
const DAYLESS_US = 3 * 86_400_000_000;

export interface Row {
  readonly key: string;
  readonly name: string;
  readonly answer: TimelineAnswer | null;
}

export interface Scene {
  readonly view: View;
  readonly rows: readonly Row[];
  readonly rowPx: number;
  readonly zone: string;
  readonly formats: TimeFormats;
  readonly currentUs: number;
  readonly hoverUs: number | null;
  readonly nowUs: number;
  readonly marks: { readonly inUs: number | null; readonly outUs: number | null };
}

type Colours = Record<
  | "ground"
  | "line"
  | "text"
  | "quiet"
  | "recorded"
  | "recordedQuiet"
  | "gap"
  | "hold"
  | "playhead"
  | "selection"
  | "sunken",
  string
>;

export function readColours(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim() || "gray";
  return {
    ground: read("--surface"),
    sunken: read("--surface-sunken"),
    line: read("--line"),
    text: read("--text"),
    quiet: read("--text-quiet"),
    recorded: read("--recorded"),
    recordedQuiet: read("--recorded-quiet"),
    gap: read("--gap-hatch"),
    hold: read("--hold"),
    playhead: read("--playhead"),
    selection: read("--selection"),
  };
}

export class TimelinePainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #font: string;
  #colours: Colours;
  #hatch: CanvasPattern | null = null;

  constructor(canvas: HTMLCanvasElement, host: HTMLElement) {
    this.#context = canvas.getContext("2d")!;
    this.#colours = readColours(host);
    this.#font = `12px ${getComputedStyle(host).getPropertyValue("--font") || "sans-serif"}`;
  }

  /** The theme has changed. */
  recolour(host: HTMLElement): void {
    this.#colours = readColours(host);
    this.#hatch = null;
  }

  draw(scene: Scene, width: number, height: number, scale: number): void {
    const context = this.#context;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = this.#colours.ground;
    context.fillRect(0, 0, width, height);
    context.font = this.#font;
    this.#drawRuler(scene, width, height);
    for (const [at, row] of scene.rows.entries()) {
      this.#drawRow(row, scene, RULER_PX + at * scene.rowPx, width);
    }
    this.#drawMarks(scene, width, height);
    this.#drawLine(xOf(scene.view, width, scene.nowUs), height, this.#colours.quiet, 1);
    if (scene.hoverUs !== null) {
      this.#drawLine(xOf(scene.view, width, scene.hoverUs), height, this.#colours.text, 1);
    }
    this.#drawPlayhead(xOf(scene.view, width, scene.currentUs), height);
  }

  #drawPlayhead(x: number, height: number): void {
    const context = this.#context;
    // The bars are nearly as bright as the line: what is around it tells them apart.
    this.#drawLine(x, height, this.#colours.ground, 6);
    this.#drawLine(x, height, this.#colours.playhead, 2);
    context.fillStyle = this.#colours.playhead;
    context.beginPath();
    context.moveTo(x - 6, 0);
    context.lineTo(x + 7, 0);
    context.lineTo(x + 0.5, 9);
    context.fill();
  }

  #drawRuler({ view, zone, formats }: Scene, width: number, height: number): void {
    const context = this.#context;
    context.textBaseline = "middle";
    const dayWidth = this.#drawDay(view, formats, zone, width);
    for (const tick of ticks(view, width, zone, 84)) {
      const x = Math.round(xOf(view, width, tick.us)) + 0.5;
      context.strokeStyle = this.#colours.line;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, tick.isMajor ? 4 : RULER_PX - 6);
      context.lineTo(x, height);
      context.stroke();
      const label = labelOf(tick, formats);
      if (x < dayWidth || x + 4 + context.measureText(label).width > width) {
        continue;
      }
      context.fillStyle = tick.isMajor || tick.unit === "day" ? this.#colours.text : this.#colours.quiet;
      context.fillText(label, x + 4, RULER_PX / 2);
    }
  }

  /** The day at the left edge, unless the ticks say it; how much room it takes. */
  #drawDay(view: View, formats: TimeFormats, zone: string, width: number): number {
    const isTold = ticks(view, width, zone, 84).some((tick) => tick.unit === "day" && xOf(view, width, tick.us) < 160);
    if (isTold || view.toUs - view.fromUs > DAYLESS_US) {
      return 0;
    }
    const context = this.#context;
    const text = formats.day(view.fromUs);
    context.fillStyle = this.#colours.text;
    context.font = this.#font.replace("12px", "500 12px");
    context.fillText(text, 8, RULER_PX / 2);
    const room = context.measureText(text).width + 20;
    context.font = this.#font;
    return room;
  }

  #drawRow(row: Row, { view, rowPx, nowUs }: Scene, top: number, width: number): void {
    const context = this.#context;
    const bar = rowPx - ROW_GAP_PX;
    const base = top + rowPx - ROW_GAP_PX / 2;
    context.fillStyle = this.#colours.sunken;
    context.fillRect(0, base - bar, Math.min(width, xOf(view, width, nowUs)), bar);
    if (row.answer !== null) {
      context.fillStyle = this.#colours.recordedQuiet;
      for (const span of spans(row.answer.recorded, view, width)) {
        context.fillRect(span.x, base - bar * span.height, span.width, bar * span.height);
      }
      context.fillStyle = this.#colours.recorded;
      for (const one of activityBars(row.answer, view, width)) {
        // Whole pixels: bars that touch would show a seam otherwise.
        const x = Math.floor(one.x);
        context.fillRect(x, base - bar * one.height, Math.ceil(one.x + one.width) - x, bar * one.height);
      }
      context.fillStyle = this.#hatching();
      for (const box of gapBoxes(row.answer.gaps, view, width)) {
        context.fillRect(box.x, base - bar, box.width, bar);
      }
      this.#drawHolds(row.answer, view, base - bar, width);
    }
    this.#drawName(row.name, base - bar, bar);
  }

  #drawHolds(answer: TimelineAnswer, view: View, top: number, width: number): void {
    this.#context.fillStyle = this.#colours.hold;
    for (const hold of answer.holds ?? []) {
      const x = xOf(view, width, hold.from_us);
      this.#context.fillRect(x, top, Math.max(2, xOf(view, width, hold.to_us) - x), 3);
    }
  }

  #drawName(name: string, top: number, bar: number): void {
    const context = this.#context;
    const height = Math.min(NAME_PX, bar);
    context.fillStyle = this.#colours.ground;
    context.globalAlpha = 0.85;
    context.beginPath();
    context.roundRect(0, top, context.measureText(name).width + 16, height, [0, 0, 4, 0]);
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = this.#colours.text;
    context.fillText(name, 8, top + height / 2 + 1);
  }

  #drawMarks({ marks, view }: Scene, width: number, height: number): void {
    const { inUs, outUs } = marks;
    if (inUs === null && outUs === null) {
      return;
    }
    const left = xOf(view, width, inUs ?? outUs!);
    const right = xOf(view, width, outUs ?? inUs!);
    this.#context.fillStyle = this.#colours.selection;
    this.#context.fillRect(left, RULER_PX, Math.max(1, right - left), height - RULER_PX);
    // A bracket is told from the other lines by its form.
    for (const [us, x, inwards] of [
      [inUs, left, 5],
      [outUs, right, -5],
    ] as const) {
      if (us !== null) {
        this.#drawLine(x, height, this.#colours.text, 2);
        this.#context.fillStyle = this.#colours.text;
        this.#context.fillRect(Math.min(x, x + inwards), 0, 5, 2);
        this.#context.fillRect(Math.min(x, x + inwards), height - 2, 5, 2);
      }
    }
  }

  #drawLine(x: number, height: number, colour: string, width: number): void {
    const context = this.#context;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
    context.stroke();
  }

  /** Gaps are told from recorded time by form, not by colour alone. */
  #hatching(): CanvasPattern | string {
    if (this.#hatch === null) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 8;
      const context = tile.getContext("2d")!;
      context.strokeStyle = this.#colours.gap;
      context.lineWidth = 2;
      for (const shift of [-8, 0, 8]) {
        context.moveTo(shift, 8);
        context.lineTo(shift + 8, 0);
      }
      context.stroke();
      this.#hatch = this.#context.createPattern(tile, "repeat");
    }
    return this.#hatch ?? this.#colours.gap;
  }
}

function labelOf(tick: Tick, formats: TimeFormats): string {
  if (tick.unit === "day") {
    return formats.day(tick.us);
  }
  if (tick.unit === "minute") {
    return formats.clock(tick.us).replace(/:\d\d$/, "");
  }
  return tick.unit === "second" ? formats.clock(tick.us) : formats.clockMs(tick.us);
}
