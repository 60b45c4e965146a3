"""Our client against GStreamer's RTSP server, which nobody here wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.rtsp_support import Listener, clip_packets, in_loop, listen, make_clip, slices
from nangmai.devices.probe import probe
from nangmai.media.rtsp_session import CameraRefusedPassword, CameraWantsPassword, StreamNotFound

pytestmark = pytest.mark.interop

SERVER = Path(__file__).with_name("gstreamer_server.py")
NEEDED = ["qtdemux", "h264parse", "h265parse", "rtph264pay", "rtph265pay", "rtpmp4gpay", "aacparse"]
CHECK = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
    f"Gst.init(None); assert all(map(Gst.ElementFactory.find, {NEEDED!r}))"
)
REAL_CLIPS = Path(os.environ.get("NANGMAI_TEST_MEDIA", Path(__file__).parents[3] / "shared" / "media"))

Serve = Callable[..., str]


def _python_with_gstreamer() -> str | None:
    for python in filter(None, ("/usr/bin/python3", shutil.which("python3"), sys.executable)):
        if Path(python).exists() and subprocess.run([python, "-c", CHECK], capture_output=True).returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def python() -> str:
    found = _python_with_gstreamer()
    if found is None:
        pytest.skip("GStreamer's RTSP server is not on this machine")
    return found


@pytest.fixture
def serve(python: str) -> Iterator[Serve]:
    """Start a server for some mounts; gives `127.0.0.1:port`."""
    servers: list[subprocess.Popen[str]] = []

    def start(mounts: dict[str, str], **wishes: Any) -> str:
        command = [python, str(SERVER), json.dumps({"mounts": mounts, **wishes})]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        servers.append(server)
        assert server.stdout is not None
        return f"127.0.0.1:{int(server.stdout.readline())}"

    yield start
    for server in servers:
        server.communicate(timeout=20)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {
        "h264": make_clip(folder / "h264.mp4", "libx264", audio=True),
        "h265": make_clip(folder / "h265.mp4", "libx265"),
    }


def pipeline(clip: Path, codec: str, *, audio: bool = False) -> str:
    video = f"d.video_0 ! queue ! {codec}parse ! rtp{codec}pay name=pay0 pt=96 config-interval=-1"
    sound = " d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97" if audio else ""
    return f"( filesrc location={clip} ! qtdemux name=d {video}{sound} )"


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", ["h264", "h265"])
@in_loop
async def test_every_picture_arrives_as_the_encoder_wrote_it(
    serve: Serve, clips: dict[str, Path], codec: str, transport: str
) -> None:
    place = serve({"/cam": pipeline(clips[codec], codec)})
    listener = Listener()
    source = listen(f"rtsp://{place}/cam", listener, transport)
    await listener.until(lambda: len(listener.pictures) >= 15)
    await source.stop()
    assert listener.state_names == ["connecting", "streaming"]
    assert source.stats.lost == 0
    received = [slices(picture.data, codec) for picture in listener.pictures]
    sent = [slices(packet, codec) for packet in clip_packets(clips[codec], "video")]
    first = sent.index(received[0])
    assert received == sent[first : first + len(received)]
    parameters = listener.pictures[0].parameters
    assert listener.pictures[0].is_key
    assert parameters is not None
    assert (parameters.codec, parameters.width, parameters.height) == (codec, 320, 240)
    assert not any(picture.is_damaged for picture in listener.pictures)


@in_loop
async def test_sound_arrives_beside_the_pictures(serve: Serve, clips: dict[str, Path]) -> None:
    place = serve({"/cam": pipeline(clips["h264"], "h264", audio=True)})
    listener = Listener()
    source = listen(f"rtsp://{place}/cam", listener, audio=True)
    await listener.until(lambda: len(listener.sounds) >= 20 and len(listener.pictures) >= 10)
    await source.stop()
    received = [frame.data for frame in listener.sounds]
    sent = clip_packets(clips["h264"], "audio")
    first = sent.index(received[0])
    assert received == sent[first : first + len(received)]
    assert listener.sounds[0].parameters.sample_rate == 16000


@pytest.mark.parametrize("scheme", ["digest", "basic"])
@in_loop
async def test_signs_in_with_the_scheme_that_is_asked_for(serve: Serve, clips: dict[str, Path], scheme: str) -> None:
    place = serve({"/cam": pipeline(clips["h264"], "h264")}, users={"viewer": "s3cret/@:"}, scheme=scheme)
    report = await probe(f"rtsp://viewer:s3cret/@:@{place}/cam")
    assert report["video"]["codec"] == "h264"
    assert (report["video"]["width"], report["video"]["height"], report["video"]["fps"]) == (320, 240, 10.0)
    assert "GStreamer" in report["server"]


@in_loop
async def test_a_wrong_password_is_refused_in_one_sentence(serve: Serve, clips: dict[str, Path]) -> None:
    place = serve({"/cam": pipeline(clips["h264"], "h264")}, users={"viewer": "s3cret"})
    with pytest.raises(CameraRefusedPassword) as refusal:
        await probe(f"rtsp://viewer:wr0ng@{place}/cam")
    assert "wr0ng" not in str(refusal.value)
    with pytest.raises(CameraWantsPassword):
        await probe(f"rtsp://{place}/cam")


@in_loop
async def test_a_path_that_the_server_lacks_is_not_found(serve: Serve, clips: dict[str, Path]) -> None:
    place = serve({"/cam": pipeline(clips["h264"], "h264")})
    with pytest.raises(StreamNotFound):
        await probe(f"rtsp://{place}/other")


@in_loop
async def test_a_stream_that_ends_is_fetched_again(serve: Serve, clips: dict[str, Path], tmp_path: Path) -> None:
    short = make_clip(tmp_path / "short.mp4", seconds=2)
    place = serve({"/cam": pipeline(short, "h264")})
    listener = Listener()
    source = listen(f"rtsp://{place}/cam", listener, stall_s=1)
    await listener.until(lambda: listener.state_names.count("streaming") == 2)
    await source.stop()
    assert listener.state_names == ["connecting", "streaming", "no_signal", "streaming"]
    assert source.stats.reconnects == 1


@pytest.mark.parametrize(
    "clip", sorted(REAL_CLIPS.glob("*.mp4")) if REAL_CLIPS.is_dir() else [], ids=lambda clip: clip.name
)
@in_loop
async def test_real_footage_arrives_unchanged(serve: Serve, clip: Path) -> None:
    codec = "h265" if "h265" in clip.name else "h264"
    place = serve({"/cam": pipeline(clip, codec)})
    listener = Listener()
    source = listen(f"rtsp://{place}/cam", listener)
    await listener.until(lambda: len(listener.pictures) >= 20)
    await source.stop()
    received = [slices(picture.data, codec) for picture in listener.pictures]
    sent = [slices(packet, codec) for packet in clip_packets(clip, "video")]
    first = sent.index(received[0])
    assert received == sent[first : first + len(received)]
