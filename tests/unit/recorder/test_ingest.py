"""Pictures become units and segments: what is cut where, what is written, and what is said to be missing."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.archive.records import FLAG_DAMAGED, FLAG_KEY, FLAG_REORDERED
from nangmai.base.errors import Error
from nangmai.base.units import TIMESCALE_90K, US_PER_S, us_from_90k
from nangmai.media.picture import AudioFrame, AudioParameters
from nangmai.recorder import ingest as ingest_module
from nangmai.recorder.problems import NoKeyPicture
from unit.recorder.pictures import INTERVAL_90K, INTERVAL_US, PARAMETERS, Bench

HOUR_US = 3600 * US_PER_S


class CameraGone(Error):
    """The camera is gone."""


def recording(gop: int = 25, pictures: int = 0) -> Bench:
    bench = Bench(gop=gop)
    bench.stream()
    bench.send(pictures)
    return bench


def test_nothing_is_recorded_before_a_key_picture() -> None:
    bench = Bench()
    bench.number = 5  # in the middle of a GOP
    bench.stream()
    assert bench.ingest.state == "waiting_for_key_picture"
    bench.send(20)
    assert bench.notebook.gaps[-1][0] == "waiting_for_key_picture"
    bench.send(60)
    bench.ingest.stop()
    assert bench.recorded == 60
    assert bench.ingest.counters.dropped_pictures == 20


def test_every_picture_from_the_first_key_picture_on_is_written_once_and_untouched() -> None:
    bench = recording(pictures=3000)
    bench.ingest.stop()
    assert list(bench.written()) == [picture.data for picture in bench.sent]


def test_a_long_wait_for_a_key_picture_is_told_once_with_advice(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(gop=10_000)
    bench.number = 1
    bench.stream()
    bench.send(600)
    assert bench.ingest.state == "waiting_for_key_picture"
    assert isinstance(bench.ingest.problem, NoKeyPicture)
    assert "for more than 10 s" in str(bench.ingest.problem)
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("gop", "fragments"), [(25, 1), (50, 1), (13, 1), (60, 2), (100, 2), (500, 10)])
def test_a_fragment_starts_at_each_key_picture_and_lasts_about_two_seconds_at_most(gop: int, fragments: int) -> None:
    bench = recording(gop, 4 * gop)
    bench.ingest.stop()
    units = [unit for segment in bench.segments for unit in segment.units]
    assert all(unit.duration_90k < 2.2 * TIMESCALE_90K for unit in units)
    keys = [number for number, unit in enumerate(units) if unit.flags & FLAG_KEY]
    assert len(keys) == 4
    # While the first GOP comes its length is not known, so it may be cut once more often.
    assert [after - before for before, after in pairwise(keys)][1:] == [fragments] * 2


def test_media_time_in_a_segment_counts_from_zero_without_a_hole() -> None:
    bench = recording(pictures=4000)
    bench.ingest.stop()
    for segment in bench.segments:
        position = 0
        for unit in segment.units:
            assert unit.start_90k == position
            assert unit.start_us == segment.start_us + us_from_90k(position)
            position += unit.duration_90k


def test_segments_rotate_on_a_key_picture_after_a_minute_and_tile_time() -> None:
    bench = recording(gop=50, pictures=5 * 60 * 25)
    bench.ingest.stop()
    assert [segment.reason for segment in bench.segments] == ["rotated"] * 4 + ["stopped"]
    for before, after in pairwise(bench.segments):
        assert before.end_us == after.start_us
        assert after.units[0].flags & FLAG_KEY
        assert 59 * US_PER_S < after.start_us - before.start_us < 62 * US_PER_S


def test_a_gop_longer_than_two_minutes_goes_on_in_another_file() -> None:
    bench = recording(gop=25 * 300, pictures=25 * 299)
    bench.ingest.stop()
    assert len(bench.segments) == 3
    assert bench.recorded == 25 * 299
    assert [bool(segment.units[0].flags & FLAG_KEY) for segment in bench.segments] == [True, False, False]
    assert all(before.end_us == after.start_us for before, after in pairwise(bench.segments))


def test_other_parameters_begin_another_segment_without_a_hole() -> None:
    bench = recording(pictures=100)
    bench.parameters = dataclasses.replace(PARAMETERS, width=1280, height=720)
    bench.send(100)
    bench.ingest.stop()
    first, second = bench.segments
    assert (first.reason, first.parameters.width, second.parameters.width) == ("parameters_changed", 640, 1280)
    assert first.end_us == second.start_us
    assert bench.recorded == 200


def test_equal_parameters_in_another_object_change_nothing() -> None:
    bench = recording(pictures=100)
    bench.parameters = dataclasses.replace(PARAMETERS)
    bench.send(100)
    bench.ingest.stop()
    assert len(bench.segments) == 1


def test_parameters_that_change_within_a_gop_wait_for_the_next_key_picture() -> None:
    bench = recording(pictures=30)
    bench.parameters = dataclasses.replace(PARAMETERS, width=1280)
    bench.send(50)
    bench.ingest.stop()
    assert [segment.pictures for segment in bench.segments] == [30, 30]


@pytest.mark.parametrize("jump_90k", [-(2**33), -5 * TIMESCALE_90K, 5 * TIMESCALE_90K, 2**33])
def test_a_jump_of_timestamps_closes_at_the_last_good_picture_and_goes_on_at_the_next_key_picture(
    jump_90k: int,
) -> None:
    bench = recording(pictures=110)
    bench.media_90k += jump_90k
    bench.send(65)
    bench.ingest.stop()
    first, second = bench.segments
    assert (first.reason, first.pictures, second.pictures) == ("timestamp_jump", 110, 50)
    assert first.end_us is not None
    assert 14 * INTERVAL_US < second.start_us - first.end_us < 16 * INTERVAL_US
    assert bench.notebook.gaps[-1][0] == "waiting_for_key_picture"
    assert bench.ingest.counters.jumps == 1


def test_a_jump_on_a_key_picture_loses_nothing() -> None:
    bench = recording(pictures=100)
    bench.media_90k -= 2**40
    bench.send(100)
    bench.ingest.stop()
    first, second = bench.segments
    assert bench.recorded == 200
    assert first.end_us == second.start_us


def test_a_stall_with_time_going_on_is_no_jump() -> None:
    bench = recording(pictures=100)
    bench.pause(4 * US_PER_S)
    bench.send(100)
    bench.ingest.stop()
    assert len(bench.segments) == 1
    assert bench.recorded == 200


def test_a_camera_that_leaves_closes_the_segment_with_its_cause() -> None:
    bench = recording(pictures=110)
    bench.ingest.on_state("no_signal", CameraGone())
    (segment,) = bench.segments
    assert (segment.reason, segment.pictures) == ("signal_lost", 110)
    assert segment.end_us == segment.start_us + 110 * INTERVAL_US
    assert bench.notebook.gaps[-1] == ("no_signal", "The camera is gone.")
    assert str(bench.ingest.problem) == "The camera is gone."


def test_a_camera_that_refuses_is_said_to_refuse() -> None:
    bench = Bench()
    bench.ingest.on_state("refused", CameraGone())
    assert bench.notebook.gaps == [("refused", "The camera is gone.")]
    assert bench.ingest.state == "refused"


def test_the_last_picture_lasts_as_long_as_most_others() -> None:
    bench = recording(pictures=7)
    bench.ingest.stop()
    (unit,) = bench.segments[0].units
    assert unit.duration_90k == 7 * INTERVAL_90K


def test_a_full_buffer_drops_up_to_the_next_key_picture_and_recording_goes_on() -> None:
    bench = recording(pictures=101)
    bench.notebook.accepts = False
    bench.send(25)
    assert bench.ingest.state == "disk"
    bench.notebook.accepts = True
    bench.send(50)
    bench.ingest.stop()
    first, *_, last = bench.segments
    assert first.reason == "disk"
    assert first.pictures == 100
    assert last.units[0].flags & FLAG_KEY
    assert bench.ingest.state == "off"
    assert "recording" in bench.screen.states[bench.screen.states.index("disk") :]


def test_a_forward_clock_step_leaves_a_gap_and_loses_no_picture() -> None:
    bench = recording(pictures=110)
    bench.clock.step(HOUR_US)
    assert bench.wall.check() is not None
    bench.ingest.clock_stepped()
    bench.send(90)
    bench.ingest.stop()
    first, second = bench.segments
    assert bench.recorded == 200
    assert first.reason == "clock_step"
    assert first.pictures == 125
    assert first.end_us is not None
    assert second.start_us - first.end_us == HOUR_US


def test_after_a_backward_clock_step_no_time_is_recorded_twice() -> None:
    bench = recording(pictures=110)
    bench.clock.step(-HOUR_US)
    assert bench.wall.check() is not None
    bench.ingest.clock_stepped()
    bench.send(60 * 25 * 3)
    bench.ingest.stop()
    assert bench.recorded == 110 + 60 * 25 * 3
    for before, after in pairwise(bench.segments):
        assert before.end_us == after.start_us
    last = bench.segments[-1]
    assert last.end_us is not None
    assert abs(last.end_us - bench.segments[0].start_us - bench.recorded * INTERVAL_US) < US_PER_S


def test_footage_comes_back_to_the_clock_once_that_has_been_set_forward_again() -> None:
    bench = recording(pictures=100)
    for step_us in (-HOUR_US, HOUR_US):
        bench.clock.step(step_us)
        assert bench.wall.check() is not None
        bench.ingest.clock_stepped()
        bench.send(100)
    bench.ingest.stop()
    last = bench.segments[-1]
    assert last.end_us is not None
    assert abs(last.end_us - bench.clock.wall_us()) < US_PER_S


def test_the_drift_of_a_crystal_does_not_add_up() -> None:
    bench = Bench(gop=25)
    bench.stream()
    for _ in range(10 * 60 * 25):
        bench.clock.advance(4)  # 100 ppm slow
        bench.send()
    bench.ingest.stop()
    last = bench.segments[-1]
    assert last.end_us is not None
    assert abs(last.end_us - bench.clock.wall_us()) < 100_000
    assert all(before.end_us == after.start_us for before, after in pairwise(bench.segments))


def test_timestamps_that_stand_still_are_replaced_by_times_of_arrival(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.stream()
    for _ in range(60 * 25):
        bench.media_90k -= INTERVAL_90K
        bench.send()
    bench.ingest.stop()
    last = bench.segments[-1]
    assert "do not run with time" in caplog.text
    assert last.end_us is not None
    assert abs(last.end_us - last.start_us - last.pictures * INTERVAL_US) < US_PER_S
    assert last.pictures > 600


def test_b_frames_keep_their_order_and_are_flagged() -> None:
    bench = Bench(dataclasses.replace(PARAMETERS, reorder_depth=1))
    bench.stream()
    base = bench.media_90k
    for group in range(50):  # I0 P2 B1 | ...: decode order with presentation times
        for shown in (0, 2, 1):
            bench.clock.advance(INTERVAL_US)
            bench.deliver(shown == 0 and group % 5 == 0, pts_90k=base + (3 * group + shown) * INTERVAL_90K)
    bench.ingest.stop()
    assert bench.recorded == 150
    assert len(bench.segments) == 1
    assert all(unit.flags & FLAG_REORDERED for unit in bench.segments[0].units)
    assert sum(unit.duration_90k for unit in bench.segments[0].units) == 150 * INTERVAL_90K


def test_undeclared_b_frames_are_recorded_and_flagged() -> None:
    bench = recording()
    base = bench.media_90k
    for group in range(50):
        for shown in (0, 2, 1):
            bench.clock.advance(INTERVAL_US)
            bench.deliver(shown == 0 and group % 10 == 0, pts_90k=base + (3 * group + shown) * INTERVAL_90K)
    bench.ingest.stop()
    assert bench.recorded == 150
    assert bench.segments[0].units[-1].flags & FLAG_REORDERED
    assert bench.ingest.counters.jumps == 0


def test_loss_marks_the_fragment() -> None:
    bench = recording(pictures=25)
    bench.send(10)
    bench.send(1, is_damaged=True)
    bench.send(40)
    bench.ingest.stop()
    assert [bool(unit.flags & FLAG_DAMAGED) for unit in bench.segments[0].units] == [False, True, False, False]


def test_key_size_and_data_offset_lead_to_the_key_picture() -> None:
    bench = recording(pictures=60)
    bench.ingest.stop()
    for unit in bench.segments[0].units:
        whole = b"".join(unit.parts)
        assert whole[unit.data_offset : unit.data_offset + unit.key_size] == unit.parts[2]


AAC = AudioParameters(codec="aac", sample_rate=16_000, channels=1, codecs="mp4a.40.2", sample_entry=b"\0\0\0\x08mp4a")


def test_audio_joins_at_the_next_key_picture_and_stays_with_its_pictures() -> None:
    bench = recording()
    pts = 5_000_000
    for number in range(500):
        bench.send()
        if number >= 30 and number % 8 == 0:  # 1024 samples are 64 ms: roughly one in 1.6 pictures
            for _ in range(5):
                bench.ingest.on_audio(AudioFrame(pts, b"A" * 50, 1024, bench.clock.mono_us(), AAC))
                pts += 1024
    bench.ingest.stop()
    first, second = bench.segments
    assert (first.audio, second.audio) == (None, AAC)
    sound = [part for unit in second.units for part in unit.parts[2:] if part == b"A" * 50]
    assert len(sound) > 200
    assert first.pictures + second.pictures == 500


def test_nothing_is_recorded_after_the_stop() -> None:
    bench = recording(pictures=50)
    bench.ingest.stop()
    bench.send(50)
    bench.ingest.on_state("streaming", None)
    bench.send(50)
    assert bench.recorded == 50
    assert bench.ingest.state == "off"


EVENTS = st.one_of(
    st.tuples(st.just("send"), st.integers(1, 80)),
    st.tuples(st.just("pause"), st.integers(0, 20 * US_PER_S)),
    st.tuples(st.just("jump"), st.integers(-(2**34), 2**34)),
    st.tuples(st.just("step"), st.integers(-2 * HOUR_US, 2 * HOUR_US)),
    st.tuples(st.just("parameters"), st.integers(1, 3)),
    st.tuples(st.just("state"), st.integers(0, 2)),
    st.tuples(st.just("disk"), st.integers(0, 1)),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_happens_segments_never_overlap_and_no_written_picture_is_altered(
    events: list[tuple[str, int]],
) -> None:
    bench = recording()
    for name, value in events:
        if name == "send":
            bench.send(value)
        elif name == "pause":
            bench.pause(value)
        elif name == "jump":
            bench.media_90k += value
        elif name == "step":
            bench.clock.step(value)
            if bench.wall.check():
                bench.ingest.clock_stepped()
        elif name == "parameters":
            bench.parameters = dataclasses.replace(PARAMETERS, width=640 * value)
        elif name == "state":
            bench.ingest.on_state(("streaming", "no_signal", "refused")[value], None)  # type: ignore[arg-type]
        else:
            bench.notebook.accepts = bool(value)
    bench.ingest.stop()
    assert not bench.notebook.is_open
    ends = 0
    for segment in bench.segments:
        assert segment.end_us is not None
        assert segment.start_us >= ends
        ends = segment.end_us
        assert segment.units or segment.reason == "disk"
    written, sent = list(bench.written()), iter(picture.data for picture in bench.sent)
    assert all(data in sent for data in written)  # in order, each at most once


def test_the_ordinary_picture_is_only_appended() -> None:
    """What makes the recorder light: between boundaries nothing is computed (its speed is measured in bench/)."""
    bench = recording(gop=100, pictures=30)
    calls = []
    bench.ingest._on_boundary = calls.append  # type: ignore[method-assign]
    bench.send(15)
    assert not calls
    assert ingest_module.FRAGMENT_LIMIT_90K == 2 * TIMESCALE_90K
