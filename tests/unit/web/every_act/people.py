"""People come and go, time passes, roles are given and taken: the beginning of every run."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from nangmai.base.clock import ManualClock, using, utc_now
from nangmai.base.units import US_PER_S, us_from_datetime
from nangmai.protocol.tickets import Ticket
from nangmai.web.accounts.models import SignIn, User
from nangmai.web.accounts.services import end_sessions
from nangmai.web.duties import calendar
from nangmai.web.footage.standing import end_unfounded
from nangmai.web.people import by_calendar
from nangmai.web.people import services as people
from nangmai.web.people.models import Assignment, Delegation
from nangmai.web.regulation import services as regulation
from nangmai.web.regulation.authorities import Refused
from unit.web.every_act.acting import CAMERAS, PEOPLE, Stage, attempt, check_the_ledger, session_of
from unit.web.every_act.matrix import MINUTE_US, Directed, Held
from unit.web.roles import Role

HANDOVER_US = 10 * MINUTE_US
PURPOSES = ("P1", "P2", "quality_check", "")

some = st.integers(0, 40)
proven = st.sampled_from([True, True, True, False])
camera_ids = st.sampled_from(CAMERAS)
#: who acts: all, and those more often from whom something can come
actors = st.sampled_from([*PEOPLE, "principal", "principal", "principal", "vice_principal", "head_of_security", "day"])


class Open(NamedTuple):
    """A ticket in somebody's hands."""

    token: str
    claims: Ticket
    person: User
    session: str
    purpose: str


