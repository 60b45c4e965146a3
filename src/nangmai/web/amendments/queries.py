"""What a draft would do and what is wrong with it, in the language of the page; who can take the next step."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now, wall_us
from nangmai.regulation.acts import Title
from nangmai.regulation.cedar import RegulationNotCompiled
from nangmai.regulation.effects import Effects, effects, sentences
from nangmai.regulation.faults import Fault
from nangmai.regulation.form import read
from nangmai.regulation.law import Breach, ParameterRule, breaches, pack
from nangmai.regulation.model import Regulation
from nangmai.regulation.states import Transition
from nangmai.regulation.validate import faults
from nangmai.web.accounts.models import User
from nangmai.web.amendments.models import AMENDMENT, Amendment
from nangmai.web.amendments.services import WRITERS, as_signed_now, draft_of
from nangmai.web.matters.models import Matter
from nangmai.web.matters.queries import to_be_amended
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import Asker, said
from nangmai.web.regulation.papers import filled
from nangmai.web.regulation.queries import NormLine, missing_from, norm_line, role_name
from nangmai.web.regulation.running import Running, Turn, running

#: event -> icon, words
STEPS: dict[str, tuple[str, Promise]] = {
    "consult": ("send", _("Ask for opinions")),
    "submit": ("file-check", _("Lay it before who signs")),
    "revise": ("undo-2", _("Back to drafting")),
    "sign": ("file-check", _("Sign and put in force")),
    "withdraw": ("circle-x", _("Withdraw the amendment")),
}
PARTS: tuple[tuple[str, Promise], ...] = (
    ("rights", _("Who may do what")),
    ("parameters", _("What the version states")),
    ("duties", _("Duties")),
    ("norms", _("Norms")),
    ("bindings", _("How norms are kept")),
    ("texts", _("Wording")),
    ("frame", _("Term, legal bases, roles and purposes")),
)
#: faults that are mended where the dates are written
DATES = ("term_before_start",)
KINDS: dict[str, tuple[str, str, Promise]] = {
    "breach": ("broken", "circle-x", _("Below the law")),
    "fault": ("broken", "circle-x", _("Fault")),
    "warning": ("at-risk", "triangle-alert", _("Warning")),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that keeps a draft from being signed, or that its writer should weigh."""

    sentence: str
    kind: Literal["breach", "fault", "warning"]
    clause: str = ""
    parameter: str = ""
    is_of_dates: bool = False
    rule: str = ""  #: of the law pack
    is_checked: bool = True  #: the rule was compared with the law's own text

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return KINDS[self.kind][0]

    @property
    def icon(self) -> str:
        """The icon of its tag."""
        return KINDS[self.kind][1]

    @property
    def word(self) -> Promise:
        """The word of its tag."""
        return KINDS[self.kind][2]


class Piece(NamedTuple):
    """Some words of a clause; marked where the other text has others."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft, judged."""

    breaches: list[Wrong]
    faults: list[Wrong]
    warnings: list[Wrong]
    parts: list[tuple[Promise, list[str]]]
    rows: list[tuple[str, list[Piece], list[Piece]]]
    running: list[Running]
    is_changed: bool

    @property
    def is_sound(self) -> bool:
        """It can be signed as it stands."""
        return not self.breaches and not self.faults


def judged(amendment: Amendment) -> Judged:
    """Everything the page says about the draft."""
    old, new = versions.text_of(amendment.base), as_signed_now(amendment)
    complaints = list(faults(new))
    try:
        found: Effects | None = _effects(amendment.base.text, amendment.text)
    except RegulationNotCompiled:  # the faults say why
        found = None
    return Judged(
        breaches=[_breach(one) for one in breaches(new, pack(new.law))],
        faults=[_fault(one) for one in complaints if one.severity == "fault"],
        warnings=[_fault(one) for one in complaints if one.severity == "warning"],
        parts=[
            (title, list(map(said, sentences(getattr(found, part), old, new))))
            for part, title in PARTS
            if found and getattr(found, part)
        ],
        rows=list(_compared(old, new)),
        running=running(Turn(old, new, found, wall_us())) if found and is_open(amendment) else [],
        is_changed=draft_of(amendment) != old,
    )


@functools.lru_cache(maxsize=32)
def _effects(old: str, new: str) -> Effects:
    """By the texts: both matrices are asked of the compiled policies, which takes a moment."""
    return effects(read(old, "the version"), read(new, "the draft"))


def _breach(breach: Breach) -> Wrong:
    demand = breach.rule.demand
    return Wrong(
        sentence=said(breach.message),
        kind="breach",
        clause=breach.clause,
        parameter=demand.parameter if isinstance(demand, ParameterRule) else "",
        rule=breach.rule.id,
        is_checked=breach.rule.is_checked,
    )


def _fault(fault: Fault) -> Wrong:
    return Wrong(
        sentence=said(fault.message), kind=fault.severity, clause=fault.clause, is_of_dates=fault.code in DATES
    )


