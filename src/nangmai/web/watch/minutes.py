"""The printed minutes of a handover: issued once with a number, printed as often as somebody asks.

With them the checkpoint leaves the machine on paper, so that it is written down as witnessed.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation

from nangmai.base.clock import Clock
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority, one_act
from nangmai.web.documents import services as documents
from nangmai.web.documents.models import Document
from nangmai.web.documents.services import Signatory
from nangmai.web.ledger.models import Checkpoint
from nangmai.web.ledger.witnesses import note_witness
from nangmai.web.watch import items, papers
from nangmai.web.watch.entries import record
from nangmai.web.watch.models import Handover, Shift

WRITE = "minutes.write"
KIND = "handover_minutes"


@one_act
def print_minutes(*, by: User, handover: Handover, clock: Clock | None = None) -> Document:
    """The minutes, issued now when nobody has asked for them before."""
    basis = authority().require(by, WRITE, thing="handover")
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.minutes:
        return Document.objects.get(token=row.minutes)
    stamp = Checkpoint.objects.get(size=row.checkpoint_size)
    document = documents.issue(KIND, content_of(row, stamp), by=by, signers=signers_of(row), clock=clock)
    row.minutes = document.token
    row.save(update_fields=["minutes"])
    note_witness(stamp, "paper", document.number_text, clock=clock)
    record(by, "handover.printed", row.incoming.name, basis, clock, document=f"document:{document.token}")
    return document


def content_of(row: Handover, stamp: Checkpoint) -> dict[str, Any]:
    """What the minutes say, in Vietnamese as papers are."""
    with translation.override("vi"):
        said = [items.in_words(one) for one in row.items]
    return papers.handover_minutes(
        at=row.at,
        place=row.incoming.post.name,
        outgoing=_side(row.outgoing) if row.outgoing else None,
        incoming=_side(row.incoming),
        rows=said,
        note=row.note,
        reason=row.reason,
        checkpoint=stamp.note,
        recipients=("Người giao ca, người nhận ca", "Lưu: VT, hồ sơ trực"),
    )


def signers_of(row: Handover) -> list[Signatory]:
    """Who gives and who takes; each may sign by hand, or by key on the paper's page."""
    mine = [Signatory(row.incoming.person, ("Người nhận ca",))]
    return mine if row.outgoing is None else [Signatory(row.outgoing.person, ("Người giao ca",)), *mine]


def _side(shift: Shift) -> papers.Side:
    return papers.Side(shift.person.display_name, shift.starts_at, shift.until)
