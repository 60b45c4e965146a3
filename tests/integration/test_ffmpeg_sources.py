"""What only FFmpeg's libraries can open becomes the same Pictures: byte for byte, in 4-byte lengths."""

from __future__ import annotations

import functools
import http.server
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from integration.rtsp_support import Listener, clip_packets, in_loop, listen, make_clip, slices
from nangmai.base.errors import Error
from nangmai.devices.errors import (
    CameraAnsweredNonsense,
    CameraUnreachable,
    CodecUnsupported,
    MediaEnded,
    SourceUnreadable,
)
from nangmai.devices.ffmpeg.opening import FileNotThere
from nangmai.devices.ffmpeg.reading import StreamBroken, annex_b_units, configured_sets, length_units
from nangmai.devices.probe import probe
from nangmai.media.aac import read_esds
from nangmai.media.rtsp_session import StreamNotFound


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def remux(source: Path, target: Path) -> Path:
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        streams = {stream.index: writing.add_stream_from_template(stream) for stream in reading.streams}
        for packet in reading.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                writing.mux(packet)
    return target


@pytest.fixture(scope="module", params=["libx264", "libx265"])
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    return make_clip(folder / "clip.mp4", request.param, seconds=2, audio=True)


@pytest.mark.parametrize("form", ["mp4", "ts", "mkv"])
@in_loop
async def test_a_file_gives_every_picture_unchanged_and_then_ends(clip: Path, tmp_path: Path, form: str) -> None:
    path = clip if form == "mp4" else remux(clip, tmp_path / f"clip.{form}")
    listener = Listener()
    source = listen(str(path), listener, "ffmpeg", audio=True)
    assert isinstance(await listener.error(), MediaEnded)
    await source.stop()
    codec = "h265" if _codec(clip) == "hevc" else "h264"
    assert [slices(p.data, codec) for p in listener.pictures] == [slices(p, codec) for p in clip_packets(clip, "video")]
    assert listener.pictures[0].is_key
    parameters = listener.pictures[0].parameters
    assert parameters is not None
    assert (parameters.codec, parameters.width, parameters.height) == (codec, 320, 240)
    steps = {b.pts_90k - a.pts_90k for a, b in zip(listener.pictures, listener.pictures[1:], strict=False)}
    assert steps == {9000}
    assert [frame.data for frame in listener.sounds] == clip_packets(clip, "audio")
    assert {frame.samples for frame in listener.sounds} == {1024}
    sound = listener.sounds[0].parameters  # in a transport stream only the frames themselves say it (ADTS)
    assert (sound.codec, sound.sample_rate, sound.channels, sound.codecs) == ("aac", 16000, 1, "mp4a.40.2")
    assert _specific(sound.sample_entry) == _configured(clip)
    assert listener.state_names == ["connecting", "streaming", "no_signal"]


def _codec(path: Path) -> str:
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.name


def _configured(path: Path) -> bytes:
    """What the MP4 file says of its sound, less the extensions that its encoder adds."""
    with av.open(str(path)) as container:
        return bytes(container.streams.audio[0].codec_context.extradata or b"")[:2]


def _specific(sample_entry: bytes) -> bytes:
    return read_esds(sample_entry[sample_entry.index(b"esds") + 8 :]).specific[:2]


@contextmanager
def ffmpeg_serving(*arguments: str) -> Iterator[None]:
    """FFmpeg's own program as the server; it serves one client and ends."""
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", *arguments]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        return int(probing.getsockname()[1])


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg on this machine")
@pytest.mark.parametrize(
    ("scheme", "form"),
    [("rtmp", "flv"), ("http", "mpegts"), ("http", "flv")],
    ids=["rtmp", "a transport stream over http", "flv over http"],
)
@in_loop
async def test_a_real_server_gives_pictures_and_sound(tmp_path: Path, scheme: str, form: str) -> None:
    path = make_clip(tmp_path / "clip.mp4", seconds=4, audio=True)
    url = f"{scheme}://127.0.0.1:{free_port()}/live/cam"
    listener = Listener()
    with ffmpeg_serving("-i", str(path), "-c", "copy", "-f", form, "-listen", "1", url):
        source = listen(url, listener, "ffmpeg", audio=True)  # which tries again until the server listens
        await listener.until(lambda: len(listener.pictures) >= 15 and len(listener.sounds) >= 15)
        await source.stop()
    sent = [slices(picture, "h264") for picture in clip_packets(path, "video")]
    got = [slices(picture.data, "h264") for picture in listener.pictures]
    assert got == sent[: len(got)]
    heard = clip_packets(path, "audio")
    assert [frame.data for frame in listener.sounds] == heard[: len(listener.sounds)]
    assert "streaming" in listener.state_names


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg on this machine")
@in_loop
async def test_mjpeg_over_http_is_refused_and_sound_of_another_kind_is_left_out_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_clip(tmp_path / "clip.mp4", seconds=4, audio=True)
    url = f"http://127.0.0.1:{free_port()}/cam"
    with ffmpeg_serving("-i", str(path), "-an", "-c:v", "mjpeg", "-f", "mpjpeg", "-listen", "1", url):
        listener = Listener()
        source = listen(url, listener, "ffmpeg")
        await listener.until(lambda: any(isinstance(error, CodecUnsupported) for _, error in listener.states))
        await source.stop()
    offered = next(str(error) for _, error in listener.states if isinstance(error, CodecUnsupported))
    assert "offers MJPEG, and only H.264 and H.265 can be recorded" in offered

    url = f"http://127.0.0.1:{free_port()}/cam"
    with ffmpeg_serving("-i", str(path), "-c:v", "copy", "-c:a", "mp2", "-f", "mpegts", "-listen", "1", url):
        listener = Listener()
        source = listen(url, listener, "ffmpeg", audio=True)
        await listener.until(lambda: len(listener.pictures) >= 5)
        await source.stop()
    assert not listener.sounds
    assert [record.message for record in caplog.records if "its sound (MP2)" in record.message]


