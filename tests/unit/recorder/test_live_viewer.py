"""Viewers, one at a time, on a transport that takes as much as the test wants."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from nangmai.media.isobmff import parse_moof
from nangmai.media.isobmff.boxes import walk
from nangmai.media.picture import Picture, VideoParameters
from nangmai.recorder.live.stream import LiveStream
from nangmai.recorder.live.viewer import HIGH_WATER_BYTES, QUEUE_LIMIT_BYTES, Viewer, frame_header

FPS = 10
PARAMETERS = VideoParameters("h264", 640, 360, float(FPS), "avc1.4d401e", b"\0\0\0\x08avc1", 0)


class Transport(asyncio.Transport):
    """Counts what it is given; what it has not taken yet is up to the test."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.unsent_bytes = 0

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self.unsent_bytes

    def is_closing(self) -> bool:
        return False

    def messages(self) -> list[tuple[int, bytes]]:
        """Opcodes and contents of the frames written, all of them whole."""
        data, found, at = b"".join(self.written), [], 0
        while at < len(data):
            length, head = data[at + 1], 2
            if length == 126:
                length, head = struct.unpack_from(">H", data, at + 2)[0], 4
            elif length == 127:
                length, head = struct.unpack_from(">Q", data, at + 2)[0], 10
            found.append((data[at] & 0x0F, data[at + head : at + head + length]))
            at += head + length
        assert at == len(data)
        return found

    def texts(self) -> list[dict[str, Any]]:
        return [json.loads(content) for opcode, content in self.messages() if opcode == 1]

    def pictures(self, slot: int = 0) -> list[int]:
        """The numbers of the pictures written for a slot."""
        found = []
        for opcode, content in self.messages():
            at = 0
            while opcode == 2 and at < len(content):
                number, length = struct.unpack_from(">HI", content, at)
                payload = content[at + 6 : at + 6 + length]
                if number == slot and payload[4:8] == b"prft":
                    mdat = next(box for box in walk(payload) if box.type == b"mdat")
                    found.append(int.from_bytes(payload[mdat.payload : mdat.payload + 4], "big"))
                at += 6 + length
        return found


class Camera:
    """Publishes numbered pictures."""

    def __init__(self, gop: int = 10, size: int = 100, parameters: VideoParameters = PARAMETERS) -> None:
        self.stream = LiveStream("cam-01", "main")
        self.count = 0
        self.gop, self.size, self.parameters = gop, size, parameters

    def send(self, count: int = 1) -> None:
        for _ in range(count):
            number = self.count
            self.count += 1
            received_us = number * US_PER_S // FPS
            data = number.to_bytes(4, "big") + bytes(self.size - 4)
            is_key = number % self.gop == 0
            self.stream.publish(Picture(number * 9000, data, is_key, received_us, self.parameters, False), received_us)


async def settled() -> None:
    """Let timers of up to 10 ms run."""
    await asyncio.sleep(0.03)


def on_loop(scenario: Any) -> None:
    asyncio.run(scenario())


def test_nobody_watching_builds_no_boxes() -> None:
    camera = Camera()
    camera.send(25)
    assert [picture._head for picture in camera.stream.gop()] == [None] * 5


def test_boxes_are_built_once_for_all_viewers_and_the_coded_bytes_are_not_copied() -> None:
    async def scenario() -> None:
        camera, transports = Camera(), [Transport() for _ in range(3)]
        for transport in transports:
            Viewer(transport, ManualClock()).open_slot(0, camera.stream, "full")
        camera.send(3)
        heads = [picture.head() for picture in camera.stream.gop()]
        await settled()
        assert [picture.head() for picture in camera.stream.gop()] == heads
        assert all(now is before for now, before in zip((p.head() for p in camera.stream.gop()), heads, strict=True))
        for transport in transports:
            assert transport.pictures() == [0, 1, 2]

    on_loop(scenario)


def test_a_new_viewer_gets_the_whole_gop_in_one_message() -> None:
    async def scenario() -> None:
        camera, transport = Camera(gop=100), Transport()
        camera.send(60)
        Viewer(transport, ManualClock()).open_slot(0, camera.stream, "full")
        await settled()
        assert transport.pictures() == list(range(60))
        assert sum(opcode == 2 for opcode, _ in transport.messages()) == 1

    on_loop(scenario)


def test_a_gop_too_long_for_the_cache_gives_its_key_picture_and_goes_on_with_the_next() -> None:
    async def scenario() -> None:
        camera, transport = Camera(gop=50), Transport()
        camera.stream = LiveStream("cam-01", "main", gop_limit_bytes=1000)
        camera.send(30)
        slot = Viewer(transport, ManualClock()).open_slot(0, camera.stream, "full")
        await settled()
        assert transport.pictures() == [0]
        camera.send(22)
        await settled()
        assert transport.pictures() == [0, 50, 51]
        assert slot.sent_bytes > 0

    on_loop(scenario)


def test_a_viewer_behind_loses_pictures_up_to_a_key_picture_and_is_told_how_many() -> None:
    async def scenario() -> None:
        camera, transport = Camera(), Transport()
        Viewer(transport, ManualClock()).open_slot(0, camera.stream, "full")
        camera.send(5)
        await settled()
        transport.unsent_bytes = HIGH_WATER_BYTES + 1
        camera.send(55)
        await settled()
        assert transport.pictures() == [0, 1, 2, 3, 4]
        transport.unsent_bytes = 0
        camera.send(5)
        await settled()
        assert transport.pictures() == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64]
        assert sum(text.get("dropped", 0) for text in transport.texts()) == 55

    on_loop(scenario)


