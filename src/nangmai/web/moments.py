"""Moments as entries of the ledger and rows of the database say them, brought to one form: microseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nangmai.base.units import us_from_datetime


def said_us(moment: Any) -> int | None:
    """Of ISO 8601 text, of a datetime, or of nothing."""
    if not moment:
        return None
    return us_from_datetime(moment if isinstance(moment, datetime) else datetime.fromisoformat(moment))
