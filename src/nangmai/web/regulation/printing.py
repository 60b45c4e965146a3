"""The papers of people and of the sign-off, issued and kept: the decision that assigns duties, the sign-off register.

Stands here since it needs people, papers and the text at once. What was printed of the same state is not issued twice.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.utils import timezone

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.regulation.model import Regulation, RoleDefinition
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority, one_act
from nangmai.web.documents import queries as papers_kept
from nangmai.web.documents import services as documents
from nangmai.web.documents.models import Document
from nangmai.web.documents.services import Signatory
from nangmai.web.documents.wording import capacity
from nangmai.web.ledger.models import Entry
from nangmai.web.ledger.services import actor_of
from nangmai.web.people.models import Assignment
from nangmai.web.people.papers import AssignedDuty, assignment_decision
from nangmai.web.people.queries import holdings, in_force
from nangmai.web.regulation import papers, versions
from nangmai.web.regulation.models import Acknowledgement, Version
from nangmai.web.regulation.papers import SignOff, clause_words, ground_of
from nangmai.web.sites.queries import places

ISSUE = "document.issue"
ASSIGN = "assignment.sign"


class NothingToPrint(Error):
    """No regulation is in force, so there is nothing such a paper could rest on."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


@one_act
def print_assignments(*, by: User) -> Document:
    """Decide once more, on paper, who is assigned to what: every assignment in force."""
    authority().require(by, ISSUE)
    _version, regulation = _in_force()
    rows = Assignment.objects.filter(in_force(utc_now())).select_related("person").order_by("from_at", "pk")
    clause = next((norm.clause for norm in regulation.naming(ASSIGN, "permit")), "")
    data = assignment_decision(
        [_duty(row, regulation) for row in rows],
        authority=f"{_head(regulation).title.vi} {_institution()}",
        grounds=[f"Căn cứ {clause_words(clause)} {ground_of(regulation)}"],
        recipients=("Như Điều 1, Điều 3", "Lưu: VT, hồ sơ camera"),
    )
    return _issued("assignment_decision", data, by, regulation)


@one_act
def print_register(*, by: User) -> Document:
    """Who has signed for the text in force and who has not."""
    authority().require(by, ISSUE)
    version, regulation = _in_force()
    signed = {row.person_id: row for row in Acknowledgement.objects.filter(version=version)}
    held: dict[User, list[str]] = {}
    for row in Assignment.objects.filter(in_force(utc_now())).select_related("person").order_by("from_at", "pk"):
        held.setdefault(row.person, []).append(_role(regulation, row.role))
    rows = [
        SignOff(person.display_name, ", ".join(dict.fromkeys(roles)), *_proof(signed.get(person.pk), person, version))
        for person, roles in held.items()
    ]
    data = papers.acknowledgements(regulation, rows, until=timezone.localdate(utc_now()))
    return _issued("acknowledgement_register", data, by, regulation)


def _in_force() -> tuple[Version, Regulation]:
    version = versions.in_force(wall_us())
    if version is None:
        raise NothingToPrint
    return version, versions.text_of(version)


def _institution() -> str:
    return papers_kept.letterhead(timezone.localdate(utc_now())).institution


def _duty(row: Assignment, regulation: Regulation) -> AssignedDuty:
    area = places().path_text(int(row.area)) if row.area.isdigit() else row.area
    begin, end = timezone.localdate(row.from_at), row.until_at and timezone.localdate(row.until_at)
    return AssignedDuty(row.person.display_name, _role(regulation, row.role), area, begin, end)


def _role(regulation: Regulation, role: str) -> str:
    known = regulation.role_by_id.get(role)
    return known.title.vi if known else role


def _proof(row: Acknowledgement | None, person: User, version: Version) -> tuple[str, str]:
    """When somebody signed, and the entry that shows it."""
    if row is None:
        return "", ""
    told = Entry.objects.filter(
        act="regulation.acknowledged", actor=actor_of(person), body__contains=version.sha256
    ).first()
    proof = f"Mục {told.seq} của sổ cái" if told else "Trước khi có sổ cái"
    return timezone.localtime(row.at).strftime("%d/%m/%Y %H:%M"), proof


def _head(regulation: Regulation) -> RoleDefinition:
    """Who stands at the head of the board: the first role of it that the text names."""
    return next((role for role in regulation.roles if role.is_board), regulation.roles[0])


def _issued(kind: str, data: dict[str, Any], by: User, regulation: Regulation) -> Document:
    """The paper; the one that says the same already, where there is one that counts."""
    known = Document.objects.filter(kind=kind, annulled_at=None).order_by("-issued_at").first()
    if known is not None and known.data["paper"] == json.loads(json.dumps(data["paper"])):
        return known
    return documents.issue(kind, data, by=by, signers=[Signatory(by, _capacity(by, regulation))])


def _capacity(by: User, regulation: Regulation) -> tuple[str, ...]:
    """The lines above the name: whoever is not the head signs for the head."""
    head = _head(regulation)
    roles = {held.role for held in holdings(by, utc_now())}
    if head.id in roles:
        return capacity(head.title.vi)
    own = next((role for role in regulation.roles if role.id in roles), head)
    return capacity(own.title.vi, "KT", of=head.title.vi)
