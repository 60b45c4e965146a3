"""Decisions: whether somebody may do something now, and the clauses that say so. See docs/design/regulation.md.

Owns the way from a question to an answer: which version, which holding, what is missing. Never grants anything itself:
a yes is always Cedar's, over the norms of the version in force. What stands before the norms can only refuse.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Literal

from nangmai.base.errors import Error, Kind
from nangmai.base.units import iso_from_us, us_from_datetime, utc_from_us
from nangmai.regulation import duties
from nangmai.regulation.acts import ACTS, AFTER_TERM, Act
from nangmai.regulation.cedar import Judgement, Policies, Question, RegulationNotCompiled
from nangmai.regulation.conditions import CONDITIONS, Remedy
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.model import ANYONE, OTHERS, Norm, Regulation
from nangmai.regulation.rights import rights

Code = Literal[
    "no_version",  # nothing is in force at that moment
    "unacknowledged",  # the text in force is not yet acknowledged
    "term_ended",  # the term of the text is over, and it lets nothing but reading and keeping go on
    "recused",  # the person is kept from this case's material
    "condition_missing",  # a permit names the person; a condition of it, or one that lifts a forbid, does not hold
    "not_named",  # permits name others
    "forbidden",  # by a norm that nothing lifts, or of an act that nothing permits
    "not_covered",  # no norm of the text permits the act to anybody
    "wrong_kind",  # the act is done to another kind of thing
    "unreadable",  # the question could not be judged
]
_REMEDIES: tuple[Remedy, ...] = (
    "none",
    "acknowledge",
    "file_matter",
    "ask_board",
    "step_up",
    "state_purpose",
)  #: hardest first


class ActUnknown(Error):
    """There is no act {act!r}. {hint}"""

    kind: ClassVar[Kind] = Kind.INVALID


class VersionsOverlap(Error):
    """{first} and {second} would both be in force at {at}. End the first before the second begins."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class Denied(Error):
    """{act} is not allowed ({clauses})."""

    kind: ClassVar[Kind] = Kind.DENIED


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that the act opens."""

    norm: str
    clause: str
    due_us: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, by which clauses, and what one can do about it."""

    code: Code
    clauses: tuple[str, ...]
    missing: tuple[str, ...] = ()  #: conditions that do not hold
    remedy: Remedy = "none"
    is_any_enough: bool = False  #: one of the missing conditions would do: they lift a forbid


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one question."""

    is_allowed: bool
    act: str
    at_us: int
    version: str  #: `Regulation.version`; empty: none was in force
    clauses: tuple[str, ...]  #: that determined the answer
    norms: tuple[str, ...]
    assignment: str  #: of the holding that was judged; empty: as anyone
    role: str
    obligations: tuple[Obligation, ...] = ()
    refusal: Refusal | None = None

    def require(self) -> Decision:
        """The decision itself when it allows, else `Denied` with its clauses."""
        if self.is_allowed:
            return self
        raise Denied(act=ACTS[self.act].title.en, clauses=", ".join(self.clauses) or "no clause allows it")


class Rulebook:
    """One version, compiled."""

    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self.version = regulation.version
        self._policies = Policies(regulation)
        self._order = {norm.id: number for number, norm in enumerate(regulation.norms)}
        self._outside = {role.id for role in regulation.roles if role.is_outside}
        self.rights = {norm.id: norm for norm in rights(regulation)}
        self._permits: dict[str, list[Norm]] = defaultdict(list)
        for norm in self.rights.values():
            for act in norm.acts:
                self._permits[act].append(norm)
        self._rules = {rule.norm: rule for rule in duties.rules(regulation)}
        for norm in regulation.norms:
            if unknown := [act for act in norm.acts if act not in ACTS]:
                raise RegulationNotCompiled(norm=norm.id, reason=f"there is no act {unknown[0]!r}")
            for opened in norm.then:
                if opened not in self._rules:
                    raise RegulationNotCompiled(norm=norm.id, reason=f"it opens {opened!r}, which is no duty")

    def decide(self, person: Person, act: str, thing: Thing, facts: Facts, at_us: int) -> Decision:
        """Each holding judged by itself; the first that is allowed counts, else the refusal that came nearest."""
        known = act_named(act)
        if barrier := self._barrier(person, known, thing, at_us):
            return self._refused(barrier, act, at_us, person.holdings[0] if person.holdings else None)
        if thing.case and thing.case in person.recused_from:
            facts = replace(facts, is_involved=True)
        refusals: list[tuple[Refusal, Holding | None, tuple[str, ...]]] = []
        for holding in person.holdings or (None,):
            question = Question(act, holding, person.acknowledged == self.version, thing, facts)
            judgement = self._policies.judge(question)
            if judgement.is_allowed:
                return self._allowed(judgement, act, at_us, holding)
            refusals.append((self._reason(question, judgement), holding, judgement.norms))
        refusal, holding, norms = min(refusals, key=lambda each: _distance(each[0]))
        return self._refused(refusal, act, at_us, holding, norms)

    def permits(self, act: str) -> list[Norm]:
        """What gives a right to an act: permits, or duties where no permit names it (`rights.py`)."""
        return self._permits[act]

    def clauses_bound_to(self, guard: str) -> tuple[str, ...]:
        """The clauses whose norms a guard enforces."""
        return _clauses(
            norm for norm in self.regulation.norms if any((by.by, by.name) == ("enforced", guard) for by in norm.bound)
        )

    def clauses_about(self, act: str) -> tuple[str, ...]:
        """The clauses that permit an act or oblige to it."""
        return _clauses(norm for norm in self.regulation.norms if act in norm.acts and norm.mode != "forbid")

    def _barrier(self, person: Person, act: Act, thing: Thing, at_us: int) -> Refusal | None:
        """What refuses before any norm is asked."""
        if thing.kind != act.thing:
            return Refusal("wrong_kind", ())
        if act.id not in AFTER_TERM and self._has_ended(at_us):
            return Refusal("term_ended", self._clauses_of_term())
        if not act.is_footage:
            return None
        is_inside = any(holding.role not in self._outside for holding in person.holdings)
        if is_inside and person.acknowledged != self.version:
            clauses = self.clauses_about("regulation.acknowledge") or self.clauses_bound_to("acknowledgement")
            return Refusal("unacknowledged", clauses, ("acknowledged",), "acknowledge")
        if thing.case and thing.case in person.recused_from:
            return Refusal("recused", self.clauses_bound_to("recusal"), ("not_involved",))
        return None

    def _has_ended(self, at_us: int) -> bool:
        """Whether the last day of the term is over, on the calendar of the text, and reading is all it left."""
        ends_on = self.regulation.term_ends_on
        if ends_on is None or self.regulation.parameter("on_term_end") != "readonly":
            return False
        return utc_from_us(at_us).astimezone(self.regulation.in_force_from.tzinfo).date() > ends_on

    def _clauses_of_term(self) -> tuple[str, ...]:
        """Those whose norms are judged by the term; where none is, those about considering a new text."""
        found = _clauses(norm for norm in self.regulation.norms if any(by.name == "term" for by in norm.bound))
        return found or self.clauses_about("amendment.consider")

    def _allowed(self, judgement: Judgement, act: str, at_us: int, holding: Holding | None) -> Decision:
        norms = self._in_text_order(judgement.norms)
        opened = min((norm.then for norm in norms), key=len)
        rules = [self._rules[norm] for norm in opened]
        return Decision(
            is_allowed=True,
            act=act,
            at_us=at_us,
            version=self.version,
            clauses=_clauses(norms),
            norms=tuple(norm.id for norm in norms),
            assignment=holding.assignment if holding else "",
            role=holding.role if holding else ANYONE,
            obligations=tuple(
                Obligation(rule.norm, rule.clause, duties.due(rule, self.regulation, at_us)) for rule in rules
            ),
        )

    def _refused(
        self, refusal: Refusal, act: str, at_us: int, holding: Holding | None, norms: tuple[str, ...] = ()
    ) -> Decision:
        return Decision(
            is_allowed=False,
            act=act,
            at_us=at_us,
            version=self.version,
            clauses=refusal.clauses,
            norms=tuple(norm.id for norm in self._in_text_order(norms)),
            assignment=holding.assignment if holding else "",
            role=holding.role if holding else ANYONE,
            refusal=refusal,
        )

    def _reason(self, question: Question, judgement: Judgement) -> Refusal:
        if judgement.complaint:
            return Refusal("unreadable", ())
        forbids = self._in_text_order(judgement.norms)
        others = [norm for norm in forbids if OTHERS in norm.who]
        liftable = [norm for norm in forbids if OTHERS not in norm.who and norm.unless]
        if final := [norm for norm in forbids if OTHERS not in norm.who and not norm.unless]:
            return Refusal("forbidden", _clauses(final))
        permits = self._permits[question.act]
        roles = {ANYONE} if question.holding is None else {ANYONE, question.holding.role}
        if naming := [norm for norm in permits if roles.intersection(norm.who)]:
            return self._missing(question, naming, others, liftable)
        if others:
            return Refusal("not_named", _clauses(others), (), "ask_board")
        if permits:
            return Refusal("not_named", _clauses([*liftable, *permits]), (), "file_matter")
        if liftable:
            return _unlifted("forbidden", liftable)
        return Refusal("not_covered", self.clauses_about("matter.file"), (), "file_matter")

    def _missing(self, question: Question, naming: list[Norm], others: list[Norm], liftable: list[Norm]) -> Refusal:
        """The permit that came nearest and what it lacks; what a forbid lacks where the permit lacks nothing."""
        held = self._policies.holding_conditions(question)
        missing, nearest = min(
            ((tuple(name for name in norm.when if name not in held), norm) for norm in naming),
            key=lambda each: len(each[0]),
        )
        if not missing and liftable:
            return _unlifted("condition_missing", liftable)
        sole = (norm.unless[0] for norm in liftable if len(norm.unless) == 1)
        missing = tuple(dict.fromkeys((*missing, *sole)))
        return Refusal("condition_missing", _clauses([nearest, *others, *liftable]), missing, _remedy(missing))

    def _in_text_order(self, ids: Iterable[str]) -> list[Norm]:
        return [self.regulation.norm_by_id[norm] for norm in sorted(ids, key=self._order.__getitem__)]


class Regulations:
    """All versions. An act is judged by the one in force at its moment, whatever came later.

    A version that is superseded is given with the end that the superseding one set it: `Regulation.in_interval`.
    """

    def __init__(self, versions: Iterable[Regulation]) -> None:
        self._versions = sorted(versions, key=lambda version: version.in_force_from)
        self._rulebooks: dict[int, Rulebook] = {}
        for first, second in pairwise(self._versions):
            if first.in_force_until is None or first.in_force_until > second.in_force_from:
                at = iso_from_us(us_from_datetime(second.in_force_from))
                raise VersionsOverlap(first=first.number, second=second.number, at=at)

    def at(self, moment_us: int) -> Rulebook | None:
        """The version in force at a moment, compiled when it is first asked for."""
        for number in self._begun(moment_us):
            until = self._versions[number].in_force_until
            return self._rulebook(number) if until is None or moment_us < us_from_datetime(until) else None
        return None

    def decide(self, person: Person, act: str, thing: Thing, facts: Facts, at_us: int) -> Decision:
        """The answer of the version in force at the moment; without one, no."""
        known = act_named(act)
        if rulebook := self.at(at_us):
            return rulebook.decide(person, act, thing, facts, at_us)
        clauses = next((self._rulebook(number).clauses_bound_to("versions") for number in self._begun(at_us)), ())
        holding = person.holdings[0] if person.holdings else None
        return Decision(
            is_allowed=False,
            act=known.id,
            at_us=at_us,
            version="",
            clauses=clauses,
            norms=(),
            assignment=holding.assignment if holding else "",
            role=holding.role if holding else ANYONE,
            refusal=Refusal("no_version", clauses),
        )

    def _begun(self, moment_us: int) -> Iterator[int]:
        """The versions that began by then, the last first."""
        for number in reversed(range(len(self._versions))):
            if us_from_datetime(self._versions[number].in_force_from) <= moment_us:
                yield number

    def _rulebook(self, number: int) -> Rulebook:
        if number not in self._rulebooks:
            self._rulebooks[number] = Rulebook(self._versions[number])
        return self._rulebooks[number]


def act_named(act: str) -> Act:
    """The act of an id."""
    if act in ACTS:
        return ACTS[act]
    near = difflib.get_close_matches(act, ACTS, n=1)
    raise ActUnknown(act=act, hint=f"Did you mean {near[0]!r}?" if near else "The acts are listed in the reference.")


def _clauses(norms: Iterable[Norm]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(norm.clause for norm in norms))


def _unlifted(code: Code, forbids: list[Norm]) -> Refusal:
    """What would lift the first of these forbids: any one of its conditions."""
    missing = forbids[0].unless
    return Refusal(code, _clauses(forbids), missing, _remedy(missing, is_any_enough=True), len(missing) > 1)


def _remedy(missing: tuple[str, ...], *, is_any_enough: bool = False) -> Remedy:
    """All that is missing has to be mended, so the hardest counts; where one is enough, the easiest."""
    ranks = [_REMEDIES.index(CONDITIONS[name].remedy) for name in missing]
    return _REMEDIES[(max if is_any_enough else min)(ranks, default=0)]


def _distance(refusal: Refusal) -> tuple[int, int]:
    order: tuple[Code, ...] = ("condition_missing", "forbidden", "not_named", "not_covered", "unreadable")
    return order.index(refusal.code), len(refusal.missing)
