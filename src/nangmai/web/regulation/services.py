"""What adds versions and acknowledgements. A version is judged before it is taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.regulation.form import read
from nangmai.regulation.law import breaches, pack
from nangmai.regulation.model import Regulation
from nangmai.regulation.validate import faults
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.regulation import authorities, versions
from nangmai.web.regulation.authorities import said
from nangmai.web.regulation.models import Acknowledgement, Version


class TextNotSound(Error):
    """The text cannot be signed. {complaint}."""

    kind: ClassVar[Kind] = Kind.INVALID


class AlreadyAdopted(Error):
    """A regulation is in force already ({number}); it is changed by amendment only."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class BeginsTooEarly(Error):
    """The new version cannot begin before {moment}: an act is judged by the version in force at its moment."""

    kind: ClassVar[Kind] = Kind.CONFLICT


def sound(text: str, where: str) -> Regulation:
    """The text, read and judged."""
    return require_sound(read(text, where))


def require_sound(regulation: Regulation) -> Regulation:
    """The regulation itself; `TextNotSound` names what keeps it from being signed, with the clauses."""
    wrong = [f"{fault.clause}: {said(fault.message)}" for fault in faults(regulation) if fault.severity == "fault"]
    wrong += [f"{breach.clause}: {said(breach.message)}" for breach in breaches(regulation, pack(regulation.law))]
    if wrong:
        raise TextNotSound(complaint=" ".join(wrong).rstrip("."))
    return regulation


@transaction.atomic
def adopt(*, text: str, where: str) -> Version:
    """The first version, taken over by the command line: nobody could have signed it here."""
    first = Version.objects.first()
    if first is not None:
        raise AlreadyAdopted(number=first.number)
    return _add(text, sound(text, where), by=None, document="", from_us=None)


@one_act
def publish(*, text: str, by: User, is_stepped_up: bool, document: str = "", now_us: int | None = None) -> Version:
    """The next version; the one in force ends where it begins. Who may sign is asked here, not only on the page."""
    authorities.require(by, "amendment.sign", is_stepped_up=is_stepped_up)
    now_us = wall_us() if now_us is None else now_us
    regulation = sound(text, "the draft")
    from_us = round(regulation.in_force_from.timestamp() * US_PER_S)
    latest = Version.objects.select_for_update().order_by("in_force_from_us").last()
    if from_us < now_us or (latest is not None and from_us <= latest.in_force_from_us):
        raise BeginsTooEarly(moment=timezone.localtime(utc_now()).isoformat(timespec="minutes"))
    if latest is not None:
        latest.in_force_until_us = from_us
        latest.save(update_fields=["in_force_until_us"])
    ended = "" if latest is None else latest.sha256
    return _add(text, regulation, by=by, document=document, from_us=from_us, ended=ended)


def _add(
    text: str, regulation: Regulation, *, by: User | None, document: str, from_us: int | None, ended: str = ""
) -> Version:
    """The version and its entry; `ended` is the one that ends where it begins."""
    begins_us = round(regulation.in_force_from.timestamp() * US_PER_S) if from_us is None else from_us
    until = regulation.in_force_until
    version = Version.objects.create(
        number=regulation.number,
        sha256=regulation.content_hash,
        text=text,
        in_force_from_us=begins_us,
        in_force_until_us=None if until is None else round(until.timestamp() * US_PER_S),
        signed_at=utc_now(),
        signed_by=by,
        is_adopted=by is None,
        document=document,
    )
    facts = {"number": regulation.number, "document": document, "in_force_from_us": begins_us}
    facts |= {"in_force_until_us": version.in_force_until_us} | ({"ends": ended} if ended else {})
    append(
        act="regulation.published" if by else "regulation.adopted",
        actor=actor_of(by) if by else SYSTEM,
        thing=f"regulation:{regulation.number}",
        version=regulation.content_hash,
        after=regulation.content_hash,
        facts=facts,
    )
    return version


@transaction.atomic
def acknowledge(*, person: User, now_us: int | None = None) -> Acknowledgement | None:
    """Put one's name to the version in force; None when none is, or when that was done before."""
    now_us = wall_us() if now_us is None else now_us
    version = versions.in_force(now_us)
    if version is None:
        return None
    row, is_new = Acknowledgement.objects.get_or_create(version=version, person=person, defaults={"at": utc_now()})
    if is_new:
        append(
            act="regulation.acknowledged",
            actor=actor_of(person),
            thing=f"regulation:{version.number}",
            version=version.sha256,
        )
    return row
