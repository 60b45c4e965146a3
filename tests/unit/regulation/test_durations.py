"""Durations are read strictly and added on the calendar of the place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.units import us_from_datetime, utc_from_us
from nangmai.regulation.durations import (
    Duration,
    DurationParameterUnknown,
    DurationUnclear,
    add,
    fill,
    in_words,
    parse,
)
from unit.regulation.small import regulation

HANOI = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P3M", Duration(months=3)),
        ("PT15M", Duration(seconds=900)),
        ("P1DT12H", Duration(days=1, seconds=12 * 3600)),
        ("P2W", Duration(days=14)),
        ("P1Y6M", Duration(months=18)),
        ("PT0S", Duration()),
        ("P1Y2M3DT4H5M6S", Duration(14, 3, 4 * 3600 + 5 * 60 + 6)),
    ],
)
def test_a_duration_is_read(text: str, duration: Duration) -> None:
    assert parse(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "15M", "P1DT", "PT15", "p3m", "P-1D", "P1.5D", "P1W2D", "PT٣M", "P1D ", "P101Y", "PT{x}M"],
)
def test_what_is_no_duration_is_one_clear_error(text: str) -> None:
    with pytest.raises(DurationUnclear, match="is no duration"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("PT15M", "15 phút", "15 minutes"),
        ("P1DT12H", "1 ngày 12 giờ", "1 day 12 hours"),
        ("PT90M", "1 giờ 30 phút", "1 hour 30 minutes"),
        ("P1Y", "12 tháng", "12 months"),
        ("PT0S", "0 giây", "0 seconds"),
    ],
)
def test_a_duration_is_said_in_words(text: str, vi: str, en: str) -> None:
    assert in_words(text) == (vi, en)


def test_a_parameter_fills_its_place() -> None:
    assert fill("PT{report_p1_minutes}M", regulation(report_p1_minutes=25)) == "PT25M"
    assert fill("PT{report_p1_minutes}M", regulation()) == "PT15M"
    assert fill("P3M", regulation()) == "P3M"


@pytest.mark.parametrize("name", ["nothing", "audio", "on_term_end", ""])
def test_a_name_that_is_no_number_is_an_error_that_lists_those_there_are(name: str) -> None:
    with pytest.raises(DurationParameterUnknown, match="report_p1_minutes"):
        fill(f"PT{{{name}}}M", regulation())


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ((2023, 1, 31, 9), "P1M", (2023, 2, 28, 9)),
        ((2024, 1, 31, 9), "P1M", (2024, 2, 29, 9)),
        ((2024, 2, 29, 9), "P1Y", (2025, 2, 28, 9)),
        ((2023, 11, 30, 9), "P3M", (2024, 2, 29, 9)),
        ((2023, 12, 31, 23), "PT2H", (2024, 1, 1, 1)),
        ((2023, 1, 31, 9), "P1M1D", (2023, 3, 1, 9)),
        # 23:30 in Hanoi is the day before in UTC: the month added is Hanoi's
        ((2023, 3, 1, 0), "P1M", (2023, 4, 1, 0)),
    ],
)
def test_months_and_days_follow_the_calendar(start: tuple[int, ...], text: str, end: tuple[int, ...]) -> None:
    begun = us_from_datetime(datetime(*start, tzinfo=HANOI))  # type: ignore[misc, arg-type]
    assert utc_from_us(add(begun, parse(text), HANOI)) == datetime(*end, tzinfo=HANOI)  # type: ignore[misc, arg-type]


def test_a_day_is_the_same_hour_next_day_and_24_hours_are_elapsed_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening = us_from_datetime(datetime(2023, 3, 25, 20, tzinfo=berlin))  # clocks go forward in the night
    assert utc_from_us(add(evening, parse("P1D"), berlin)) == datetime(2023, 3, 26, 18, tzinfo=UTC)
    assert utc_from_us(add(evening, parse("PT24H"), berlin)) == datetime(2023, 3, 26, 19, tzinfo=UTC)


@given(
    start=st.integers(0, 4_000_000_000_000_000),
    days=st.integers(0, 5000),
    minutes=st.integers(0, 100_000),
)
def test_without_months_a_sum_in_a_fixed_zone_is_the_plain_sum(start: int, days: int, minutes: int) -> None:
    duration = parse(f"P{days}DT{minutes}M")
    assert add(start, duration, HANOI) == start + (days * 1440 + minutes) * 60_000_000
