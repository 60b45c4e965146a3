"""The gate: no footage without a ticket, every use written down once, what ends is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from nangmai.protocol import tickets
from nangmai.protocol.keys import key_id
from nangmai.protocol.messages import TicketUse
from nangmai.protocol.tickets import Ticket, TicketError, issue_ticket
from nangmai.recorder.gate import IDLE_US, Gate

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


class Door:
    """A gate with a clock, and what it has reported."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.gate = Gate("nvr-1", self.clock, {key_id(KEY.public_key()): KEY.public_key()})
        self.uses: list[TicketUse] = []
        self.gate.report = self._report
        self.ended: list[TicketError] = []

    def _report(self, body: dict[str, Any]) -> None:
        self.uses.append(TicketUse(id=len(self.uses) + 1, **body))

    def ticket(self, key: Ed25519PrivateKey = KEY, **changes: Any) -> str:
        now_s = self.clock.wall_us() // US_PER_S
        ticket = Ticket("t-1", "nvr-1", "7", "Bảo", "live", ("cam-01",), now_s, now_s + 300)
        return issue_ticket(key, key_id(key.public_key()), dataclasses.replace(ticket, **changes))

    def playback(self, **changes: Any) -> str:
        now_us = self.clock.wall_us()
        period = {"from_us": now_us - 3600 * US_PER_S, "to_us": now_us}
        return self.ticket(**{"right": "playback", "id": "t-2", **period, **changes})

    def wait(self, seconds: float) -> None:
        self.clock.advance(int(seconds * US_PER_S))
        self.gate.tick()

    @property
    def outcomes(self) -> list[str]:
        return [use.outcome for use in self.uses]


@pytest.fixture
def door() -> Door:
    return Door()


def test_a_use_is_written_down_when_it_opens_and_when_it_has_closed(door: Door) -> None:
    use = door.gate.open(door.ticket(), "live", "cam-01", "main")
    assert door.outcomes == ["opened"]
    assert door.gate.is_busy
    use.close(1000)
    door.wait(IDLE_US / US_PER_S)
    assert door.outcomes == ["opened", "closed"]
    assert door.uses[1].bytes == 1000
    assert (door.uses[1].person, door.uses[1].ticket_id, door.uses[1].camera) == ("7", "t-1", "cam-01")
    assert not door.gate.is_busy


def test_many_requests_of_one_ticket_for_one_stream_are_one_use_with_all_its_bytes_and_its_whole_period(
    door: Door,
) -> None:
    token, now_us = door.playback(), door.clock.wall_us()
    for second in range(20):
        from_us = now_us - (100 - second) * US_PER_S
        door.gate.open(token, "playback", "cam-01", "main", from_us, from_us + US_PER_S).close(500)
        door.wait(1)
    door.wait(11)
    assert door.outcomes == ["opened", "closed"]
    last = door.uses[-1]
    assert (last.bytes, last.from_us, last.to_us) == (10_000, now_us - 100 * US_PER_S, now_us - 80 * US_PER_S)


@pytest.mark.parametrize("right", ["replay", "playback", "export"])
def test_a_use_names_the_right_of_its_ticket_not_the_least_one_that_would_have_done(door: Door, right: str) -> None:
    token, now_us = door.playback(right=right), door.clock.wall_us()
    use = door.gate.open(token, "replay", "cam-01", "main", now_us - 60 * US_PER_S, now_us)
    use.renew(door.playback(right="replay", id="t-3"))
    with pytest.raises(TicketError):
        door.gate.open(token, "replay", "cam-02", "main")
    with pytest.raises(TicketError):
        door.gate.open(token, "live", "cam-01", "main")
    assert [(use.outcome, use.right) for use in door.uses] == [
        ("opened", right),
        ("opened", "replay"),  # renewed with a smaller ticket
        ("refused", right),
        ("refused", "live"),  # which the ticket does not give at all
    ]


def test_other_streams_and_other_tickets_are_uses_of_their_own(door: Door) -> None:
    for token, stream in ((door.ticket(), "main"), (door.ticket(), "sub"), (door.ticket(id="t-9"), "main")):
        door.gate.open(token, "live", "cam-01", stream)
    assert door.outcomes == ["opened"] * 3
    assert door.gate.viewers == 3


