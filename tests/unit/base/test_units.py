from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.units import iso_from_us, t90k_from_us, us_from_90k


@given(st.integers(min_value=0, max_value=1 << 50))
def test_90k_survives_the_way_through_microseconds(duration_90k: int) -> None:
    assert t90k_from_us(us_from_90k(duration_90k)) == duration_90k


def test_iso_prints_utc_with_milliseconds() -> None:
    assert iso_from_us(1_790_000_000_123_456) == "2026-09-21T14:13:20.123Z"
