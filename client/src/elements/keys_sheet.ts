/** The keys of a screen, as a button and a dialog: what nobody can see nobody uses. */

import type { Say, TextKey } from "../texts";
import { make } from "./dom";
import { icon } from "./icons";

export class KeysSheet {
  readonly button: HTMLButtonElement;
  readonly dialog: HTMLDialogElement;

  constructor(say: Say, keys: readonly (readonly [string, TextKey])[]) {
    const title = say("keys");
    const face = {
      type: "button",
      class: "keys",
      "aria-label": title,
      title: `${title} (?)`,
      onclick: () => this.open(),
    };
    this.button = make("button", face, icon("keyboard"));
    const rows = keys.map(([key, text]) =>
      make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, say(text))),
    );
    const close = make("button", { type: "submit" }, say("close"));
    this.dialog = make(
      "dialog",
      { class: "keys-sheet", "aria-label": title },
      make("h2", {}, title),
      make("dl", {}, ...rows),
      make("form", { method: "dialog" }, close),
    );
  }

  open(): void {
    if (!this.dialog.open) {
      this.dialog.showModal();
    }
  }
}
