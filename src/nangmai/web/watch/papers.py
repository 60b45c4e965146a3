"""What goes into the minutes of a handover. Takes plain rows, reads no database; Vietnamese only, as papers are."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from nangmai.web.documents.checkpoint_slip import checkpoint_slip
from nangmai.web.documents.wording import date_words


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """One of the two, and the shift as the roster has it."""

    name: str
    begin: datetime.datetime
    end: datetime.datetime


def handover_minutes(
    *,
    at: datetime.datetime,
    place: str,
    outgoing: Side | None,
    incoming: Side,
    rows: Sequence[str],
    note: str,
    reason: str,
    checkpoint: str,
    recipients: Sequence[str] = (),
) -> dict[str, Any]:
    """`checkpoint` is the signed note whose entries hold the handover (https://c2sp.org/tlog-checkpoint)."""
    people = [_person("Bên nhận ca", incoming)]
    if outgoing is not None:
        people.insert(0, _person("Bên giao ca", outgoing))
    return {
        "subject": f"Về việc giao nhận ca trực tại {place}",
        "recipients": list(recipients),
        "paper": {
            "begins": _moment(at),
            "ends": _moment(at),
            "place": place,
            "people": people,
            "reason": reason,
            "rows": list(rows),
            "note": note,
            "slip": checkpoint_slip(checkpoint, at=at)["paper"],
        },
    }


def _person(side: str, one: Side) -> dict[str, str]:
    begin, end = timezone.localtime(one.begin), timezone.localtime(one.end)
    day = f", {end:%d/%m/%Y}" if begin.date() != end.date() else ""
    return {"side": side, "name": one.name, "shift": f"ca {begin:%H:%M, %d/%m/%Y} – {end:%H:%M}{day}"}


def _moment(at: datetime.datetime) -> str:
    local = timezone.localtime(at)
    return f"vào hồi {local.hour:02d} giờ {local.minute:02d} phút, {date_words(local.date())}"
