"""Merkle trees as Certificate Transparency hashes them (RFC 6962 §2.1, proofs of RFC 9162 §2.1.3 and §2.1.4).

Hashes in, hashes out: a tree is never held in memory. A log keeps the hash of every perfect subtree when its last leaf
comes (`CompactRange.append` returns them), and a proof asks for the few it needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from nangmai.base.errors import Error, Kind

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()  #: the root of no leaves


class RangeMalformed(Error):
    """The hashes of a tree of {size} leaves are not complete: {found} are there where {wanted} should be."""

    kind = Kind.CORRUPT


class ProofImpossible(Error):
    """A tree of {size} leaves has no such proof: {reason}."""

    kind = Kind.INVALID


class Subtree(NamedTuple):
    """The perfect subtree over the leaves `number << level` to `(number + 1 << level) - 1`."""

    level: int
    number: int

    @property
    def last_leaf(self) -> int:
        """The leaf that completes it."""
        return ((self.number + 1) << self.level) - 1


LookUp = Callable[[Sequence[Subtree]], Mapping[Subtree, bytes]]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The perfect subtrees that cover leaves 0 to size - 1, largest first: all a log has to keep to go on."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)
        if size < 0 or len(hashes) != size.bit_count() or any(len(part) != HASH_BYTES for part in hashes):
            raise RangeMalformed(size=size, found=len(hashes), wanted=max(size, 0).bit_count())

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The hashes of the subtrees, largest first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> tuple[bytes, ...]:
        """Add a leaf's hash; the hashes of the subtrees it completes, the leaf itself (level 0) first."""
        completed = [leaf]
        for _ in range(_trailing_ones(self.size)):
            completed.append(node_hash(self._hashes.pop(), completed[-1]))
        self._hashes.append(completed[-1])
        self.size += 1
        return tuple(completed)

    def root(self) -> bytes:
        """MTH of RFC 6962 §2.1."""
        return _join(self._hashes) if self._hashes else EMPTY_ROOT

    def serialise(self) -> bytes:
        """The hashes one after the other; with `size` it reads back."""
        return b"".join(self._hashes)

    @classmethod
    def parse(cls, size: int, serialised: bytes) -> CompactRange:
        """What `serialise` gave for a tree of this size."""
        return cls(size, [serialised[at : at + HASH_BYTES] for at in range(0, len(serialised), HASH_BYTES)])


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(index: int, size: int, look_up: LookUp) -> list[bytes]:
    """PATH(index, D[size]) of RFC 9162 §2.1.3.1: what leads from leaf `index` to the root of the first `size`."""
    if not 0 <= index < size:
        raise ProofImpossible(size=size, reason=f"there is no leaf {index}")
    return _hashes(list(_path(index, 0, size)), look_up)


def consistency_proof(first: int, second: int, look_up: LookUp) -> list[bytes]:
    """PROOF(first, D[second]) of RFC 9162 §2.1.4.1: that the tree of `first` leaves is how the larger one began."""
    if not 0 <= first <= second:
        raise ProofImpossible(size=second, reason=f"one of {first} leaves is no beginning of it")
    return _hashes(list(_subproof(first, 0, second, is_known=True)), look_up) if first else []


def compact_range(size: int, look_up: LookUp) -> CompactRange:
    """The compact range of the first `size` leaves of a larger log."""
    parts = list(_perfect(0, size))
    found = look_up(parts)
    return CompactRange(size, [found[part] for part in parts])


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, result = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            result = node_hash(part, result)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, part)
        at, last = at >> 1, last >> 1
    return last == 0 and result == root_hash


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2; every tree begins with the empty one."""
    if not 0 <= first <= second:
        return False
    if first in (0, second):
        expected = EMPTY_ROOT if first == 0 else second_root
        return not proof and first_root == expected
    parts = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not parts:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, part)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1


def _join(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first."""
    result = hashes[-1]
    for part in reversed(hashes[:-1]):
        result = node_hash(part, result)
    return result


def _perfect(begin: int, end: int) -> Iterator[Subtree]:
    """The perfect subtrees that cover these leaves, for a `begin` at which the largest of them may stand."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield Subtree(level, begin >> level)
        begin += 1 << level


def _split(begin: int, end: int) -> int:
    """RFC 6962 §2.1: the left part has the largest power of two smaller than the whole."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _path(index: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
    if end - begin == 1:
        return
    middle = _split(begin, end)
    if index < middle:
        yield from _path(index, begin, middle)
        yield middle, end
    else:
        yield from _path(index, middle, end)
        yield begin, middle


def _subproof(first: int, begin: int, end: int, *, is_known: bool) -> Iterator[tuple[int, int]]:
    if first == end:
        if not is_known:
            yield begin, end
        return
    middle = _split(begin, end)
    if first <= middle:
        yield from _subproof(first, begin, middle, is_known=is_known)
        yield middle, end
    else:
        yield from _subproof(first, middle, end, is_known=False)
        yield begin, middle


def _hashes(ranges: Sequence[tuple[int, int]], look_up: LookUp) -> list[bytes]:
    """The hash over each range of leaves, from one look-up of all perfect subtrees."""
    parts = [list(_perfect(begin, end)) for begin, end in ranges]
    found = look_up([part for row in parts for part in row])
    return [_join([found[part] for part in row]) for row in parts]
