/**
 * Reads the boxes of fragmented MP4 that the recorder sends (ISO 14496-12): init segments, `prft` and fragments.
 * Reads only; what it does not know it steps over, what does not fit throws `BoxesBroken`.
 */

export class BoxesBroken extends Error {}

export interface Box {
  readonly type: string;
  /** First byte of the box, its body, and the byte after it. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** A sample of the video track, its bytes a view into the unit. */
export interface Sample {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  /** Decode time and presentation time in the track's timescale, counted as `tfdt` counts. */
  readonly dts: number;
  readonly pts: number;
  readonly duration: number;
}

export interface Unit {
  /** Wall time of the first decode time, microseconds; null when the unit has no `prft`. */
  readonly wallUs: number | null;
  /** `tfdt` of the video track. */
  readonly baseDts: number;
  readonly samples: Sample[];
}

export interface VideoInit {
  /** RFC 6381 name such as `avc1.4d401e`. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly timescale: number;
  readonly trackId: number;
  /** Body of `avcC`/`hvcC`, what a `VideoDecoder` calls its description. */
  readonly description: Uint8Array;
  readonly hasAudio: boolean;
}

const NTP_TO_UNIX_S = 2_208_988_800;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function typeAt(view: DataView, at: number): string {
  const word = view.getUint32(at);
  return String.fromCharCode(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
}

/** The boxes between two offsets. */
export function* boxesIn(view: DataView, from = 0, to = view.byteLength): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    let size = view.getUint32(at);
    let header = 8;
    if (size === 1 && at + 16 <= to) {
      size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
      header = 16;
    } else if (size === 0) {
      size = to - at;
    }
    if (size < header || at + size > to) {
      throw new BoxesBroken(`box at ${at} claims ${size} bytes`);
    }
    yield { type: typeAt(view, at + 4), start: at, body: at + header, end: at + size };
    at += size;
  }
}

function child(view: DataView, parent: Box | null, type: string, skip = 0): Box | null {
  const from = parent === null ? 0 : parent.body + skip;
  const to = parent === null ? view.byteLength : parent.end;
  for (const box of boxesIn(view, from, to)) {
    if (box.type === type) {
      return box;
    }
  }
  return null;
}

function path(view: DataView, from: Box | null, ...types: string[]): Box | null {
  let box = from;
  for (const type of types) {
    box = child(view, box, type);
    if (box === null) {
      return null;
    }
  }
  return box;
}

/** Whether two init segments (or any bytes) are the same. */
export function sameBytes(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((byte, at) => byte === second[at]);
}

/** What the payload's first box says it is (docs/design/http.md, payload framing). */
export function payloadKind(payload: Uint8Array): "init" | "unit" | "unknown" {
  if (payload.length < 8) {
    return "unknown";
  }
  const type = typeAt(viewOf(payload), 4);
  if (type === "ftyp") {
    return "init";
  }
  return type === "prft" || type === "moof" || type === "styp" ? "unit" : "unknown";
}

/** Wall time of a `prft` box in microseconds (ISO 14496-12 §8.16.5, NTP 32.32). */
function wallOfPrft(view: DataView, box: Box): number {
  const seconds = view.getUint32(box.body + 8) - NTP_TO_UNIX_S;
  return seconds * 1_000_000 + Math.round((view.getUint32(box.body + 12) * 1_000_000) / 2 ** 32);
}

/** The video track that an init segment describes. */
export function parseInit(bytes: Uint8Array): VideoInit {
  const view = viewOf(bytes);
  const moov = child(view, null, "moov");
  if (moov === null) {
    throw new BoxesBroken("no moov");
  }
  let video: Omit<VideoInit, "hasAudio"> | null = null;
  let hasAudio = false;
  for (const trak of boxesIn(view, moov.body, moov.end)) {
    if (trak.type === "trak") {
      const handler = path(view, trak, "mdia", "hdlr");
      const kind = handler === null ? "" : typeAt(view, handler.body + 8);
      hasAudio ||= kind === "soun";
      video ??= kind === "vide" ? videoTrack(view, bytes, trak) : null;
    }
  }
  if (video === null) {
    throw new BoxesBroken("no video track");
  }
  return { ...video, hasAudio };
}

