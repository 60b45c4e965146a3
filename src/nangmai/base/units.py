"""Units of time and size, and their conversions. Every quantity carries its unit in its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

US_PER_S = 1_000_000
US_PER_DAY = 86_400 * US_PER_S
TIMESCALE_90K = 90_000  #: RTP video clock (RFC 3551 §4), and the timescale of every video track we write
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us_from_90k(duration_90k: int) -> int:
    """Microseconds of a duration in 1/90000 s, rounded half up."""
    return (duration_90k * 100 + 4) // 9


def t90k_from_us(duration_us: int) -> int:
    """1/90000 s of a duration in microseconds, rounded half up."""
    return (duration_us * 9 + 50) // 100


def utc_from_us(wall_us: int) -> datetime:
    """The moment as an aware datetime in UTC."""
    return datetime.fromtimestamp(wall_us // US_PER_S, UTC).replace(microsecond=wall_us % US_PER_S)


def us_from_datetime(moment: datetime) -> int:
    """Wall microseconds of an aware datetime, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def iso_from_us(wall_us: int) -> str:
    """ISO 8601 in UTC with milliseconds, for logs and JSON."""
    return utc_from_us(wall_us).isoformat(timespec="milliseconds").replace("+00:00", "Z")
