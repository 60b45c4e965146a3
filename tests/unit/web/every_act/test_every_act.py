"""No sequence of acts by any roles reaches footage outside a norm, and the ledger alone rebuilds the same states.

People of every role, one without any and one who only looks after the machine try everything in any order, at the real
services on a real database. A second reading of the permission matrix (matrix.py) says what each try may come to.
`NANGMAI_STATEFUL_RUNS` asks for more runs than a landing has time for.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from nangmai.base.clock import using
from nangmai.protocol.keys import parse_public_key
from nangmai.protocol.tickets import Ticket, TicketError, verify_ticket
from nangmai.web.accounts.models import User
from nangmai.web.directions.models import Direction
from nangmai.web.footage import keys, queries
from nangmai.web.footage import services as footage
from nangmai.web.footage.policies import Right
from nangmai.web.people.models import Assignment
from nangmai.web.regulation import facts
from nangmai.web.sites.models import Recorder
from nangmai.web.watch.facts import is_on_shift
from unit.web.every_act.acting import CAMERAS, Stage, attempt, cameras
from unit.web.every_act.matrix import BOARD, FOOTAGE, MINUTE_US
from unit.web.every_act.people import PURPOSES, Open, actors, camera_ids
from unit.web.every_act.work import WorkActs
from unit.web.watch.rosters import at, clock_at

RUNS = int(os.environ.get("NANGMAI_STATEFUL_RUNS", "4"))
STEPS = 40
#: making a failing run short takes minutes: only where time was asked for
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, *((Phase.shrink,) if RUNS >= 50 else ()))
often = st.sampled_from([True, True, False])


class EveryAct(WorkActs):
    """All acts, and footage."""

    # -- footage

    @rule(by=actors, camera_id=camera_ids, purpose=st.sampled_from(PURPOSES), is_ready=often)
    def ask_for_live(self, by: str, camera_id: str, purpose: str, is_ready: bool) -> None:
        self.ask_for_footage(by, "live", camera_id, purpose, 0, is_ready)

    @rule(by=actors, camera_id=camera_ids, ago=st.sampled_from([8, 25, 40]), is_ready=often)
    def ask_for_replay(self, by: str, camera_id: str, ago: int, is_ready: bool) -> None:
        self.ask_for_footage(by, "replay", camera_id, "P1", ago, is_ready)

    @rule(by=actors, camera_id=camera_ids, purpose=st.sampled_from(PURPOSES), ago=st.sampled_from([40, 140]),
          is_directed=often)  # fmt: skip
    def ask_for_playback(self, by: str, camera_id: str, purpose: str, ago: int, is_directed: bool) -> None:
        if is_directed:
            self.give("principal", self.who(by), camera_id, purpose or "P1", 30, True)
        self.ask_for_footage(by, "playback", camera_id, purpose, ago, is_directed)

    def ask_for_footage(self, by: str, right: str, camera_id: str, purpose: str, ago: int, is_ready: bool) -> None:
        """Issued exactly where the matrix says so."""
        person = self.who(by)
        if is_ready:  # or nobody would ever get as far as the other conditions
            self.sign_in(by)
            self.acknowledge(by)
            self.go_on_watch(by, False)
        session = self.sessions.get(person.pk)
        if session is None:
            return
        span = None if right == "live" else self.span(ago, 5)
        wanted = footage.Wanted(Right(right), "nvr-1", (camera_id,), *(span or (None, None)))
        issued, _error = attempt(
            person, lambda: footage.issue(by=person, session_key=session, wanted=wanted, purpose=purpose)
        )
        may = self.school.sees(person.pk, right, camera_id, span, purpose, self.now_us)
        if right == "replay" and span is not None:
            is_recent = self.now_us - span[1] < self.school.window_us(self.now_us)
            may = may and (is_recent or self.is_of_the_board(person, right, camera_id))
        if right == "playback" and span is not None:
            parts = self.school.parts(person.pk, camera_id, purpose, self.now_us)
            cuts = [(max(part[0], span[0]), min(part[1], span[1])) for part in parts]
            may = may or any(
                cut[0] < cut[1] and self.school.sees(person.pk, right, camera_id, cut, purpose, self.now_us)
                for cut in cuts
            )
        assert (issued is not None) == may, (person.username, right, camera_id, purpose, ago, _error)
        if issued is not None:
            token, row = issued
            publics = {kid: parse_public_key(text, kid) for kid, text in keys.public_keys().items()}
            claims = verify_ticket(token, publics, "nvr-1", self.now_us, ())
            self.tickets.append(Open(token, claims, person, session, purpose))
            assert row.jti == claims.id
            if right == "replay":
                assert claims.from_us is not None
                is_within = claims.from_us >= self.now_us - self.school.window_us(self.now_us)
                assert is_within or self.is_of_the_board(person, right, camera_id)

    def is_of_the_board(self, person: User, right: str, camera_id: str) -> bool:
        return bool(BOARD & self.school.roles(person.pk, FOOTAGE[right], self.now_us, camera_id))

    @invariant()
    def look(self) -> None:
        """A second after whatever happened last, pages show their tickets to the recorder, which asks nobody."""
        if not self.tickets:
            return
        self.a_second_passes()
        publics = {kid: parse_public_key(text, kid) for kid, text in keys.public_keys().items()}
        revoked = queries.revoked(Recorder.objects.get(), self.now_us)
        for held in self.tickets[-8:]:
            try:
                ticket = verify_ticket(held.token, publics, "nvr-1", self.now_us, revoked)
            except TicketError:
                continue
            assert self.sessions.get(held.person.pk) == held.session, "footage after the session's end"
            for camera_id, right, shift_us in itertools.product(CAMERAS, FOOTAGE, (-MINUTE_US, 0, MINUTE_US)):
                self._use(held, ticket, camera_id, right, shift_us)

    def _use(self, held: Open, ticket: Ticket, camera_id: str, right: Any, shift_us: int) -> None:
        """The recorder gives what the ticket covers; playback covers what replay would show of the same period."""
        is_live = ticket.from_us is None or ticket.to_us is None
        span = None if is_live else (ticket.from_us + shift_us, ticket.to_us + shift_us)  # type: ignore[operator]
        try:
            ticket.require(right, camera_id, *(span or (None, None)))
        except TicketError:
            return
        may = self.school.sees(held.person.pk, ticket.right, camera_id, span, held.purpose, self.now_us)
        assert may, (held.person.username, ticket.right, right, camera_id, held.purpose)

    @precondition(lambda self: self.tickets)
    @rule(how=st.sampled_from(["revoke", "leave", "session", "withdraw", "publish", "narrow", "move", "time"]))
    def a_basis_goes(self, how: str) -> None:
        """What the newest ticket rests on is taken away by who may."""
        held, principal = self.tickets[-1], self.who("principal")
        rows = Assignment.objects.filter(person=held.person, revoked_at=None).exclude(person=principal)
        if how == "revoke" and rows:
            self.end_assignment(rows[0], principal, True)
        elif how == "leave":
            self.stay_or_leave(by="principal", own=True, is_extended=False)
        elif how == "session":
            self.sign_out(held.person.username)
        elif how == "withdraw":
            for row in Direction.objects.filter(withdrawn_at=None, person=held.person).exclude(person=principal):
                self.withdraw_direction(row, self.who("vice_principal"), True)
        elif how == "publish" and len(self.school.versions) < 3:
            self.publish("principal", 20, True)
        elif how in ("narrow", "move"):
            self.arrange("principal", held.claims.cameras[0], len(self.tickets), ["P3"] if how == "narrow" else [])
        elif how == "time":
            self.time_passes(9)


@pytest.mark.timeout(3600)
def test_no_sequence_of_acts_reaches_footage_outside_a_norm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(facts._facts, "on_shift", is_on_shift)
    cameras()
    clock = clock_at(at(0, 6))
    with using(clock):
        stage = Stage(clock)
    machine = type("Run", (EveryAct,), {"stage": stage, "begun_us": clock.wall_us()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            phases=PHASES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
