"""Durations as a text writes them (ISO 8601-1 §5.5.2.2: `P3M`, `PT15M`, `P1DT12H`) and their sum with a moment.

Owns the grammar and the calendar arithmetic. Years, months, weeks and days follow the calendar of the place; hours,
minutes and seconds are elapsed time. Never guesses a length: what it cannot read is an error.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S, us_from_datetime, utc_from_us
from nangmai.regulation.acts import Title
from nangmai.regulation.parameters import PARAMETERS

if TYPE_CHECKING:
    from nangmai.regulation.model import Regulation

_FORM = re.compile(
    r"P(?!\Z)(?:(?P<weeks>\d{1,4})W|(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?!\Z)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9})S)?)?)",
    re.ASCII,
)
_PLACE = re.compile(r"\{([^{}]*)\}")
_UNITS = (
    Title("tháng", "month"),
    Title("ngày", "day"),
    Title("giờ", "hour"),
    Title("phút", "minute"),
    Title("giây", "second"),
)
MOST_MONTHS = 1200  #: a hundred years: longer is a slip of the pen, and would leave the calendar


class DurationUnclear(Error):
    """{text!r} is no duration. Write P3M (months), P20D (days), PT15M (minutes) or P1DT12H, 100 years at most."""

    kind: ClassVar[Kind] = Kind.INVALID


class DurationParameterUnknown(Error):
    """{text!r} names {name!r}, which is no whole-number parameter. There are: {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


class Duration(NamedTuple):
    """A length of time, by the units that cannot be turned into one another."""

    months: int = 0
    days: int = 0
    seconds: int = 0


def parse(text: str) -> Duration:
    """The duration of an ISO 8601 text without placeholders."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise DurationUnclear(text=text)
    part = {name: int(value or 0) for name, value in found.groupdict().items()}
    duration = Duration(
        months=part["years"] * 12 + part["months"],
        days=part["weeks"] * 7 + part["days"],
        seconds=(part["hours"] * 60 + part["minutes"]) * 60 + part["seconds"],
    )
    if duration.months + (duration.days + duration.seconds / 86_400) / 31 > MOST_MONTHS:
        raise DurationUnclear(text=text)
    return duration


def fill(text: str, regulation: Regulation) -> str:
    """The text with `{parameter}` replaced by what the version states."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        parameter = PARAMETERS.get(name)
        if parameter is None or parameter.type != "integer":
            known = ", ".join(sorted(known.id for known in PARAMETERS.values() if known.type == "integer"))
            raise DurationParameterUnknown(text=text, name=name, known=known)
        return str(regulation.parameter(name))

    return _PLACE.sub(value, text)


def in_words(text: str) -> Title:
    """The duration as people say it: `P1DT12H` is 1 ngày 12 giờ, 1 day 12 hours."""
    duration = parse(text)
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    amounts = (duration.months, duration.days, hours, minutes, seconds)
    said = [(amount, unit) for amount, unit in zip(amounts, _UNITS, strict=True) if amount] or [(0, _UNITS[-1])]
    return Title(
        vi=" ".join(f"{amount} {unit.vi}" for amount, unit in said),
        en=" ".join(f"{amount} {unit.en}{'' if amount == 1 else 's'}" for amount, unit in said),
    )


def add(moment_us: int, duration: Duration, tz: tzinfo) -> int:
    """The moment a duration later: months first (the last day of a shorter month), then days, then elapsed seconds."""
    local = utc_from_us(moment_us).astimezone(tz)
    month = local.year * 12 + local.month - 1 + duration.months
    year, month = month // 12, month % 12 + 1
    local = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    return us_from_datetime(local + timedelta(days=duration.days)) + duration.seconds * US_PER_S
