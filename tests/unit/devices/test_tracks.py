"""Of everything that a camera describes, one video and at most one sound are taken."""

from __future__ import annotations

import pytest

from nangmai.devices.errors import CodecUnsupported
from nangmai.devices.rtsp.tracks import choose_tracks
from nangmai.media.sdp import SdpUnusable, parse_sdp
from unit.media.sdp_samples import ALL, Sample


@pytest.mark.parametrize("sample", [value for name, value in ALL.items() if name != "no_control"])
def test_metadata_and_pictures_that_cannot_be_recorded_stay_out(sample: Sample) -> None:
    chosen = choose_tracks(parse_sdp(sample.text), audio=False, url="rtsp://h/s")
    assert [(media.kind, media.encoding in ("H264", "H265")) for media in chosen] == [("video", True)]


@pytest.mark.parametrize(("name", "sound"), [("hikvision", "PCMA"), ("dahua", "MPEG4-GENERIC"), ("live555", "OPUS")])
def test_sound_is_taken_when_it_is_wanted(name: str, sound: str) -> None:
    chosen = choose_tracks(parse_sdp(ALL[name].text), audio=True, url="rtsp://h/s")
    assert [media.encoding for media in chosen][1:] == [sound]


def test_the_second_video_is_taken_when_the_first_cannot_be_recorded() -> None:
    chosen = choose_tracks(parse_sdp(ALL["two_videos"].text), audio=False, url="rtsp://h/s")
    assert chosen[0].control == "/h264"


def test_a_codec_that_cannot_be_recorded_is_named() -> None:
    with pytest.raises(CodecUnsupported, match="offers JPEG"):
        choose_tracks(parse_sdp(ALL["no_control"].text), audio=False, url="rtsp://h/s")
    with pytest.raises(CodecUnsupported, match="payload type 99"):
        choose_tracks(parse_sdp("m=video 0 RTP/AVP 99\n"), audio=False, url="rtsp://h/s")


def test_a_description_without_video_is_unusable() -> None:
    with pytest.raises(SdpUnusable, match="no video, only audio"):
        choose_tracks(parse_sdp("m=audio 0 RTP/AVP 0\n"), audio=True, url="rtsp://h/s")
