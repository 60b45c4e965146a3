/** Draws the timeline on a canvas: ruler, a row a camera, gaps, marks, the playhead. Reads the page's colours, keeps no state. */

import type { TimeFormats } from "../core/formats";
import { activityBars, gapBoxes, spans, type TimelineAnswer } from "../core/timeline_geometry";
import { type Tick, ticks, type View, xOf } from "../core/timeline_model";

export const RULER_PX = 26;
export const ROW_PX = 30;
const BAR_PX = 22;

export interface Row {
  readonly key: string;
  readonly name: string;
  readonly answer: TimelineAnswer | null;
}

export interface Scene {
  readonly view: View;
  readonly rows: readonly Row[];
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
      this.#drawRow(row, scene, RULER_PX + at * ROW_PX, width);
    }
    this.#drawMarks(scene, width, height);
    this.#drawLine(xOf(scene.view, width, scene.nowUs), height, this.#colours.quiet, 1);
    if (scene.hoverUs !== null) {
      this.#drawLine(xOf(scene.view, width, scene.hoverUs), height, this.#colours.text, 1);
    }
    this.#drawLine(xOf(scene.view, width, scene.currentUs), height, this.#colours.playhead, 2);
  }

  #drawRuler({ view, zone, formats }: Scene, width: number, height: number): void {
    const context = this.#context;
    context.textBaseline = "middle";
    for (const tick of ticks(view, width, zone, 84)) {
      const x = Math.round(xOf(view, width, tick.us)) + 0.5;
      context.strokeStyle = this.#colours.line;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, tick.isMajor ? 4 : RULER_PX - 6);
      context.lineTo(x, height);
      context.stroke();
      context.fillStyle = tick.isMajor || tick.unit === "day" ? this.#colours.text : this.#colours.quiet;
      context.fillText(labelOf(tick, formats), x + 4, RULER_PX / 2);
    }
  }

  #drawRow(row: Row, { view }: Scene, top: number, width: number): void {
    const context = this.#context;
    const base = top + ROW_PX - 4;
    context.fillStyle = this.#colours.sunken;
    context.fillRect(0, base - BAR_PX, width, BAR_PX);
    if (row.answer !== null) {
      context.fillStyle = this.#colours.recordedQuiet;
      for (const bar of spans(row.answer.recorded, view, width)) {
        context.fillRect(bar.x, base - BAR_PX * bar.height, bar.width, BAR_PX * bar.height);
      }
      context.fillStyle = this.#colours.recorded;
      for (const bar of activityBars(row.answer, view, width)) {
        context.fillRect(bar.x, base - BAR_PX * bar.height, Math.max(0.5, bar.width), BAR_PX * bar.height);
      }
      context.fillStyle = this.#hatching();
      for (const box of gapBoxes(row.answer.gaps, view, width)) {
        context.fillRect(box.x, base - BAR_PX, box.width, BAR_PX);
      }
      this.#drawHolds(row.answer, view, base, width);
    }
    this.#drawName(row.name, base);
  }

  #drawHolds(answer: TimelineAnswer, view: View, base: number, width: number): void {
    this.#context.fillStyle = this.#colours.hold;
    for (const hold of answer.holds ?? []) {
      const x = xOf(view, width, hold.from_us);
      this.#context.fillRect(x, base - BAR_PX, Math.max(2, xOf(view, width, hold.to_us) - x), 3);
    }
  }

  #drawName(name: string, base: number): void {
    const context = this.#context;
    context.fillStyle = this.#colours.ground;
    context.globalAlpha = 0.8;
    context.fillRect(0, base - BAR_PX, context.measureText(name).width + 12, BAR_PX);
    context.globalAlpha = 1;
    context.fillStyle = this.#colours.text;
    context.fillText(name, 6, base - BAR_PX / 2);
  }

  #drawMarks({ marks, view }: Scene, width: number, height: number): void {
    const { inUs, outUs } = marks;
    if (inUs === null && outUs === null) {
      return;
    }
    const left = xOf(view, width, inUs ?? outUs!);
    const right = xOf(view, width, outUs ?? inUs!);
    this.#context.fillStyle = this.#colours.selection;
    this.#context.fillRect(left, 0, Math.max(1, right - left), height);
    for (const x of [left, right]) {
      this.#drawLine(x, height, this.#colours.text, 1);
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
