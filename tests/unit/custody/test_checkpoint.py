"""A checkpoint proves itself, and no character of it can be changed."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nangmai.custody.checkpoint import (
    Checkpoint,
    CheckpointForged,
    CheckpointMalformed,
    StreamHead,
    note_hash,
    sign_checkpoint,
    verify_checkpoint,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CHECKPOINT = Checkpoint(
    "nvr-1", 2, 1_790_000_000_000_000, bytes(range(32)), (StreamHead("cam-01.main", 12, b"\x01" * 32),)
)
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def test_a_checkpoint_reads_back_as_it_was_signed() -> None:
    assert verify_checkpoint(NOTE, KEY.public_key()) == CHECKPOINT


def test_the_note_has_the_lines_that_the_design_promises() -> None:
    lines = NOTE.splitlines()
    assert lines[:4] == ["nangmai.recorder/nvr-1", "2", "1790000000000000", f"previous {bytes(range(32)).hex()}"]
    assert lines[4] == f"cam-01.main 12 {'01' * 32}"
    assert lines[5] == ""
    assert lines[6].startswith("— nvr-1 ")


@given(st.integers(0, len(NOTE) - 1), st.characters(exclude_categories=["Cs"]))
def test_any_altered_character_is_noticed(position: int, character: str) -> None:
    altered = NOTE[:position] + character + NOTE[position + 1 :]
    if altered != NOTE:
        with pytest.raises((CheckpointMalformed, CheckpointForged)):
            verify_checkpoint(altered, KEY.public_key())


@given(st.text())
def test_any_text_is_refused_with_an_error_of_ours(note: str) -> None:
    with pytest.raises((CheckpointMalformed, CheckpointForged)):
        verify_checkpoint(note, KEY.public_key())


def test_another_recorders_key_does_not_verify() -> None:
    with pytest.raises(CheckpointForged):
        verify_checkpoint(NOTE, Ed25519PrivateKey.generate().public_key())


def test_a_line_more_or_less_is_noticed() -> None:
    for altered in (NOTE + "\n", NOTE + NOTE.splitlines()[-1] + "\n", NOTE.replace("\n\n", "\n"), NOTE[:-1]):
        with pytest.raises((CheckpointMalformed, CheckpointForged)):
            verify_checkpoint(altered, KEY.public_key())


def test_the_hash_names_the_whole_note() -> None:
    assert note_hash(NOTE) != note_hash(NOTE + " ")
