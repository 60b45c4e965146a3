"""A camera's clock: pictures leave when they are due, counters and timestamps go on for ever."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from nangmai.simulator.camera import Camera, ClipUnknown, SimulatedCamera
from nangmai.simulator.clip import Clip
from nangmai.simulator.packets import packetize
from nangmai.simulator.session import Session, Track
from nangmai.simulator.stamp import stamps


class Wire:
    """An outlet that keeps what is sent."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.reports: list[bytes] = []
        self.garbage: list[bytes] = []
        self.full = False

    def is_full(self) -> bool:
        return self.full

    def write_frames(self, buffer: bytearray, frames: list[int]) -> None:
        self.pictures.append(bytes(buffer))

    def write_packets(self, packets: list[bytes]) -> None:
        self.pictures.append(b"".join(b"$\0" + len(one).to_bytes(2, "big") + one for one in packets))

    def write_rtcp(self, packet: bytes) -> None:
        self.reports.append(packet)

    def write_garbage(self, data: bytes) -> None:
        self.garbage.append(data)

    def close(self) -> None: ...

    def counters(self) -> list[int]:
        return [stamp.counter for data in self.pictures for stamp in stamps(data)]

    def timestamps(self) -> list[int]:
        return [int.from_bytes(data[8:12], "big") for data in self.pictures]

    def sequences(self) -> list[int]:
        found = []
        for data in self.pictures:
            at = 0
            while at < len(data):
                found.append(int.from_bytes(data[at + 6 : at + 8], "big"))
                at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
        return found


def watched(clip: Clip, **settings: object) -> tuple[SimulatedCamera, Session, Wire]:
    spec = Camera("cam", clip, **settings)  # type: ignore[arg-type]
    camera = SimulatedCamera(spec, {"main": packetize(clip), "other": packetize(clip)}, 0, 1)
    wire = Wire()
    session = Session("s", 60, camera.conditions, 1)
    session.tracks["video"] = Track("video", 90_000, wire)
    camera.add_session(session)
    return camera, session, wire


def run(camera: SimulatedCamera, begin_s: float, end_s: float) -> None:
    for tick in range(round(begin_s * 100), round(end_s * 100)):
        camera.tick(tick * 900, tick * 10_000, 1_790_000_000_000_000 + tick * 10_000)


