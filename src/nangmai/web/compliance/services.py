"""What changes here: attestations are signed, the state of each day is kept, the ledger is read again."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.custody import ledger
from nangmai.custody.merkle import CompactRange, leaf_hash
from nangmai.regulation.facts import Thing
from nangmai.regulation.model import Norm
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act, role_title
from nangmai.web.compliance.findings import of_the_day
from nangmai.web.compliance.models import Attestation, DailyState, LedgerCheck
from nangmai.web.compliance.queries import attested_by, clause_states
from nangmai.web.compliance.survey import NothingToJudge, Survey
from nangmai.web.ledger.models import Checkpoint, Entry, LedgerHead
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.people.queries import holdings
from nangmai.web.regulation.authorities import Asker

ACT = "attestation.sign"
STATES_EVERY_S = 60.0
LOOK_EVERY_S = 600.0
VERIFIED_EVERY = timedelta(days=1)


class NotAttested(Error):
    """Nobody attests {norm}: the regulation binds it in another way."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class NotYoursToAttest(Error):
    """{clause} is attested by somebody else: {role}."""

    kind: ClassVar[Kind] = Kind.DENIED


class NothingSaid(Error):
    """Say in a sentence what you checked; an attestation without one proves nothing."""

    kind: ClassVar[Kind] = Kind.INVALID


@one_act
def attest(*, by: User, norm: Norm, text: str, is_stepped_up: bool) -> Attestation:
    """Put one's name to it that the norm was kept. Only the role that the norm itself names may."""
    decision = Asker(by).require(ACT, Thing("regulation", norm.id), is_stepped_up=is_stepped_up)
    bound = attested_by(norm)
    if bound is None:
        raise NotAttested(norm=norm.id)
    now = utc_now()
    held = next((one for one in holdings(by, now, act=ACT) if one.role == bound.name), None)
    if held is None:
        raise NotYoursToAttest(clause=norm.clause, role=role_title(bound.name))
    if not text.strip():
        raise NothingSaid
    row = Attestation.objects.create(norm=norm.id, version=decision.version, person=by, at=now, text=text.strip())
    append(
        act="attestation.signed",
        actor=actor_of(by),
        thing=f"norm:{norm.id}",
        clauses=(norm.clause,),
        version=decision.version,
        assignment=held.assignment,
        facts={"attestation": row.pk},
        personal={"text": row.text},
    )
    return row


def keep_states() -> int:
    """Note what today has seen of each clause; how many changed. Called every minute, and twice does no harm."""
    try:
        survey = Survey()
    except NothingToJudge:
        return 0
    now, today = clause_states(survey), timezone.localdate(survey.now)
    with transaction.atomic():
        known = {row.clause: row for row in DailyState.objects.select_for_update().filter(day=today)}
        fresh = [
            DailyState(clause=clause, day=today, state=state) for clause, state in now.items() if clause not in known
        ]
        changed = []
        for clause, state in now.items():
            row = known.get(clause)
            if row is not None and row.state != (seen := of_the_day(row.state, state)):
                row.state = seen
                changed.append(row)
        DailyState.objects.bulk_create(fresh, ignore_conflicts=True)
        DailyState.objects.bulk_update(changed, ["state"])
    return len(fresh) + len(changed)


def verify_ledger_when_due() -> LedgerCheck | None:
    """Once a day."""
    last = LedgerCheck.objects.first()
    if last is not None and utc_now() - last.at < VERIFIED_EVERY:
        return None
    return verify_ledger()


def verify_ledger() -> LedgerCheck:
    """Hash every entry again, and hold the result against the head and every checkpoint; writers need not wait."""
    head = LedgerHead.objects.get()
    roots = dict(Checkpoint.objects.filter(size__lte=head.size).values_list("size", "root"))
    fault = _first_fault(head.size, bytes(head.hashes), roots)
    with transaction.atomic():
        row = LedgerCheck.objects.create(at=utc_now(), entries=head.size, fault=fault)
        append(
            act="ledger.verified",
            actor=SYSTEM,
            thing="ledger",
            outcome="failed" if fault else "done",
            facts={"size": head.size, "error": fault},
        )
    return row


def _first_fault(size: int, hashes: bytes, roots: dict[int, str]) -> str:
    """What does not fit, in ids and numbers alone; empty: everything does."""
    tree = CompactRange()
    rows = Entry.objects.filter(seq__lt=size).order_by("seq").values_list("seq", "body")
    for seq, body in rows.iterator(chunk_size=2000):
        if seq != tree.size or ledger.Entry.parse(body.encode()).seq != seq:
            return f"entry {tree.size}"
        tree.append(leaf_hash(body.encode()))
        if tree.size in roots and tree.root().hex() != roots[tree.size]:
            return f"checkpoint {tree.size}"
    if tree.size != size:
        return f"entry {tree.size}"
    return "" if tree.serialise() == hashes else "head"
