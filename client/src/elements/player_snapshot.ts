/** One picture of the player, with camera, time and viewer written into it, as a file or on the clipboard. */

import type { PlaybackTile } from "../players/playback_tile";
import type { Say } from "../texts";
import { make } from "./dom";
import type { CameraConfig } from "./page_config";
import type { PlayerStage } from "./player_stage";

export async function takeSnapshot(
  stage: PlayerStage,
  tile: PlaybackTile,
  us: number,
  facts: string,
  target: "file" | "clipboard",
  say: Say,
): Promise<void> {
  const { id, name } = tile.address.camera as CameraConfig;
  const picture = await stage.snapshot(tile, `${name} · ${facts}`);
  if (picture === null) {
    return;
  }
  if (target === "clipboard") {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
    stage.tell(say("copied"));
    return;
  }
  const url = URL.createObjectURL(picture);
  const stamp = new Date(us / 1000).toISOString().replaceAll(":", "-");
  make("a", { href: url, download: `${id}-${stamp}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
