/** The list from which cameras are chosen to be played together. */

import type { Say } from "../texts";
import { make } from "./dom";
import { icon } from "./icons";
import { type CameraConfig, cameraKey } from "./page_config";

export class CameraPicker {
  readonly element: HTMLElement;
  readonly #boxes = new Map<string, HTMLInputElement>();
  readonly #most: number;
  #order: string[] = [];

  constructor(say: Say, cameras: readonly CameraConfig[], most: number, onChange: (keys: string[]) => void) {
    this.#most = most;
    const list = make("div", { role: "group", "aria-label": say("choose_cameras") });
    for (const camera of cameras) {
      const key = cameraKey(camera);
      const box = make("input", { type: "checkbox", value: key });
      box.addEventListener("change", () => {
        const others = this.#order.filter((one) => one !== key);
        onChange(box.checked ? [...others, key] : others);
      });
      this.#boxes.set(key, box);
      list.append(make("label", {}, box, camera.name));
    }
    list.append(make("small", {}, say("cameras_most", { count: most })));
    this.element = make("details", {}, make("summary", {}, icon("grid2"), say("choose_cameras")), list);
  }

  /** Tick what is chosen; the last one cannot be taken away, and no more than allowed added. */
  show(selected: readonly string[]): void {
    this.#order = [...selected];
    for (const [key, box] of this.#boxes) {
      box.checked = selected.includes(key);
      box.disabled = box.checked ? selected.length === 1 : selected.length >= this.#most;
    }
  }
}
