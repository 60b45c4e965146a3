# ruff: noqa: E501 - descriptions stand as they are sent
"""Descriptions in the style of many makers, and what has to be read from them."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """One description: its text, its base URL, and (kind, encoding, payload type, clock rate, channels, control URL) per medium."""

    text: str
    base: str
    media: list[tuple[str, str, int, int, int, str]]
    session_url: str


HIKVISION = Sample(
    """v=0
o=- 1700000000000000 1700000000000000 IN IP4 192.168.1.64
s=Media Presentation
e=NONE
b=AS:5100
t=0 0
a=control:rtsp://192.168.1.64:554/Streaming/Channels/101/
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
b=AS:5000
a=recvonly
a=x-dimensions:3840,2160
a=control:rtsp://192.168.1.64:554/Streaming/Channels/101/trackID=1
a=rtpmap:96 H265/90000
a=fmtp:96 profile-space=0;profile-id=1;tier-flag=0;level-id=153;interop-constraints=B00000000000;sprop-vps=QAEMAf//AWAAAAMAsAAAAwAAAwCZrAk=; sprop-sps=QgEBAWAAAAMAsAAAAwAAAwCZoAHgIAIcTY2uSTL5AAAH0AABhqQI; sprop-pps=RAHA8vA8kAA=
m=audio 0 RTP/AVP 8
c=IN IP4 0.0.0.0
b=AS:50
a=recvonly
a=control:rtsp://192.168.1.64:554/Streaming/Channels/101/trackID=2
a=rtpmap:8 PCMA/8000
a=Media_header:MEDIAINFO=494D4B48010300000400000111710110401F000000FA000000000000000000000000000000000000;
a=appversion:1.0
""",
    "rtsp://192.168.1.64:554/Streaming/Channels/101/",
    [
        ("video", "H265", 96, 90000, 1, "rtsp://192.168.1.64:554/Streaming/Channels/101/trackID=1"),
        ("audio", "PCMA", 8, 8000, 1, "rtsp://192.168.1.64:554/Streaming/Channels/101/trackID=2"),
    ],
    "rtsp://192.168.1.64:554/Streaming/Channels/101/",
)

DAHUA = Sample(
    "v=0\r\no=- 2251938191 2251938191 IN IP4 0.0.0.0\r\ns=RTSP Session/2.0\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
    "a=range:npt=now-\r\na=packetization-supported:DH\r\nm=video 0 RTP/AVP 96\r\na=control:trackID=0\r\n"
    "a=framerate:25.000000\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1;profile-level-id=4D002A;sprop-parameter-sets=Z00AKp2oHgCJ+WbgICAgQA==,aO48gAA=\r\n"
    "a=recvonly\r\nm=audio 0 RTP/AVP 97\r\na=control:trackID=1\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\n"
    "a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408\r\n"
    "a=recvonly\r\nm=application 0 RTP/AVP 107\r\na=control:trackID=4\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=recvonly\r\n",
    "rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=0/",
    [
        ("video", "H264", 96, 90000, 1, "rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=0/trackID=0"),
        ("audio", "MPEG4-GENERIC", 97, 16000, 1, "rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=0/trackID=1"),
        (
            "application",
            "VND.ONVIF.METADATA",
            107,
            90000,
            1,
            "rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=0/trackID=4",
        ),
    ],
    "rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=0/",
)

AXIS = Sample(
    """v=0
