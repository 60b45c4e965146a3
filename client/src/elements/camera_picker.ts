/** The list from which cameras are chosen to be played together. */

import type { Say } from "../texts";
import { make } from "./dom";
import { icon } from "./icons";
import { type CameraConfig, cameraKey } from "./page_config";

/** A list longer than this can be searched. */
const LONG = 12;

export class CameraPicker {
  readonly element: HTMLElement;
  readonly #boxes = new Map<string, HTMLInputElement>();
  readonly #most: number;
  #order: string[] = [];

  constructor(say: Say, cameras: readonly CameraConfig[], most: number, onChange: (keys: string[]) => void) {
    this.#most = most;
    const list = make("div", { class: "list", role: "group", "aria-label": say("choose_cameras") });
    for (const camera of cameras) {
      const key = cameraKey(camera);
      const box = make("input", { type: "checkbox", value: key });
      box.addEventListener("change", () => {
        const others = this.#order.filter((one) => one !== key);
        onChange(box.checked ? [...others, key] : others);
      });
      this.#boxes.set(key, box);
      list.append(make("label", {}, box, camera.name, make("span", {}, camera.area ?? "")));
    }
    const search = cameras.length > LONG ? [this.#makeSearch(say, list)] : [];
    const sheet = make("div", {}, make("small", {}, say("cameras_most", { count: most })), ...search, list);
    const summary = make("summary", {}, icon("grid2"), say("choose_cameras"));
    this.element = make("details", {}, summary, sheet);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.element.hasAttribute("open")) {
        this.element.removeAttribute("open");
        summary.focus();
      }
    });
  }

  /** Tick what is chosen; the last one cannot be taken away, and no more than allowed added. */
  show(selected: readonly string[]): void {
    this.#order = [...selected];
    for (const [key, box] of this.#boxes) {
      box.checked = selected.includes(key);
      box.disabled = box.checked ? selected.length === 1 : selected.length >= this.#most;
    }
  }

  #makeSearch(say: Say, list: HTMLElement): HTMLElement {
    const text = say("find_camera");
    const search = make("input", { type: "search", placeholder: text, "aria-label": text });
    search.addEventListener("input", () => {
      const wanted = plain(search.value);
      for (const label of list.querySelectorAll("label")) {
        label.hidden = !plain(label.textContent ?? "").includes(wanted);
      }
    });
    return search;
  }
}

/** Without accents: nobody should have to type `Cổng chính` to find it. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}
