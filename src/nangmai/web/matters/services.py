"""What moves a matter on: filing, explaining, collecting, reporting, answering. Each is decided and written down.

A report takes every matter that is open at that moment; nothing here can leave one out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.db.models import QuerySet
from django.utils import timezone

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.regulation.acts import ACTS
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.documents import services as documents
from nangmai.web.documents.services import Signatory
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.matters import queries
from nangmai.web.matters.models import MATTER, Matter, MatterReport
from nangmai.web.matters.queries import COLLECT, CONSIDER, FILE, PROPOSE, REPORT, SUGGEST
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.models import Version


class NothingSaid(Error):
    """Say what happened: without a refused act there is nothing else to go by."""

    kind: ClassVar[Kind] = Kind.INVALID


class ActUnknown(Error):
    """There is no act {act}, so nothing of that kind was refused. File the matter in words."""

    kind: ClassVar[Kind] = Kind.INVALID


class NotYours(Error):
    """Only who filed a matter can explain it."""

    kind: ClassVar[Kind] = Kind.DENIED


class AlreadyExplained(Error):
    """This matter has its words already, and they stay as they were said. File another one for what is new."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ReportedMeanwhile(Error):
    """A report was made since you opened this page: {number}. Look at what is open now, then make the next one."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class NotToBeAmended(Error):
    """Matter {number} is not among those that wait for an amendment: it has another answer, or a version settled it."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ReasonMissing(Error):
    """Give the reason: who filed the matter reads it."""

    kind: ClassVar[Kind] = Kind.INVALID


class NoteMissing(Error):
    """Give a topic and a note: the report is made of them."""

    kind: ClassVar[Kind] = Kind.INVALID


@one_act
def file(*, person: User | None, act: str = "", clause: str = "", text: str = "", suggestion: str = "") -> Matter:
    """Enter a matter in the register; without a person it is the system that does.

    A refusal pressed twice is one matter.
    """
    if act and act not in ACTS:
        raise ActUnknown(act=act)
    asks, text, suggestion = Asker(person), text.strip(), suggestion.strip()
    decision = None if person is None else asks.require(FILE, Thing("matter"))
    if suggestion:
        asks.require(SUGGEST, Thing("regulation"))
    if not act and not text:
        raise NothingSaid
    refusal = queries.last_refusal(person, act) if person and act else None
    if refusal is not None and not text and not suggestion:
        known = Matter.objects.filter(person=person, refusal_seq=refusal.seq).first()
        if known is not None:
            return known
    row = Matter.objects.create(
        person=person,
        act=act,
        clause=queries.known_clauses(clause),
        version=decision.version if decision else "",
        thing=refusal.thing if refusal else "",
        refusal_seq=refusal.seq if refusal else None,
        text=text,
        suggestion=suggestion,
        filed_at=utc_now(),
    )
    facts = {"refused_act": act, "refused_clause": row.clause, "refusal": row.refusal_seq}
    _write("matter.filed", row.name, person, decision, facts, {"text": text, "suggestion": suggestion})
    return row


@one_act
def explain(*, matter: Matter, by: User, text: str) -> Matter:
    """Who filed a refusal with one press says afterwards what it was about."""
    decision = Asker(by).require(FILE, Thing("matter", str(matter.pk)))
    row = _locked(matter)
    if row.person != by:
        raise NotYours
    MATTER.next(row.state, "explain")
    if row.text:
        raise AlreadyExplained
    if not text.strip():
        raise NothingSaid
    row.text = text.strip()
    row.save(update_fields=["text"])
    _write("matter.explained", row.name, by, decision, {}, {"text": row.text})
    return row


