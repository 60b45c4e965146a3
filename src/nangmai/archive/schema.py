"""Opens the index file, makes its tables, and leads an older file to today's schema. `schema.sql` is the authority."""

from __future__ import annotations

import re
import sqlite3
from importlib.resources import files
from pathlib import Path

from nangmai.base.errors import Error, Kind

SCHEMA_VERSION = 1
INCOMPLETE = "incomplete"  #: in `meta` from the making of the tables until every file has its row


class IndexTooNew(Error):
    """The index {path} was written by a newer nangmai (schema {found}, known here: {known}). Install that version."""

    kind = Kind.PRECONDITION


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection with the pragmas that docs/design/archive.md asks for; transactions are explicit."""
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        if not read_only:
            connection.execute("PRAGMA page_size = 8192")  # a new file only: five segments a page, not two
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def prepare(connection: sqlite3.Connection, path: Path) -> bool:
    """Make or migrate the tables; True when the file was new."""
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if tables and found > SCHEMA_VERSION:
        raise IndexTooNew(path=str(path), found=found, known=SCHEMA_VERSION)
    if not tables:
        _run(connection, f"{_text('schema.sql')}\nINSERT INTO meta VALUES ('{INCOMPLETE}', '1');", SCHEMA_VERSION)
        return True
    for version, text in migrations():
        if version > found:
            _run(connection, text, version)
    return False


def migrations() -> list[tuple[int, str]]:
    """Version and text of every migration, in order: migrations/0002_what_it_does.sql leads from 1 to 2."""
    folder = files("nangmai.archive").joinpath("migrations")
    found = [(re.match(r"(\d{4})_\w+\.sql$", entry.name), entry) for entry in folder.iterdir()]
    return sorted((int(match[1]), entry.read_text(encoding="utf-8")) for match, entry in found if match)


def _text(name: str) -> str:
    return files("nangmai.archive").joinpath(name).read_text(encoding="utf-8")


def _run(connection: sqlite3.Connection, text: str, version: int) -> None:
    connection.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version = {version};\nCOMMIT;")
