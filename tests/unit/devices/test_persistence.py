"""A source comes back for ever, politely, and says why it was away."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.clock import ManualClock
from nangmai.base.errors import Error
from nangmai.base.units import US_PER_S
from nangmai.devices.contract import SourceState
from nangmai.devices.errors import CameraClosed
from nangmai.devices.limits import HostLimits
from nangmai.devices.persistence import RETRY_CAP_S, Backoff, PersistentSource
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.rtsp_session import CameraRefusedPassword


class Events:
    def __init__(self) -> None:
        self.states: list[tuple[SourceState, str | None]] = []

    def on_picture(self, picture: Picture) -> None:
        raise AssertionError

    def on_audio(self, frame: AudioFrame) -> None:
        raise AssertionError

    def on_state(self, state: SourceState, error: Error | None) -> None:
        self.states.append((state, error.code if error else None))


class Scripted(PersistentSource):
    """Plays a list: an error to raise, or how long to stream before the connection closes."""

    def __init__(self, events: Events, script: list[Exception | int]) -> None:
        self.clock = ManualClock()
        super().__init__("rtsp://h/s", events=events, hosts=HostLimits(clock=self.clock), clock=self.clock)
        self.waits: list[float] = []
        self._script = script

    async def _play(self) -> None:
        if not self._script:
            await asyncio.Event().wait()
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        self._media_flows()
        self.clock.advance(step * US_PER_S)
        raise CameraClosed(url=self.name)

    def _wait_s(self, error: Error) -> float:
        self.waits.append(super()._wait_s(error))
        return 0.0


def play(script: list[Exception | int]) -> tuple[Scripted, Events]:
    async def body() -> tuple[Scripted, Events]:
        events = Events()
        source = Scripted(events, list(script))
        source.start()
        for _ in range(50):
            await asyncio.sleep(0)
        await source.stop()
        return source, events

    return asyncio.run(body())


def test_states_tell_the_story() -> None:
    source, events = play([CameraClosed(url="u"), 5, CameraRefusedPassword(url="u"), 1])
    assert events.states == [
        ("connecting", None),
        ("no_signal", "camera_closed"),
        ("streaming", None),
        ("no_signal", "camera_closed"),
        ("refused", "camera_refused_password"),
        ("streaming", None),
        ("no_signal", "camera_closed"),
    ]
    assert source.stats.reconnects == 4


def test_a_surprise_does_not_end_the_source() -> None:
    _, events = play([ZeroDivisionError(), 1])
    assert events.states[1] == ("no_signal", "source_failed")
    assert ("streaming", None) in events.states


def test_a_refused_source_waits_long_and_ever_longer() -> None:
    source, _ = play([CameraRefusedPassword(url="u")] * 6)
    for wait_s, bound_s in zip(source.waits, [300, 600, 1200, 2400, 3600, 3600], strict=True):
        assert bound_s <= wait_s <= bound_s + 1


def test_a_connection_that_lasted_makes_the_next_failure_a_first_one() -> None:
    source, _ = play([1, 1, 1, 1, 1, 1, 60])
    assert source.waits[-1] <= 1.0


def test_nothing_is_called_back_after_stop() -> None:
    async def body() -> None:
        events = Events()
        source = Scripted(events, [])
        source.start()
        await asyncio.sleep(0)
        await source.stop()
        before = list(events.states)
        source._set_state("no_signal", CameraClosed(url="u"))
        assert events.states == before
        await source.stop()

    asyncio.run(body())


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_waits_are_jittered_over_the_whole_range_and_capped(seed: int, failures: int) -> None:
    backoff = Backoff(rng=random.Random(seed))
    waits = [backoff.next_s() for _ in range(failures)]
    assert all(0.1 <= wait <= min(RETRY_CAP_S, 2**number) for number, wait in enumerate(waits))


def test_waits_grow_to_the_cap() -> None:
    rng = random.Random(1)
    late = []
    for _ in range(200):
        backoff = Backoff(rng=rng)
        late.append([backoff.next_s() for _ in range(8)][-1])
    assert max(late) > 0.9 * RETRY_CAP_S
    assert min(late) < 0.1 * RETRY_CAP_S
