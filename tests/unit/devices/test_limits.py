"""Hosts are spared: few connections at once, and never the same wrong password again and again."""

from __future__ import annotations

import asyncio

from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from nangmai.devices.limits import Door, HostLimits
from nangmai.media.auth import Credentials

DOOR = Door("10.0.0.1", 554, Credentials("u", "p"))


def test_no_more_connections_at_once_than_allowed_and_other_hosts_do_not_wait() -> None:
    async def body() -> None:
        limits = HostLimits(concurrent=2, per_second=1e6)
        open_now, most, gate = 0, 0, asyncio.Event()

        async def one(host: str) -> None:
            nonlocal open_now, most
            async with limits.connecting(host):
                open_now += host == "a"
                most = max(most, open_now)
                await gate.wait()
                open_now -= host == "a"

        tasks = [asyncio.create_task(one("a")) for _ in range(10)] + [asyncio.create_task(one("b"))]
        await asyncio.sleep(0.01)
        assert open_now == 2
        gate.set()
        await asyncio.gather(*tasks)
        assert most == 2

    asyncio.run(body())


def test_connections_to_one_host_are_spread_over_time() -> None:
    async def body() -> list[float]:
        limits = HostLimits(concurrent=100, per_second=50)
        starts: list[float] = []

        async def one() -> None:
            async with limits.connecting("a"):
                starts.append(asyncio.get_running_loop().time())

        await asyncio.gather(*(one() for _ in range(5)))
        return starts

    starts = asyncio.run(body())
    assert starts[-1] - starts[0] >= 0.079  # four intervals of 20 ms, and never less whatever the load


def test_an_unproven_password_is_tried_by_one_at_a_time() -> None:
    async def body() -> None:
        limits = HostLimits()
        trying, most = 0, 0

        async def one() -> None:
            nonlocal trying, most
            async with limits.signing_in(DOOR):
                trying += 1
                most = max(most, trying)
                await asyncio.sleep(0)
                trying -= 1

        await asyncio.gather(*(one() for _ in range(5)))
        assert most == 1
        limits.accepted(DOOR)
        await asyncio.gather(*(one() for _ in range(5)))
        assert most > 1

    asyncio.run(body())


def test_a_refused_password_rests_for_five_minutes_then_twice_as_long_up_to_an_hour() -> None:
    clock = ManualClock()
    limits = HostLimits(clock=clock)
    waits = []
    for _ in range(6):
        assert limits.refusal_wait_s(DOOR) == 0
        limits.refused(DOOR)
        waits.append(limits.refusal_wait_s(DOOR))
        clock.advance(int(waits[-1] * US_PER_S))
    assert waits == [300, 600, 1200, 2400, 3600, 3600]


def test_refusals_in_the_same_moment_count_once_and_other_passwords_do_not_wait() -> None:
    limits = HostLimits(clock=ManualClock())
    limits.refused(DOOR)
    limits.refused(DOOR)
    assert limits.refusal_wait_s(DOOR) == 300
    assert limits.refusal_wait_s(Door("10.0.0.1", 554, Credentials("u", "other"))) == 0
    limits.accepted(DOOR)
    assert limits.refusal_wait_s(DOOR) == 0
