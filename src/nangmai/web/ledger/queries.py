"""Look-ups in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nangmai.custody.merkle import HASH_BYTES, Subtree
from nangmai.web.ledger.models import Entry


def look_up(parts: Sequence[Subtree]) -> Mapping[Subtree, bytes]:
    """The hashes of perfect subtrees, from the entries that completed them: one query for a whole proof."""
    nodes = dict(Entry.objects.filter(seq__in={part.last_leaf for part in parts}).values_list("seq", "nodes"))
    return {part: _piece(bytes(nodes[part.last_leaf]), part.level) for part in parts}


def _piece(nodes: bytes, level: int) -> bytes:
    return nodes[level * HASH_BYTES : (level + 1) * HASH_BYTES]
