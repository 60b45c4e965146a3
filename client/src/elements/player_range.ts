/** The marked range of the player: its two ends, whether it is looped, and the bar that says what can be done with it. */

import type { TimeFormats } from "../core/formats";
import { loopTarget, type Marks, marked, NO_MARKS, type Range, rangeOf } from "../core/marks";
import { durationText } from "../core/timeline_model";
import type { Say, TextKey } from "../texts";
import { make } from "./dom";
import { type IconName, icon } from "./icons";

export interface RangeActions {
  changed(marks: Marks): void;
  zoomTo(range: Range): void;
  copyAddress(): void;
  seek(us: number): void;
}

export class PlayerRange {
  readonly element = make("div", { class: "range", role: "group", hidden: true });
  readonly #say: Say;
  readonly #formats: TimeFormats;
  readonly #actions: RangeActions;
  readonly #text = make("output");
  readonly #whole: HTMLElement;
  readonly #loop: HTMLButtonElement;
  #marks = NO_MARKS;
  #isLooping = false;

  constructor(say: Say, formats: TimeFormats, mayExport: boolean, actions: RangeActions) {
    this.#say = say;
    this.#formats = formats;
    this.#actions = actions;
    this.#loop = this.#button("range_loop", "repeat", () => this.#setLoop(!this.#isLooping));
    this.#whole = make(
      "span",
      { class: "acts" },
      this.#loop,
      this.#button("range_zoom", "zoomIn", () => this.#withRange((range) => actions.zoomTo(range))),
      this.#button("range_copy", "link", () => actions.copyAddress()),
    );
    const order = make("p", { class: "order" }, icon("lock"), make("span", {}, say("range_order")));
    this.element.setAttribute("aria-label", say("range_group"));
    this.element.append(
      this.#text,
      this.#whole,
      this.#button("marks_clear", "cross", () => this.clear()),
      ...(mayExport ? [] : [order]),
    );
  }

  get marks(): Marks {
    return this.#marks;
  }

  mark(end: "in" | "out", us: number): void {
    this.set(marked(this.#marks, end, Math.round(us)));
  }

  clear(): void {
    this.set(NO_MARKS);
  }

  set(marks: Marks): void {
    this.#marks = marks;
    if (rangeOf(marks) === null) {
      this.#setLoop(false);
    }
    this.#show();
    this.#actions.changed(marks);
  }

  /** Called as time passes: a loop that has come to its end begins again. */
  follow(us: number, isPlaying: boolean, speed: number): void {
    const range = rangeOf(this.#marks);
    const target = this.#isLooping && isPlaying && range !== null ? loopTarget(range, us, speed) : null;
    if (target !== null) {
      this.#actions.seek(target);
    }
  }

  /** Somebody goes elsewhere: a loop would only pull them back. */
  leave(us: number): void {
    const range = rangeOf(this.#marks);
    if (range !== null && (us < range.fromUs || us > range.toUs)) {
      this.#setLoop(false);
    }
  }

  #setLoop(isLooping: boolean): void {
    this.#isLooping = isLooping;
    this.#loop.setAttribute("aria-pressed", String(isLooping));
    if (isLooping) {
      this.#withRange((range) => this.#actions.seek(range.fromUs));
    }
  }

  #withRange(action: (range: Range) => void): void {
    const range = rangeOf(this.#marks);
    if (range !== null) {
      action(range);
    }
  }

  #show(): void {
    const { inUs, outUs } = this.#marks;
    this.element.hidden = inUs === null && outUs === null;
    this.#whole.hidden = inUs === null || outUs === null;
    const { clock } = this.#formats;
    if (inUs !== null && outUs !== null) {
      const facts = { from: clock(inUs), to: clock(outUs), duration: durationText(outUs - inUs) };
      this.#text.textContent = this.#say("range", facts);
    } else if (inUs !== null) {
      this.#text.textContent = this.#say("range_from", { from: clock(inUs) });
    } else if (outUs !== null) {
      this.#text.textContent = this.#say("range_to", { to: clock(outUs) });
    }
  }

  #button(key: TextKey, name: IconName, action: () => void): HTMLButtonElement {
    return make("button", { type: "button", onclick: action }, icon(name), this.#say(key));
  }
}
