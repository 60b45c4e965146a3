"""What is written is read back by us and by another reader, sample by sample."""

from __future__ import annotations

import io

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.isobmff import (
    BoxInvalid,
    ReferenceTime,
    Sample,
    TrackRun,
    fragment_header,
    init_segment,
    parse_moof,
    parse_prft,
    picture_fragment,
    prft,
)
from nangmai.media.isobmff.boxes import box, find, full_box, walk
from nangmai.media.isobmff.movie import parse_init
from unit.media.clips import Codec
from unit.media.isobmff.movies import AUDIO, movie, pictures_of, samples_of

samples = st.lists(
    st.builds(
        Sample,
        st.integers(0, 1 << 20),
        st.integers(0, 0xFFFFFFFF),
        st.integers(-(1 << 31), (1 << 31) - 1),
        st.booleans(),
    ),
    max_size=20,
)
plain = st.lists(
    st.builds(lambda size, duration: Sample(size, duration, 0, True), st.integers(0, 4000), st.integers(0, 4000))
)
whole_u64 = st.integers(0, (1 << 64) - 1)


@given(st.integers(0, 0xFFFFFFFF), whole_u64, samples, whole_u64, plain)
def test_a_fragment_header_says_what_it_was_given(
    sequence: int, video_time: int, video: list[Sample], audio_time: int, audio: list[Sample]
) -> None:
    header = fragment_header(sequence, TrackRun(video_time, video), TrackRun(audio_time, audio))
    moof = next(walk(header[:-8] + bytes(0)))
    found = parse_moof(header)
    assert found.sequence == sequence
    expected = [(1, video_time, tuple(video))] if video else []
    expected += [(2, audio_time, tuple(audio))] if audio else []
    assert [(run.track, run.base_decode_time, run.samples) for run in found.runs] == expected
    offset = moof.end + 8
    for run in found.runs:
        assert run.data_offset == offset
        offset += run.size
    assert header[moof.end :] == (offset - moof.end).to_bytes(4, "big") + b"mdat"


@given(
    st.integers(0, 0xFFFFFFFF),
    whole_u64,
    st.integers(0, 0xFFFFFFFF),
    st.integers(-(1 << 31), (1 << 31) - 1),
    st.booleans(),
    st.integers(0, 0xFFFFFF00),
)
def test_a_one_picture_fragment_is_the_same_as_a_general_one(
    sequence: int, time: int, duration: int, offset: int, is_key: bool, size: int
) -> None:
    quick = picture_fragment(sequence, time, duration, offset, is_key, size)
    assert quick == fragment_header(sequence, TrackRun(time, [Sample(size, duration, offset, is_key)]), None)


@given(st.integers(0, 4_000_000_000_000_000), whole_u64, st.integers(0, 0xFFFFFFFF))
def test_a_reference_time_comes_back(wall_us: int, media_time: int, track: int) -> None:
    made = prft(wall_us, media_time, track)
    assert len(made) == 32
    assert parse_prft(made[8:]) == ReferenceTime(track, wall_us, media_time)


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("audio", [False, True])
def test_another_reader_finds_the_same_samples_and_times(codec: Codec, b_frames: int, audio: bool) -> None:
    pictures = pictures_of(codec, b_frames)
    times, expected = samples_of(pictures)
    data = b"".join(movie(pictures, audio=audio))
    with av.open(io.BytesIO(data)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert [bytes(packet) for packet in packets] == [picture.data for picture in pictures]
        assert [(p.dts, p.pts) for p in packets] == [
            (time, time + sample.cts_offset) for time, sample in zip(times, expected, strict=True)
        ]
        assert [packet.is_keyframe for packet in packets] == [picture.is_key for picture in pictures]
    with av.open(io.BytesIO(data)) as container:
        shown = list(container.decode(video=0))
        assert len(shown) == len(pictures)
        assert sorted(frame.pts for frame in shown) == [frame.pts for frame in shown]
    if audio:
        with av.open(io.BytesIO(data)) as container:
            assert sum(frame.samples for frame in container.decode(audio=0)) == 320 * len(pictures)


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_one_picture_fragments_play(codec: Codec) -> None:
    pictures = pictures_of(codec, 2)
    times, expected = samples_of(pictures)
    assert pictures[0].parameters is not None
    data = init_segment(pictures[0].parameters, None)
    for number, (picture, time, sample) in enumerate(zip(pictures, times, expected, strict=True), 1):
        data += picture_fragment(number, time, sample.duration, sample.cts_offset, sample.is_key, sample.size)
        data += picture.data
    with av.open(io.BytesIO(data)) as container:
        assert len(list(container.decode(video=0))) == len(pictures)


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_parameters_come_back_from_an_init_segment(codec: Codec, b_frames: int) -> None:
    parameters = pictures_of(codec, b_frames)[0].parameters
    for audio in (None, AUDIO):
        assert parse_init(init_segment(parameters, audio)) == (parameters, audio)


def test_an_init_segment_declares_no_duration() -> None:
    init = init_segment(pictures_of("h264")[0].parameters, AUDIO)
    header = find(init, b"moov/mvhd")
    assert header is not None
    assert init[header.payload + 24 : header.payload + 32] == bytes(8)
    assert b"mehd" not in init


# --- what others may have written ---


def test_defaults_and_first_sample_flags_of_other_muxers_are_understood() -> None:
    tfhd = full_box(b"tfhd", 0, 0x02003A, *(n.to_bytes(4, "big") for n in (7, 1, 512, 33, 0x01010000)))
    tfdt = full_box(b"tfdt", 0, 0, (90).to_bytes(4, "big"))
    trun = full_box(b"trun", 0, 0x000005, *(n.to_bytes(4, "big") for n in (3, 100, 0x02000000)))
    moof = box(b"moof", full_box(b"mfhd", 0, 0, b"\0\0\0\1"), box(b"traf", tfhd, tfdt, trun, trun[:-4] + b"\2\0\0\0"))
    (run,) = parse_moof(moof).runs
    assert (run.track, run.base_decode_time, run.data_offset, run.duration) == (7, 90, 100, 6 * 512)
    assert [sample.is_key for sample in run.samples] == [True, False, False] * 2
    assert {sample.size for sample in run.samples} == {33}


def test_a_run_that_claims_more_samples_than_it_has_bytes_for_is_refused() -> None:
    for flags, count in ((0x000200, 5), (0, 1 << 31)):
        trun = full_box(b"trun", 0, flags, count.to_bytes(4, "big"))
        moof = box(b"moof", box(b"traf", full_box(b"tfhd", 0, 0, b"\0\0\0\1"), trun))
        with pytest.raises(BoxInvalid, match="claims"):
            parse_moof(moof)


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0\x07moof", b"\0\0\0\x10mooffree", box(b"free"), b"\0\0\0\1moof", b"\0\0\0"]
)
def test_what_is_no_moof_is_refused(data: bytes) -> None:
    with pytest.raises(BoxInvalid):
        parse_moof(data)


def test_an_init_segment_without_its_parts_is_refused() -> None:
    with pytest.raises(BoxInvalid, match="no moov"):
        parse_init(box(b"ftyp", b"isom"))
    assert parse_init(box(b"moov", box(b"trak"))) == (None, None)
    whole = init_segment(pictures_of("h265")[0].parameters, None)
    with pytest.raises(BoxInvalid, match="without hvcC"):
        parse_init(whole.replace(b"hvcC", b"free"))