function videoTrack(view: DataView, bytes: Uint8Array, trak: Box): Omit<VideoInit, "hasAudio"> {
  const tkhd = child(view, trak, "tkhd");
  const mdhd = path(view, trak, "mdia", "mdhd");
  const stsd = path(view, trak, "mdia", "minf", "stbl", "stsd");
  if (tkhd === null || mdhd === null || stsd === null) {
    throw new BoxesBroken("video track without tkhd, mdhd or stsd");
  }
  const entry = [...boxesIn(view, stsd.body + 8, stsd.end)][0];
  if (entry === undefined) {
    throw new BoxesBroken("no sample entry");
  }
  // VisualSampleEntry: 78 bytes of fixed fields before its boxes (§12.1.3).
  const configuration = child(view, entry, "avcC", 78) ?? child(view, entry, "hvcC", 78);
  if (configuration === null) {
    throw new BoxesBroken(`a sample entry ${entry.type} without parameter sets`);
  }
  const description = bytes.slice(configuration.body, configuration.end);
  const tkhdIsLong = view.getUint8(tkhd.body) === 1;
  const mdhdIsLong = view.getUint8(mdhd.body) === 1;
  return {
    codec: configuration.type === "avcC" ? avcName(entry.type, description) : hevcName(entry.type, description),
    width: view.getUint16(entry.body + 24),
    height: view.getUint16(entry.body + 26),
    timescale: view.getUint32(mdhd.body + (mdhdIsLong ? 20 : 12)),
    trackId: view.getUint32(tkhd.body + (tkhdIsLong ? 20 : 12)),
    description,
  };
}

/** `avc1.PPCCLL` (RFC 6381 §3.3). */
function avcName(entry: string, avcc: Uint8Array): string {
  const hex = [1, 2, 3].map((at) => (avcc[at] ?? 0).toString(16).padStart(2, "0"));
  return `${entry}.${hex.join("")}`;
}