class PeopleActs(RuleBasedStateMachine):
    """One run: a school, and a few dozen acts."""

    stage: Stage
    begun_us: int

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(self.begun_us)
        self.clock_in_use = using(self.clock)
        self.clock_in_use.__enter__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.stage.clock = self.clock
        first = self.stage.school
        self.school = type(first)(
            [Held(**vars(held)) for held in first.held], [], dict(first.cameras), {}, list(first.versions), set()
        )
        self.rows: dict[str, Held] = {}
        for held, row in zip(self.school.held, self.stage.given, strict=True):
            self.rows[f"assignment:{row.pk}"] = held
        self.directed: dict[int, Directed] = {}
        self.sessions: dict[int, str] = {}
        self.tickets: list[Open] = []

    def teardown(self) -> None:
        try:
            self.a_second_passes()
            check_the_ledger()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            self.clock_in_use.__exit__(None, None, None)

    # -- people and time

    @property
    def now_us(self) -> int:
        return self.clock.wall_us()

    def one(self, number: int) -> User:
        return self.stage.people[number % len(self.stage.people)]

    def who(self, name: str) -> User:
        return self.stage.by_name[name]

    def a_second_passes(self) -> None:
        """What the clock of the web plane does every second."""
        self.clock.advance(US_PER_S)
        by_calendar.announce()
        end_unfounded()

    def holds(self, by: User, act: str, is_proven: bool, error: Exception | None) -> None:
        """Done exactly where the matrix says so; other errors are about the thing, not about the person."""
        may = self.school.may(by.pk, act, self.now_us, is_proven=is_proven)
        is_refused = isinstance(error, Refused)
        assert may != is_refused, (by.username, act, is_proven, error)

    @rule(minutes=st.sampled_from([1, 9, 25, 70, 300]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes * MINUTE_US)
        by_calendar.announce()
        end_unfounded()
        calendar.look(now=utc_now())

    @rule(by=actors)
    def sign_in(self, by: str) -> None:
        person = self.who(by)
        if person.pk not in self.sessions:
            self.sessions[person.pk] = session_of(person)

    @rule(by=actors)
    def sign_out(self, by: str) -> None:
        key = self.sessions.pop(self.who(by).pk, "")
        end_sessions(SignIn.objects.filter(session_key=key))

    @rule(by=actors)
    def acknowledge(self, by: str) -> None:
        person = self.who(by)
        regulation.acknowledge(person=person)
        self.school.signed.add((person.pk, self.school.version(self.now_us)[1]))

    # -- who is what

    @rule(
        by=actors,
        number=some,
        role=st.sampled_from(list(Role)),
        area=some,
        minutes=st.sampled_from([0, 30]),
        is_proven=proven,
    )
    def assign(self, by: str, number: int, role: Role, area: int, minutes: int, is_proven: bool) -> None:
        signer, person = self.who(by), self.one(number)
        where = ["", "", *self.stage.areas][area % 4]
        until = utc_now() + timedelta(minutes=minutes) if minutes else None
        row, error = attempt(signer, lambda: people.assign(
            person=person, role=role, by=signer, is_stepped_up=is_proven, area=where, span=people.Span(None, until)
        ))  # fmt: skip
        self.holds(signer, "assignment.sign", is_proven, error)
        if row is not None:
            until_us = us_from_datetime(until) if until else None
            self.rows[f"assignment:{row.pk}"] = Held(person.pk, role, where, self.now_us, until_us)
            self.school.held.append(self.rows[f"assignment:{row.pk}"])

    @rule(by=actors, number=some, is_proven=proven)
    def revoke(self, by: str, number: int, is_proven: bool) -> None:
        rows = list(Assignment.objects.order_by("pk"))
        signer, row = self.who(by), rows[number % len(rows)]
        self.end_assignment(row, signer, is_proven)

    def end_assignment(self, row: Assignment, signer: User, is_proven: bool) -> None:
        done, error = attempt(
            signer, lambda: people.revoke(assignment=row, by=signer, is_stepped_up=is_proven, reason="Chuyển công tác")
        )
        self.holds(signer, "assignment.sign", is_proven, error)
        if done is not None:
            self.rows[f"assignment:{row.pk}"].is_ended = True

    @rule(by=actors, number=some, own=some, is_narrow=st.booleans(), is_proven=proven)
    def delegate(self, by: str, number: int, own: int, is_narrow: bool, is_proven: bool) -> None:
        giver, taker = self.who(by), self.one(number)
        held = list(giver.assignments.order_by("pk")) or list(Assignment.objects.all()[:1])
        until = utc_now() + timedelta(hours=2)
        acts = ["live.view"] if is_narrow else []
        row, error = attempt(giver, lambda: people.delegate(
            assignment=held[own % len(held)], taker=taker, by=giver, is_stepped_up=is_proven, form="KT",
            span=people.Span(None, until), acts=acts,
        ))  # fmt: skip
        self.holds(giver, "delegation.sign", is_proven, error)
        if row is not None:
            given = self.rows[f"assignment:{row.assignment_id}"]
            taken = Held(taker.pk, given.role, given.area, self.now_us, us_from_datetime(until), frozenset(acts), given)
            self.rows[f"delegation:{row.pk}"] = taken
            self.school.held.append(taken)

    @rule(by=actors, number=some, is_proven=proven)
    def withdraw_delegation(self, by: str, number: int, is_proven: bool) -> None:
        rows = list(Delegation.objects.order_by("pk"))
        if rows:
            signer, row = self.who(by), rows[number % len(rows)]
            done, error = attempt(
                signer, lambda: people.withdraw(delegation=row, by=signer, is_stepped_up=is_proven, reason="Đã về")
            )
            act = "delegation.sign" if row.giver_id == signer.pk else "assignment.sign"
            self.holds(signer, act, is_proven, error)
            if done is not None:
                self.rows[f"delegation:{row.pk}"].is_ended = True

    @rule(by=actors, number=some, is_proven=proven)
    def recuse(self, by: str, number: int, is_proven: bool) -> None:
        signer, person = self.who(by), self.one(number)
        _row, error = attempt(signer, lambda: people.recuse(
            person=person, case="VV-1", reason="Người nhà", by=signer, is_stepped_up=is_proven
        ))  # fmt: skip
        if signer == person:
            assert error is None
        else:
            self.holds(signer, "assignment.sign", is_proven, error)
