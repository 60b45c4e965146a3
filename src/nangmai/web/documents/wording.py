"""Words that papers share: dates, signatures in somebody's place, recipients. Vietnamese only, as papers are.

Pure: no names, numbers or roles of one institution.
"""

from __future__ import annotations

import datetime
from typing import Literal

Form = Literal["", "KT", "TUQ", "TM", "TL"]


def date_words(day: datetime.date) -> str:
    """`ngày 05 tháng 02 năm 2026`: days below 10 and the months 1 and 2 get a zero (Decree 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def date_figures(day: datetime.date) -> str:
    """`05/02/2026`, for tables."""
    return f"{day:%d/%m/%Y}"


def capacity(title: str, form: Form = "", *, of: str = "") -> tuple[str, ...]:
    """The lines above a signer's name (Decree 30/2020/NĐ-CP, Appendix I, II.7).

    `KT` signs for the head as deputy, `TUQ` by written authorisation, `TL` by order, `TM` for the collective: `of` is
    the head or the collective, `title` the signer's own.
    """
    return (f"{form}. {of}", title) if form else (title,)


def sentence_start(text: str) -> str:
    """With a capital letter, the rest as it is."""
    return text[:1].upper() + text[1:]
