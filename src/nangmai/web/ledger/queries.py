"""Look-ups in the ledger: who watched, names for pages, proofs. Searching is in `search`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from nangmai.base.errors import Error
from nangmai.custody.ledger import commitment, verify_ledger_checkpoint
from nangmai.custody.merkle import HASH_BYTES, Subtree, inclusion_proof, leaf_hash, verify_inclusion
from nangmai.web.accounts.models import User
from nangmai.web.ledger import keys
from nangmai.web.ledger.models import Checkpoint, Entry


def views_of(camera: str, from_us: int, to_us: int) -> QuerySet[Entry]:
    """Who saw, or tried to see, what this camera (`camera:nvr-1/cam-03`) recorded in the period; live looks too."""
    return Entry.objects.filter(act="footage.viewed", thing=camera, from_us__lt=to_us, to_us__gte=from_us)


def actor_names(rows: Iterable[Entry]) -> dict[str, str]:
    """`p-12` -> the name of that person now; who has no account any more stands for the number."""
    wanted = {row.actor for row in rows}
    numbers = [actor[2:] for actor in wanted if actor.startswith("p-") and actor[2:].isdecimal()]
    return {f"p-{user.pk}": user.display_name for user in User.objects.filter(pk__in=numbers)}


def account_names() -> dict[str, str]:
    """`account:12` -> whose it is."""
    return {f"account:{key}": name for key, name in User.objects.values_list("pk", "display_name")}


def look_up(parts: Sequence[Subtree]) -> Mapping[Subtree, bytes]:
    """The hashes of perfect subtrees, from the entries that completed them: one query for a whole proof."""
    nodes = dict(Entry.objects.filter(seq__in={part.last_leaf for part in parts}).values_list("seq", "nodes"))
    return {part: _piece(bytes(nodes[part.last_leaf]), part.level) for part in parts}


def _piece(nodes: bytes, level: int) -> bytes:
    return nodes[level * HASH_BYTES : (level + 1) * HASH_BYTES]


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """How an entry stands under the newest checkpoint. `checkpoint` is None while none covers it."""

    leaf: bytes
    checkpoint: Checkpoint | None
    hashes: tuple[bytes, ...]
    is_included: bool
    is_signed: bool
    is_found_rightly: bool  #: the columns by which it is searched say what its bytes say

    @property
    def holds(self) -> bool:
        """Everything that can be said of it is right."""
        return self.is_included and self.is_signed and self.is_found_rightly


def proof_of(entry: Entry) -> Proof:
    """Computed from the rows as they are now, and verified."""
    leaf = leaf_hash(entry.body.encode())
    newest = Checkpoint.objects.filter(size__gt=entry.seq).first()
    if newest is None:
        return Proof(leaf, None, (), False, False, _agrees(entry))
    hashes = tuple(inclusion_proof(entry.seq, newest.size, look_up))
    try:
        signed = verify_ledger_checkpoint(newest.note, keys.signing_key().public_key())
        is_signed, root = signed.size == newest.size, signed.root
    except Error:
        is_signed, root = False, bytes.fromhex(newest.root)
    is_included = verify_inclusion(leaf, entry.seq, newest.size, hashes, root)
    return Proof(leaf, newest, hashes, is_included, is_signed, _agrees(entry))


def _agrees(entry: Entry) -> bool:
    said = entry.said
    names = ("seq", "at_us", "act", "actor", "thing", "outcome")
    return all(getattr(entry, name) == getattr(said, name) for name in names) and entry.clauses.split() == list(
        said.clauses
    )


def disclosed(entry: Entry) -> list[tuple[str, str | None, bool]]:
    """Each personal field: its text (None: erased), and whether the text is the one that was committed to."""
    known = {row.field: row for row in entry.disclosures.all()}
    told = []
    for field, committed in sorted(entry.said.personal.items()):
        row = known.get(field)
        is_true = row is not None and commitment(bytes(row.salt), row.text) == committed
        told.append((field, None if row is None else row.text, is_true))
    return told
