"""What entries tell of duties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell
from nangmai.web.moments import said_us


def _opened(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {"clause": entry.clauses[0], "about": entry.thing, "due_us": said_us(facts["due"]), "passed_on": 0}
    yield Change(f"duty:{facts['duty']}", "open", said)


def _escalated(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "open", {"passed_on": entry.facts["step"]}, ("open",))


def _done(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "done", sources=("open",))


TOLD: Mapping[str, Tell] = {"duty.opened": _opened, "duty.escalated": _escalated, "duty.done": _done}
