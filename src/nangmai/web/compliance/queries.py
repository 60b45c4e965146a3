"""The board: each clause with its state, what shows it, and its last thirty days. Changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nangmai.regulation.acts import ACTS
from nangmai.regulation.durations import fill
from nangmai.regulation.model import Bound, Clause, Norm
from nangmai.web.compliance import attesting, guards
from nangmai.web.compliance.checks import CHECKS
from nangmai.web.compliance.findings import Finding, State, worst
from nangmai.web.compliance.models import Attestation, DailyState
from nangmai.web.compliance.survey import Survey
from nangmai.web.regulation.authorities import said
from nangmai.web.regulation.queries import NormLine, norm_line, role_name

DAYS = 30
NEEDS_SOMEBODY = (State.BROKEN, State.AT_RISK)
#: what is told in figures above the clauses
SUMMARISED = ("retention_floor", "completeness", "watch_coverage", "duties_on_time")


@dataclass(frozen=True, slots=True)
class Line:
    """One way in which a norm is bound, and what was found."""

    norm: Norm
    by: str  #: enforced | evidenced | attested
    acts: str
    who: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a clause; `state` is empty where nothing was noted."""

    day: date
    state: str


@dataclass(frozen=True)
class ClauseState:
    """A clause as the board shows it."""

    id: str
    text: str
    lines: tuple[Line, ...]
    days: tuple[Day, ...] = ()

    @cached_property
    def state(self) -> State:
        """The worst of its norms."""
        return worst(line.finding.state for line in self.lines)

    @property
    def shown(self) -> list[Line]:
        """What is told one by one: everything but norms that cannot be broken."""
        return [line for line in self.lines if line.by != "enforced" or line.finding.state != State.KEPT]

    @property
    def enforced(self) -> list[str]:
        """What keeps the other norms, each guard once."""
        kept = [line for line in self.lines if line.by == "enforced" and line.finding.state == State.KEPT]
        return list(dict.fromkeys(line.finding.figure for line in kept))

    @property
    def needs(self) -> list[Line]:
        """What somebody has to look after, the worst first."""
        lines = [line for line in self.lines if line.finding.state in NEEDS_SOMEBODY]
        return sorted(lines, key=lambda line: NEEDS_SOMEBODY.index(line.finding.state))

    @property
    def strip_in_words(self) -> str:
        """The thirty days for who does not see them."""
        counted = Counter(day.state for day in self.days)
        parts = [f"{word}: {counted[state]}" for state, word in State.choices if counted[state]]
        return ", ".join(parts) or _("nothing noted yet")


@dataclass(frozen=True)
class Board:
    """All clauses that ask something of somebody, by article."""

    articles: tuple[tuple[str, str, tuple[ClauseState, ...]], ...]
    summary: tuple[tuple[str, Finding], ...]
    first_day: date
    last_day: date

    @cached_property
    def clauses(self) -> tuple[ClauseState, ...]:
        """In the order of the text."""
        return tuple(clause for _id, _title, clauses in self.articles for clause in clauses)

    @cached_property
    def counted(self) -> Counter[State]:
        """How many clauses are in each state."""
        return Counter(clause.state for clause in self.clauses)

    @property
    def needy(self) -> list[ClauseState]:
        """The clauses that need somebody, the worst first."""
        found = [clause for clause in self.clauses if clause.state in NEEDS_SOMEBODY]
        return sorted(found, key=lambda clause: NEEDS_SOMEBODY.index(clause.state))

    @property
    def sentence(self) -> str:
        """What a principal can say aloud."""
        needy, unknown = len(self.needy), self.counted[State.UNKNOWN]
        parts = [
            _("The school keeps %(kept)d of %(all)d clauses")
            % {"kept": self.counted[State.KEPT], "all": len(self.clauses)}
        ]
        if needy:
            parts.append(ngettext("%(count)d clause needs you", "%(count)d clauses need you", needy) % {"count": needy})
        if unknown:
            sentence = ngettext(
                "%(count)d clause cannot be judged yet", "%(count)d clauses cannot be judged yet", unknown
            )
            parts.append(sentence % {"count": unknown})
        return "; ".join(parts) + "."


