"""A ledger in memory and exports of it, made by the rules of docs/design/ledger.md and nothing of the web plane."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.custody.ledger import Entry, LedgerCheckpoint
from nangmai.custody.ledger_export import Export, ExportRange, Verification, verify
from nangmai.custody.merkle import compact_range, consistency_proof, leaf_hash, root
from unit.custody.trees import kept_nodes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ORIGIN = "nangmai.ledger/school"


def entry(seq: int, **fields: object) -> bytes:
    """The bytes of an entry."""
    said = {"seq": seq, "at_us": 1_790_000_000_000_000 + seq, "act": "thing.done", "actor": "p-1", "thing": f"t:{seq}"}
    return Entry(**(said | fields)).canonical()  # type: ignore[arg-type]


@dataclasses.dataclass
class Ledger:
    """Entries, and the sizes at which a checkpoint was signed."""

    entries: list[bytes]
    checkpoints_at: Sequence[int]
    key: Ed25519PrivateKey = KEY

    @property
    def leaves(self) -> list[bytes]:
        """The hashes of the entries."""
        return [leaf_hash(line) for line in self.entries]

    def note(self, size: int) -> str:
        """The checkpoint of the first `size` entries."""
        return LedgerCheckpoint(ORIGIN, size, root(self.leaves[:size])).sign(self.key)

    def export(self, first: int = 0, end: int | None = None) -> Export:
        """The entries from `first` up to `end`, and the newest checkpoint."""
        end = len(self.entries) if end is None else end
        newest = max(self.checkpoints_at)
        look_up = kept_nodes(self.leaves)
        span = ExportRange(
            origin=ORIGIN,
            first=first,
            last=end - 1,
            size=newest,
            before=compact_range(first, look_up).hashes,
            proof=tuple(consistency_proof(end, newest, look_up)),
        )
        sizes = [size for size in self.checkpoints_at if first < size <= end and size != newest]
        notes = [self.note(size) for size in (*sizes, newest)]
        return Export(span, self.entries[first:end], self.leaves[first:end], notes)


def ledger(size: int = 20, checkpoints_at: Sequence[int] = (5, 12, 20)) -> Ledger:
    """So many entries."""
    return Ledger([entry(number) for number in range(size)], checkpoints_at)


def judge(export: Export, witnessed: Sequence[str] = ()) -> Verification:
    """Verified with the key of the ledger."""
    return verify(export, KEY.public_key(), witnessed)
