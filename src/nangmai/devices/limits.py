"""Politeness towards hosts: how many connections are opened at once and how fast, and which passwords were refused.

A recorder with 32 channels behind one address must not knock 64 times at once, and must not try one wrong password
64 times: cameras lock their users out.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from nangmai.base.clock import Clock, SystemClock
from nangmai.base.units import US_PER_S
from nangmai.media.auth import Credentials

FIRST_REFUSAL_S = 300
LONGEST_REFUSAL_S = 3600


class Door(NamedTuple):
    """Where a password is asked for."""

    host: str
    port: int
    credentials: Credentials | None


@dataclass
class _Host:
    slots: asyncio.Semaphore
    next_us: int = 0


@dataclass
class _DoorState:
    """What is known about a password at a door."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_proven: bool = False
    refusals: int = 0
    closed_until_us: int = 0


class HostLimits:
    """Shared by all sources of a process; used from one event loop."""

    def __init__(self, concurrent: int = 4, per_second: float = 10, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._interval_us = int(US_PER_S / per_second)
        self._hosts: dict[str, _Host] = defaultdict(lambda: _Host(asyncio.Semaphore(concurrent)))
        self._doors: dict[Door, _DoorState] = defaultdict(_DoorState)

    @asynccontextmanager
    async def connecting(self, name: str) -> AsyncIterator[None]:
        """Held while a connection to a host is set up."""
        host = self._hosts[name]
        async with host.slots:
            now_us = self._clock.mono_us()
            starts_us = max(now_us, host.next_us)
            host.next_us = starts_us + self._interval_us
            if starts_us > now_us:
                await asyncio.sleep((starts_us - now_us) / US_PER_S)
            yield

    @asynccontextmanager
    async def signing_in(self, door: Door) -> AsyncIterator[None]:
        """Held during sign-in: until a password has once been accepted, only one at a time tries it."""
        state = self._doors[door]
        if state.is_proven or door.credentials is None:
            yield
            return
        async with state.lock:
            yield

    def refusal_wait_s(self, door: Door) -> float:
        """How long this password must not be tried again; 0 = it may."""
        state = self._doors.get(door)
        return max(0, state.closed_until_us - self._clock.mono_us()) / US_PER_S if state else 0.0

    def accepted(self, door: Door) -> None:
        """The password is right."""
        state = self._doors[door]
        state.is_proven, state.refusals, state.closed_until_us = True, 0, 0

    def refused(self, door: Door) -> None:
        """The password is wrong: 5 minutes of silence, then 10, 20, 40, 60 …"""
        state = self._doors[door]
        if self._clock.mono_us() < state.closed_until_us:
            return  # another stream was refused in the same moment
        wait_s = refusal_wait_s(state.refusals)
        state.is_proven = False
        state.refusals += 1
        state.closed_until_us = self._clock.mono_us() + wait_s * US_PER_S


def refusal_wait_s(refusals: int) -> int:
    """How long to wait after so many refusals before."""
    return int(min(LONGEST_REFUSAL_S, FIRST_REFUSAL_S * 2 ** min(refusals, 10)))
