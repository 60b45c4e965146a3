"""Keeping a source up for ever: states, back-off, and the long silence after a refused password.

A subclass plays one connection (`_play`); this class decides when the next one is tried.
"""

from __future__ import annotations

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from dataclasses import replace

from nangmai.base.clock import Clock
from nangmai.base.errors import Error
from nangmai.base.log import RepeatLimiter
from nangmai.base.units import US_PER_S
from nangmai.devices.contract import SourceEvents, SourceState, SourceStats
from nangmai.devices.errors import SourceFailed
from nangmai.devices.limits import HostLimits, refusal_wait_s
from nangmai.media.rtsp_session import CameraRefused

log = logging.getLogger(__name__)

RETRY_CAP_S = 30.0
STOP_S = 2.0
_STEADY_US = 30 * US_PER_S  #: a connection that lasted as long makes the next failure a first one


class Backoff:
    """Exponential with full jitter: anything between (almost) nothing and a bound that doubles up to `cap_s`."""

    def __init__(self, base_s: float = 1.0, cap_s: float = RETRY_CAP_S, rng: random.Random | None = None) -> None:
        self._base_s = base_s
        self._cap_s = cap_s
        self._rng = rng or random.Random()
        self.failures = 0

    def next_s(self) -> float:
        """How long to wait after one more failure."""
        bound_s = min(self._cap_s, self._base_s * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return self._rng.uniform(min(0.1, bound_s), bound_s)

    def jitter_s(self) -> float:
        """A little extra, so that streams that wait for the same moment do not all come at once."""
        return self._rng.uniform(0, self._base_s)

    def reset(self) -> None:
        """All is well again."""
        self.failures = 0


class PersistentSource(ABC):
    """A source that reconnects by itself."""

    def __init__(self, name: str, *, events: SourceEvents, hosts: HostLimits, clock: Clock) -> None:
        """`name` is the masked URL, for logs and errors."""
        self.name = name
        self._events = events
        self._hosts = hosts
        self._clock = clock
        self._limiter = RepeatLimiter(clock=clock)
        self._backoff = Backoff()
        self._refusals = 0
        self._task: asyncio.Task[None] | None = None
        self._state: SourceState | None = None
        self._streaming_since_us: int | None = None
        self._is_stopped = False
        self._past = SourceStats()

    # -- the contract of Source

    @property
    def stats(self) -> SourceStats:
        return self._past

    def gather(self, *, is_allowed: bool) -> None:
        """Nothing: what is read by a thread cannot wait."""
        del is_allowed

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=f"source {self.name}")

    async def stop(self) -> None:
        self._is_stopped = True
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        _, running = await asyncio.wait({task}, timeout=STOP_S)
        for left in running:
            left.cancel()

    # -- for subclasses

    @abstractmethod
    async def _play(self) -> None:
        """Connect and deliver until it ends, always by raising the reason."""

    def _blocked_s(self) -> float:
        """How long not to try again, as far as all sources together know; 0 = nothing is known."""
        return 0.0

    def _set_state(self, state: SourceState, error: Error | None = None) -> None:
        if self._is_stopped or (state == self._state and error is None):
            return
        self._state = state
        self._events.on_state(state, error)

    def _media_flows(self) -> None:
        """The first media packet of a connection has come."""
        self._refusals = 0
        self._streaming_since_us = self._clock.mono_us()
        self._set_state("streaming")

    # -- for ever

    async def _run(self) -> None:
        self._set_state("connecting")
        while True:
            error = await self._try_once()
            if error is None:
                return
            wait_s = self._wait_s(error)
            self._past = replace(self.stats, reconnects=self._past.reconnects + 1)
            self._limiter.log(log, logging.WARNING, f"{self.name} {error.code}", f"{error}; next try in {wait_s:.1f} s")
            self._set_state("refused" if isinstance(error, CameraRefused) else "no_signal", error)
            await asyncio.sleep(wait_s)

    async def _try_once(self) -> Error | None:
        """Why the connection ended; None when there is no use in another."""
        self._streaming_since_us = None
        try:
            await self._play()
        except Error as error:
            return error
        except Exception as error:  # a task border: one camera's surprise must not end its recording
            log.exception("%s: unexpected failure", self.name)
            return SourceFailed(url=self.name, failure=type(error).__name__)
        return None

    def _wait_s(self, error: Error) -> float:
        if isinstance(error, CameraRefused):
            wait_s = self._blocked_s() or float(refusal_wait_s(self._refusals))
            self._refusals += 1
            return wait_s + self._backoff.jitter_s()
        since_us = self._streaming_since_us
        if since_us is not None and self._clock.mono_us() - since_us > _STEADY_US:
            self._backoff.reset()
        return self._backoff.next_s()
