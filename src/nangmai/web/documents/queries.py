"""Look-ups of papers, registers and letterheads."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db.models import Q, QuerySet

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.documents.models import Document, Letterhead, NumberRegister


class LetterheadMissing(Error):
    """No letterhead is set for {day}. Give the institution's name, place and address under Papers, Letterhead first."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class PaperNotFound(Error):
    """There is no such paper among those you issued, signed or may read."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


def letterhead(day: datetime.date) -> Letterhead:
    """The letterhead of a day."""
    found = Letterhead.objects.filter(in_force_from__lte=day).first()
    if found is None:
        raise LetterheadMissing(day=day.isoformat())
    return found


def has_letterhead(day: datetime.date) -> bool:
    """Whether a paper of that day can be printed at all."""
    return Letterhead.objects.filter(in_force_from__lte=day).exists()


def reads_all(user: User) -> bool:
    """Some people read all papers, everybody else the own ones."""
    return authority().may_do(user, "document.read")


def documents_for(user: User) -> QuerySet[Document]:
    """The papers a person may read: all, or the own ones (issued, to be signed, signed)."""
    rows = Document.objects.select_related("issued_by").prefetch_related("fields__user")
    return rows if reads_all(user) else rows.filter(Q(issued_by=user) | Q(fields__user=user)).distinct()


def document_for(user: User, token: str) -> Document:
    """One of them."""
    found = documents_for(user).select_related("replaced_by", "annulled_by").filter(token=token).first()
    if found is None:
        raise PaperNotFound
    return found


def public_document(token: str) -> Document:
    """The paper whose QR code was read; what the page shows of it is decided there."""
    found = Document.objects.select_related("replaced_by").prefetch_related("fields").filter(token=token).first()
    if found is None:
        raise PaperNotFound
    return found


def registers() -> QuerySet[NumberRegister]:
    """All number registers, the newest year first."""
    return NumberRegister.objects.all()


def register_entries(register: NumberRegister) -> QuerySet[Document]:
    """The papers of a register in the order of their numbers."""
    rows = Document.objects.filter(symbol=register.symbol, year=register.year, number__isnull=False)
    return rows.prefetch_related("fields").order_by("number")


def years() -> list[int]:
    """The years papers were issued in, newest first."""
    return list(Document.objects.order_by("-year").values_list("year", flat=True).distinct())
