"""What makes papers: draft, issue, sign, annul. Each is one transaction with its entry in the ledger.

A number is taken under the lock of its register in the transaction that issues the paper: when issuing fails, the
number was never taken.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from nangmai.base.canonical import canonical_json
from nangmai.base.clock import Clock, utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority, one_act
from nangmai.web.documents import files, queries, signing, typesetting
from nangmai.web.documents.kinds import Paper, paper
from nangmai.web.documents.models import Document, Letterhead, NumberRegister, SignatureField, code_of
from nangmai.web.ledger.services import SYSTEM, actor_of, append

SIGN = "document.sign"


class PaperIncomplete(Error):
    """This paper cannot be made: {field} is missing."""

    kind: ClassVar[Kind] = Kind.INVALID


class NothingToSign(Error):
    """{name} has nothing to sign on this paper: it names other people, or it is signed already."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class SecondProofMissing(Error):
    """A signature needs a second proof of who you are. Confirm your sign-in, then sign."""

    kind: ClassVar[Kind] = Kind.DENIED


class PaperAnnulled(Error):
    """This paper is annulled. Nobody signs it any more, and it is not annulled twice."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ReasonMissing(Error):
    """Say why the paper is annulled: the reason is kept with it."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, and the lines above the name, such as `KT. HIỆU TRƯỞNG`, `PHÓ HIỆU TRƯỞNG`."""

    user: User
    capacity: tuple[str, ...]


@transaction.atomic
def set_letterhead(
    *,
    by: User | None,
    in_force_from: datetime.date,
    institution: str,
    abbreviation: str,
    place: str,
    public_address: str,
    governing_body: str = "",
    clock: Clock | None = None,
) -> Letterhead:
    """The head of papers from a day on; issued papers keep theirs."""
    known = Letterhead.objects.filter(in_force_from=in_force_from).first()
    row, _is_new = Letterhead.objects.update_or_create(
        in_force_from=in_force_from,
        defaults={
            "governing_body": governing_body,
            "institution": institution,
            "abbreviation": abbreviation,
            "place": place,
            "public_address": public_address.rstrip("/"),
        },
    )
    append(
        act="letterhead.set",
        actor=SYSTEM if by is None else actor_of(by),
        thing=f"letterhead:{in_force_from.isoformat()}",
        before=None if known is None else known.as_data() | {"public_address": known.public_address},
        after=row.as_data() | {"public_address": row.public_address},
        clock=clock,
    )
    return row


def draft(
    kind: str, data: Mapping[str, Any], *, signers: Sequence[Signatory] = (), clock: Clock | None = None
) -> bytes:
    """The paper as it would look today, marked as a draft, without number and signature."""
    now = _now(clock)
    chosen = paper(kind)
    head = queries.letterhead(timezone.localdate(now))
    content = _content(chosen, data, head, signers) | {"is_draft": True, "date": None, "number": "", "check": None}
    return typesetting.draw(chosen.template, content, at=now)


def sheet(kind: str, data: Mapping[str, Any], *, day: datetime.date, address: str, sha256: str) -> bytes:
    """A print of what stands elsewhere, such as the text in force: no document, without number and signature.

    `address` is where it can be compared, `sha256` the hash of what it repeats; the same print of a day always alike.
    """
    chosen = paper(kind)
    head = queries.letterhead(day)
    check = {"address": address, "qr": typesetting.qr_svg(address), "code": code_of(sha256)}
    content = _content(chosen, data, head, ()) | {
        "is_draft": False,
        "date": day.isoformat(),
        "number": "",
        "check": check,
    }
    noon = timezone.make_aware(datetime.datetime(day.year, day.month, day.day, 12))
    return typesetting.draw(chosen.template, content, at=noon)


@transaction.atomic
def issue(
    kind: str,
    data: Mapping[str, Any],
    *,
    by: User,
    signers: Sequence[Signatory] = (),
    number: bool = True,
    clock: Clock | None = None,
) -> Document:
    """Number the paper, draw it, make its signature fields, keep it."""
    now = _now(clock)
    today = timezone.localdate(now)
    chosen = paper(kind)
    head = queries.letterhead(today)
    content = _content(chosen, data, head, signers) | {"is_draft": False, "date": today.isoformat()}
    taken = _next_number(chosen.symbol, today.year) if number and chosen.symbol else None
    content["number"] = "" if taken is None else number_text(taken, chosen.symbol, head.abbreviation)
    content_sha256 = hashlib.sha256(canonical_json(content)).hexdigest()
    token = secrets.token_urlsafe(16)
    address = head.public_address + reverse("documents:public", args=[token])
    pdf = _with_fields(
        chosen,
        content | {"check": {"address": address, "qr": typesetting.qr_svg(address), "code": code_of(content_sha256)}},
        at=now,
    )
    stored = files.store(pdf)
    document = Document.objects.create(
        token=token,
        kind=kind,
        symbol=chosen.symbol,
        year=today.year,
        number=taken,
        number_text=content["number"],
        subject=content["subject"],
        data=content,
        content_sha256=content_sha256,
        template_version=typesetting.template_version(chosen.template),
        issued_sha256=stored,
        pdf_sha256=stored,
        issued_at=now,
        issued_by=by,
    )
    for position, signer in enumerate(signers, 1):
        document.fields.create(
            position=position,
            name=_field_name(position),
            user=signer.user,
            signer_name=signer.user.display_name,
            capacity=list(signer.capacity),
        )
    facts: dict[str, Any] = {"kind": kind, "number": document.number_text, "pdf": document.pdf_sha256}
    facts |= {"signers": [actor_of(signer.user) for signer in signers]}
    append(act="document.issued", actor=actor_of(by), thing=_thing(document), after=content, facts=facts, clock=clock)
    return document


