"""The text and its norms as pages show them, in the language in force. How norms are kept is not known here."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.acts import ACTS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.durations import fill, in_words
from nangmai.regulation.matrix import Row, matrix
from nangmai.regulation.model import ANYONE, OTHERS, Norm, Regulation
from nangmai.regulation.parameters import PARAMETERS, Value
from nangmai.web.accounts.models import User
from nangmai.web.regulation.authorities import said
from nangmai.web.regulation.models import Acknowledgement, Version
from nangmai.web.regulation.purposes import QUALITY_CHECK
from nangmai.web.regulation.versions import text_of

MODES: dict[str, tuple[str, str, Promise]] = {
    "permit": ("unknown", "check", _("May")),
    "forbid": ("unknown", "x", _("May not")),
    "oblige": ("unknown", "clipboard-list", _("Must")),
}
BOUND: dict[str, Promise] = {
    "enforced": _("enforced: the system refuses anything else"),
    "evidenced": _("evidenced: the system shows whether it is kept"),
    "attested": _("attested: a named person signs for it"),
}
UNITS: dict[str, Promise] = {
    "d": _("days"),
    "min": _("minutes"),
    "h": _("hours"),
    "s": _("seconds"),
    "working d": _("working days"),
    "1/h": _("times an hour"),
}


@dataclass(frozen=True, slots=True)
class NormLine:
    """One norm as a sentence in parts."""

    id: str
    tone: str
    icon: str
    mode: Promise
    who: list[str]
    acts: list[str]
    only: list[str]
    unless: list[str]
    within: str
    bound: list[Promise]


def norm_line(norm: Norm, regulation: Regulation) -> NormLine:
    """The parts of a norm in words."""
    tone, icon, mode = MODES[norm.mode]
    return NormLine(
        id=norm.id,
        tone=tone,
        icon=icon,
        mode=mode,
        who=[role_name(regulation, role) for role in norm.who],
        acts=[said(ACTS[act].title) for act in norm.acts],
        only=[said(CONDITIONS[name].title) for name in norm.when],
        unless=[said(CONDITIONS[name].title) for name in norm.unless],
        within=said(in_words(fill(norm.within, regulation))) if norm.within else "",
        bound=[BOUND[bound.by] for bound in norm.bound],
    )


def role_name(regulation: Regulation, role: str) -> str:
    """A role as the text names it."""
    if role == ANYONE:
        return str(_("everybody"))
    if role == OTHERS:
        return str(_("everybody whom the text does not name for it"))
    definition = regulation.role_by_id.get(role)
    return said(definition.title) if definition else role


def roles_of(regulation: Regulation, *, is_outside: bool | None = None) -> dict[str, str]:
    """Role ids and names, in the order of the text."""
    return {role.id: said(role.title) for role in regulation.roles if is_outside in (None, role.is_outside)}


def articles_of(regulation: Regulation) -> list[dict[str, object]]:
    """Articles, clauses and norms for the page that shows the text beside its norms."""
    return [
        {
            "id": article.id,
            "title": said(article.title),
            "clauses": [
                {
                    "id": clause.id,
                    "text": fill(said(clause.text), regulation),
                    "norms": [norm_line(norm, regulation) for norm in clause.norms],
                }
                for clause in article.clauses
            ],
        }
        for article in regulation.articles
    ]


def words_of(regulation: Regulation) -> list[dict[str, object]]:
    """Articles and clauses alone, for who only reads."""
    return [
        {
            "id": article.id,
            "title": said(article.title),
            "clauses": [{"id": clause.id, "text": fill(said(clause.text), regulation)} for clause in article.clauses],
        }
        for article in regulation.articles
    ]


def parameters_of(regulation: Regulation) -> list[tuple[str, str]]:
    """What the text leaves open, as this version states it."""
    return [
        (said(parameter.title), _value_said(regulation.parameter(name), parameter.unit))
        for name, parameter in PARAMETERS.items()
    ]


def _value_said(value: Value, unit: str) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return f"{value} {UNITS.get(unit, unit)}".strip()


def purposes_of(regulation: Regulation, wanted: Iterable[str]) -> dict[str, str]:
    """Purposes by id, in words."""
    words = {purpose.id: said(purpose.title) for purpose in regulation.purposes}
    words[QUALITY_CHECK] = str(_("To check the picture quality and the state of the system"))
    return {purpose: words[purpose] for purpose in wanted}


@functools.lru_cache(maxsize=8)
def _matrix_of(version: str) -> list[Row]:
    """Deciding every cell takes half a second, and a version never changes."""
    return matrix(text_of(Version.objects.get(sha256=version)))


ANSWERS: dict[str, tuple[str, str, Promise]] = {
    "allow": ("kept", "circle-check", _("yes")),
    "order": ("at-risk", "clipboard-list", _("on order")),
    "deny": ("unknown", "minus", _("no")),
}


def matrix_of(regulation: Regulation) -> tuple[list[str], list[tuple[str, list[dict[str, object]]]]]:
    """Roles as the heads of columns, and a row for each act."""
    roles = roles_of(regulation)
    rows = []
    for row in _matrix_of(regulation.content_hash):
        if row.is_duty_only:
            continue
        cells = []
        for role in roles:
            cell = row.cells[role]
            tone, icon, word = ANSWERS[cell.answer]
            only = [said(CONDITIONS[name].title) for name in cell.conditions]
            cells.append(
                {"tone": tone, "icon": icon, "word": word, "clauses": cell.clauses, "only": only, "role": roles[role]}
            )
        rows.append((said(ACTS[row.act].title), cells))
    return list(roles.values()), rows


def versions_of() -> QuerySet[Version]:
    """All versions, the newest first."""
    return Version.objects.select_related("signed_by").order_by("-in_force_from_us")


def register_of(version: Version) -> QuerySet[Acknowledgement]:
    """Who has acknowledged a version, in order."""
    return version.acknowledgements.select_related("person")


def missing_from(version: Version) -> QuerySet[User]:
    """People in service who have not."""
    return User.objects.filter(is_active=True).exclude(acknowledgements__version=version)