/** `hvc1.<profile>.<compatibility>.<tier><level>.<constraints>` (ISO 14496-15 annex E). */
function hevcName(entry: string, hvcc: Uint8Array): string {
  const view = viewOf(hvcc);
  const first = view.getUint8(1);
  const space = ["", "A", "B", "C"][first >>> 6] ?? "";
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) {
    compatibility |= ((view.getUint32(2) >>> bit) & 1) << (31 - bit);
  }
  const constraints = Array.from(hvcc.subarray(6, 12));
  while (constraints.length > 0 && constraints.at(-1) === 0) {
    constraints.pop();
  }
  const parts = [
    `${space}${first & 31}`,
    (compatibility >>> 0).toString(16).toUpperCase(),
    `${(first & 32) !== 0 ? "H" : "L"}${view.getUint8(12)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ];
  return `${entry}.${parts.join(".")}`;
}

/**
 * The video samples of a unit (`prft moof mdat …`). Boxes after `mdat` (the seal) are stepped over. Only the video
 * track is read; `trackId` 1 is the recorder's rule (docs/design/archive.md).
 */
export function parseUnit(bytes: Uint8Array, trackId = 1): Unit {
  return quickPicture(bytes, trackId) ?? anyUnit(bytes, trackId);
}

/** A picture's place in a live fragment is fixed, so its numbers are read without walking the boxes. */
function quickPicture(bytes: Uint8Array, trackId: number): Unit | null {
  const view = viewOf(bytes);
  // prft (32, version 1) + moof(8) mfhd(16) traf(8) tfhd(16) tfdt v1(20) trun(8 + 12 + 16) + mdat(8)
  if (bytes.length < 144 || view.getUint32(0) !== 32 || view.getUint32(4) !== 0x70726674) {
    return null;
  }
  const isLayout =
    view.getUint32(32) === 104 &&
    view.getUint32(36) === 0x6d6f6f66 &&
    view.getUint32(72) === 0x00020000 &&
    view.getUint32(64) === 16 &&
    view.getUint32(76) === trackId &&
    view.getUint32(84) === 0x74666474 &&
    view.getUint32(88) === 0x01000000 &&
    view.getUint32(100) === 36 + 0 &&
    (view.getUint32(108) & 0xffffff) === 0xf01 &&
    view.getUint32(112) === 1 &&
    view.getUint32(116) === 112;
  if (!isLayout) {
    return null;
  }
  const size = view.getUint32(124);
  if (144 + size > bytes.length || view.getUint32(136) !== size + 8) {
    return null;
  }
  const dts = view.getUint32(92) * 2 ** 32 + view.getUint32(96);
  const sample: Sample = {
    data: bytes.subarray(144, 144 + size),
    isKey: (view.getUint32(128) & 0x10000) === 0,
    dts,
    pts: dts + view.getInt32(132),
    duration: view.getUint32(120),
  };
  const prft: Box = { type: "prft", start: 0, body: 8, end: 32 };
  return { wallUs: wallOfPrft(view, prft), baseDts: dts, samples: [sample] };
}

function anyUnit(bytes: Uint8Array, trackId: number): Unit {
  const view = viewOf(bytes);
  let wallUs: number | null = null;
  let baseDts: number | null = null;
  const samples: Sample[] = [];
  for (const box of boxesIn(view)) {
    if (box.type === "prft") {
      wallUs ??= wallOfPrft(view, box);
    } else if (box.type === "moof") {
      for (const traf of boxesIn(view, box.body, box.end)) {
        if (traf.type === "traf") {
          const first = readTrackFragment(view, bytes, box, traf, trackId, samples);
          baseDts ??= first;
        }
      }
    }
  }
  if (baseDts === null) {
    throw new BoxesBroken("no fragment of the video track");
  }
  return { wallUs, baseDts, samples };
}

interface Defaults {
  duration: number;
  size: number;
  flags: number;
}

/** Adds the samples of one `traf` (§8.8.6 to §8.8.8); gives its `tfdt`, or null when it is another track's. */
function readTrackFragment(
  view: DataView,
  bytes: Uint8Array,
  moof: Box,
  traf: Box,
  trackId: number,
  samples: Sample[],
): number | null {
  const tfhd = child(view, traf, "tfhd");
  const tfdt = child(view, traf, "tfdt");
  if (tfhd === null || tfdt === null) {
    throw new BoxesBroken("traf without tfhd or tfdt");
  }
  if (view.getUint32(tfhd.body + 4) !== trackId) {
    return null;
  }
  const defaults = readDefaults(view, tfhd);
  const isLong = view.getUint8(tfdt.body) === 1;
  const base = isLong
    ? view.getUint32(tfdt.body + 4) * 2 ** 32 + view.getUint32(tfdt.body + 8)
    : view.getUint32(tfdt.body + 4);
  let dts = base;
  for (const box of boxesIn(view, traf.body, traf.end)) {
    if (box.type === "trun") {
      dts = readRun(view, bytes, moof, box, defaults, dts, samples);
    }
  }
  return base;
}

function readDefaults(view: DataView, tfhd: Box): Defaults {
  const flags = view.getUint32(tfhd.body) & 0xffffff;
  let at = tfhd.body + 8;
  at += (flags & 0x1) !== 0 ? 8 : 0;
  at += (flags & 0x2) !== 0 ? 4 : 0;
  const next = (bit: number): number => {
    if ((flags & bit) === 0) {
      return 0;
    }
    at += 4;
    return view.getUint32(at - 4);
  };
  return { duration: next(0x8), size: next(0x10), flags: next(0x20) };
}

function readRun(
  view: DataView,
  bytes: Uint8Array,
  moof: Box,
  trun: Box,
  defaults: Defaults,
  firstDts: number,
  samples: Sample[],
): number {
  const flags = view.getUint32(trun.body) & 0xffffff;
  const isSigned = view.getUint8(trun.body) === 1;
  const count = view.getUint32(trun.body + 4);
  let at = trun.body + 8;
  const next = (bit: number, otherwise: number): number => {
    if ((flags & bit) === 0) {
      return otherwise;
    }
    at += 4;
    return view.getUint32(at - 4);
  };
  let offset = moof.start + (next(0x1, 0) | 0);
  const firstFlags = next(0x4, -1);
  let dts = firstDts;
  for (let number = 0; number < count; number++) {
    const duration = next(0x100, defaults.duration);
    const size = next(0x200, defaults.size);
    const own = next(0x400, number === 0 && firstFlags >= 0 ? firstFlags : defaults.flags);
    const shift = next(0x800, 0);
    if (at > trun.end || offset + size > bytes.length) {
      throw new BoxesBroken("a sample lies outside its unit");
    }
    const data = bytes.subarray(offset, offset + size);
    const pts = dts + (isSigned ? shift | 0 : shift);
    samples.push({ data, isKey: (own & 0x10000) === 0, dts, pts, duration });
    offset += size;
    dts += duration;
  }
  return dts;
}
