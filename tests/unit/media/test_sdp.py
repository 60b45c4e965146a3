"""Descriptions of many makers are read; nothing that arrives raises anything but SdpUnusable."""

from __future__ import annotations

import pytest

from nangmai.media.sdp import MAX_SDP_BYTES, SdpUnusable, parse_sdp, resolve_control
from unit.media.sdp_samples import ALL, DAHUA, HIKVISION, UNIVIEW, Sample


@pytest.mark.parametrize("sample", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_each_makers_description_is_read(sample: Sample, ending: str) -> None:
    text = ending.join(sample.text.replace("\r\n", "\n").split("\n"))
    session = parse_sdp(text.encode())
    read = [
        (m.kind, m.encoding, m.payload_type, m.clock_rate, m.channels, resolve_control(sample.base, m.control))
        for m in session.media
    ]
    assert read == sample.media
    assert resolve_control(sample.base, session.control) == sample.session_url


def test_parameter_sets_come_through_byte_for_byte() -> None:
    video = parse_sdp(HIKVISION.text).media[0]
    assert video.fmtp["sprop-vps"] == "QAEMAf//AWAAAAMAsAAAAwAAAwCZrAk="
    assert video.fmtp["sprop-sps"] == "QgEBAWAAAAMAsAAAAwAAAwCZoAHgIAIcTY2uSTL5AAAH0AABhqQI"
    assert video.fmtp["sprop-pps"] == "RAHA8vA8kAA="
    assert parse_sdp(DAHUA.text).media[0].fmtp["sprop-parameter-sets"] == "Z00AKp2oHgCJ+WbgICAgQA==,aO48gAA="


@pytest.mark.parametrize(
    "text",
    [
        "packetization-mode=1;profile-level-id=42E01E;sprop-parameter-sets=Z0LgHg==,aM4G4g==",
        "packetization-mode=1; profile-level-id=42E01E; sprop-parameter-sets=Z0LgHg==, aM4G4g==",
        " packetization-mode = 1 ;profile-level-id = 42E01E;  sprop-parameter-sets = Z0LgHg==, aM4G4g==;",
        "packetization-mode=1 profile-level-id=42E01E sprop-parameter-sets=Z0LgHg==, aM4G4g==",
        ";Packetization-Mode=1;;PROFILE-level-id=42E01E;sprop-parameter-sets=Z0LgHg==, aM4G4g==;cabac;",
    ],
)
def test_broken_parameter_lists_give_the_same_parameters(text: str) -> None:
    media = parse_sdp(f"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 {text}\n").media[0]
    fmtp = {key: value.replace(" ", "") for key, value in media.fmtp.items()}
    assert fmtp == {
        "packetization-mode": "1",
        "profile-level-id": "42E01E",
        "sprop-parameter-sets": "Z0LgHg==,aM4G4g==",
    }


def test_a_space_inside_a_list_of_sets_does_not_end_it() -> None:
    assert parse_sdp(UNIVIEW.text).media[0].fmtp["sprop-parameter-sets"] == "Z2QAKKzoBQBbkA==, aO48MA=="


def test_the_frame_rate_is_read_where_the_camera_tells_it() -> None:
    assert parse_sdp(DAHUA.text).media[0].frame_rate == 25.0
    assert parse_sdp("m=video 0 RTP/AVP 96\na=framerate:0\n").media[0].frame_rate is None
    assert parse_sdp("m=video 0 RTP/AVP 96\na=framerate:fast\n").media[0].frame_rate is None


def test_session_name_and_tool_are_kept() -> None:
    session = parse_sdp(ALL["live555"].text)
    assert session.name.startswith("Matroska video")
    assert session.tool == "LIVE555 Streaming Media v2020.08.19"


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"v=0\r\ns=x\r\n", b"<html>404</html>", bytes(range(256)), b"m=\nm= \n"]
)
def test_a_body_without_media_is_one_clear_error(body: bytes) -> None:
    with pytest.raises(SdpUnusable, match="cannot be used: it"):
        parse_sdp(body)


def test_what_is_no_description_at_all_is_told_from_one_without_media() -> None:
    for body, words in ((b"<html>404</html>", "no description in SDP"), (b"v=0\r\ns=x\r\n", "names no media")):
        with pytest.raises(SdpUnusable, match=words):
            parse_sdp(body)


def test_an_endless_body_is_refused() -> None:
    with pytest.raises(SdpUnusable, match="longer than"):
        parse_sdp(b"m=video 0 RTP/AVP 96\n" + b"a" * MAX_SDP_BYTES)


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://h/a", "", "rtsp://h/a"),
        ("rtsp://h/a", "*", "rtsp://h/a"),
        ("rtsp://h/a/", "t=1", "rtsp://h/a/t=1"),
        ("rtsp://h/a", "t=1", "rtsp://h/a/t=1"),
        ("rtsp://h/a?x=1", "t=1", "rtsp://h/a?x=1/t=1"),
        ("rtsp://h/a/", "/t=1", "rtsp://h/a/t=1"),
        ("rtsp://h/a/", "/a/t=1", "rtsp://h/a/t=1"),
        ("rtsp://h", "/t=1", "rtsp://h/t=1"),
        ("rtsp://h/a", "RTSP://other:9/t", "RTSP://other:9/t"),
        ("rtsp://h/a", "rtsps://other/t", "rtsps://other/t"),
    ],
)
def test_controls_resolve_as_cameras_mean_them(base: str, control: str, url: str) -> None:
    assert resolve_control(base, control) == url


def test_payload_types_that_cannot_be_are_passed_over() -> None:
    media = parse_sdp("m=video 0 RTP/AVP 999 x 96\na=rtpmap:96 H264/99999999999\n").media[0]
    assert (media.payload_type, media.encoding, media.clock_rate) == (96, "H264", 90000)
