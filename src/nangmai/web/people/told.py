"""What entries tell of assignments, delegations and recusals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell
from nangmai.web.moments import said_us


def _period(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_us": said_us(facts["from_at"]), "until_us": said_us(facts.get("until_at"))}


def _assigned(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {"person": facts["person"], "role": facts["role"], "area": facts.get("area", "")}
    yield Change(entry.thing, "given", said | _period(facts))


def _revoked(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "revoked", sources=("given",))


def _delegated(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {"giver": facts["giver"], "taker": facts["taker"], "form": facts["form"]}
    said |= {"acts": facts.get("acts", []), "areas": facts.get("areas", [])}
    yield Change(entry.thing, "given", said | _period(facts))


def _withdrawn(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "withdrawn", sources=("given",))


def _recused(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    yield Change(entry.thing, "declared", {"person": facts["person"], "case": facts.get("case", "")} | _period(facts))


TOLD: Mapping[str, Tell] = {
    "assignment.signed": _assigned,
    "assignment.commanded": _assigned,
    "assignment.revoked": _revoked,
    "delegation.signed": _delegated,
    "delegation.withdrawn": _withdrawn,
    "recusal.declared": _recused,
}
