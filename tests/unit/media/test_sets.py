"""Parameter sets say what the encoder was told, and come back from the boxes made of them."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import pytest

from nangmai.media.bits import BitstreamInvalid
from nangmai.media.h264_sets import H264Sets, parse_sps
from nangmai.media.h265_sets import H265Sets
from nangmai.media.isobmff import init_segment
from nangmai.media.picture import VideoParameters
from nangmai.media.sets import check_size, has_recovery_point, sprop_sets
from unit.media.clips import Codec, clip


def parameters(codec: Codec, **options: Any) -> VideoParameters:
    sets = H264Sets() if codec == "h264" else H265Sets()
    for nal in clip(codec, pictures=6, **options).pictures[0].nals:
        if (nal[0] & 0x1F in (7, 8)) if codec == "h264" else (nal[0] >> 1 & 0x3F in (32, 33, 34)):
            sets.add(nal)
    found = sets.parameters()
    assert found is not None
    return found


@pytest.mark.parametrize("size", [(160, 96), (322, 182), (768, 576), (1920, 1080)])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_the_size_is_that_of_the_picture_without_its_margins(codec: Codec, size: tuple[int, int]) -> None:
    found = parameters(codec, width=size[0], height=size[1])
    assert (found.width, found.height, found.fps) == (*size, 25.0)


@pytest.mark.parametrize(("codec", "b_frames"), [("h264", 0), ("h264", 2), ("h265", 0), ("h265", 2)])
def test_the_reorder_depth_tells_of_b_frames(codec: Codec, b_frames: int) -> None:
    found = parameters(codec, b_frames=b_frames)
    assert (found.reorder_depth > 0) == (b_frames > 0)


@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_profile_and_level_of_h264_are_in_the_codecs_parameter(profile: str) -> None:
    found = parameters("h264", profile=profile, level="3.1")
    assert found.codecs.startswith({"baseline": "avc1.42", "main": "avc1.4D", "high": "avc1.64"}[profile])
    assert found.codecs.endswith("1F")


def test_profile_and_level_of_h265_are_in_the_codecs_parameter() -> None:
    assert parameters("h265", **{"level-idc": "4.1", "high-tier": "0"}).codecs.startswith("hvc1.1.6.L123.")


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_colour_is_told_in_the_sample_entry(codec: Codec) -> None:
    options: dict[str, str]
    if codec == "h264":
        options = {"x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=on"}
    else:
        options = {"colorprim": "bt709", "transfer": "bt709", "colormatrix": "bt709", "range": "full"}
    entry = parameters(codec, **options).sample_entry
    assert b"colrnclx" + bytes.fromhex("00010001000180") in entry
    assert b"colr" not in parameters(codec).sample_entry or codec == "h265"


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_another_reader_finds_the_same_in_our_init_segment(codec: Codec, b_frames: int) -> None:
    found = parameters(codec, b_frames=b_frames, width=322, height=182)
    with av.open(io.BytesIO(init_segment(found, None))) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (322, 182)
        assert stream.codec_context.name == {"h264": "h264", "h265": "hevc"}[codec]


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_our_configuration_record_is_the_one_another_muxer_writes(codec: Codec) -> None:
    kind = b"avcC" if codec == "h264" else b"hvcC"
    muxed, nals = _muxed(codec)
    sets = H264Sets() if codec == "h264" else H265Sets()
    for nal in nals:
        sets.add(nal)
    found = sets.parameters()
    assert found is not None
    ours, theirs = _content(found.sample_entry, kind), _content(muxed, kind)
    if codec == "h264":
        assert ours == theirs
    else:
        assert ours[:13] == theirs[:13]  # profile, tier, level
        assert ours[16:19] == theirs[16:19]  # chroma format and bit depths
        assert all(nal in ours and nal in theirs for nal in nals[:3])


def _muxed(codec: Codec) -> tuple[bytes, tuple[bytes, ...]]:
    """An MP4 that another muxer made of a raw stream, and the parameter sets in that stream."""
    pictures = clip(codec, pictures=6).pictures
    raw = b"".join(b"\0\0\1" + nal for picture in pictures for nal in picture.nals)
    out = io.BytesIO()
    with (
        av.open(io.BytesIO(raw), format={"h264": "h264", "h265": "hevc"}[codec]) as source,
        av.open(out, "w", format="mp4") as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size:
                packet.stream, packet.time_base = stream, Fraction(1, 25)
                packet.pts, packet.dts, packet.duration = number, number, 1
                target.mux(packet)
    return out.getvalue(), pictures[0].nals


def _content(data: bytes, kind: bytes) -> bytes:
    at = data.index(kind)
    return data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at], "big")]


def test_the_first_h264_cameras_wrote_no_vui_and_are_understood() -> None:
    # Baseline, level 3.0, 640x480, picture order type 2, nothing after the flags
    sps = parse_sps(bytes.fromhex("6742001e8c8d4050 1e80".replace(" ", "")))
    assert (sps.width, sps.height, sps.vui.fps(2), sps.reorder_depth) == (640, 480, None, 0)


def test_sets_that_are_not_base64_are_left_out() -> None:
    assert sprop_sets("Z0IAHg==,###,,aM4=") == [bytes.fromhex("6742001e"), bytes.fromhex("68ce")]
    assert sprop_sets("AAAAAWfi") == [bytes.fromhex("67e2")]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (bytes.fromhex("060184 80"), True),
        (bytes.fromhex("0502aabb 060184 80"), True),
        (bytes.fromhex("0502aabb 80"), False),
        (bytes.fromhex("ff0502aabb 060184 80"), True),
        (bytes.fromhex("05ff"), False),
        (b"", False),
    ],
)
def test_a_recovery_point_is_found_among_other_messages(messages: bytes, expected: bool) -> None:
    assert has_recovery_point(messages) is expected


def test_only_parameter_sets_are_collected() -> None:
    nals = clip("h264", pictures=1).pictures[0].nals
    sets = H264Sets()
    assert [sets.add(nal) for nal in nals] == [nal[0] & 0x1F in (7, 8) for nal in nals]
    assert [sets.add(nal) for nal in nals] == [False] * len(nals)
    assert not H265Sets().add(nals[0])


def test_a_size_that_no_sample_entry_can_hold_is_refused() -> None:
    with pytest.raises(BitstreamInvalid, match=r"declares pictures of 0x9"):
        check_size(0, 9)
    with pytest.raises(BitstreamInvalid):
        check_size(9, 65536)
