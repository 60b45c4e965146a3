/** What the keys do on the wall. On the document: a guard's one hand on the keyboard should not have to find the wall first. */

import { LAYOUTS } from "../core/layouts";
import type { TextKey } from "../texts";
import { isOnControl, isTyping } from "./dom";

export interface WallKeyActions {
  readonly isHolding: boolean;
  move(dx: number, dy: number): void;
  toggleEnlarged(): void;
  enlarge(camera: null): void;
  choose(layout: string): void;
  turn(pages: number): void;
  toggleFullScreen(): void;
  toggleTour(): void;
  replayFocused(): void;
  grabFocused(): void;
  putDown(): void;
  help(): void;
}

/** As the sheet of keys lists them. */
export const WALL_KEYS: readonly (readonly [string, TextKey])[] = [
  ["← → ↑ ↓", "key_choose"],
  ["Enter", "enlarge"],
  ["Esc", "shrink"],
  ["B", "replay"],
  ["M", "key_move"],
  ["1 … 6", "layout"],
  ["0", "layout_all"],
  ["PgUp PgDn", "key_page"],
  ["T", "tour"],
  ["F", "full_screen"],
  ["?", "keys"],
];

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function wallKeys(wall: WallKeyActions): (event: KeyboardEvent) => void {
  const actions: Record<string, () => void> = {
    Enter: () => wall.toggleEnlarged(),
    Escape: () => wall.enlarge(null),
    f: () => wall.toggleFullScreen(),
    t: () => wall.toggleTour(),
    b: () => wall.replayFocused(),
    m: () => wall.grabFocused(),
    "0": () => wall.choose("all"),
    PageDown: () => wall.turn(1),
    PageUp: () => wall.turn(-1),
    "?": () => wall.help(),
  };
  const actionOf = (event: KeyboardEvent): (() => void) | undefined => {
    const isFree = !isOnControl(event);
    const arrow = ARROWS[event.key];
    const layout = LAYOUTS[Number(event.key) - 1];
    if (wall.isHolding && ["Enter", "Escape", "m", " "].includes(event.key)) {
      return () => wall.putDown();
    }
    if (arrow !== undefined && isFree) {
      return () => wall.move(...arrow);
    }
    if (layout !== undefined) {
      return () => wall.choose(layout.name);
    }
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return event.key === "Enter" && !isFree ? undefined : actions[name];
  };
  return (event) => {
    const action = event.defaultPrevented || isTyping(event) ? undefined : actionOf(event);
    if (action !== undefined) {
      action();
      event.preventDefault();
    }
  };
}
