"""A letterhead, people, and papers to make."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from nangmai.base.clock import ManualClock
from nangmai.web.accounts.models import User
from nangmai.web.documents import services
from nangmai.web.documents.services import Signatory
from unit.web.roles import Role

US_PER_DAY = 86_400 * 1_000_000


def clock_at(year: int, month: int, day: int) -> ManualClock:
    """Noon in Hanoi of a day."""
    moment = datetime.datetime(year, month, day, 5, tzinfo=datetime.UTC)
    return ManualClock(wall_us=int(moment.timestamp()) * 1_000_000)


@pytest.fixture
def letterhead() -> None:
    """In force for all days that tests use."""
    services.set_letterhead(
        by=None,
        in_force_from=datetime.date(2020, 1, 1),
        governing_body="Ủy ban nhân dân quận Long Biên",
        institution="Trường Mầm non Nắng Mai",
        abbreviation="MNNM",
        place="Long Biên",
        public_address="https://camera.example.vn/",
    )


@pytest.fixture
def people(make_user: Callable[..., User]) -> dict[str, User]:
    """Those who sign."""
    named = {
        "principal": (Role.PRINCIPAL, "Trần Thị Mai"),
        "vice": (Role.VICE_PRINCIPAL, "Nguyễn Thị Hồng Hạnh"),
        "guard": (Role.GUARD, "Đỗ Văn Bằng"),
    }
    made = {}
    for name, (role, display_name) in named.items():
        made[name] = make_user(role, name)
        made[name].display_name = display_name
        made[name].save()
    return made


def report(**changes: Any) -> dict[str, Any]:
    """The data of a report: the shortest paper with a number."""
    content = {
        "addressee": "Ban giám hiệu",
        "introduction": ["Tổ bảo vệ báo cáo như sau:"],
        "rows": [{"moment": "05/02/2026", "matter": "Camera bị che", "reporter": "Đỗ Văn Bằng", "outcome": "Đã xử lý"}],
        "proposals": ["Đề nghị bổ sung quy chế."],
    }
    return {"subject": "Về các vấn đề ngoài quy chế", "recipients": ["Như trên", "Lưu: VT"], "paper": content} | changes


@pytest.fixture
def issue(letterhead: None, people: dict[str, User]) -> Callable[..., Any]:
    """Issues a report."""

    def make(*signers: str, clock: ManualClock | None = None, **fields: Any) -> Any:
        chosen = [Signatory(people[name], (name,)) for name in signers]
        return services.issue(
            fields.pop("kind", "matters_report"),
            fields.pop("data", report()),
            by=people["principal"],
            signers=chosen,
            clock=clock or clock_at(2026, 2, 5),
            **fields,
        )

    return make
