"""Wall time from arrival: steps are noticed, slewing is followed, jitter is filtered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from nangmai.recorder.timing import STEP_US, WINDOW_US, StreamOffset, WallEstimate

HOUR_US = 3600 * US_PER_S


def test_the_estimate_is_the_clock_while_nothing_happens() -> None:
    clock = ManualClock()
    estimate = WallEstimate(clock)
    for _ in range(100):
        clock.advance(US_PER_S)
        assert estimate.check() is None
        assert estimate.wall_us(clock.mono_us()) == clock.wall_us()


@given(st.integers(-10 * HOUR_US, 10 * HOUR_US))
def test_a_step_is_noticed_exactly_when_it_is_larger_than_the_limit(step_us: int) -> None:
    clock = ManualClock()
    estimate = WallEstimate(clock)
    clock.advance(US_PER_S)
    clock.step(step_us)
    step = estimate.check()
    if abs(step_us) > STEP_US:
        assert step is not None
        assert step.step_us == step_us
        assert estimate.wall_us(clock.mono_us()) == clock.wall_us()
        assert estimate.check() is None
    else:
        assert step is None


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=300))
def test_slewing_of_500_microseconds_a_second_is_followed_without_a_step(slews_us: list[int]) -> None:
    clock = ManualClock()
    estimate = WallEstimate(clock)
    for slew_us in slews_us:
        clock.advance(US_PER_S)
        clock.step(slew_us)
        assert estimate.check() is None
        assert abs(estimate.wall_us(clock.mono_us()) - clock.wall_us()) < 10_000


@given(
    st.integers(-(2**40), 2**40),
    st.lists(st.tuples(st.integers(1, 2 * US_PER_S), st.integers(0, US_PER_S)), min_size=1, max_size=200),
)
def test_the_offset_is_the_least_delay_of_the_window(base_us: int, pictures: list[tuple[int, int]]) -> None:
    offset = StreamOffset()
    seen: list[tuple[int, int]] = []
    media_us = arrival_us = 0
    for interval_us, delay_us in pictures:
        media_us += interval_us
        arrival_us = max(arrival_us, media_us + delay_us)  # TCP keeps the order
        offset.observe(arrival_us + 10**9, arrival_us + 10**9 - (media_us - base_us))
        seen.append((arrival_us, arrival_us - media_us))
    true_us = 10**9 + base_us
    recent = [delay for arrival, delay in seen if arrival >= arrival_us - WINDOW_US + US_PER_S]
    wider = [delay for arrival, delay in seen if arrival >= arrival_us - WINDOW_US - US_PER_S]
    assert min(wider) <= offset.offset_us - true_us <= min(recent)


def test_the_offset_follows_a_crystal_that_runs_slow() -> None:
    """100 ppm: after an hour the camera is 360 ms late; the estimate is never older than its window."""
    offset = StreamOffset()
    for second in range(3600):
        arrival_us = second * US_PER_S
        offset.observe(arrival_us, second * 100)
    assert abs(offset.offset_us - 3599 * 100) <= 31 * 100


def test_a_reset_forgets_the_old_media_clock() -> None:
    offset = StreamOffset()
    offset.observe(1000, 100)
    offset.reset()
    offset.observe(2000, -3000)
    assert offset.offset_us == -3000
