"""FFmpeg's client and a bare socket receive what the simulator sends: complete, decodable, in step."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from integration.rtsp_support import in_loop
from integration.simulator_wire import connected
from nangmai.simulator import Camera, Recipe, Simulator, running, stamps
from nangmai.simulator.barcode import read_barcode
from nangmai.simulator.certificate import self_signed_context
from nangmai.simulator.clip import ClipUnusable, open_clip
from nangmai.simulator.control import Control
from nangmai.simulator.server import CameraUnknown, PortTaken
from nangmai.simulator.studio import clip_path

H264 = Recipe(audio="aac", seconds=2)
H265 = Recipe(codec="h265", audio="pcma", seconds=2)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    guarded = Camera("h265", H265, user="admin", password="p w")
    cameras = [Camera("h264", H264), guarded, Camera("packed", H264, aggregate=True)]
    with running(cameras) as simulator:
        yield simulator


def received(url: str, transport: str, seconds: float) -> tuple[list[bytes], int, list[int]]:
    """Video packets, number of sound packets, and the burnt-in numbers of decoded pictures."""
    video: list[bytes] = []
    sounds = 0
    numbers: list[int] = []
    with av.open(url, options={"rtsp_transport": transport}, timeout=20) as container:
        for packet in container.demux():
            if packet.stream.type == "audio":
                sounds += 1
                continue
            video.append(bytes(packet))
            for frame in packet.decode():
                assert isinstance(frame, av.VideoFrame)
                number = read_barcode(frame.to_ndarray(format="rgb24"))
                assert number is not None
                numbers.append(number)
            if len(video) >= seconds * 10:
                return video, sounds, numbers
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("camera", ["h264", "h265", "packed"])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_ffmpeg_receives_every_picture_across_the_seam_of_the_clip(
    simulator: Simulator, camera: str, transport: str
) -> None:
    video, sounds, numbers = received(simulator.url(camera), transport, 3)
    counters = [stamp.counter for data in video for stamp in stamps(data)]
    assert len(counters) == 30
    assert counters == list(range(counters[0], counters[0] + 30))
    assert sounds >= 10
    assert {(after - before) % 20 for before, after in itertools.pairwise(numbers)} == {1}


def test_a_given_file_is_served_as_it_is() -> None:
    path = clip_path(H265)
    with running([Camera("file", path)]) as simulator:
        video, _, _ = received(simulator.url("file"), "tcp", 2)
    slices = {picture.nals[-1] for picture in open_clip(path).pictures}
    assert all(any(one in data for one in slices) for data in video)


def test_a_file_that_cannot_be_served_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"nothing")
    with pytest.raises(ClipUnusable), running([Camera("file", tmp_path / "x.mp4")]):
        pass


@in_loop
async def test_cameras_are_served_over_tls() -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    async with Simulator([Camera("cam", H264)], tls=self_signed_context()) as simulator:
        assert simulator.url("cam").startswith("rtsps://")
        async with connected(simulator.url("cam"), trusting) as wire:
            await wire.play()
            counters = [stamp.counter for _, packet in await wire.receive(2.5) for stamp in stamps(packet)]
    assert len(counters) >= 10
    assert counters == list(range(counters[0], counters[0] + len(counters)))


@in_loop
async def test_two_clients_of_one_camera_have_their_own_numbers_and_channels() -> None:
    async with Simulator([Camera("cam", H264)]) as simulator:
        url = simulator.url("cam")
        async with connected(url) as first, connected(url) as second:
            await first.play(channel=0)
            await second.play(channel=6)
            one, two = await asyncio.gather(first.receive(2), second.receive(2))
    assert {channel for channel, _ in one} == {0, 1}
    assert {channel for channel, _ in two} == {6, 7}
    for frames, channel in ((one, 0), (two, 6)):
        packets = [packet for at, packet in frames if at == channel]
        numbers = [int.from_bytes(packet[2:4], "big") for packet in packets]
        assert numbers == [(numbers[0] + n) % 65536 for n in range(len(numbers))]
    assert one[0][1][8:12] != two[0][1][8:12]


@in_loop
async def test_a_port_in_use_is_one_clear_error() -> None:
    async with Simulator([Camera("cam", H264)]) as first:
        port = int(first.url("cam").rsplit(":", 1)[1].split("/")[0])
        with pytest.raises(PortTaken, match=str(port)):
            await Simulator([Camera("cam", H264)], port=port).start()


@in_loop
async def test_an_unknown_camera_is_named_with_the_known_ones() -> None:
    async with Simulator([Camera("cam", H264)]) as simulator:
        with pytest.raises(CameraUnknown, match="cam"):
            simulator.camera("kitchen")


def _ask(url: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    try:
        request = urllib.request.Request(url, data, method=method)  # noqa: S310 our own address
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
            text = reply.read()
            return reply.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@in_loop
async def test_the_control_reports_and_makes_faults() -> None:
    async with Simulator([Camera("cam", H264), Camera("other", H264)]) as simulator:
        control = Control(simulator, "127.0.0.1", 0)
        await control.start()
        base = f"http://127.0.0.1:{control.port}/cameras"
        async with connected(simulator.url("cam")) as wire:
            await wire.play()
            await wire.receive(1.5)
            status, cameras = await asyncio.to_thread(_ask, base)
            assert (status, [camera["id"] for camera in cameras]) == (200, ["cam", "other"])
            assert cameras[0]["sessions"][0]["pictures"] >= 1
            assert cameras[1]["sessions"] == []
            assert (await asyncio.to_thread(_ask, f"{base}/*/faults", "POST", {"fault": "stall"}))[0] == 204
            assert simulator.camera("other").conditions.is_stalled
            assert (await asyncio.to_thread(_ask, f"{base}/*/faults", "DELETE"))[0] == 204
            assert not simulator.camera("cam").conditions.is_stalled
            assert (await asyncio.to_thread(_ask, f"{base}/cam/shown?number=3"))[1]["wall_us"] > 0
        for path, method, body, status in (
            ("/gone/faults", "POST", {"fault": "stall"}, 404),
            ("/cam/faults", "POST", {"fault": "stal"}, 400),
            ("/cam/faults", "POST", {"fault": "loss", "rate": "high"}, 400),
            ("/cam/faults", "POST", {"fault": "stall", "seconds": "long"}, 400),
            ("/cam/faults", "POST", {"fault": "stall", "name": "x"}, 400),
            ("/cam/faults", "POST", [], 400),
            ("/cam/shown?number=x", "GET", None, 400),
        ):
            answered, error = await asyncio.to_thread(_ask, base + path, method, body)
            assert answered == status, path
            assert error["message"]
        await control.stop()
