/** The player's buttons, and the dialog to go to a time. Shows what it is told, and calls back; decides nothing. */

import { localInputValue, usOfLocalInput } from "../core/formats";
import { SPEEDS, speedText } from "../core/speeds";
import type { Say, TextKey } from "../texts";
import { make } from "./dom";
import { type IconName, icon } from "./icons";

export interface PlayerActions {
  toggle(): void;
  step(direction: 1 | -1): void;
  skip(seconds: number): void;
  setSpeed(speed: number): void;
  edge(): void;
  goTo(us: number): void;
  mark(end: "in" | "out" | null): void;
  snapshot(target: "file" | "clipboard"): void;
  zoom(factor: number): void;
  fullScreen(): void;
}

export interface ControlFacts {
  readonly isPlaying: boolean;
  readonly isWaiting: boolean;
  readonly speed: number;
  readonly time: string;
}

export class PlayerControls {
  readonly element: HTMLElement;
  readonly #say: Say;
  readonly #play: HTMLButtonElement;
  readonly #speed = make("select");
  readonly #time = make("time");
  readonly #dialog = make("dialog");
  readonly #input = make("input", { type: "datetime-local", step: "1", required: true });
  #zone = "UTC";

  constructor(actions: PlayerActions, say: Say, maySnapshot: boolean, last: readonly HTMLElement[]) {
    this.#say = say;
    this.#play = this.#button("play", "play", () => actions.toggle());
    this.#speed.setAttribute("aria-label", say("speed"));
    this.#speed.title = say("key_pictures_speed");
    this.#speed.append(...SPEEDS.map((speed) => make("option", { value: speed }, speedText(speed))));
    this.#speed.addEventListener("change", () => actions.setSpeed(Number(this.#speed.value)));
    const snapshots = maySnapshot
      ? [
          this.#button("snapshot", "download", () => actions.snapshot("file")),
          ...(globalThis.isSecureContext
            ? [this.#button("snapshot_copy", "copy", () => actions.snapshot("clipboard"))]
            : []),
        ]
      : [];
    const goTo = make("button", { type: "button", class: "moment", title: say("go_to"), onclick: () => this.ask() });
    goTo.append(this.#time, icon("clock"));
    this.#play.classList.add("main");
    this.element = make(
      "div",
      { class: "controls", role: "group", "aria-label": say("controls") },
      make(
        "div",
        { class: "transport" },
        this.#button("back_10", "rewind", () => actions.skip(-10)),
        this.#button("step_back", "stepBack", () => actions.step(-1)),
        this.#play,
        this.#button("step_forward", "stepForward", () => actions.step(1)),
        this.#button("forward_10", "fastForward", () => actions.skip(10)),
        this.#speed,
      ),
      make(
        "div",
        { class: "when" },
        goTo,
        this.#button("live_edge", "radio", () => actions.edge(), true),
      ),
      make(
        "div",
        { class: "end" },
        this.#button("mark_in", "markIn", () => actions.mark("in"), "mark_in_word"),
        this.#button("mark_out", "markOut", () => actions.mark("out"), "mark_out_word"),
        this.#button("zoom_out", "zoomOut", () => actions.zoom(2)),
        this.#button("zoom_in", "zoomIn", () => actions.zoom(0.5)),
        ...snapshots,
        this.#button("full_screen", "maximize", () => actions.fullScreen()),
        ...last,
      ),
      this.#buildDialog(actions),
    );
  }

  show(facts: ControlFacts): void {
    const key: TextKey = facts.isPlaying ? "pause" : "play";
    if (this.#play.dataset.shows !== key) {
      this.#play.dataset.shows = key;
      this.#play.replaceChildren(icon(key));
      this.#play.setAttribute("aria-label", this.#say(key));
    }
    this.#play.toggleAttribute("data-waiting", facts.isWaiting);
    this.element.setAttribute("aria-busy", String(facts.isWaiting));
    this.#play.title = this.#say(facts.isWaiting ? "loading" : key);
    this.#speed.value = String(Math.abs(facts.speed));
    this.#time.textContent = facts.speed < 0 ? `${facts.time} ${speedText(facts.speed)}` : facts.time;
  }

  /** What the dialog starts from. */
  setMoment(us: number, zone: string): void {
    this.#zone = zone;
    if (!this.#dialog.open) {
      this.#input.value = localInputValue(us, zone);
    }
  }

  ask(): void {
    this.#dialog.showModal();
  }

  #buildDialog(actions: PlayerActions): HTMLElement {
    const say = this.#say;
    const form = make(
      "form",
      { method: "dialog" },
      make("label", {}, say("go_to"), this.#input),
      make(
        "div",
        { class: "row" },
        make("button", { type: "button", onclick: () => this.#dialog.close() }, say("cancel")),
        make("button", { type: "submit", class: "main" }, say("go")),
      ),
    );
    form.addEventListener("submit", () => {
      const us = usOfLocalInput(this.#input.value, this.#zone);
      if (us !== null) {
        actions.goTo(us);
      }
    });
    this.#dialog.setAttribute("aria-label", say("go_to"));
    this.#dialog.append(form);
    return this.#dialog;
  }

  /** With its word beside the icon, or another one that is shorter. */
  #button(key: TextKey, name: IconName, action: () => void, word: boolean | TextKey = false): HTMLButtonElement {
    const text = this.#say(key);
    const button = make("button", { type: "button", "aria-label": text, title: text, onclick: action }, icon(name));
    if (word !== false) {
      button.append(make("span", {}, word === true ? text : this.#say(word)));
    }
    return button;
  }
}
