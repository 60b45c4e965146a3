"""The session description a camera gives (RFC 4566), right or wrong on purpose."""

from __future__ import annotations

import base64
from typing import Literal

from nangmai.simulator import bitstream
from nangmai.simulator.bitstream import Codec
from nangmai.simulator.clip import AudioTrack, Clip
from nangmai.simulator.packets import AAC_PAYLOAD_TYPE, VIDEO_PAYLOAD_TYPE

#: the ways an SDP can be wrong: no parameter sets; broken lines among good ones; a control that names another host;
#: no video at all; something that is no SDP
SdpDefect = Literal["no_sprop", "broken_lines", "wrong_control", "no_video", "not_sdp"]
VIDEO_CONTROL, AUDIO_CONTROL = "trackID=0", "trackID=1"


def describe(clip: Clip, name: str, defect: SdpDefect | None = None) -> str:
    """The SDP of one camera."""
    if defect == "not_sdp":
        return "<html><body>camera not ready</body></html>\r\n"
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        f"s={name}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
    ]
    if defect != "no_video":
        lines += _video(clip, defect)
    if clip.audio is not None:
        lines += _audio(clip.audio)
    if defect == "broken_lines":
        lines[3:3] = ["b=AS:", "a=", "x", "", "a=fmtp:", "m=", "a=rtpmap:96", "=nothing", "k=\x00\xff"]
    return "\r\n".join(lines) + "\r\n"


def _video(clip: Clip, defect: SdpDefect | None) -> list[str]:
    control = VIDEO_CONTROL if defect != "wrong_control" else "rtsp://192.0.2.1:554/elsewhere/trackID=7"
    encoding = "H264" if clip.codec == "h264" else "H265"
    lines = [
        f"m=video 0 RTP/AVP {VIDEO_PAYLOAD_TYPE}",
        f"a=rtpmap:{VIDEO_PAYLOAD_TYPE} {encoding}/90000",
        f"a=framerate:{clip.fps:g}",
        f"a=control:{control}",
    ]
    format_parameters = _format_parameters(clip.codec, clip.parameter_sets, with_sets=defect != "no_sprop")
    if format_parameters:
        lines.insert(2, f"a=fmtp:{VIDEO_PAYLOAD_TYPE} {format_parameters}")
    return lines


def _format_parameters(codec: Codec, sets: tuple[bytes, ...], *, with_sets: bool) -> str:
    if codec == "h264":
        level = next((nal[1:4].hex() for nal in sets if bitstream.nal_type(codec, nal) == bitstream.H264_SPS), "420029")
        parts = ["packetization-mode=1", f"profile-level-id={level}"]
        if with_sets:
            parts.append("sprop-parameter-sets=" + ",".join(map(_base64, sets)))
        return "; ".join(parts)
    names = {bitstream.H265_VPS: "sprop-vps", bitstream.H265_SPS: "sprop-sps", bitstream.H265_PPS: "sprop-pps"}
    parts = []
    for kind, name in names.items():
        found = [_base64(nal) for nal in sets if bitstream.nal_type(codec, nal) == kind]
        if found and with_sets:
            parts.append(f"{name}={','.join(found)}")
    return "; ".join(parts)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _audio(audio: AudioTrack) -> list[str]:
    if audio.codec != "aac":
        kind, name = (8, "PCMA") if audio.codec == "pcma" else (0, "PCMU")
        mapping = f"{name}/{audio.sample_rate}" + (f"/{audio.channels}" if audio.channels > 1 else "")
        return [f"m=audio 0 RTP/AVP {kind}", f"a=rtpmap:{kind} {mapping}", f"a=control:{AUDIO_CONTROL}"]
    return [
        f"m=audio 0 RTP/AVP {AAC_PAYLOAD_TYPE}",
        f"a=rtpmap:{AAC_PAYLOAD_TYPE} MPEG4-GENERIC/{audio.sample_rate}/{audio.channels}",
        f"a=fmtp:{AAC_PAYLOAD_TYPE} streamtype=5; profile-level-id=1; mode=AAC-hbr; sizelength=13; indexlength=3; "
        f"indexdeltalength=3; config={audio.config.hex()}",
        f"a=control:{AUDIO_CONTROL}",
    ]
