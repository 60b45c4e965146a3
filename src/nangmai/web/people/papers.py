"""What goes into the decision that assigns duties. Takes plain rows, reads no database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from nangmai.web.documents.wording import date_figures


class AssignedDuty(NamedTuple):
    """One line of the decision; no area: everywhere, no end: until another decision."""

    name: str
    duty: str
    area: str
    begin: datetime.date
    end: datetime.date | None = None


def assignment_decision(
    rows: Iterable[AssignedDuty],
    *,
    authority: str,
    grounds: Sequence[str],
    proposal: str = "",
    recipients: Sequence[str] = (),
) -> dict[str, Any]:
    """The decision with its table of people, duties, areas and periods."""
    listed = [
        {"name": row.name, "duty": row.duty, "area": row.area or "Toàn hệ thống", "period": _period(row)}
        for row in rows
    ]
    return {
        "subject": "Về việc phân công nhiệm vụ quản lý, sử dụng hệ thống camera giám sát",
        "recipients": list(recipients),
        "paper": {
            "authority": authority,
            "grounds": list(grounds),
            "proposal": proposal,
            "opening": f"Phân công nhiệm vụ cho {len(listed):02d} cá nhân có tên sau đây:",
            "rows": listed,
            "decides": [
                "Các cá nhân được phân công thực hiện đúng nhiệm vụ, khu vực và thời hạn nêu tại Điều 1, theo quy chế "
                "đang có hiệu lực.",
                "Các bộ phận liên quan và các cá nhân có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này.",
            ],
        },
    }


def _period(row: AssignedDuty) -> str:
    begin = f"Từ {date_figures(row.begin)}"
    return begin if row.end is None else f"{begin} đến {date_figures(row.end)}"
