"""Merkle trees as RFC 6962 §2.1 defines them, word by word and slowly: what the quick ones are compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nangmai.custody.merkle import CompactRange, LookUp, Subtree


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) over hashes of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(first: int, leaves: Sequence[bytes], is_whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if first == len(leaves):
        return [] if is_whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if first <= k:
        return [*naive_proof(first, leaves[:k], is_whole), naive_root(leaves[k:])]
    return [*naive_proof(first - k, leaves[k:], False), naive_root(leaves[:k])]


def kept_nodes(leaves: Sequence[bytes]) -> LookUp:
    """What a log keeps: the subtrees that each leaf completed."""
    tree = CompactRange()
    kept = [tree.append(leaf) for leaf in leaves]

    def look_up(wanted: Sequence[Subtree]) -> dict[Subtree, bytes]:
        return {part: kept[part.last_leaf][part.level] for part in wanted}

    return look_up
