/** Makes boxes for tests, after ISO 14496-12, so that the reader is tested against the text and not against itself. */

export function box(type: string, ...parts: (Uint8Array | number[])[]): Uint8Array {
  const body = parts.flatMap((part) => Array.from(part));
  const bytes = new Uint8Array(8 + body.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  for (let at = 0; at < 4; at++) {
    bytes[4 + at] = type.charCodeAt(at);
  }
  bytes.set(body, 8);
  return bytes;
}

export function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}

export function u32(value: number): number[] {
  return [...u16((value >>> 16) & 0xffff), ...u16(value & 0xffff)];
}

export function u64(value: number): number[] {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];
}

export function prft(wallUs: number, mediaTime: number): Uint8Array {
  const fraction = Math.round(((wallUs % 1_000_000) / 1_000_000) * 2 ** 32);
  const seconds = Math.floor(wallUs / 1_000_000) + 2_208_988_800;
  return box("prft", [1, 0, 0, 0], u32(1), u32(seconds), u32(fraction), u64(mediaTime));
}

export interface TestSample {
  readonly data: number[];
  readonly duration: number;
  readonly isKey: boolean;
  readonly shift?: number;
}

function traf(track: number, base: number, samples: readonly TestSample[], offset: number): Uint8Array {
  const runs = samples.flatMap((one) => [
    ...u32(one.duration),
    ...u32(one.data.length),
    ...u32(one.isKey ? 0x02000000 : 0x01010000),
    ...u32((one.shift ?? 0) >>> 0),
  ]);
  return box(
    "traf",
    box("tfhd", [0, 2, 0, 0], u32(track)),
    box("tfdt", [1, 0, 0, 0], u64(base)),
    box("trun", [1, 0, 0x0f, 1], u32(samples.length), u32(offset), runs),
  );
}

/** `moof` and `mdat` with a run a track, the data of the first track first. */
export function fragment(tracks: readonly { id: number; base: number; samples: readonly TestSample[] }[]): Uint8Array {
  const make = (offsets: number[]): Uint8Array =>
    box(
      "moof",
      box("mfhd", [0, 0, 0, 0], u32(1)),
      ...tracks.map(({ id, base, samples }, at) => traf(id, base, samples, offsets[at] ?? 0)),
    );
  const headerBytes = make([]).length + 8;
  let offset = headerBytes;
  const offsets = tracks.map(({ samples }) => {
    const start = offset;
    offset += samples.reduce((sum, one) => sum + one.data.length, 0);
    return start;
  });
  const data = tracks.flatMap(({ samples }) => samples.flatMap((one) => one.data));
  const [moof, mdat] = [make(offsets), box("mdat", data)];
  const whole = new Uint8Array(moof.length + mdat.length);
  whole.set(moof);
  whole.set(mdat, moof.length);
  return whole;
}

function trak(id: number, handler: string, timescale: number, entry: Uint8Array): Uint8Array {
  return box(
    "trak",
    box("tkhd", [0, 0, 0, 7], u32(0), u32(0), u32(id), new Uint8Array(64)),
    box(
      "mdia",
      box("mdhd", [0, 0, 0, 0], u32(0), u32(0), u32(timescale), u32(0), u32(0)),
      box(
        "hdlr",
        [0, 0, 0, 0],
        u32(0),
        [...handler].map((letter) => letter.charCodeAt(0)),
        new Uint8Array(13),
      ),
      box("minf", box("stbl", box("stsd", [0, 0, 0, 0], u32(1), entry))),
    ),
  );
}

export function visualEntry(type: string, width: number, height: number, configuration: Uint8Array): Uint8Array {
  const fixed = new Uint8Array(78);
  fixed.set(u16(width), 24);
  fixed.set(u16(height), 26);
  return box(type, fixed, configuration);
}

export function initSegment(entry: Uint8Array, hasAudio: boolean): Uint8Array {
  const trex = (id: number): Uint8Array => box("trex", [0, 0, 0, 0], u32(id), new Uint8Array(16));
  const tracks = [trak(1, "vide", 90_000, entry)];
  const extends_ = [trex(1)];
  if (hasAudio) {
    tracks.push(trak(2, "soun", 8000, box("mp4a", new Uint8Array(28))));
    extends_.push(trex(2));
  }
  const moov = box("moov", box("mvhd", new Uint8Array(100)), ...tracks, box("mvex", ...extends_));
  const ftyp = box("ftyp", [105, 115, 111, 54], u32(1));
  const whole = new Uint8Array(ftyp.length + moov.length);
  whole.set(ftyp);
  whole.set(moov, ftyp.length);
  return whole;
}

export const AVCC = box("avcC", [1, 0x4d, 0x40, 0x1e, 255, 225, 0, 0, 1, 0, 0]);
