"""Which matters there are, who sees them, and what comes next for one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.regulation.acts import ACTS
from nangmai.regulation.decisions import Decision
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.documents.wording import Form, capacity, date_figures, sentence_start
from nangmai.web.ledger.models import Entry
from nangmai.web.ledger.services import actor_of
from nangmai.web.matters.models import LONGEST_CLAUSES, Matter, MatterReport
from nangmai.web.matters.papers import ReportedMatter, consolidated_report
from nangmai.web.people import queries as people
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import Asker

FILE, SUGGEST = "matter.file", "amendment.suggest"
COLLECT, REPORT, CONSIDER, PROPOSE = "matter.collect", "matter.report", "amendment.consider", "amendment.propose"
SEES_ALL = (COLLECT, REPORT, CONSIDER)
A_REFUSAL_IS_FRESH = datetime.timedelta(hours=1)


class MatterNotFound(Error):
    """There is no such matter among those you filed or go through."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class Refusal(NamedTuple):
    """The entry that a refusal left in the ledger, and what was refused."""

    seq: int
    thing: str


def sees_all(asks: Asker) -> bool:
    """Those who collect, report or decide see every matter, everybody else the own ones."""
    return any(asks.is_named(act) for act in SEES_ALL)


def matters_seen_by(user: User, *, all_of_them: bool) -> QuerySet[Matter]:
    """The matters of the list."""
    rows = Matter.objects.select_related("person", "collected_by", "answered_by").prefetch_related("reports__document")
    return rows if all_of_them else rows.filter(person=user)


def matter_seen_by(user: User, matter_id: int, *, all_of_them: bool) -> Matter:
    """One of them."""
    found = matters_seen_by(user, all_of_them=all_of_them).filter(pk=matter_id).first()
    if found is None:
        raise MatterNotFound
    return found


def found(rows: QuerySet[Matter], *, words: str = "", state: str = "") -> QuerySet[Matter]:
    """Those that fit a search."""
    for word in words.split():
        rows = rows.filter(
            Q(text__icontains=word)
            | Q(clause__icontains=word)
            | Q(topic__icontains=word)
            | Q(note__icontains=word)
            | Q(reason__icontains=word)
            | Q(person__display_name__icontains=word)
        )
    if state == "open":
        return rows.exclude(state=Matter.State.ANSWERED)
    return rows.filter(state=state) if state else rows


def open_matters() -> QuerySet[Matter]:
    """Every matter without an answer, the oldest first: what a report has to take."""
    return Matter.objects.exclude(state=Matter.State.ANSWERED).select_related("person").order_by("filed_at", "pk")


def to_be_amended() -> QuerySet[Matter]:
    """The matters whose answer was that the regulation is to be amended, and that no version has settled yet."""
    rows = Matter.objects.filter(answer=Matter.Answer.AMEND, settled_in=None)
    return rows.select_related("person").order_by("answered_at", "pk")


def reports() -> QuerySet[MatterReport]:
    """All reports, the newest first."""
    return MatterReport.objects.select_related("document", "reported_by").prefetch_related("matters")


def topics() -> list[str]:
    """The topics given so far, so that the same thing gets the same one."""
    return list(Matter.objects.exclude(topic="").order_by("topic").values_list("topic", flat=True).distinct())


def last_refusal(user: User, act: str) -> Refusal | None:
    """The newest refusal of the act to this person, when it was just now."""
    since_us = wall_us() - int(A_REFUSAL_IS_FRESH.total_seconds()) * US_PER_S
    entry = (
        Entry.objects.filter(actor=actor_of(user), act=act, outcome="refused", at_us__gte=since_us)
        .order_by("-seq")
        .first()
    )
    return None if entry is None else Refusal(entry.seq, entry.thing)


def known_clauses(text: str) -> str:
    """Those of the clauses named that the regulation in force has, as `Đ4.2, Đ7.1`; as many as the register takes."""
    regulation = in_force()
    known = {clause.id for clause in regulation.clauses} if regulation else set()
    named = [part.strip() for part in text.split(",")]
    kept = ""
    for part in dict.fromkeys(part for part in named if part in known):
        longer = f"{kept}, {part}" if kept else part
        kept = longer if len(longer) <= LONGEST_CLAUSES else kept
    return kept


def in_force() -> Regulation | None:
    """The text in force now."""
    version = versions.in_force(wall_us())
    return None if version is None else versions.text_of(version)


def holders_of(act: str) -> str:
    """The titles of the roles that may do an act, in the language in force."""
    asked = authority()
    named = asked.roles_with(act)
    return ", ".join(str(role.title) for role in asked.roles() if role.id in named)


def report_data(
    rows: Sequence[Matter], *, begins: datetime.date, ends: datetime.date, remarks: str = ""
) -> dict[str, Any]:
    """What the printed report says, in Vietnamese as papers are: a line for each matter, then what is proposed."""
    with override("vi"):
        proposals = [*dict.fromkeys(row.proposal or row.suggestion for row in rows), remarks.strip()]
        return consolidated_report(
            [_line(row) for row in rows],
            addressee=sentence_start(holders_of(CONSIDER)),
            begin=begins,
            end=ends,
            proposals=[words for words in proposals if words],
            recipients=["Như trên", "Lưu: VT"],
        )


def _line(row: Matter) -> ReportedMatter:
    clause = f" ({row.clause})" if row.clause else ""
    refused = f"Bị từ chối: {ACTS[row.act].title.vi}{clause}." if row.act in ACTS else ""
    return ReportedMatter(
        day=timezone.localdate(row.filed_at),
        matter=" ".join(part for part in (refused, row.text) if part),
        reporter=row.person.display_name if row.person else "Hệ thống",
        outcome=_standing(row),
    )


def _standing(row: Matter) -> str:
    collected = f"{row.topic}: {row.note}" if row.collected_at else "Mới ghi sổ, chưa tổng hợp"
    before = row.reports.order_by("reported_at").first() if row.state == Matter.State.REPORTED else None
    if before is None:
        return collected
    day = date_figures(timezone.localdate(before.reported_at))
    return f"{collected.rstrip('.')}. Đã báo cáo ngày {day}, chưa có ý kiến"


def capacity_of(user: User, decision: Decision) -> tuple[str, ...]:
    """The lines above the name of who signs by a decision; in somebody's place where it rests on a delegation."""
    regulation = in_force()
    titles = {role.id: role.title.vi.upper() for role in regulation.roles} if regulation else {}
    held = people.holdings(user, utc_now())
    forms: dict[str, Form] = {one.assignment: one.form for one in held}  # type: ignore[misc]
    form = forms.get(decision.assignment, "")
    own = next((one.role for one in held if not one.form), decision.role)
    shown = titles.get(own if form else decision.role, "")
    return capacity(shown, form, of=titles.get(decision.role, ""))
