"""Roots are those of Certificate Transparency, proofs those of RFC 9162, and a proof of anything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.custody.merkle import (
    EMPTY_ROOT,
    CompactRange,
    ProofImpossible,
    RangeMalformed,
    compact_range,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from unit.custody.trees import kept_nodes, naive_path, naive_proof, naive_root

#: the eight inputs with which implementations of Certificate Transparency are compared, and the roots of the first n
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

leaves_of = st.lists(st.binary(max_size=3).map(leaf_hash), min_size=1, max_size=70)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in INPUTS[:size]]
    assert root(leaves).hex() == ROOTS[size]
    assert naive_root(leaves).hex() == ROOTS[size]


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert CompactRange().root() == EMPTY_ROOT == root([])


@given(leaves_of)
def test_a_compact_range_has_the_root_of_the_recursive_definition_at_every_size(leaves: list[bytes]) -> None:
    tree = CompactRange()
    for size, leaf in enumerate(leaves, start=1):
        tree.append(leaf)
        assert tree.root() == naive_root(leaves[:size])
        tree = CompactRange.parse(tree.size, tree.serialise())
    assert compact_range(len(leaves), kept_nodes(leaves)).hashes == tree.hashes


@pytest.mark.parametrize(("size", "length"), [(1, 0), (0, 32), (3, 32), (2, 31), (-1, 0), (4, 64)])
def test_hashes_that_do_not_fit_a_size_are_refused(size: int, length: int) -> None:
    with pytest.raises(RangeMalformed):
        CompactRange.parse(size, bytes(length))


@given(leaves_of, st.data())
def test_every_leaf_has_the_proof_of_the_definition_and_it_verifies(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, kept_nodes(leaves))
    assert proof == naive_path(index, leaves[:size])
    assert verify_inclusion(leaves[index], index, size, proof, naive_root(leaves[:size]))


@given(leaves_of, st.data())
def test_a_changed_inclusion_proof_does_not_verify(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof, goal = inclusion_proof(index, size, kept_nodes(leaves)), root(leaves)
    assert not verify_inclusion(leaf_hash(b"another entry"), index, size, proof, goal)
    assert not verify_inclusion(leaves[index], index, size, [*proof, bytes(32)], goal)
    assert not verify_inclusion(leaves[index], index, size, proof, bytes(32))
    assert not verify_inclusion(leaves[index], size, size, proof, goal)
    if proof:
        assert not verify_inclusion(leaves[index], index, size, proof[:-1], goal)
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_inclusion(leaves[index], index, size, [*proof[:at], bytes(32), *proof[at + 1 :]], goal)


@given(leaves_of, st.data())
def test_every_beginning_is_proven_and_it_is_the_proof_of_the_definition(
    leaves: list[bytes], data: st.DataObject
) -> None:
    second = data.draw(st.integers(1, len(leaves)))
    first = data.draw(st.integers(1, second))
    proof = consistency_proof(first, second, kept_nodes(leaves))
    assert proof == naive_proof(first, leaves[:second])
    assert verify_consistency(first, second, root(leaves[:first]), root(leaves[:second]), proof)


@given(leaves_of, st.data())
def test_a_history_that_was_rewritten_has_no_proof(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(leaves)))
    at = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:at], leaf_hash(b"rewritten"), *leaves[at + 1 :]]
    proof = consistency_proof(first, len(leaves), kept_nodes(rewritten))
    assert not verify_consistency(first, len(leaves), root(leaves[:first]), root(rewritten), proof)
    honest = consistency_proof(first, len(leaves), kept_nodes(leaves))
    assert not verify_consistency(first, len(leaves), root(leaves[:first]), root(leaves), [*honest, bytes(32)])
    if honest:
        assert not verify_consistency(first, len(leaves), root(leaves[:first]), root(leaves), honest[:-1])


def test_every_log_begins_with_nothing() -> None:
    leaves = [leaf_hash(entry) for entry in INPUTS]
    assert consistency_proof(0, 8, kept_nodes(leaves)) == []
    assert verify_consistency(0, 8, EMPTY_ROOT, root(leaves), [])
    assert not verify_consistency(0, 8, bytes(32), root(leaves), [])
    assert not verify_consistency(8, 7, root(leaves), root(leaves[:7]), [])
    assert not verify_consistency(3, 8, root(leaves[:3]), root(leaves), [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ProofImpossible):
        inclusion_proof(index, size, kept_nodes([leaf_hash(b"")] * 3))


def test_a_larger_tree_is_no_beginning_of_a_smaller_one() -> None:
    with pytest.raises(ProofImpossible):
        consistency_proof(4, 3, kept_nodes([leaf_hash(b"")] * 4))
