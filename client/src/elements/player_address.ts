/** The address of the review page: it leads back to what is shown, and to the marked range. */

import { type Marks, rangeOf } from "../core/marks";

/** Write what is shown into the address, without a step in the history. */
export function rememberAddress(cameras: readonly string[], atUs: number, marks: Marks): void {
  const url = new URL(location.href);
  url.searchParams.delete("camera");
  for (const camera of cameras) {
    url.searchParams.append("camera", camera);
  }
  url.searchParams.set("at", String(Math.round(atUs)));
  const range = rangeOf(marks);
  for (const [name, us] of [
    ["in", range?.fromUs],
    ["out", range?.toUs],
  ] as const) {
    if (us === undefined) {
      url.searchParams.delete(name);
    } else {
      url.searchParams.set(name, String(us));
    }
  }
  history.replaceState(history.state, "", url);
}

/** The address that opens at the beginning of the range; false where the browser lets nobody copy (plain http). */
export async function copyRangeAddress(cameras: readonly string[], marks: Marks): Promise<boolean> {
  const range = rangeOf(marks);
  if (range === null) {
    return false;
  }
  rememberAddress(cameras, range.fromUs, marks);
  try {
    await navigator.clipboard.writeText(location.href);
    return true;
  } catch {
    return false;
  }
}
