/** What the keys do in the player, as at an editing desk. */

import { faster, slower } from "../core/speeds";
import type { TextKey } from "../texts";
import { isOnControl, isTyping } from "./dom";
import type { PlayerActions } from "./player_controls";

export interface PlayerKeyActions extends PlayerActions {
  readonly speed: number;
  pause(): void;
  shuttle(direction: 1 | -1): void;
  ask(): void;
  help(): void;
  showCount(count: number): void;
}

/** As the sheet of keys lists them. */
export const PLAYER_KEYS: readonly (readonly [string, TextKey])[] = [
  ["Space", "key_play"],
  ["J K L", "key_shuttle"],
  ["← →", "key_step"],
  [", .", "key_speed"],
  ["G", "go_to"],
  ["E", "live_edge"],
  ["I O", "key_marks"],
  ["X", "marks_clear"],
  ["+ −", "key_zoom"],
  ["1 … 9", "key_count"],
  ["F", "full_screen"],
  ["?", "keys"],
];

export function playerKeys(player: PlayerKeyActions, mostCameras: number): (event: KeyboardEvent) => void {
  const actions: Record<string, () => void> = {
    " ": () => player.toggle(),
    k: () => player.pause(),
    j: () => player.shuttle(-1),
    l: () => player.shuttle(1),
    arrowleft: () => player.step(-1),
    arrowright: () => player.step(1),
    i: () => player.mark("in"),
    o: () => player.mark("out"),
    x: () => player.mark(null),
    g: () => player.ask(),
    e: () => player.edge(),
    f: () => player.fullScreen(),
    ",": () => player.setSpeed(slower(Math.abs(player.speed))),
    ".": () => player.setSpeed(faster(Math.abs(player.speed))),
    "+": () => player.zoom(0.5),
    "-": () => player.zoom(2),
    "?": () => player.help(),
  };
  const actionOf = (event: KeyboardEvent): (() => void) | undefined => {
    const count = Number(event.key);
    if (count >= 1 && count <= mostCameras) {
      return () => player.showCount(count);
    }
    return event.key === " " && isOnControl(event) ? undefined : actions[event.key.toLowerCase()];
  };
  return (event) => {
    const action = event.defaultPrevented || isTyping(event) ? undefined : actionOf(event);
    if (action !== undefined) {
      action();
      event.preventDefault();
    }
  };
}