@one_act
def collect(*, matter: Matter, by: User, topic: str, note: str, proposal: str = "") -> Matter:
    """Go through a matter: what it is about, what one has to know, what the text could say."""
    asks = Asker(by)
    decision = asks.require(COLLECT, Thing("matter", str(matter.pk)))
    if proposal.strip():
        asks.require(PROPOSE, Thing("regulation"))
    if not topic.strip() or not note.strip():
        raise NoteMissing
    row = _locked(matter)
    row.state = MATTER.next(row.state, "collect").target
    row.topic, row.note, row.proposal = topic.strip(), note.strip(), proposal.strip()
    row.collected_by, row.collected_at = by, utc_now()
    row.save(update_fields=["state", "topic", "note", "proposal", "collected_by", "collected_at"])
    personal = {"topic": row.topic, "note": row.note, "proposal": row.proposal}
    _write("matter.collected", row.name, by, decision, {}, personal)
    return row


@one_act
def report(*, by: User, remarks: str = "", after: int | None = None) -> MatterReport:
    """The consolidated report with every open matter, as a numbered paper that waits for its signature.

    `after` is the report that the person took for the last one, 0 for none: what is pressed twice is issued once.
    """
    decision = Asker(by).require(REPORT, Thing("matter"))
    rows = list(_lock(queries.open_matters()))
    now = utc_now()
    today, last = timezone.localdate(now), MatterReport.objects.select_related("document").first()
    if last is not None and after not in (None, last.pk):
        raise ReportedMeanwhile(number=last.document.number_text)
    begins = min([timezone.localdate(row.filed_at) for row in rows] + [last.ends if last else today])
    data = queries.report_data(rows, begins=begins, ends=today, remarks=remarks)
    signer = Signatory(by, queries.capacity_of(by, decision))
    document = documents.issue("matters_report", data, by=by, signers=[signer])
    made = MatterReport.objects.create(document=document, begins=begins, ends=today, reported_by=by, reported_at=now)
    made.matters.set(rows)
    for row in rows:
        row.state = MATTER.next(row.state, "report").target
    Matter.objects.bulk_update(rows, ["state"])
    facts = {"matters": [row.pk for row in rows], "document": document.number_text}
    _write("matters.reported", made.name, by, decision, facts, {})
    return made


@one_act
def answer(*, matter: Matter, by: User, choice: str, reason: str) -> Matter:
    """The answer to a reported matter: amend the regulation, or leave it, and why."""
    decision = Asker(by).require(CONSIDER, Thing("regulation"))
    if not reason.strip():
        raise ReasonMissing
    row = _locked(matter)
    row.state = MATTER.next(row.state, choice).target
    row.answer, row.reason = Matter.Answer(choice), reason.strip()
    row.answered_by, row.answered_at = by, utc_now()
    row.save(update_fields=["state", "answer", "reason", "answered_by", "answered_at"])
    _write("matter.answered", row.name, by, decision, {"answer": str(row.answer)}, {"reason": row.reason})
    return row


@one_act
def settle(*, matters: Iterable[Matter], version: Version, by: User, decision: Decision) -> None:
    """A version that amends what the matters are about is signed; `decision` is the one its signature rests on."""
    for matter in matters:
        row = to_be_amended(_locked(matter))
        row.settled_in = version
        row.save(update_fields=["settled_in"])
        _write("matter.settled", row.name, by, decision, {"number": version.number, "text": version.sha256}, {})


def to_be_amended(matter: Matter) -> Matter:
    """The matter, if it waits for an amendment."""
    if matter.answer != Matter.Answer.AMEND or matter.settled_in_id is not None:
        raise NotToBeAmended(number=matter.pk)
    return matter


def _locked(matter: Matter) -> Matter:
    return Matter.objects.select_for_update().get(pk=matter.pk)


def _lock(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    return rows.select_for_update(of=("self",))


def _write(
    act: str,
    thing: str,
    by: User | None,
    decision: Decision | None,
    facts: Mapping[str, object],
    personal: Mapping[str, str],
) -> None:
    append(
        act=act,
        actor=SYSTEM if by is None else actor_of(by),
        thing=thing,
        clauses=decision.clauses if decision else (),
        version=decision.version if decision else "",
        assignment=decision.assignment if decision else "",
        facts={name: value for name, value in facts.items() if value not in ("", None)},
        personal={name: value for name, value in personal.items() if value},
    )
