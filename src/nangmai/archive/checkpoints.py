"""Writes checkpoints: every hour and at an orderly stop, a file in `state/checkpoints` and a row in the index."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.archive.index_writer import Transaction
from nangmai.archive.volume import sync_folder
from nangmai.base.errors import Error
from nangmai.custody.checkpoint import (
    FIRST_PREVIOUS,
    Checkpoint,
    StreamHead,
    note_hash,
    sign_checkpoint,
    verify_checkpoint,
)

CHECKPOINT_FOLDER = "checkpoints"
INTERVAL_US = 3600 * 1_000_000


def write_checkpoint(
    transaction: Transaction, folder: Path, recorder: str, key: Ed25519PrivateKey, time_us: int
) -> str:
    """Sign what is durable now; the file is on the disk before the row."""
    connection = transaction.connection
    last = connection.execute("SELECT number, note FROM checkpoint ORDER BY number DESC LIMIT 1").fetchone()
    checkpoint = Checkpoint(
        recorder=recorder,
        number=last[0] + 1 if last else 1,
        time_us=time_us,
        previous=note_hash(last[1]) if last else FIRST_PREVIOUS,
        heads=tuple(_heads(transaction)),
    )
    note = sign_checkpoint(checkpoint, key)
    _write_file(folder, checkpoint.number, note)
    put_checkpoint(transaction, checkpoint, note)
    return note


def put_checkpoint(transaction: Transaction, checkpoint: Checkpoint, note: str) -> None:
    """The row of a checkpoint."""
    transaction.connection.execute(
        "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?)",
        (checkpoint.number, checkpoint.time_us, note_hash(note), note),
    )


def adopt_checkpoints(transaction: Transaction, folder: Path, key: Ed25519PublicKey) -> None:
    """Rows for the checkpoints on the disk; `check` says which of them do not verify."""
    for note in read_notes(folder).values():
        with suppress(Error):
            put_checkpoint(transaction, verify_checkpoint(note, key), note)


def read_notes(folder: Path) -> dict[int, str]:
    """The checkpoints on the disk by number."""
    return {int(path.stem): path.read_text(encoding="utf-8") for path in folder.glob("*.txt") if path.stem.isdecimal()}


def _heads(transaction: Transaction) -> list[StreamHead]:
    heads = []
    for number, name in transaction.connection.execute("SELECT id, name FROM stream ORDER BY name").fetchall():
        row = transaction.connection.execute(
            "SELECT seq, chain_head FROM segment WHERE id BETWEEN ?1 << 32 AND ((?1 + 1) << 32) - 1 "
            "AND state = 'closed' ORDER BY id DESC LIMIT 1",
            (number,),
        ).fetchone()
        if row is not None:
            heads.append(StreamHead(name, *row))
    return heads


def _write_file(folder: Path, number: int, note: str) -> None:
    folder.mkdir(exist_ok=True)
    temporary = folder / f".{number}.new"
    with temporary.open("wb") as file:
        file.write(note.encode())
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / f"{number}.txt")
    sync_folder(folder)
