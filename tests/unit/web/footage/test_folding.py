"""What recorders report of looks at footage goes into the ledger once, folded by ticket, camera and minute."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from nangmai.protocol.messages import TicketUse
from nangmai.web.accounts.models import User
from nangmai.web.footage.folding import MINUTE_US, fold_uses
from nangmai.web.footage.models import Use
from nangmai.web.ledger.models import Entry
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role

BEGIN_US = 1_790_000_040 * US_PER_S // MINUTE_US * MINUTE_US


@pytest.fixture
def recorder() -> FakeRecorder:
    made = FakeRecorder().enrol()
    made.send()
    return made


@pytest.fixture
def jti(sign_in: Callable[..., Client], recorder: FakeRecorder) -> str:
    body = json.dumps({"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]})
    answer = sign_in(Role.GUARD).post("/footage/ticket", body, content_type="application/json")
    found: str = answer.json()["jti"]
    return found


def use(number: int, ticket: str, after_s: int, outcome: str = "opened", **fields: object) -> TicketUse:
    said = {
        "id": number,
        "ticket_id": ticket,
        "person": "guard",
        "right": "live",
        "camera": "cam-01",
        "stream": "main",
        "from_us": None,
        "to_us": None,
        "at_us": BEGIN_US + after_s * US_PER_S,
        "bytes": 10,
        "outcome": outcome,
        "reason": "",
    }
    return TicketUse(**(said | fields))  # type: ignore[arg-type]


def fold(recorder: FakeRecorder, *uses: TicketUse, after_s: int = 3600) -> list[Entry]:
    if uses:
        recorder.send(recorder.report(camera(), uses=uses))
    fold_uses(clock=ManualClock(wall_us=BEGIN_US + after_s * US_PER_S))
    return list(Entry.objects.filter(act="footage.viewed").order_by("seq"))


def test_the_uses_of_a_minute_are_one_entry(recorder: FakeRecorder, jti: str) -> None:
    (row,) = fold(recorder, use(1, jti, 1), use(2, jti, 5, stream="sub"), use(3, jti, 9, "closed"))
    guard = User.objects.get(username="guard")
    assert (row.actor, row.thing, row.outcome) == (f"p-{guard.pk}", "camera:nvr-1/cam-01", "done")
    assert row.said.clauses == ("Đ7.1",)
    assert (row.said.facts["uses"], row.said.facts["bytes"], row.said.facts["ticket"]) == (3, 30, jti)
    assert (row.from_us, row.to_us) == (BEGIN_US + US_PER_S, BEGIN_US + 9 * US_PER_S)
    assert set(Use.objects.values_list("entry", flat=True)) == {row.seq}


def test_each_ticket_camera_and_minute_has_its_own(recorder: FakeRecorder, jti: str) -> None:
    rows = fold(
        recorder,
        use(1, jti, 1),
        use(2, "other", 1),
        use(3, jti, 1, camera="cam-02"),
        use(4, jti, 61),
        use(5, jti, 2, "refused", reason="ticket_too_narrow"),
    )
    assert len(rows) == 5
    assert [row.said.facts["reasons"] for row in rows if row.outcome == "refused"] == [["ticket_too_narrow"]]
    assert [row.actor for row in rows].count("unknown") == 1


def test_a_live_look_of_several_minutes_is_known_from_its_beginning(recorder: FakeRecorder, jti: str) -> None:
    _opened, closed = fold(recorder, use(1, jti, 10), use(2, jti, 500, "closed"))
    assert (closed.from_us, closed.to_us) == (BEGIN_US + 10 * US_PER_S, BEGIN_US + 500 * US_PER_S)


def test_playback_names_the_footage_and_not_the_time_of_looking(recorder: FakeRecorder, jti: str) -> None:
    (row,) = fold(recorder, use(1, jti, 10, right="playback", from_us=5, to_us=9))
    assert (row.from_us, row.to_us) == (5, 9)


def test_a_minute_waits_until_it_is_over_and_is_written_once(recorder: FakeRecorder, jti: str) -> None:
    assert fold(recorder, use(1, jti, 59), after_s=80) == []
    assert len(fold(recorder, after_s=90)) == 1
    assert len(fold(recorder, after_s=200)) == 1


def test_a_use_that_comes_late_is_an_entry_of_its_own(recorder: FakeRecorder, jti: str) -> None:
    fold(recorder, use(1, jti, 1))
    rows = fold(recorder, use(2, jti, 2))
    assert [row.said.facts["uses"] for row in rows] == [1, 1]


def test_a_recorder_with_a_lost_clock_is_written_down_too(recorder: FakeRecorder, jti: str) -> None:
    assert len(fold(recorder, use(1, jti, 10**8))) == 1