def test_counters_and_timestamps_go_on_over_the_seam_of_the_clip(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    run(camera, 0, 7)
    assert wire.counters() == list(range(70))
    times = wire.timestamps()
    assert {(after - before) % 2**32 for before, after in itertools.pairwise(times)} == {9000}


def test_sequence_numbers_have_no_gap_even_over_their_wrap(clip: Clip) -> None:
    camera, session, wire = watched(clip)
    session.move_near_wrap(0)
    run(camera, 0, 8)
    numbers = wire.sequences()
    assert len(numbers) > 40
    assert numbers[0] == 65516
    assert numbers == [(65516 + n) % 65536 for n in range(len(numbers))]
    assert min(wire.timestamps()) < 2**31 < max(wire.timestamps())


def test_a_new_client_waits_for_a_key_picture_unless_told_otherwise(clip: Clip) -> None:
    for starts, first in (("key", 10), ("now", 4)):
        camera, session, wire = watched(clip, starts=starts)
        camera.remove_session(session)
        run(camera, 0, 0.35)
        camera.add_session(session)
        run(camera, 0.35, 2)
        assert wire.counters()[0] == first


def test_a_client_that_is_full_loses_up_to_the_next_key_picture_and_it_is_counted(clip: Clip) -> None:
    camera, session, wire = watched(clip)
    run(camera, 0, 0.55)
    wire.full = True
    run(camera, 0.55, 0.65)
    wire.full = False
    run(camera, 0.65, 2)
    assert wire.counters() == [0, 1, 2, 3, 4, 5, *range(10, 20)]
    assert session.counts.dropped == 4
    assert (session.counts.first_counter, session.counts.last_counter, session.counts.pictures) == (0, 19, 16)


def test_pictures_of_a_stall_are_gone_and_time_goes_on(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    run(camera, 0, 0.55)
    camera.conditions.is_stalled = True
    run(camera, 0.55, 1.05)
    camera.conditions.is_stalled = False
    run(camera, 1.05, 1.5)
    assert wire.counters() == [*range(6), *range(11, 15)]
    assert (wire.timestamps()[6] - wire.timestamps()[5]) % 2**32 == 6 * 9000


def test_a_clock_jump_moves_timestamps_alone(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    run(camera, 0, 0.55)
    camera.fault("clock_jump", by_seconds=-100)
    run(camera, 0.55, 1)
    times = wire.timestamps()
    assert (times[6] - times[5]) % 2**32 == (9000 - 9_000_000) % 2**32
    assert wire.counters() == list(range(10))


def test_sender_reports_come_at_once_and_every_five_seconds(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    run(camera, 0, 11)
    assert len(wire.reports) == 3
    seconds = [int.from_bytes(report[8:12], "big") - 2_208_988_800 for report in wire.reports]
    assert seconds == [1_790_000_000, 1_790_000_005, 1_790_000_010]


def test_a_skewed_clock_shows_in_the_reports(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    camera.fault("ntp_skew", by_seconds=-3600)
    run(camera, 0, 1)
    assert int.from_bytes(wire.reports[0][8:12], "big") - 2_208_988_800 == 1_790_000_000 - 3600


def test_cameras_of_the_same_rhythm_choose_the_same_parts(clip: Clip) -> None:
    parted = replace(clip, parts=(range(0, 10), range(10, 20)))
    chosen = []
    for name in ("a", "b", "c"):
        spec = Camera(name, parted, rhythm=None if name == "c" else "same", quiet_share=0.5)
        camera = SimulatedCamera(spec, {"main": packetize(parted)}, 0, 1)
        parts = []
        for second in range(60):
            run(camera, second, second + 1)
            parts.append(camera._part.start)
        chosen.append(parts)
    assert chosen[0] == chosen[1] != chosen[2]
    assert set(chosen[0]) == {0, 10}


def test_jitter_delays_but_keeps_the_order_and_loses_nothing(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    camera.fault("jitter", milliseconds=300)
    run(camera, 0, 10)
    counters = wire.counters()
    assert counters == list(range(len(counters)))
    assert len(counters) >= 96


def test_loss_drops_packets_but_their_numbers_stay_taken(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    camera.fault("loss", rate=0.3)
    run(camera, 0, 10)
    numbers = wire.sequences()
    steps = [(after - before) % 65536 for before, after in itertools.pairwise(numbers)]
    assert min(steps) >= 1
    assert max(steps) > 1


def test_garbage_stands_between_whole_packets(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    camera.fault("garbage", rate=1.0)
    run(camera, 0, 1)
    assert len(wire.garbage) == 10
    assert len(wire.sequences()) == len(set(wire.sequences()))


def test_marker_bits_can_be_missing(clip: Clip) -> None:
    camera, _, wire = watched(clip)
    camera.fault("no_marker")
    run(camera, 0, 1)
    assert all(not data[5] & 0x80 for data in wire.pictures)


def test_an_ssrc_change_starts_new_numbers(clip: Clip) -> None:
    camera, _session, wire = watched(clip)
    run(camera, 0, 0.5)
    camera.fault("ssrc_change")
    run(camera, 0.5, 1)
    assert len({data[12:16] for data in wire.pictures}) == 2
    assert wire.counters() == list(range(10))
    assert len(wire.reports) == 2


def test_it_is_known_when_a_number_was_shown(clip: Clip) -> None:
    camera, _, _ = watched(clip)
    run(camera, 0, 2.5)
    assert camera.shown_us(3) == 1_790_000_000_000_000 + 2_300_000
    assert camera.shown_us(7) == 1_790_000_000_000_000 + 700_000
    assert camera.shown_us(99) == 0


def test_an_unknown_clip_is_refused_with_the_known_ones(clip: Clip) -> None:
    camera, _, _ = watched(clip)
    with pytest.raises(ClipUnknown, match="main, other"):
        camera.fault("switch", clip="third")


def test_clearing_ends_every_fault(clip: Clip) -> None:
    camera, _session, wire = watched(clip)
    for name in ("loss", "stall", "ntp_skew", "refuse"):
        camera.fault(name)
    camera.clear()
    run(camera, 0, 1)
    assert wire.counters() == list(range(10))
    assert camera.conditions.refusal == 0
