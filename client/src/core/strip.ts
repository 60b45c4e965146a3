/**
 * Takes the sound track out of init segments and units, for a browser that cannot decode it or a player that plays none:
 * the samples stay in `mdat`, but no `trak`, `trex` or `traf` names them any more.
 */

import { type Box, boxesIn, viewOf } from "./boxes";

type Keep = (box: Box, view: DataView) => boolean;

/** The init segment with only one track. */
export function initOfTrack(bytes: Uint8Array, trackId: number): Uint8Array {
  const ofTrack: Keep = (box, view) => {
    if (box.type === "trex") {
      return view.getUint32(box.body + 4) === trackId;
    }
    return box.type !== "trak" || trackOfTrak(view, box) === trackId;
  };
  return rewritten(bytes, new Set(["moov", "mvex"]), ofTrack, () => undefined);
}

/** The unit with only one track; the offset of its run follows what was taken out before the data. */
export function unitOfTrack(bytes: Uint8Array, trackId: number): Uint8Array {
  const ofTrack: Keep = (box, view) => {
    const tfhd =
      box.type === "traf" ? [...boxesIn(view, box.body, box.end)].find((one) => one.type === "tfhd") : undefined;
    return tfhd === undefined || view.getUint32(tfhd.body + 4) === trackId;
  };
  return rewritten(bytes, new Set(["moof"]), ofTrack, shiftRuns);
}

function trackOfTrak(view: DataView, trak: Box): number | null {
  for (const box of boxesIn(view, trak.body, trak.end)) {
    if (box.type === "tkhd") {
      return view.getUint32(box.body + (view.getUint8(box.body) === 1 ? 20 : 12));
    }
  }
  return null;
}

/** `data_offset` counts from the start of the `moof` (§8.8.8), which has become shorter. */
function shiftRuns(moof: Uint8Array, removed: number): void {
  const view = viewOf(moof);
  for (const traf of boxesIn(view, 8, moof.length)) {
    for (const box of traf.type === "traf" ? boxesIn(view, traf.body, traf.end) : []) {
      if (box.type === "trun" && (view.getUint32(box.body) & 1) !== 0) {
        view.setInt32(box.body + 8, view.getInt32(box.body + 8) - removed);
      }
    }
  }
}

function rewritten(
  bytes: Uint8Array,
  containers: ReadonlySet<string>,
  keep: Keep,
  mend: (container: Uint8Array, removed: number) => void,
): Uint8Array {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  for (const box of boxesIn(view)) {
    if (!keep(box, view)) {
      continue;
    }
    const whole = bytes.subarray(box.start, box.end);
    if (!containers.has(box.type)) {
      parts.push(whole);
      continue;
    }
    const inside = rewritten(bytes.subarray(box.body, box.end), containers, keep, mend);
    const container = new Uint8Array(8 + inside.length);
    container.set(whole.subarray(0, 8));
    container.set(inside, 8);
    viewOf(container).setUint32(0, container.length);
    if (container.length !== whole.length) {
      mend(container, whole.length - container.length);
    }
    parts.push(container);
  }
  return joined(parts);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