def _compared(old: Regulation, new: Regulation) -> Iterable[tuple[str, list[Piece], list[Piece]]]:
    """Clauses whose words differ once the parameters stand in their places."""
    before = {clause.id: _words(clause.text, old) for clause in old.clauses}
    after = {clause.id: _words(clause.text, new) for clause in new.clauses}
    for clause in dict.fromkeys([*before, *after]):
        if before.get(clause) != after.get(clause):
            yield clause, *_pieces(before.get(clause, ""), after.get(clause, ""))


def _pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts, cut where the words differ."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    cuts = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        [Piece("".join(old[a:b]), kind != "equal") for kind, a, b, _c, _d in cuts if a < b],
        [Piece("".join(new[c:d]), kind != "equal") for kind, _a, _b, c, d in cuts if c < d],
    )


def _words(text: Title, regulation: Regulation) -> str:
    return filled(said(text), regulation)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is possible now, and whose it is."""

    event: str
    icon: str
    words: Promise
    is_mine: bool
    whose: str

    @property
    def is_forward(self) -> bool:
        """Not back, and not away."""
        return self.event not in ("revise", "withdraw")


def steps(amendment: Amendment, asks: Asker) -> list[Step]:
    """What can come next, the way forward first."""
    base = versions.text_of(amendment.base)
    return [_step(step, asks, base) for step in AMENDMENT.events(amendment.state) if step.event in STEPS]


def _step(step: Transition, asks: Asker, base: Regulation) -> Step:
    acts = WRITERS if step.act in WRITERS else (step.act,)
    roles = dict.fromkeys(role for act in acts for norm in base.naming(act, "permit") for role in norm.who)
    mine = any(asks.may(act, is_stepped_up=True) for act in acts)
    return Step(step.event, *STEPS[step.event], mine, ", ".join(role_name(base, role) for role in roles))


def may_write(amendment: Amendment, asks: Asker) -> bool:
    """Whether the person may change the draft now."""
    return amendment.state == Amendment.State.DRAFTING and any(asks.may(act) for act in WRITERS)


#: what `change` calls a part that is no clause
PART_NAMES: dict[str, Promise] = {
    "parameters": _("parameters"),
    "legal bases": _("legal bases and dates"),
    "term": _("term"),
}


def part_name(part: str) -> str:
    """A part of the draft in words; articles, clauses and norms go by their ids."""
    return str(PART_NAMES.get(part, part))


def undoable(amendment: Amendment) -> str:
    """The part that the last change was about; empty: there is none to undo."""
    last = amendment.earlier.last()
    return part_name(last.part) if last else ""


@dataclass(frozen=True, slots=True)
class Going:
    """What a removal takes out of the draft, and what that does."""

    texts: list[tuple[str, str]]
    norms: list[NormLine]
    effects: list[str]


def going(draft: Regulation, left: Regulation) -> Going:
    """The clauses and norms that are no longer there, in words."""
    clauses, norms = {one.id for one in left.clauses}, left.norm_by_id
    try:
        found = effects(draft, left)
        told = list(map(said, sentences((*found.rights, *found.duties), draft, left)))
    except RegulationNotCompiled as error:
        told = [str(error)]
    return Going(
        [(one.id, _words(one.text, draft)) for one in draft.clauses if one.id not in clauses],
        [norm_line(one, draft) for one in draft.norms if one.id not in norms],
        list(dict.fromkeys(told)),
    )


def acknowledged(amendment: Amendment) -> tuple[int, int, list[User]] | None:
    """How many have acknowledged the new version, of how many, and who has not."""
    if amendment.version is None:
        return None
    missing = list(missing_from(amendment.version))
    done = amendment.version.acknowledgements.filter(person__is_active=True).count()
    return done, done + len(missing), missing


def waiting() -> list[Matter]:
    """The matters that wait for an amendment, those in no draft first."""
    going = Q(amendments__state__in=[state for state in Amendment.State.values if state != "withdrawn"])
    rows = to_be_amended().annotate(drafts=Count("amendments", filter=going))
    return list(rows.order_by("drafts", "answered_at", "pk"))


def term_ended_on() -> date | None:
    """When the version in force was meant until a day that has passed: that day."""
    version = versions.in_force(wall_us())
    ends_on = versions.text_of(version).term_ends_on if version else None
    return ends_on if ends_on is not None and ends_on < timezone.localdate(utc_now()) else None


def beginning_with(numbers: Iterable[str]) -> dict[str, object]:
    """What the form begins with when a draft is begun from matters of the register: their topics and their notes."""
    rows = list(to_be_amended().filter(pk__in=[number for number in numbers if number.isdecimal()]))
    topics = dict.fromkeys(row.topic for row in rows if row.topic)
    reasons = dict.fromkeys(text for row in rows for text in (row.note or row.text, row.reason) if text)
    return {"matters": rows, "title": "; ".join(topics)[:200], "reason": "\n".join(reasons)[:5000]}


def is_open(amendment: Amendment) -> bool:
    """Whether opinions are still heard."""
    return amendment.state not in (Amendment.State.SIGNED, *AMENDMENT.ends)
