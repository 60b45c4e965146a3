"""What entries tell of attestations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell


def _attested(entry: Entry) -> Iterator[Change]:
    said = {"norm": entry.thing.partition(":")[2], "version": entry.version, "person": entry.actor}
    yield Change(f"attestation:{entry.facts['attestation']}", "signed", said)


TOLD: Mapping[str, Tell] = {"attestation.signed": _attested}