def test_closing_twice_counts_once(door: Door) -> None:
    use = door.gate.open(door.ticket(), "live", "cam-01", "main")
    use.close(10)
    use.close(10)
    door.wait(11)
    assert door.uses[-1].bytes == 10


@pytest.mark.parametrize("token", [None, "", "nonsense"])
def test_no_ticket_no_footage_and_the_refusal_is_written_down_once_a_minute(door: Door, token: str | None) -> None:
    for _ in range(50):
        with pytest.raises(TicketError):
            door.gate.open(token, "live", "cam-01", "main")
    assert door.outcomes == ["refused"]
    assert door.uses[0].person == ""
    door.wait(61)
    with pytest.raises(TicketError):
        door.gate.open(token, "live", "cam-01", "main")
    assert door.outcomes == ["refused"] * 2


def test_a_refusal_names_the_person_only_when_the_signature_holds(door: Door) -> None:
    with pytest.raises(tickets.TicketTooNarrow):
        door.gate.open(door.ticket(), "live", "cam-02", "main")
    with pytest.raises(tickets.TicketForged):
        door.gate.open(door.ticket(OTHER_KEY), "live", "cam-02", "main")
    assert [(use.person, use.reason) for use in door.uses] == [("7", "ticket_too_narrow"), ("", "ticket_forged")]


def test_a_ticket_that_ends_ends_its_uses(door: Door) -> None:
    use = door.gate.open(door.ticket(), "live", "cam-01", "main", on_end=door.ended.append)
    door.wait(300 + tickets.LEEWAY_S - 1)
    assert not door.ended
    door.wait(1)
    door.wait(1)
    assert [error.code for error in door.ended] == ["ticket_expired"]
    use.close(5)
    door.wait(20)
    assert door.outcomes == ["opened", "closed"]


def test_a_withdrawn_ticket_ends_its_uses_at_once(door: Door) -> None:
    door.gate.open(door.ticket(), "live", "cam-01", "main", on_end=door.ended.append)
    door.gate.open(door.ticket(id="t-8"), "live", "cam-01", "main", on_end=door.ended.append)
    door.gate.obey({}, ["t-1"])
    assert [error.code for error in door.ended] == ["ticket_revoked"]
    assert door.outcomes == ["opened", "opened", "revoked"]
    with pytest.raises(tickets.TicketRevoked):
        door.gate.open(door.ticket(), "live", "cam-01", "main")


def test_a_renewed_use_goes_on_past_the_end_of_its_first_ticket(door: Door) -> None:
    use = door.gate.open(door.ticket(), "live", "cam-01", "main", on_end=door.ended.append)
    door.wait(250)
    use.renew(door.ticket(id="t-1b"))
    door.wait(200)
    assert not door.ended
    assert use.ticket.id == "t-1b"
    use.close(77)
    door.wait(11)
    assert [(entry.ticket_id, entry.outcome, entry.bytes) for entry in door.uses] == [
        ("t-1", "opened", 0), ("t-1b", "opened", 0), ("t-1", "closed", 0), ("t-1b", "closed", 77),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"person": "8"}, {"cameras": ("cam-02",)}, {"expires_s": 1_700_000_060, "issued_s": 1_700_000_000}]
)
def test_a_use_cannot_be_renewed_by_a_ticket_that_does_not_fit(door: Door, changes: dict[str, Any]) -> None:
    use = door.gate.open(door.ticket(), "live", "cam-01", "main", on_end=door.ended.append)
    with pytest.raises(TicketError):
        use.renew(door.ticket(id="t-3", **changes))
    assert use.ticket.id == "t-1"
    assert not door.ended


def test_keys_of_web_come_and_go_and_those_of_the_file_stay(door: Door) -> None:
    token = door.ticket(OTHER_KEY)
    with pytest.raises(tickets.TicketForged):
        door.gate.check(token)
    door.gate.obey({key_id(OTHER_KEY.public_key()): OTHER_KEY.public_key()}, [])
    assert door.gate.check(token).id == "t-1"
    door.gate.obey({}, [])
    with pytest.raises(tickets.TicketForged):
        door.gate.check(token)
    assert door.gate.check(door.ticket()).id == "t-1"


def test_what_is_open_when_the_recorder_stops_is_closed(door: Door) -> None:
    door.gate.open(door.ticket(), "live", "cam-01", "main")
    door.gate.close()
    assert door.outcomes == ["opened", "closed"]
