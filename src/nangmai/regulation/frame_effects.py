"""What changes around the norms: title, term, legal bases, purposes, roles, headings, and the words of clauses.

Whoever signs has to see these too: a role that is renamed or a basis that is gone changes no right, and yet the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from nangmai.regulation.acts import Title
from nangmai.regulation.effect import Effect, effect
from nangmai.regulation.law import packs
from nangmai.regulation.model import LegalBasis, Regulation, RoleDefinition

_STATUSES = {
    "in_force": Title("còn hiệu lực", "in force"),
    "amended": Title("đã được sửa đổi", "amended"),
    "repealed": Title("hết hiệu lực", "repealed"),
}
_INSIDE, _OUTSIDE = Title("thuộc trường", "of the school"), Title("ngoài trường", "from outside")
_BOARD, _NO_BOARD = Title("thuộc Ban giám hiệu", "of the board"), Title("không thuộc Ban giám hiệu", "not of the board")


def frame_effects(old: Regulation, new: Regulation) -> Iterator[Effect]:
    """All of them but the words."""
    yield from _heads(old, new)
    yield from _term(old.term_ends_on, new.term_ends_on)
    yield from _bases(old, new)
    yield from _named("Mục đích", "Purpose", _titles(old.purposes), _titles(new.purposes))
    yield from _named("Vai trò", "Role", _titles(old.roles), _titles(new.roles))
    yield from _standing(old.role_by_id, new.role_by_id)
    yield from _named("Điều", "Article", _titles(old.articles), _titles(new.articles))


def text_effects(old: Regulation, new: Regulation) -> Iterator[Effect]:
    """Clauses that come, go, or are worded differently."""
    before, after = ({clause.id: clause.text for clause in version.clauses} for version in (old, new))
    for clause, text in after.items():
        if clause not in before:
            yield effect("added", clause, clause, f"Thêm {clause}", f"{clause} is new")
        elif before[clause] != text:
            yield effect("changed", clause, clause, f"Sửa lời văn {clause}", f"{clause} is worded differently")
    for clause in before:
        if clause not in after:
            yield effect("removed", clause, clause, f"Bỏ {clause}", f"{clause} is gone")


def _heads(old: Regulation, new: Regulation) -> Iterator[Effect]:
    heads = {
        "title": (Title("Tên quy chế", "Title"), old.title, new.title),
        "issuer": (Title("Nơi ban hành", "Issued by"), old.issuer, new.issuer),
        "law": (Title("Bộ quy định pháp luật", "Law pack"), _law(old), _law(new)),
    }
    for subject, (name, before, after) in heads.items():
        if before != after:
            yield _turned(subject, name, before, after)


def _law(regulation: Regulation) -> Title:
    known = packs()
    return known[regulation.law].title if regulation.law in known else Title(regulation.law, regulation.law)


def _term(before: date | None, after: date | None) -> Iterator[Effect]:
    if before != after:
        endless = Title("không xác định thời hạn", "without an end")
        was, now = (endless if day is None else Title(f"{day:%d/%m/%Y}", f"{day:%d/%m/%Y}") for day in (before, after))
        yield _turned("term", Title("Thời hạn áp dụng đến", "The term ends"), was, now)


def _bases(old: Regulation, new: Regulation) -> Iterator[Effect]:
    before, after = ({base.number: base for base in version.legal_bases} for version in (old, new))
    for number, base in after.items():
        if number not in before:
            vi, en = f"Thêm căn cứ: {_base(base).vi}", f"New legal basis: {_base(base).en}"
            yield Effect("added", number, Title(vi, en))
        elif before[number] != base:
            was, now = _base(before[number]), _base(base)
            yield _turned(number, Title("Căn cứ", "Legal basis"), was, now)
    for number, base in before.items():
        if number not in after:
            yield Effect(
                "removed", number, Title(f"Bỏ căn cứ: {_base(base).vi}", f"Legal basis gone: {_base(base).en}")
            )


def _base(base: LegalBasis) -> Title:
    status, head = _STATUSES[base.status], f"{base.number}, {base.date:%d/%m/%Y}, {base.issuer}"
    return Title(f"{head}, {base.title.vi} ({status.vi})", f"{head}, {base.title.en} ({status.en})")


def _titles(parts: Any) -> dict[str, Title]:
    return {part.id: part.title for part in parts}


def _named(vi: str, en: str, before: Mapping[str, Title], after: Mapping[str, Title]) -> Iterator[Effect]:
    """What has an id and a title: added, renamed, gone."""
    for one, title in after.items():
        if one not in before:
            yield Effect("added", one, Title(f"Thêm {vi.lower()}: {title.vi}", f"New {en.lower()}: {title.en}"))
        elif before[one] != title:
            yield _turned(one, Title(vi, en), before[one], title)
    for one, title in before.items():
        if one not in after:
            yield Effect("removed", one, Title(f"Bỏ {vi.lower()}: {title.vi}", f"{en} gone: {title.en}"))


def _standing(before: Mapping[str, RoleDefinition], after: Mapping[str, RoleDefinition]) -> Iterator[Effect]:
    """Roles that come to the board or leave it, to the school or leave it."""
    for one, role in after.items():
        if (was := before.get(one)) is None:
            continue
        if was.is_board != role.is_board:
            yield _turned(one, role.title, *((_BOARD if each.is_board else _NO_BOARD) for each in (was, role)))
        if was.is_outside != role.is_outside:
            yield _turned(one, role.title, *((_OUTSIDE if each.is_outside else _INSIDE) for each in (was, role)))


def _turned(subject: str, name: Title, was: Title, now: Title) -> Effect:
    sentence = Title(f"{name.vi}: {was.vi} → {now.vi}", f"{name.en}: {was.en} → {now.en}")
    return Effect("changed", subject, sentence)