@one_act
def sign(document: Document, *, by: User, factor: str, clock: Clock | None = None) -> Document:
    """Fill this person's field. `factor` is the second proof that was just given (`password`, `totp`, `passkey`)."""
    basis = authority().require(by, SIGN, thing=document.token, is_stepped_up=bool(factor))
    if not factor:
        raise SecondProofMissing
    locked = _locked(document)
    field = locked.fields.filter(user=by, signed_at__isnull=True).first()
    if field is None:
        raise NothingToSign(name=by.display_name)
    now = _now(clock)
    institution = str(locked.data["letterhead"]["institution"])
    signed = signing.sign_field(files.load(locked.pdf_sha256), field.name, by=by, institution=institution, at=now)
    before = locked.pdf_sha256
    _record_signature(locked, field, signed, factor=factor, at=now)
    append(
        act="document.signed",
        actor=actor_of(by),
        thing=_thing(locked),
        assignment=basis.assignment,
        clauses=basis.clauses,
        version=basis.version,
        facts={
            "field": field.name,
            "level": signed.level,
            "factor": factor,
            "certificate": signed.certificate_sha256,
            "pdf_before": before,
            "pdf": locked.pdf_sha256,
        },
        clock=clock,
    )
    return locked


@transaction.atomic
def annul(
    document: Document, *, by: User, reason: str, replaced_by: Document | None = None, clock: Clock | None = None
) -> Document:
    """Say that the paper counts no more, why, and which one stands in its place. Its number stays taken."""
    if not reason.strip():
        raise ReasonMissing
    locked = _locked(document)
    locked.annulled_at, locked.annulled_by, locked.annulled_reason = _now(clock), by, reason.strip()
    locked.replaced_by = replaced_by
    locked.save(update_fields=["annulled_at", "annulled_by", "annulled_reason", "replaced_by"])
    append(
        act="document.annulled",
        actor=actor_of(by),
        thing=_thing(locked),
        facts={"replaced_by": "" if replaced_by is None else _thing(replaced_by)},
        personal={"reason": locked.annulled_reason},
        clock=clock,
    )
    return locked


def number_text(number: int, symbol: str, abbreviation: str) -> str:
    """`07/QĐ-MNNM`: numbers below 10 with a leading 0 (Decree 30/2020/NĐ-CP, Appendix I, II.3)."""
    return f"{number:02d}/{symbol}-{abbreviation}"


def _next_number(symbol: str, year: int) -> int:
    register, _is_new = NumberRegister.objects.select_for_update().get_or_create(symbol=symbol, year=year)
    register.last_number += 1
    register.save(update_fields=["last_number"])
    return register.last_number


def _content(chosen: Paper, data: Mapping[str, Any], head: Letterhead, signers: Sequence[Signatory]) -> dict[str, Any]:
    """Everything the paper says but for its date, number and address."""
    for field in ("subject", "paper"):
        if not data.get(field):
            raise PaperIncomplete(field=field)
    return {
        "letterhead": head.as_data(),
        "symbol": chosen.symbol,
        "subject": str(data["subject"]),
        "recipients": list(data.get("recipients", ())),
        "paper": data["paper"],
        "signers": [
            {"field": _field_name(position), "capacity": list(signer.capacity), "name": signer.user.display_name}
            for position, signer in enumerate(signers, 1)
        ],
    }


def _with_fields(chosen: Paper, content: Mapping[str, Any], *, at: datetime.datetime) -> bytes:
    pdf = typesetting.draw(chosen.template, content, at=at)
    spaces = typesetting.signature_spaces(chosen.template, content)
    names = {signer["field"]: signer["name"] for signer in content["signers"]}
    return signing.add_fields(pdf, spaces, [names[space.name] for space in spaces])


def _now(clock: Clock | None) -> datetime.datetime:
    return utc_now(clock)


def _thing(document: Document) -> str:
    """How the ledger names a paper."""
    return f"document:{document.token}"


def _field_name(position: int) -> str:
    return f"signer-{position}"


def _locked(document: Document) -> Document:
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.annulled_at is not None:
        raise PaperAnnulled
    return locked


def _record_signature(
    document: Document, field: SignatureField, signed: signing.Signed, *, factor: str, at: datetime.datetime
) -> None:
    document.pdf_sha256 = field.pdf_sha256 = files.store(signed.pdf)
    document.save(update_fields=["pdf_sha256"])
    field.signed_at, field.level, field.factor = at, signed.level, factor
    field.certificate_sha256 = signed.certificate_sha256
    field.save()
