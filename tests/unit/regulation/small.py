"""Regulations of a few norms, for tests that say all that matters themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from nangmai.base.units import us_from_datetime
from nangmai.regulation.acts import Title
from nangmai.regulation.model import Article, Clause, Mode, Norm, Regulation, RoleDefinition
from nangmai.regulation.parameters import Value

IN_FORCE_FROM = datetime(2023, 1, 1, tzinfo=UTC)
NOW_US = us_from_datetime(datetime(2023, 3, 1, 9, tzinfo=UTC))
ROLES = (
    RoleDefinition("principal", Title("Hiệu trưởng", "Principal"), is_board=True),
    RoleDefinition("guard", Title("Nhân viên bảo vệ", "Guard")),
    RoleDefinition("head", Title("Tổ trưởng tổ bảo vệ", "Head of security")),
    RoleDefinition("supplier", Title("Đơn vị cung cấp", "Supplier"), is_outside=True),
)


def norm(norm_id: str, mode: Mode, acts: str, who: str, **more: Any) -> Norm:
    """A norm whose clause is the part of its id before the slash; acts, who, when and unless as words."""
    words = {name: tuple(more.pop(name).split()) for name in ("when", "unless", "then") if name in more}
    return Norm(norm_id, norm_id.split("/")[0], mode, tuple(acts.split()), tuple(who.split()), **words, **more)


def regulation(
    *norms: Norm,
    number: str = "1/QĐ",
    roles: Sequence[RoleDefinition] = ROLES,
    since: datetime = IN_FORCE_FROM,
    until: datetime | None = None,
    **parameters: Value,
) -> Regulation:
    """A version with these norms, one clause for each first half of an id."""
    clauses: dict[str, list[Norm]] = {}
    for each in norms:
        clauses.setdefault(each.clause, []).append(each)
    text = Title("Nội dung", "Text")
    return Regulation(
        number=number,
        title=Title("Quy chế", "Regulation"),
        issuer=Title("Trường", "School"),
        signed_on=date(2022, 12, 30),
        in_force_from=since,
        in_force_until=until,
        term_ends_on=None,
        law="vn-2026",
        roles=tuple(roles),
        articles=(
            Article("Đ1", text, tuple(Clause(clause, text, tuple(members)) for clause, members in clauses.items())),
        ),
        parameters={"retention_min_days": 20, "retention_max_days": 30, "replay_minutes": 30, **parameters},
    )
