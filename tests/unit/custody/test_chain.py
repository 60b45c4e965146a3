"""Every byte and every order counts in the chain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.canonical import canonical_json
from nangmai.custody.chain import (
    CHAIN_START,
    SEAL_BYTES,
    Seal,
    SealFields,
    SealMalformed,
    chain_end,
    chain_start,
    fragment_hash,
    seal_fragment,
)

FIELDS = SealFields(activity=7, flags=1, key_size=1000, pictures=25)


def test_a_seal_reads_back_as_it_was_written() -> None:
    seal = seal_fragment(CHAIN_START, fragment_hash([b"a", b"b"]), FIELDS)
    assert len(seal.pack()) == SEAL_BYTES
    assert Seal.unpack(seal.pack()) == seal


def test_a_seal_of_another_length_is_refused() -> None:
    with pytest.raises(SealMalformed):
        Seal.unpack(bytes(SEAL_BYTES - 1))


def test_a_fragment_hashes_alike_however_it_is_split() -> None:
    assert fragment_hash([b"ab", b"", b"c"]) == fragment_hash([b"abc"])


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=6), st.data())
def test_a_change_anywhere_changes_the_head_of_the_chain(fragments: list[bytes], data: st.DataObject) -> None:
    altered = list(fragments)
    number = data.draw(st.integers(0, len(fragments) - 1))
    altered[number] += b"x"
    assert chain_of(fragments) != chain_of(altered)


@given(st.sampled_from(SealFields._fields))
def test_a_change_of_a_sealed_field_changes_the_chain(name: str) -> None:
    altered = FIELDS._replace(**{name: getattr(FIELDS, name) + 1})
    sha256 = fragment_hash([b"a"])
    assert seal_fragment(CHAIN_START, sha256, FIELDS).chain != seal_fragment(CHAIN_START, sha256, altered).chain


def test_neither_the_previous_segment_nor_the_end_can_be_swapped() -> None:
    head = b"ftyp moov identity"
    assert chain_start(CHAIN_START, head) != chain_start(bytes(31) + b"\1", head)
    assert chain_end(CHAIN_START, b"{}") != chain_end(CHAIN_START, b"{ }")
    assert chain_end(CHAIN_START, head) != chain_start(CHAIN_START, head)


def test_canonical_json_has_one_form() -> None:
    assert canonical_json({"b": 1, "a": "Cổng"}) == '{"a":"Cổng","b":1}'.encode()
    with pytest.raises(ValueError):
        canonical_json(float("nan"))


def chain_of(fragments: list[bytes]) -> bytes:
    chain = chain_start(CHAIN_START, b"head")
    for fragment in fragments:
        chain = seal_fragment(chain, fragment_hash([fragment]), FIELDS).chain
    return chain_end(chain, b"{}")