def test_a_stuck_viewer_holds_no_more_than_its_queue() -> None:
    async def scenario() -> None:
        camera, stuck, good = Camera(size=200_000), Transport(), Transport()
        stuck.unsent_bytes = HIGH_WATER_BYTES + 1
        slot = Viewer(stuck, ManualClock()).open_slot(0, camera.stream, "full")
        Viewer(good, ManualClock()).open_slot(0, camera.stream, "full")
        most = 0
        for _ in range(100):
            camera.send()
            await asyncio.sleep(0)
            most = max(most, slot._queued_bytes)
        await settled()
        assert most <= QUEUE_LIMIT_BYTES + 200_000
        assert stuck.pictures() == []
        assert good.pictures() == list(range(100))

    on_loop(scenario)


@given(
    st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.sampled_from(["full", "key"])), max_size=25),
    st.sampled_from([100, 60_000, 900_000]),
)
def test_whatever_a_viewer_takes_it_can_decode(
    steps: list[tuple[int, bool, Literal["full", "key"]]], size: int
) -> None:
    """No picture comes without all those it depends on, and none twice out of order."""

    async def scenario() -> None:
        camera, transport = Camera(size=size), Transport()
        viewer = Viewer(transport, ManualClock())
        slot = viewer.open_slot(0, camera.stream, "full")
        for count, is_stuck, mode in steps:
            transport.unsent_bytes = HIGH_WATER_BYTES + 1 if is_stuck else 0
            slot.change_mode(mode)
            camera.send(count)
            viewer._flush()
        last = -1
        for number in transport.pictures():
            assert number % 10 == 0 or number == last + 1
            last = number
        viewer.close()

    on_loop(scenario)


def test_new_parameters_bring_their_init_and_drop_what_waits() -> None:
    async def scenario() -> None:
        camera, transport = Camera(), Transport()
        transport.unsent_bytes = HIGH_WATER_BYTES + 1
        Viewer(transport, ManualClock()).open_slot(0, camera.stream, "full")
        camera.send(10)
        camera.parameters = VideoParameters("h265", 1280, 720, None, "hvc1.1.6.L93.B0", b"\0\0\0\x08hvc1", 0)
        camera.send(3)
        transport.unsent_bytes = 0
        await settled()
        assert transport.pictures() == [10, 11, 12]
        announced = [text for text in transport.texts() if "mime" in text]
        assert [(text["codec"], text["width"]) for text in announced] == [("h265", 1280)]

    on_loop(scenario)


def test_key_mode_sends_key_pictures_alone_without_holes_between_them() -> None:
    async def scenario() -> None:
        camera, transport = Camera(), Transport()
        camera.send(15)
        Viewer(transport, ManualClock()).open_slot(0, camera.stream, "key")
        camera.send(20)
        await settled()
        assert transport.pictures() == [10, 20, 30]
        keys = [picture for picture in [camera.stream.last_key] if picture is not None]
        assert [parse_moof(key.key_head()[32:-8]).runs[0].samples[0].duration for key in keys] == [90_000]

    on_loop(scenario)


def test_a_viewer_that_reads_nothing_is_stalled_after_ten_seconds_and_one_that_reads_is_not() -> None:
    async def scenario() -> None:
        clock, transport = ManualClock(), Transport()
        viewer = Viewer(transport, clock)
        transport.unsent_bytes = 1000
        verdicts = []
        for _ in range(6):
            viewer.send_json({})
            transport.unsent_bytes += 2  # the frames written above and the ping: nothing was taken
            verdicts.append(viewer.is_stalled())
            transport.unsent_bytes = 1000 + viewer.written_bytes
            clock.advance(2_500_000)
        assert verdicts == [False] * 5 + [True]
        viewer.on_pong()
        assert not viewer.is_stalled()

    on_loop(scenario)


def test_a_viewer_that_never_answers_a_ping_is_stalled_even_if_the_kernel_takes_its_bytes() -> None:
    async def scenario() -> None:
        clock, transport = ManualClock(), Transport()
        viewer = Viewer(transport, clock)
        verdicts = []
        for _ in range(14):
            verdicts.append(viewer.is_stalled())
            clock.advance(2_500_000)
        assert verdicts == [False] * 13 + [True]

    on_loop(scenario)


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536, 20_000_000])
def test_a_frame_header_says_its_length(length: int) -> None:
    header = frame_header(2, length)
    short = header[1]
    told = short if short < 126 else int.from_bytes(header[2:], "big")
    assert (header[0], told) == (0x82, length)


def test_durations_and_times_of_one_picture_fragments_follow_the_camera() -> None:
    camera = Camera()
    camera.send(4)
    times = []
    for picture in camera.stream.gop():
        head = picture.head()
        run = parse_moof(head[32:-8]).runs[0]
        times.append((run.base_decode_time, run.samples[0].duration, run.samples[0].cts_offset))
    first = times[0][0]
    assert times == [(first + number * 9000, 9000, 0) for number in range(4)]
