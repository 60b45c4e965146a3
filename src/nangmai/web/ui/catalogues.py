"""Translation catalogues: the `.po` files are the source, the `.mo` files are made from them when they are older.

A wheel brings both. In a work tree the first start, or the first after an edit, writes the `.mo`; no gettext program
is needed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from nangmai.base.errors import Error, Kind

LOCALE = Path(__file__).parent.parent / "locale"


class CatalogueBroken(Error):
    """The translations in {path} cannot be made ready: {reason}."""

    kind: ClassVar[Kind] = Kind.CORRUPT


def compile_stale_catalogues(folder: Path = LOCALE) -> list[Path]:
    """Make every `.mo` that is missing or older than its `.po`; the files made."""
    made = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)
            made.append(target)
    return made


def _compile(source: Path, target: Path) -> None:
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        with part.open("wb") as out:
            write_mo(out, catalogue)
        part.replace(target)
    except PoFileError as error:
        raise CatalogueBroken(path=source, reason=str(error)) from error
    except OSError as error:
        raise CatalogueBroken(path=target, reason=error.strerror) from error