@in_loop
async def test_a_file_is_paced_by_its_timestamps(clip: Path) -> None:
    listener = Listener()
    source = listen(str(clip), listener, "ffmpeg")
    await listener.error()
    await source.stop()
    elapsed_us = listener.pictures[-1].received_us - listener.pictures[0].received_us
    assert elapsed_us >= 1_900_000  # nineteen pictures later at ten a second, and never earlier


@in_loop
async def test_http_is_read_and_read_again(clip: Path, tmp_path: Path) -> None:
    remux(clip, tmp_path / "clip.ts")
    with web_server(tmp_path) as url:
        listener = Listener()
        source = listen(f"{url}/clip.ts", listener, "ffmpeg")
        await listener.until(lambda: listener.state_names.count("streaming") == 2)
        await source.stop()
        assert isinstance(await listener.error(), MediaEnded)
        assert source.stats.reconnects >= 1
        assert (await probe(f"{url}/clip.ts", "ffmpeg"))["video"]["width"] == 320
        with pytest.raises(StreamNotFound):
            await probe(f"{url}/other.ts", "ffmpeg")


@in_loop
async def test_a_source_stops_in_the_middle(clip: Path) -> None:
    listener = Listener()
    source = listen(str(clip), listener, "ffmpeg")
    await listener.until(lambda: len(listener.pictures) >= 3)
    await source.stop()
    assert len(listener.pictures) < 20


def make_mjpeg(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 40, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@in_loop
async def test_what_cannot_be_recorded_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film " * 1000)
    cases: list[tuple[str, type[Error]]] = [
        (str(make_mjpeg(tmp_path / "m.avi")), CodecUnsupported),
        (str(tmp_path / "missing.mp4"), FileNotThere),
        (str(tmp_path / "text.mp4"), CameraAnsweredNonsense),
        ("http://u:secret@127.0.0.1:1/x", CameraUnreachable),
        ("rtmp://u:secret@127.0.0.1:1/live/x", CameraUnreachable),
        (str(tmp_path), CameraUnreachable),
        ("nosuch://u:secret@127.0.0.1/x", SourceUnreadable),
    ]
    for url, error in cases:
        with pytest.raises(error) as raised:
            await probe(url, "ffmpeg", timeout_s=5)
        assert type(raised.value) is error
        assert "secret" not in str(raised.value)


def test_units_are_found_in_a_byte_stream() -> None:
    stream = b"\0\0\0\1\x67abc\0\0\1\x68d\0\0\0\0\1\x65slice\0"
    assert list(annex_b_units(stream)) == [b"\x67abc", b"\x68d", b"\x65slice"]
    assert list(annex_b_units(b"no start code")) == []


def test_units_are_found_by_their_lengths() -> None:
    assert list(length_units(b"\0\3abc\0\0\0\1d", 2)) == [b"abc", b"d"]
    with pytest.raises(StreamBroken):
        list(length_units(b"\0\x09abc", 2))


@pytest.mark.parametrize("record", [b"\1", b"\1" + bytes(4), b"\1\x42\0\x1e\xff\xe1\0\x09ab", bytes(22)])
def test_a_broken_configuration_is_one_clear_error(record: bytes) -> None:
    with pytest.raises(StreamBroken):
        configured_sets("h264" if len(record) < 22 else "hevc", record)
