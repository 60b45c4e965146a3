import { describe, expect, it } from "vitest";
import { AVCC, box, fragment, initSegment, prft, u32, visualEntry } from "./box_builder";
import { BoxesBroken, boxesIn, parseInit, parseUnit, payloadKind, viewOf } from "./boxes";
import { initOfTrack, joined, unitOfTrack } from "./strip";

const WALL_US = 1_790_000_000_123_456;

describe("init segments", () => {
  it("tell the codec, the size and the decoder's description", () => {
    const init = parseInit(initSegment(visualEntry("avc1", 640, 360, AVCC), false));
    expect(init).toMatchObject({ codec: "avc1.4d401e", width: 640, height: 360, timescale: 90_000, trackId: 1 });
    expect(Array.from(init.description.subarray(0, 4))).toEqual([1, 0x4d, 0x40, 0x1e]);
    expect(init.hasAudio).toBe(false);
  });

  it("name HEVC as RFC 6381 and ISO 14496-15 want it", () => {
    // general_profile_idc 1, main tier, compatibility flags 0x60000000, constraint byte 0xB0, level 153
    const hvcc = box("hvcC", [1, 1, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 153, 0xf0, 0]);
    expect(parseInit(initSegment(visualEntry("hvc1", 3840, 2160, hvcc), false)).codec).toBe("hvc1.1.6.L153.B0");
  });

  it("without a video track are refused", () => {
    expect(() => parseInit(box("ftyp", u32(0)))).toThrow(BoxesBroken);
  });
});

describe("units", () => {
  const picture = { data: [1, 2, 3, 4], duration: 6000, isKey: true, shift: 0 };
  const one = joined([prft(WALL_US, 900), fragment([{ id: 1, base: 2 ** 33, samples: [picture] }])]);

  it("of one picture are read with all their numbers", () => {
    const unit = parseUnit(one);
    expect(unit.wallUs).toBe(WALL_US);
    expect(unit.baseDts).toBe(2 ** 33);
    expect(unit.samples).toHaveLength(1);
    expect(unit.samples[0]).toMatchObject({ isKey: true, dts: 2 ** 33, pts: 2 ** 33, duration: 6000 });
    expect(Array.from(unit.samples[0]!.data)).toEqual([1, 2, 3, 4]);
  });

  it("of one picture read the same with and without the quick way", () => {
    const shifted = { ...picture, shift: -300, isKey: false };
    const bytes = joined([prft(WALL_US, 900), fragment([{ id: 1, base: 70_000, samples: [shifted] }])]);
    const quick = parseUnit(bytes);
    const walked = parseUnit(joined([box("styp", u32(0)), bytes]));
    expect({ ...quick, samples: quick.samples.map(({ data, ...rest }) => [Array.from(data), rest]) }).toEqual({
      ...walked,
      samples: walked.samples.map(({ data, ...rest }) => [Array.from(data), rest]),
    });
    expect(walked.samples[0]!.pts).toBe(69_700);
  });

  it("of several pictures give each its place and time, and step over the seal", () => {
    const samples = [picture, { data: [5], duration: 3000, isKey: false, shift: 3000 }];
    const bytes = joined([
      prft(WALL_US, 0),
      fragment([{ id: 1, base: 100, samples }]),
      box("uuid", new Uint8Array(40)),
    ]);
    const unit = parseUnit(bytes);
    expect(unit.samples.map((sample) => [sample.dts, sample.pts, sample.isKey, Array.from(sample.data)])).toEqual([
      [100, 100, true, [1, 2, 3, 4]],
      [6100, 9100, false, [5]],
    ]);
  });

  it("that claim more than they hold are refused", () => {
    expect(() => parseUnit(one.subarray(0, one.length - 2))).toThrow(BoxesBroken);
    const lying = one.slice();
    viewOf(lying).setUint32(124, 4000);
    expect(() => parseUnit(lying)).toThrow(BoxesBroken);
  });

  it("are told from init segments by their first box", () => {
    expect(payloadKind(one)).toBe("unit");
    expect(payloadKind(initSegment(visualEntry("avc1", 2, 2, AVCC), false))).toBe("init");
    expect(payloadKind(Uint8Array.of(1, 2, 3))).toBe("unknown");
  });
});

describe("taking the sound out", () => {
  const sound = { data: [9, 9, 9], duration: 160, isKey: true };
  const picture = { data: [1, 2], duration: 3000, isKey: true };

  it("leaves an init segment with one track", () => {
    const before = initSegment(visualEntry("avc1", 640, 360, AVCC), true);
    expect(parseInit(before).hasAudio).toBe(true);
    const after = initOfTrack(before, 1);
    expect(parseInit(after)).toMatchObject({ codec: "avc1.4d401e", hasAudio: false });
    expect(Buffer.from(after).includes("soun")).toBe(false);
    expect([...boxesIn(viewOf(after))].at(-1)!.end).toBe(after.length);
  });

  it("leaves the pictures of a unit where its run says they are, whichever track comes first", () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const tracks = order.map((id) => ({ id, base: 7, samples: [id === 1 ? picture : sound] }));
      const stripped = unitOfTrack(joined([prft(WALL_US, 7), fragment(tracks)]), 1);
      const unit = parseUnit(stripped);
      expect(Array.from(unit.samples[0]!.data)).toEqual([1, 2]);
      expect(parseUnit.bind(null, stripped, 2)).toThrow(BoxesBroken);
    }
  });
});
