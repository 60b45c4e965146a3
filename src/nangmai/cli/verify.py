"""`nangmai verify ledger`: verify an export offline, with public keys alone. Opens no database and no connection."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, ClassVar

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nangmai.base.errors import Error, Kind
from nangmai.base.units import iso_from_us
from nangmai.cli import print_json
from nangmai.custody import ledger_export
from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_export import Export, ExportInvalid, ExportRange, Verification, pieces
from nangmai.custody.ledger_replay import replay
from nangmai.custody.ledger_stamps import TIMESTAMPS, tokens_from_json, verify_stamps
from nangmai.custody.merkle import HASH_BYTES
from nangmai.custody.note import split_notes
from nangmai.custody.timestamp import read_trust
from nangmai.protocol.keys import key_id, parse_public_key
from nangmai.web.told import TOLD

LONGEST_LINE_BYTES = 1 << 22
CHUNK_BYTES = 1 << 16
LARGEST_TABLE_BYTES = 1 << 26  #: of the parts that are read whole: range, keys, checkpoints


class FileUnreadable(Error):
    """{path} cannot be read: {reason}."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


@click.group()
def command() -> None:
    """Verify what was exported, offline and with public keys alone."""


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--checkpoint",
    "witnessed",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A checkpoint, or a file of them, that was kept elsewhere; again for more.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="The ledger's public key from a place you trust (PEM or base64). Without it, the export's own word is taken.",
)
@click.option(
    "--timestamp-trust",
    "trust",
    type=click.Path(path_type=Path),
    help="Certificates (PEM) of the time-stamp authorities you trust: the RFC 3161 tokens of the export are judged.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def ledger(path: Path, witnessed: tuple[Path, ...], key: Path | None, trust: Path | None, as_json: bool) -> None:
    """Verify an export of the ledger: a folder or a .zip.

    Four answers, each by itself: whole (nothing was changed, dropped, moved or slipped in), signed (by the ledger's
    key), witnessed (it begins as a checkpoint kept elsewhere says), stamped (a time-stamp authority says when it was
    there). Exits with 0 only when all that was asked holds.
    """
    # what came by mail, or went through Windows, has other line ends than what was signed
    kept = [_text(file).replace("\r\n", "\n").splitlines(keepends=True) for file in witnessed]
    notes = [note for lines in kept for note in split_notes(lines)]
    if witnessed and not notes:
        raise ExportInvalid(complaint=f"{witnessed[0]} holds no checkpoint")
    trusted = read_trust(_bytes(trust), str(trust)) if trust else None
    with _opened(path) as parts:
        span = ExportRange.from_json(parts.table(ledger_export.RANGE))
        public = parse_public_key(_text(key), str(key)) if key else _own_key(parts, span)
        export = Export(
            span=span,
            lines=parts.lines(ledger_export.ENTRIES),
            leaves=parts.leaves(ledger_export.LEAVES),
            notes=list(split_notes(parts.text(ledger_export.CHECKPOINTS).splitlines(keepends=True))),
        )
        found = ledger_export.verify(export, public, notes)
        if trusted is not None:
            tokens = tokens_from_json(parts.table(TIMESTAMPS)) if parts.has(TIMESTAMPS) else {}
            verify_stamps(found, export.notes, tokens, trusted)
    report = found.as_dict() | {"key": key_id(public), "is_key_given": key is not None}
    if as_json:
        print_json(report)
    else:
        _print(found, report)
    if not found.holds:
        sys.exit(1)


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print every case as JSON.")
def states(path: Path, as_json: bool) -> None:
    """Build the state of every case again from an export of the ledger alone.

    Matters, assignments, shifts, directions, duties, tickets, versions: what each came to, and by which entry. Exits
    with 1 where an entry tells of an act that was not possible then. Whether the export is true is `verify ledger`'s.
    """
    with _opened(path) as parts:
        span = ExportRange.from_json(parts.table(ledger_export.RANGE))
        lines = (Entry.parse(line.removesuffix(b"\n")) for line in parts.lines(ledger_export.ENTRIES))
        found = replay(lines, TOLD, is_whole=span.first == 0)
    if as_json:
        cases = {name: dataclasses.asdict(case) for name, case in sorted(found.cases.items())}
        missteps = [one._asdict() for one in found.missteps]
        print_json({"first": span.first, "last": span.last, "missteps": missteps, "cases": cases})
    else:
        for one in found.missteps:
            click.echo(f"entry {one.entry}: {one.act} of {one.case} was not possible ({one.found or 'new'})")
        counts = Counter((name.partition(":")[0], case.state) for name, case in found.cases.items())
        for (kind, state), count in sorted(counts.items()):
            click.echo(f"{kind:16} {state:14} {count:6}")
        click.echo(f"{span.origin}, entries {span.first} to {span.last}: {len(found.cases)} cases")
    if found.missteps:
        sys.exit(1)


class _Parts:
    """The files of an export, in a folder or a .zip."""

    def __init__(self, root: Path | zipfile.Path, files: contextlib.ExitStack) -> None:
        self._root, self._files = root, files

    def _open(self, name: str) -> IO[bytes]:
        try:
            opened: IO[bytes] = self._files.enter_context((self._root / name).open("rb"))
        except (OSError, KeyError, NotImplementedError, RuntimeError, zipfile.BadZipFile) as error:
            raise ExportInvalid(complaint=f"{name} is not there, or cannot be opened") from error
        return opened

    def has(self, name: str) -> bool:
        """Whether the part is there: exports made before it was thought of have none."""
        return bool((self._root / name).is_file())

    def text(self, name: str) -> str:
        """A small part as text."""
        content = next(_chunks(self._open(name), name, LARGEST_TABLE_BYTES), b"")
        return _decoded(content, name)

    def table(self, name: str) -> Any:
        """A small part as JSON."""
        try:
            return json.loads(self.text(name))
        except (ValueError, RecursionError) as error:
            raise ExportInvalid(complaint=f"{name} is not JSON") from error

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a long part, one at a time."""
        file = self._open(name)
        with _mapped(name):
            while line := file.readline(LONGEST_LINE_BYTES):
                yield line

    def leaves(self, name: str) -> Iterator[bytes]:
        """The hashes, one at a time."""
        return pieces(_chunks(self._open(name), name, CHUNK_BYTES), HASH_BYTES)


def _chunks(file: IO[bytes], name: str, size_bytes: int) -> Iterator[bytes]:
    with _mapped(name):
        while chunk := file.read(size_bytes):
            yield chunk


@contextlib.contextmanager
def _mapped(name: str) -> Iterator[None]:
    """Whatever a damaged .zip or disk raises while it is read is one sentence."""
    try:
        yield
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ExportInvalid(complaint=f"{name} cannot be read to its end ({error})") from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[_Parts]:
    with contextlib.ExitStack() as files:
        if path.is_dir():
            yield _Parts(path, files)
            return
        try:
            archive = files.enter_context(zipfile.ZipFile(path))
        except OSError as error:
            raise FileUnreadable(path=path, reason=error.strerror or str(error)) from error
        except zipfile.BadZipFile as error:
            raise ExportInvalid(complaint=f"{path} is neither a folder nor a .zip") from error
        yield _Parts(zipfile.Path(archive), files)


def _text(path: Path) -> str:
    return _decoded(_bytes(path), str(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=path, reason=error.strerror or str(error)) from error


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ExportInvalid(complaint=f"{name} is not UTF-8") from error


def _own_key(parts: _Parts, span: ExportRange) -> Ed25519PublicKey:
    """The key that the export names itself."""
    keys = parts.table(ledger_export.KEYS)
    text = keys.get(span.origin) if isinstance(keys, dict) else None
    if not isinstance(text, str):
        raise ExportInvalid(complaint=f"{ledger_export.KEYS} has no key of {span.origin!r}; name one with --key")
    return parse_public_key(text, ledger_export.KEYS)


_WORDS = {True: "yes", False: "NO", None: "not asked (give a checkpoint that was kept elsewhere: --checkpoint)"}


def _print(found: Verification, report: dict[str, Any]) -> None:
    for fault in found.faults:
        click.echo(f"{fault.answer}: {fault.message}")
    if found.fault_count > len(found.faults):
        click.echo(f"and {found.fault_count - len(found.faults)} more faults")
    by = f"key {report['key']}" + ("" if report["is_key_given"] else ", which the export names itself")
    click.echo(f"{found.origin}, entries {found.first} to {found.last}, {found.checkpoints} checkpoints")
    click.echo(f"whole:     {_WORDS[found.is_whole]}")
    click.echo(f"signed:    {_WORDS[found.is_signed]} ({by})")
    click.echo(f"witnessed: {_WORDS[found.is_witnessed]}")
    if found.stamped is not None:
        size, at_us, authority = found.stamped
        click.echo(
            f"stamped:   {_WORDS[found.is_stamped]} ({size} entries were there at {iso_from_us(at_us)}, {authority})"
        )
    elif found.is_stamp_asked:
        click.echo(f"stamped:   {_WORDS[found.is_stamped]}")
