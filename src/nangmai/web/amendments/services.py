"""What moves amendments: begin, change, give an opinion, move on, sign. Each is decided and written down.

The signature numbers and signs the decision, and puts the version in force in the same transaction: either all of it
stands or nothing does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal

from django.utils import timezone

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.regulation.decisions import Decision
from nangmai.regulation.effects import effects
from nangmai.regulation.facts import Thing
from nangmai.regulation.form import content_hash, read, write
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.amendments import drafts
from nangmai.web.amendments.models import AMENDMENT, Amendment, Earlier, Opinion
from nangmai.web.authority import one_act
from nangmai.web.documents import queries as papers_kept
from nangmai.web.documents import services as documents
from nangmai.web.documents.services import Signatory
from nangmai.web.documents.wording import capacity
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.matters import services as matters_services
from nangmai.web.matters.models import Matter
from nangmai.web.people.queries import holdings
from nangmai.web.regulation import papers, versions
from nangmai.web.regulation import services as regulation_services
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.models import Version

#: who decides about amendments may also write them
WRITERS = ("amendment.propose", "amendment.consider")
SPEAKERS = ("amendment.suggest", *WRITERS)
SIGN = "amendment.sign"
#: who gets the decision; what the law calls "nơi nhận" (Decree 30/2020/NĐ-CP)
RECIPIENTS = ("Các bộ phận, cá nhân có liên quan", "Lưu: VT")
#: a version that is to begin at its signature begins so much later: nobody's act may be older than the text it is under
BEGINS_AFTER = timedelta(seconds=2)


class NothingInForceToAmend(Error):
    """No regulation is in force, so there is nothing to amend; the first one is taken over by the command line."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class NotDrafting(Error):
    """This draft lies before others already. Take it back to drafting, then change it."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ChangedMeanwhile(Error):
    """Somebody else has changed this draft since you opened the page. Look at it again, then make your change."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class NothingToUndo(Error):
    """This draft has no change that could be undone."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ChangesNothing(Error):
    """The draft says what the version in force says. Change something first."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class BaseNotInForce(Error):
    """Another version has come since this draft was begun ({number}). Withdraw it and begin from that version."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class OpinionsClosed(Error):
    """Opinions on this amendment are closed."""

    kind: ClassVar[Kind] = Kind.CONFLICT


def draft_of(amendment: Amendment) -> Regulation:
    """The draft, read."""
    return _read(amendment.text)


@functools.lru_cache(maxsize=16)
def _read(text: str) -> Regulation:
    """A page asks for its draft several times, and a text never means anything else."""
    return read(text, "the draft")


def as_signed_now(amendment: Amendment) -> Regulation:
    """What is judged: the draft as if it were signed now, and once it is signed, what was signed."""
    draft = draft_of(amendment)
    return draft if amendment.number else drafts.beginning(draft, _soon())


@one_act
def begin(
    *, by: User, title: str, reason: str, matters: Iterable[Matter] = (), term_ends_on: date | Literal[""] | None = ""
) -> Amendment:
    """A draft that says what the version in force says, until another day where `term_ends_on` says one, or None.

    `matters` are those of the register that it answers.
    """
    decision = _require(by, WRITERS)
    base = versions.in_force(wall_us())
    if base is None:
        raise NothingInForceToAmend
    now = utc_now()
    row = Amendment.objects.create(
        base=base,
        title=title,
        reason=reason,
        text=write(versions.text_of(base)),
        begun_by=by,
        begun_at=now,
        changed_at=now,
    )
    named = _answering(row, matters)
    facts = {"matters": named} if named else {}
    personal = {"title": title, "reason": reason}
    _entry(row, by, decision, "amendment.begun", after=base.sha256, facts=facts, personal=personal)
    if term_ends_on == "":
        return row
    return change(amendment=row, by=by, part="term", edit=lambda draft: drafts.with_term(draft, term_ends_on))


@one_act
def answer(*, amendment: Amendment, by: User, matters: Iterable[Matter]) -> Amendment:
    """Which matters of the register the draft answers: these and no others."""
    decision = _require(by, WRITERS)
    row = _drafting(amendment)
    before = sorted(row.matters.values_list("pk", flat=True))
    named = _answering(row, matters)
    if named != before:
        _entry(row, by, decision, "amendment.changed", facts={"part": "matters", "matters": named})
    return row


def _answering(row: Amendment, matters: Iterable[Matter]) -> list[int]:
    """Link the matters that wait for an amendment; their numbers."""
    waiting = [matters_services.to_be_amended(matter) for matter in matters]
    row.matters.set(waiting)
    return sorted(matter.pk for matter in waiting)


@one_act
def change(
    *, amendment: Amendment, by: User, part: str, edit: Callable[[Regulation], Regulation], seen: datetime | None = None
) -> Amendment:
    """The draft with one part changed; `seen` is the state the writer had before them."""
    decision = _require(by, WRITERS)
    row = _drafting(amendment)
    if seen is not None and row.changed_at != seen:
        raise ChangedMeanwhile
    draft = draft_of(row)
    text = write(edit(draft))
    changed = _read(text)
    if changed.content_hash == draft.content_hash:
        return row
    Earlier.objects.create(amendment=row, part=part, text=row.text, at=utc_now())
    _rewritten(row, by, decision, text, {"part": part})
    return row


@one_act
def undo(*, amendment: Amendment, by: User, seen: datetime | None = None) -> str:
    """Take the last change of a draft back; which part it was."""
    decision = _require(by, WRITERS)
    row = _drafting(amendment)
    if seen is not None and row.changed_at != seen:
        raise ChangedMeanwhile
    last = row.earlier.last()
    if last is None:
        raise NothingToUndo
    _rewritten(row, by, decision, last.text, {"part": last.part, "undone": True})
    part = last.part
    last.delete()
    return part


def _rewritten(row: Amendment, by: User, decision: Decision, text: str, facts: dict[str, Any]) -> None:
    before, after = _read(row.text).content_hash, _read(text).content_hash
    row.text, row.changed_at = text, utc_now()
    row.save(update_fields=["text", "changed_at"])
    _entry(row, by, decision, "amendment.changed", before=before, after=after, facts=facts)


@one_act
def comment(*, amendment: Amendment, by: User, text: str) -> Opinion:
    """Say what one thinks of it."""
    decision = _require(by, SPEAKERS)
    row = _locked(amendment)
    if row.state in (Amendment.State.SIGNED, *AMENDMENT.ends):
        raise OpinionsClosed
    opinion = Opinion.objects.create(amendment=row, person=by, text=text, at=utc_now())
    _entry(row, by, decision, "amendment.commented", personal={"text": text})
    return opinion


@one_act
def move(*, amendment: Amendment, by: User, event: str) -> Amendment:
    """One step of the table, but for the signature."""
    row = _locked(amendment)
    step = AMENDMENT.next(row.state, event)
    if step.act == SIGN:
        raise documents.SecondProofMissing
    decision = _require(by, WRITERS if step.act in WRITERS else (step.act,))
    _check(row, step.guards)
    return _moved(row, by, decision, event)


@one_act
def sign(
    *, amendment: Amendment, by: User, factor: str, is_stepped_up: bool, in_force_from: datetime | None = None
) -> Amendment:
    """Number and sign the decision, and put the version in force: at that moment, or as soon as it is signed."""
    decision = Asker(by).require(SIGN, Thing("regulation"), is_stepped_up=is_stepped_up)
    row = _locked(amendment)
    _check(row, AMENDMENT.next(row.state, "sign").guards)
    old, draft = versions.text_of(row.base), draft_of(row)
    paper, compared = _papers(row, old, draft, by, decision, factor, in_force_from)
    begins = in_force_from or _soon()
    new = replace(
        drafts.beginning(draft, begins), number=paper.number_text, signed_on=timezone.localdate(paper.issued_at)
    )
    row.text, row.number, row.in_force_from = write(new), paper.number_text, begins
    row.decision, row.comparison = paper.token, compared.token
    row.save(update_fields=["text", "number", "in_force_from", "decision", "comparison"])
    _moved(row, by, decision, "sign", act="amendment.signed", after=content_hash(new), facts={"decision": paper.token})
    row.version = regulation_services.publish(
        text=row.text, by=by, document=f"document:{paper.token}", is_stepped_up=is_stepped_up
    )
    row.save(update_fields=["version"])
    matters_services.settle(matters=row.matters.all(), version=row.version, by=by, decision=decision)
    return _moved(row, by, decision, "publish", act="amendment.published", after=row.version.sha256)


def _papers(
    row: Amendment,
    old: Regulation,
    draft: Regulation,
    by: User,
    decision: Decision,
    factor: str,
    begins: datetime | None,
) -> tuple[Any, Any]:
    """The decision, signed, and the comparison that goes with it."""
    role = _role(by, decision, draft)
    institution = papers_kept.letterhead(timezone.localdate(utc_now())).institution
    content = papers.issuing_decision(
        draft,
        authority=f"{role} {institution}",
        issuer=draft.issuer.vi,
        replaces=row.base.number,
        recipients=RECIPIENTS,
        begins=None if begins is None else begins.astimezone(draft.in_force_from.tzinfo),
    )
    paper = documents.issue("regulation_decision", content, by=by, signers=[Signatory(by, capacity(role.upper()))])
    paper = documents.sign(paper, by=by, factor=factor)
    table = papers.comparison(old, draft, effects(old, draft))
    return paper, documents.issue("regulation_comparison", table, by=by)


def _role(by: User, decision: Decision, regulation: Regulation) -> str:
    """The role in which somebody signs, as the text names it."""
    held = {one.assignment: one.role for one in holdings(by, utc_now())}
    return regulation.role_by_id[held[decision.assignment]].title.vi


def _soon() -> datetime:
    """The next full second after a little while: the text says seconds."""
    now = utc_now()
    return now.replace(microsecond=0) + timedelta(seconds=1) + BEGINS_AFTER


def _check(row: Amendment, guards: tuple[str, ...]) -> None:
    """Every guard of a step holds, or the error that says which does not."""
    if "sound" in guards:
        regulation_services.require_sound(as_signed_now(row))
    if "changed" in guards and draft_of(row) == versions.text_of(row.base):
        raise ChangesNothing
    newest = Version.objects.order_by("in_force_from_us").last()
    if "base" in guards and newest is not None and newest.pk != row.base_id:
        raise BaseNotInForce(number=newest.number)


def _moved(
    row: Amendment, by: User, decision: Decision, event: str, *, act: str = "amendment.moved", **more: Any
) -> Amendment:
    step = AMENDMENT.next(row.state, event)
    row.state = step.target
    row.save(update_fields=["state"])
    facts = {"event": event, "from": step.source, "to": step.target} | more.pop("facts", {})
    _entry(row, by, decision, act, facts=facts, **more)
    return row


def _require(by: User, acts: tuple[str, ...]) -> Decision:
    """The decision that allows one of the acts; the first one is named where none is allowed."""
    asks = Asker(by)
    found = (decision for act in acts if (decision := asks.decide(act, Thing("regulation"))).is_allowed)
    return next(found, None) or asks.require(acts[0], Thing("regulation"))


def _drafting(amendment: Amendment) -> Amendment:
    row = _locked(amendment)
    if row.state != Amendment.State.DRAFTING:
        raise NotDrafting
    return row


def _locked(amendment: Amendment) -> Amendment:
    return Amendment.objects.select_for_update().select_related("base").get(pk=amendment.pk)


def _entry(row: Amendment, by: User, decision: Decision, act: str, **more: Any) -> None:
    append(
        act=act,
        actor=actor_of(by),
        thing=row.name,
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        **more,
    )
