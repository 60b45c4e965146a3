from concurrent.futures import ThreadPoolExecutor

from nangmai.base.clock import ManualClock, using, utc_now, wall_us
from nangmai.base.units import US_PER_S


def test_a_clock_in_use_tells_the_time_until_its_block_ends() -> None:
    before_us = wall_us()
    with using(ManualClock(17 * US_PER_S)) as clock:
        assert wall_us() == 17 * US_PER_S
        assert isinstance(clock, ManualClock)
        clock.advance(US_PER_S)
        assert utc_now().isoformat() == "1970-01-01T00:00:18+00:00"
    assert wall_us() >= before_us


def test_a_clock_that_is_given_comes_before_the_one_in_use() -> None:
    with using(ManualClock(17)):
        assert wall_us(ManualClock(4)) == 4


def test_no_other_thread_is_told_by_it() -> None:
    with using(ManualClock(17)), ThreadPoolExecutor(1) as pool:
        assert pool.submit(wall_us).result() > 17