class _Findings:
    """Looks at norms, and runs a check that means the same for all of them once."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._known: dict[tuple[str, tuple[str, ...]], Finding] = {}

    def of(self, norm: Norm, bound: Bound) -> Finding:
        """What was found of one way in which a norm is bound."""
        if bound.by == "enforced":
            return guards.finding(bound.name)
        if bound.by == "attested":
            return attesting.finding(self._survey, norm, bound)
        return self.check(bound.name, norm)

    def check(self, name: str, norm: Norm) -> Finding:
        """The check of that name; a name that no check has cannot be judged."""
        key = (name, (norm.id, *norm.who) if name in ("duties_on_time", "acknowledgements") else ())
        if key not in self._known:
            check = CHECKS.get(name)
            missing = Finding(State.UNKNOWN, _("What would show this is not built yet"))
            self._known[key] = check(self._survey, norm) if check else missing
        return self._known[key]


def clause_states(survey: Survey) -> dict[str, State]:
    """The state of each clause that asks something of somebody, now."""
    found = _Findings(survey)
    return {
        clause.id: worst(line.finding.state for line in _lines(clause, survey, found))
        for clause in survey.regulation.clauses
        if clause.norms
    }


def board(survey: Survey) -> Board:
    """Everything the page shows."""
    found, today = _Findings(survey), timezone.localdate(survey.now)
    days = [today - timedelta(days=number) for number in reversed(range(DAYS))]
    noted = _noted(days[0])
    articles = []
    for article in survey.regulation.articles:
        clauses = tuple(
            ClauseState(
                clause.id,
                said(clause.text),
                tuple(_lines(clause, survey, found)),
                tuple(Day(day, noted[clause.id].get(day, "")) for day in days),
            )
            for clause in article.clauses
            if clause.norms
        )
        articles.append((article.id, said(article.title), clauses))
    return Board(tuple(articles), _summary(survey, found), days[0], today)


def _lines(clause: Clause, survey: Survey, found: _Findings) -> Iterator[Line]:
    for norm in clause.norms:
        acts = ", ".join(said(ACTS[act].title) for act in norm.acts)
        who = ", ".join(role_name(survey.regulation, role) for role in norm.who)
        for bound in norm.bound:
            yield Line(norm, bound.by, acts, who, found.of(norm, bound))


def _summary(survey: Survey, found: _Findings) -> tuple[tuple[str, Finding], ...]:
    titles = {
        "retention_floor": _("Retention"),
        "completeness": _("Completeness"),
        "watch_coverage": _("Watch"),
        "duties_on_time": _("Duties"),
    }
    norms = {bound.name: norm for norm in reversed(survey.regulation.norms) for bound in norm.bound}
    shown = [(name, _all_duties(survey) if name == "duties_on_time" else None) for name in SUMMARISED if name in norms]
    return tuple((titles[name], finding or found.check(name, norms[name])) for name, finding in shown)


def _all_duties(survey: Survey) -> Finding:
    """Over all norms."""
    rows = [due for duties in survey.duties.values() for due in duties]
    late = sum(due is not None and due < survey.now for due in rows)
    figure = _("%(open)d duties open, %(late)d of them overdue") % {"open": len(rows), "late": late}
    return Finding(State.BROKEN if late else State.KEPT, figure, reverse("duties:listed"))


def _noted(since: date) -> dict[str, dict[date, str]]:
    noted: dict[str, dict[date, str]] = defaultdict(dict)
    for clause, day, state in DailyState.objects.filter(day__gte=since).values_list("clause", "day", "state"):
        noted[clause][day] = state
    return noted


def attested_by(norm: Norm) -> Bound | None:
    """Who attests the norm and how often; None where nobody has to."""
    return next((bound for bound in norm.bound if bound.by == "attested"), None)


@dataclass(frozen=True, slots=True)
class Attested:
    """A norm that somebody attests, in words, and how it stands."""

    norm: NormLine
    clause: str
    text: str
    finding: Finding


def attested_in(survey: Survey, roles: Iterable[str]) -> list[Attested]:
    """What the roles attest, the worst first, in the order of the text."""
    wanted = frozenset(roles)
    order = (State.BROKEN, State.AT_RISK)
    found = [
        Attested(
            norm_line(norm, survey.regulation),
            clause.id,
            fill(said(clause.text), survey.regulation),
            attesting.finding(survey, norm, bound),
        )
        for clause in survey.regulation.clauses
        for norm in clause.norms
        if (bound := attested_by(norm)) is not None and bound.name in wanted
    ]
    return sorted(found, key=lambda one: order.index(one.finding.state) if one.finding.state in order else len(order))


def attestations(norm: Norm) -> QuerySet[Attestation]:
    """What was said of a norm, the latest first."""
    return Attestation.objects.filter(norm=norm.id).select_related("person")


def day_in_words(day: Day) -> str:
    """One cell of the strip."""
    word = State(day.state).label if day.state else _("nothing noted yet")
    return f"{date_format(day.day, 'SHORT_DATE_FORMAT')}: {word}"
