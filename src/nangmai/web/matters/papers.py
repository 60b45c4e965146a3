"""What goes into the consolidated report of matters outside the regulation. Takes plain rows, reads no database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from nangmai.web.documents.wording import date_figures, date_words


class ReportedMatter(NamedTuple):
    """One line of the report."""

    day: datetime.date
    matter: str
    reporter: str
    outcome: str


def consolidated_report(
    rows: Iterable[ReportedMatter],
    *,
    addressee: str,
    begin: datetime.date,
    end: datetime.date,
    proposals: Sequence[str],
    recipients: Sequence[str] = (),
) -> dict[str, Any]:
    """All matters of a period, none left out, and what is proposed."""
    listed = [
        {"moment": date_figures(row.day), "matter": row.matter, "reporter": row.reporter, "outcome": row.outcome}
        for row in rows
    ]
    return {
        "subject": "Tổng hợp các vấn đề phát sinh ngoài quy chế",
        "recipients": list(recipients),
        "paper": {
            "addressee": addressee,
            "introduction": [
                f"Từ {date_words(begin)} đến {date_words(end)}, các bộ phận đã ghi nhận {len(listed):02d} vấn đề phát "
                "sinh ngoài quy chế quản lý, sử dụng hệ thống camera giám sát, cụ thể như sau:"
            ],
            "rows": listed,
            "proposals": list(proposals) or ["Không có kiến nghị."],
        },
    }
