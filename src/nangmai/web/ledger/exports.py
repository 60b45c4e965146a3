"""Writes an export (docs/design/ledger.md) as a folder or a .zip, row by row: a million entries need little memory."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, ClassVar

from nangmai.base.errors import Error, Kind
from nangmai.custody import ledger_export, ledger_stamps
from nangmai.custody.ledger_export import ExportRange
from nangmai.custody.merkle import HASH_BYTES, compact_range, consistency_proof
from nangmai.web.ledger import keys
from nangmai.web.ledger.models import Checkpoint, Entry, Witness
from nangmai.web.ledger.queries import look_up

ROWS_AT_ONCE = 2000
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same range gives the same bytes


class ExportUnwritable(Error):
    """The export cannot be written to {path}: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


def write(path: Path, *, first: int, end: int, newest: Checkpoint) -> None:
    """All parts; `newest` covers what was there when the range was chosen."""
    span = ExportRange(
        origin=keys.origin(),
        first=first,
        last=end - 1,
        size=newest.size,
        before=compact_range(first, look_up).hashes,
        proof=tuple(consistency_proof(end, newest.size, look_up)),
    )
    rows = Entry.objects.filter(seq__gte=first, seq__lt=end).order_by("seq")
    notes = Checkpoint.objects.filter(size__gt=first, size__lte=end).exclude(pk=newest.pk).order_by("size")
    bodies = rows.values_list("body", flat=True).iterator(ROWS_AT_ONCE)
    nodes = rows.values_list("nodes", flat=True).iterator(ROWS_AT_ONCE)
    try:
        with _parts(path) as part:
            part(ledger_export.RANGE, [_json(span.to_json())])
            part(ledger_export.KEYS, [_json(keys.public_keys())])
            part(ledger_export.CHECKPOINTS, (note.encode() for note in (*_notes(notes), newest.note)))
            part(ledger_stamps.TIMESTAMPS, [_json(_stamps([*notes, newest]))])
            part(ledger_export.ENTRIES, (f"{body}\n".encode() for body in bodies))
            part(ledger_export.LEAVES, (bytes(hashes)[:HASH_BYTES] for hashes in nodes))
    except OSError as error:
        raise ExportUnwritable(path=path, reason=error.strerror or str(error)) from error


def _notes(rows: Any) -> Iterable[str]:
    return list(rows.values_list("note", flat=True))


def _stamps(checkpoints: list[Checkpoint]) -> Any:
    """The RFC 3161 tokens over their notes, as the authorities gave them."""
    rows = Witness.objects.filter(kind="rfc3161", outcome="done", checkpoint__in=checkpoints)
    listed = rows.order_by("checkpoint__size", "place").values_list("checkpoint__size", "place", "answer")
    return ledger_stamps.tokens_to_json(listed)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


@contextlib.contextmanager
def _parts(path: Path) -> Iterator[Any]:
    """A callable that writes one part from its pieces."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            yield lambda name, content: _fill(archive.open(_member(name), "w", force_zip64=True), content)
    else:
        path.mkdir(parents=True, exist_ok=True)
        yield lambda name, content: _fill((path / name).open("wb"), content)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _ZIP_EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _fill(file: IO[bytes], content: Iterable[bytes]) -> None:
    with file:
        for piece in content:
            file.write(piece)