o=- 1188340656180883 1 IN IP4 192.168.0.90
s=Session streamed with GStreamer
i=rtsp-server
t=0 0
a=tool:GStreamer
a=type:broadcast
a=range:npt=now-
a=control:rtsp://192.168.0.90/axis-media/media.amp
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
b=AS:50000
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;profile-level-id=4d0029;sprop-parameter-sets=Z00AKeKQDwBE/LgLcBAQGkHiRFQ=,aO48gA==
a=ts-refclk:local
a=mediaclk:sender
a=recvonly
a=control:rtsp://192.168.0.90/axis-media/media.amp/stream=0
a=framerate:30.000000
a=transform:1.000000,0.000000,0.000000;0.000000,1.000000,0.000000;0.000000,0.000000,1.000000
""",
    "rtsp://192.168.0.90/axis-media/media.amp/",
    [("video", "H264", 96, 90000, 1, "rtsp://192.168.0.90/axis-media/media.amp/stream=0")],
    "rtsp://192.168.0.90/axis-media/media.amp",
)

UNIVIEW = Sample(
    "v=0\r\no=- 1001 1 IN IP4 192.168.1.13\r\ns=VCP IPC Realtime stream\r\nm=video 0 RTP/AVP 105\r\nc=IN IP4 192.168.1.13\r\n"
    "a=control:rtsp://192.168.1.13/media/video1/video\r\na=rtpmap:105 H264/90000\r\n"
    "a=fmtp:105 profile-level-id=640028; packetization-mode=1; sprop-parameter-sets=Z2QAKKzoBQBbkA==, aO48MA==\r\n"
    "a=recvonly\r\nm=audio 0 RTP/AVP 0\r\nc=IN IP4 192.168.1.13\r\na=control:rtsp://192.168.1.13/media/video1/audio1\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=recvonly\r\nm=application 0 RTP/AVP 107\r\nc=IN IP4 192.168.1.13\r\n"
    "a=control:rtsp://192.168.1.13/media/video1/metadata\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
    "a=fmtp:107 DecoderTag=h3c-v3 RTCP=0\r\na=recvonly\r\n",
    "rtsp://192.168.1.13/media/video1",
    [
        ("video", "H264", 105, 90000, 1, "rtsp://192.168.1.13/media/video1/video"),
        ("audio", "PCMU", 0, 8000, 1, "rtsp://192.168.1.13/media/video1/audio1"),
        ("application", "VND.ONVIF.METADATA", 107, 90000, 1, "rtsp://192.168.1.13/media/video1/metadata"),
    ],
    "rtsp://192.168.1.13/media/video1",
)

GSTREAMER = Sample(
    "v=0\r\no=- 12345 1 IN IP4 127.0.0.1\r\ns=Session streamed with GStreamer\r\ni=rtsp-server\r\nt=0 0\r\na=tool:GStreamer\r\n"
    "a=type:broadcast\r\na=control:*\r\na=range:npt=0-12.000000\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\nb=AS:294\r\n"
    "a=rtpmap:96 H265/90000\r\na=framerate:10\r\n"
    "a=fmtp:96 sprop-vps=QAEMAf//BAgAAAMAnggAAAMAAB6VmAk=;sprop-sps=QgEBBAgAAAMAnggAAAMAAB6QAUEgkf+W;sprop-pps=RAHBcrRiQA==\r\n"
    "a=control:stream=0\r\na=ts-refclk:local\r\na=mediaclk:sender\r\n",
    "rtsp://127.0.0.1:8554/cam/",
    [("video", "H265", 96, 90000, 1, "rtsp://127.0.0.1:8554/cam/stream=0")],
    "rtsp://127.0.0.1:8554/cam/",
)

LIVE555 = Sample(
    "v=0\r\no=- 1599119386468022 1 IN IP4 10.1.1.5\r\ns=Matroska video+audio+(optional)subtitles, streamed by the LIVE555 Media Server\r\n"
    "i=clip.mkv\r\nt=0 0\r\na=tool:LIVE555 Streaming Media v2020.08.19\r\na=type:broadcast\r\na=control:*\r\na=range:npt=0-60.000\r\n"
    "a=x-qt-text-nam:Matroska\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\nb=AS:500\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1;profile-level-id=42E01E;sprop-parameter-sets=Z0LgHtoFB+hAAAADAEAAAAUDxYuS,aM4G4g==\r\n"
    "a=control:track1\r\nm=audio 0 RTP/AVP 97\r\nc=IN IP4 0.0.0.0\r\nb=AS:96\r\na=rtpmap:97 OPUS/48000/2\r\na=control:track2\r\n",
    "rtsp://10.1.1.5/clip.mkv/",
    [
        ("video", "H264", 96, 90000, 1, "rtsp://10.1.1.5/clip.mkv/track1"),
        ("audio", "OPUS", 97, 48000, 2, "rtsp://10.1.1.5/clip.mkv/track2"),
    ],
    "rtsp://10.1.1.5/clip.mkv/",
)

FFMPEG = Sample(
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=No Name\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=tool:libavformat 60.16.100\r\n"
    "m=video 0 RTP/AVP 96\r\nb=AS:400\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkAUAW7/gAEAAMAoAAAAwAg8WLkgA==,aMuMsg==; profile-level-id=42C01E\r\n"
    "a=control:streamid=0\r\n",
    "rtsp://127.0.0.1:8554/live",
    [("video", "H264", 96, 90000, 1, "rtsp://127.0.0.1:8554/live/streamid=0")],
    "rtsp://127.0.0.1:8554/live",
)

NO_CONTROL = Sample(
    "v=0\ns=cheap\nm=video 0 RTP/AVP 26\n",
    "rtsp://10.0.0.9/",
    [("video", "JPEG", 26, 90000, 1, "rtsp://10.0.0.9/")],
    "rtsp://10.0.0.9/",
)

TWO_VIDEOS = Sample(
    "v=0\nm=video 0 RTP/AVP 26\na=control:/mjpeg\nm=video 0 RTP/AVP 98\na=rtpmap:98 H264\na=control:/h264\n",
    "rtsp://10.0.0.9/live",
    [
        ("video", "JPEG", 26, 90000, 1, "rtsp://10.0.0.9/live/mjpeg"),
        ("video", "H264", 98, 90000, 1, "rtsp://10.0.0.9/live/h264"),
    ],
    "rtsp://10.0.0.9/live",
)

ABSOLUTE_PATHS = Sample(
    "v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 h264/90000\na=control:/live/ch00_0/trackID=1\n",
    "rtsp://10.0.0.9:8554/live/ch00_0",
    [("video", "H264", 96, 90000, 1, "rtsp://10.0.0.9:8554/live/ch00_0/trackID=1")],
    "rtsp://10.0.0.9:8554/live/ch00_0",
)

QUERY_CONTROL = Sample(
    "v=0\na=control:*\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:?ctype=video\n",
    "rtsp://10.0.0.9/nphMpeg4/g726-640x480/",
    [("video", "H264", 96, 90000, 1, "rtsp://10.0.0.9/nphMpeg4/g726-640x480?ctype=video")],
    "rtsp://10.0.0.9/nphMpeg4/g726-640x480/",
)

WRONG_NUMBERS = Sample(
    "v=0\nm=video 0 RTP/AVP 96\na=rtpmap:97 H265/90000\na=fmtp:97 sprop-vps=QAEM\na=control:track1\n",
    "rtsp://h/s",
    [("video", "H265", 96, 90000, 1, "rtsp://h/s/track1")],
    "rtsp://h/s",
)

NO_RTPMAP = Sample(
    "v=0\nm=video 0 RTP/AVP 96\na=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LgHg==,aM4G4g==\na=control:v\n"
    "m=audio 0 RTP/AVP 0\na=control:a\n",
    "rtsp://h/s/",
    [("video", "H264", 96, 90000, 1, "rtsp://h/s/v"), ("audio", "PCMU", 0, 8000, 1, "rtsp://h/s/a")],
    "rtsp://h/s/",
)

SLOPPY = Sample(
    "v = 0\n\n  M=VIDEO 0 rtp/avp 96 \n A=RTPMAP:96  H264 / 90000 \na=Control: trackID=1\nnonsense\na=\n=\nm=\nm=audio\nx=1\n",
    "rtsp://h/s",
    [("video", "H264", 96, 90000, 1, "rtsp://h/s/trackID=1")],
    "rtsp://h/s",
)

ALL = {name.lower(): value for name, value in list(globals().items()) if isinstance(value, Sample)}
