/** The bar of the wall: layouts, pages, tour, full screen, and the one clock. */

import type { Layout } from "../core/layouts";
import type { Say } from "../texts";
import { make } from "./dom";
import { icon } from "./icons";

export interface WallActions {
  choose(layout: string): void;
  turn(pages: number): void;
  toggleTour(): void;
  toggleFullScreen(): void;
}

export interface WallFacts {
  layout?: string;
  page?: number;
  pages?: number;
  time?: string;
  isTouring?: boolean;
  isFullScreen?: boolean;
}

export class WallBar {
  readonly element: HTMLElement;
  readonly #say: Say;
  readonly #layouts = new Map<string, HTMLButtonElement>();
  readonly #pages: HTMLElement;
  readonly #pageText = make("span");
  readonly #time = make("time");
  readonly #tour: HTMLButtonElement;
  readonly #full: HTMLButtonElement;

  constructor(actions: WallActions, say: Say, layouts: readonly Layout[], keys: HTMLElement) {
    this.#say = say;
    const group = make("div", { class: "group", role: "group", "aria-label": say("layout") });
    for (const { name, places } of layouts) {
      const label =
        name === "1"
          ? say("layout_one")
          : name === "1+5"
            ? say("layout_one_plus_five")
            : say("layout_grid", { count: places.length });
      group.append(this.#layoutButton(name, label, name, actions));
    }
    group.append(this.#layoutButton("all", say("layout_all"), icon("grid3"), actions));
    const turn = (pages: number, text: string, name: "chevronLeft" | "chevronRight"): HTMLElement =>
      make(
        "button",
        { type: "button", "aria-label": text, title: text, onclick: () => actions.turn(pages) },
        icon(name),
      );
    this.#pages = make(
      "div",
      { class: "group" },
      turn(-1, say("previous_page"), "chevronLeft"),
      this.#pageText,
      turn(1, say("next_page"), "chevronRight"),
    );
    this.#pageText.style.alignSelf = "center";
    this.#tour = make("button", { type: "button", "aria-pressed": "false", onclick: () => actions.toggleTour() });
    this.#tour.append(icon("repeat"), say("tour"));
    this.#full = make("button", { type: "button", onclick: () => actions.toggleFullScreen() });
    this.element = make("div", { class: "bar" }, group, this.#pages, this.#tour, this.#full, keys, this.#time);
    this.show({ isFullScreen: false });
  }

  /** Bring the bar up to date with what has changed. */
  show(facts: WallFacts): void {
    if (facts.layout !== undefined) {
      for (const [name, button] of this.#layouts) {
        button.setAttribute("aria-pressed", String(name === facts.layout));
      }
    }
    this.#showPages(facts);
    if (facts.time !== undefined) {
      this.#time.textContent = facts.time;
    }
    if (facts.isTouring !== undefined) {
      this.#tour.setAttribute("aria-pressed", String(facts.isTouring));
      this.#tour.replaceChildren(icon("repeat"), this.#say(facts.isTouring ? "tour_stop" : "tour"));
    }
    if (facts.isFullScreen !== undefined) {
      const text = this.#say(facts.isFullScreen ? "full_screen_leave" : "full_screen");
      this.#full.replaceChildren(icon(facts.isFullScreen ? "minimize" : "maximize"));
      this.#full.setAttribute("aria-label", text);
      this.#full.title = text;
    }
  }

  #layoutButton(name: string, label: string, face: Node | string, actions: WallActions): HTMLButtonElement {
    const attributes = { type: "button", "aria-label": label, title: label, onclick: () => actions.choose(name) };
    const button = make("button", attributes, face);
    this.#layouts.set(name, button);
    return button;
  }

  #showPages({ page, pages }: WallFacts): void {
    if (page !== undefined && pages !== undefined) {
      const display = pages < 2 ? "none" : "";
      this.#pages.style.display = display;
      this.#tour.style.display = display;
      this.#pageText.textContent = this.#say("page_of", { page: page + 1, pages });
    }
  }
}
