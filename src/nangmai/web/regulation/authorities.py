"""The one door: may this person do this act to this thing, now? Every app asks here, and no app looks at a role.

A refusal is an error that names the clause and the ways on, and an entry in the ledger. Apps below this one come in by
`nangmai.web.authority`, whose protocol the functions at the end fulfil.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from nangmai.base.clock import wall_us
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S, utc_from_us
from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Holding, Person, Thing
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.authority import AreaTitle, Basis, RoleTitle, keep, rests_on
from nangmai.web.errors import Way
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.people import queries as people
from nangmai.web.regulation import versions
from nangmai.web.regulation.facts import Gathered, Span
from nangmai.web.regulation.models import Acknowledgement
from nangmai.web.regulation.purposes import known_purposes, stated_purpose
from nangmai.web.regulation.ways import ways_on
from nangmai.web.sites.queries import places


class Refused(Error):
    """{act} is not among the duties that the regulation gives you ({clause})."""

    kind: ClassVar[Kind] = Kind.DENIED

    def __init__(self, decision: Decision) -> None:
        refusal = decision.refusal
        assert refusal is not None
        self.decision = decision
        self.clause = ", ".join(refusal.clauses)
        joint = " / " if refusal.is_any_enough else ", "
        only = joint.join(said(CONDITIONS[name].title) for name in refusal.missing)
        super().__init__(act=said(ACTS[decision.act].title), clause=self.clause, only=only)

    @property
    def ways(self) -> list[Way]:
        """What a person can do next, the nearest first."""
        return ways_on(self.decision)


class RefusedUnless(Refused):
    """{act} is permitted to you only {only} ({clause})."""


class NothingInForce(Refused):
    """No regulation is in force, and without one nobody may do anything: {act} is refused."""


class TextNotAcknowledged(Refused):
    """{act} waits until you have read the regulation in force and signed for it ({clause})."""


class TermEnded(Refused):
    """The term of the regulation is over; until a new one is signed only reading goes on. Refused: {act} ({clause})."""


_BY_CODE: dict[str, type[Refused]] = {
    "no_version": NothingInForce,
    "unacknowledged": TextNotAcknowledged,
    "term_ended": TermEnded,
}


def said(title: Title) -> str:
    """A title in the language in force."""
    return title.en if (get_language() or "").startswith("en") else title.vi


def error_of(decision: Decision) -> Refused:
    """The error that says why not."""
    refusal = decision.refusal
    assert refusal is not None
    kind = _BY_CODE.get(refusal.code) or (RefusedUnless if refusal.missing else Refused)
    return kind(decision)


class Asker:
    """One person at one moment: asks as often as a page needs, and looks everything up once."""

    def __init__(self, user: User | None, *, purpose: str = "", at_us: int | None = None) -> None:
        self.user = user
        self.at_us = wall_us() if at_us is None else at_us
        self.purpose = purpose
        self.gathered = Gathered(user, self.at_us)
        self._version = versions.in_force(self.at_us)

    def decide(self, act: str, thing: Thing | None = None, *, span: Span | None = None, **given: Any) -> Decision:
        """The answer by the version in force; `given` are facts the caller knows better than anybody."""
        thing = thing or self._any(act)
        known: dict[str, Any] = {"purpose": self.purpose} | ({} if span else {"age_s": 0})
        facts = self.gathered.facts(act, thing, span, known | given)
        return versions.regulations().decide(self._person(act, thing), act, thing, facts, self.at_us)

    def may(self, act: str, thing: Thing | None = None, **more: Any) -> bool:
        """Whether the answer is yes."""
        return self.decide(act, thing, **more).is_allowed

    def purposes_for(self, *acts: str) -> list[str]:
        """The purposes that, stated, would let the person do one of the acts to some camera."""
        regulation = None if self._version is None else versions.text_of(self._version)
        known = known_purposes(regulation) if regulation else ()
        return [purpose for purpose in known if any(self.may(act, purpose=purpose) for act in acts)]

    def number(self, parameter: str) -> int:
        """A whole number that the version in force states; 0 without one."""
        regulation = None if self._version is None else versions.text_of(self._version)
        return int(regulation.parameter(parameter)) if regulation else 0

    def replay_us(self) -> int:
        """How far back a replay reaches: the window of the version in force, or of an emergency that counts now."""
        minutes, emergency = self.number("replay_minutes"), self.number("break_glass_minutes")
        if emergency > minutes and self.decide("replay.view", age_s=emergency * 60).obligations:
            minutes = emergency
        return minutes * 60 * US_PER_S

    def is_named(self, act: str) -> bool:
        """Whether a norm names the person for the act, also where something is missing now: menus show it then."""
        decision = self.decide(act)
        named = ("condition_missing", "unacknowledged")
        return decision.is_allowed or (decision.refusal is not None and decision.refusal.code in named)

    def require(self, act: str, thing: Thing | None = None, **more: Any) -> Decision:
        """The decision that allows, or `Refused`, which the ledger keeps as well."""
        decision = self.decide(act, thing, **more)
        if not decision.is_allowed:
            raise self.refused(decision, thing)
        rests_on(decision.clauses)
        return decision

    def refused(self, decision: Decision, thing: Thing | None) -> Refused:
        """The error that says why not; written down so that it stays when the request fails (`authority.one_act`)."""
        refusal = decision.refusal
        assert refusal is not None
        entry = functools.partial(
            append,
            act=decision.act,
            actor=actor_of(self.user),
            thing=f"{thing.kind}:{thing.id}" if thing and thing.id else ACTS[decision.act].thing,
            outcome="refused",
            clauses=refusal.clauses,
            version=decision.version,
            assignment=decision.assignment,
            facts={"code": refusal.code, "missing": list(refusal.missing)},
        )
        keep(entry)
        return error_of(decision)

    def _any(self, act: str) -> Thing:
        """What stands for "some thing" before one is chosen; a camera that serves every purpose."""
        kind = ACTS[act].thing if act in ACTS else ""
        regulation = None if self._version is None else versions.text_of(self._version)
        purposes = frozenset(purpose.id for purpose in regulation.purposes) if regulation else frozenset()
        return Thing(kind, purposes=purposes) if kind == "camera" else Thing(kind)

    @functools.cached_property
    def _holdings(self) -> list[people.Holding]:
        return [] if self.user is None else people.holdings(self.user, utc_from_us(self.at_us))

    @functools.cached_property
    def _standing(self) -> tuple[str | None, frozenset[str]]:
        """What has been acknowledged, and the cases that are not theirs."""
        if self.user is None:
            return None, frozenset()
        known = self._version is not None and Acknowledgement.objects.filter(version=self._version, person=self.user)
        cases = people.recused_from(self.user, utc_from_us(self.at_us))
        return (self._version.sha256 if self._version is not None and known and known.exists() else None), cases

    def _person(self, act: str, thing: Thing) -> Person:
        """The person as norms see one. An assignment to an area reaches no thing outside it."""
        acknowledged, recused_from = self._standing
        holdings = tuple(
            Holding(one.assignment, one.role, one.areas)
            for one in self._holdings
            if (not one.acts or act in one.acts) and (not one.areas or _reaches(one.areas, thing))
        )
        return Person(actor_of(self.user), holdings, acknowledged, recused_from)


def _reaches(areas: frozenset[str], thing: Thing) -> bool:
    """A camera that hangs nowhere is in nobody's area; what has no place at all is in everybody's."""
    is_one_camera = thing.kind == "camera" and thing.id != ""
    return bool(areas & thing.area_path) or not (thing.area_path or is_one_camera)


def asker(request: HttpRequest) -> Asker:
    """The person at the page, with the purpose stated for this session."""
    user = getattr(request, "user", None)
    known = getattr(request, "asker", None)
    if not isinstance(known, Asker) or known.user != user:
        known = Asker(user if isinstance(user, User) else None, purpose=stated_purpose(request))
        request.asker = known  # type: ignore[attr-defined]
    return known


View = Callable[..., HttpResponseBase]


def requires(*acts: str) -> Callable[[View], View]:
    """A view for people who may do at least one of `acts`; the first one is named in a refusal."""
    unknown = [act for act in acts if act not in ACTS]
    assert not unknown, unknown

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asks = asker(request)
            # A page opens without the second proof; what is signed on it asks for that (accounts.step_up).
            if not any(asks.may(act, is_stepped_up=True) for act in acts):
                if request.method == "GET" and asks.purposes_for(*acts):
                    return HttpResponseRedirect(purpose_page(request, acts))
                asks.require(acts[0], is_stepped_up=True)
            return view(request, *args, **kwargs)

        guarded.access = acts  # type: ignore[attr-defined]
        return guarded

    return decorate


def purpose_page(request: HttpRequest, acts: Sequence[str]) -> str:
    """Where the purpose is asked for, and back."""
    query = urlencode({"next": request.get_full_path(), "act": acts}, doseq=True)
    return f"{reverse('regulation:purpose')}?{query}"


class May(Mapping[str, Any]):
    """For templates: `{% if may.live.view %}` is whether a norm names the person for the act."""

    def __init__(self, asks: Asker, prefix: str = "", known: dict[str, bool] | None = None) -> None:
        self._asks = asks
        self._prefix = prefix
        self._known = {} if known is None else known

    def __getitem__(self, name: str) -> Any:
        act = f"{self._prefix}{name}"
        if act not in ACTS:
            if any(one.startswith(f"{act}.") for one in ACTS):
                return May(self._asks, f"{act}.", self._known)
            raise KeyError(name)
        return self.is_named(act)

    def is_named(self, act: str) -> bool:
        """Asked once a page and act."""
        if act not in self._known:
            self._known[act] = self._asks.is_named(act)
        return self._known[act]

    def __iter__(self) -> Iterator[str]:
        return iter(ACTS)

    def __len__(self) -> int:
        return len(ACTS)


# -- the protocol of `nangmai.web.authority` --------------------------------------------------------------------------


def require(user: User, act: str, *, thing: str = "", is_stepped_up: bool = False) -> Basis:
    """Raise `Refused` unless the person may do the act now; else what it rests on."""
    decision = Asker(user).require(act, Thing(ACTS[act].thing, thing), is_stepped_up=is_stepped_up)
    return Basis(decision.assignment, decision.clauses, decision.version)


def may_do(user: User, act: str) -> bool:
    """Whether a page should offer the act to this person."""
    return Asker(user).is_named(act)


def roles() -> Sequence[RoleTitle]:
    """The roles that can be assigned: those of the version in force that are not of outsiders."""
    regulation = _in_force()
    return (
        [RoleTitle(role.id, said(role.title)) for role in regulation.roles if not role.is_outside] if regulation else []
    )


def areas() -> Sequence[AreaTitle]:
    """The placed areas of the site."""
    known = places()
    return [AreaTitle(str(row.area.pk), row.label, known.path_text(row.area.pk)) for row in known.rows()]


def roles_with(act: str) -> frozenset[str]:
    """The roles that some permit of the version in force names for the act."""
    regulation = _in_force()
    return frozenset(_named(regulation, act)) if regulation else frozenset()


def _in_force() -> Regulation | None:
    version = versions.in_force(wall_us())
    return None if version is None else versions.text_of(version)


def _named(regulation: Regulation, act: str) -> Iterable[str]:
    return (role for norm in regulation.naming(act, "permit") for role in norm.who)
