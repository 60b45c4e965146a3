"""The PDFs of papers: files named by their SHA-256 below the data folder, written once, checked when they are read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from nangmai.base.errors import Error, Kind


class PaperFileDamaged(Error):
    """The file of this paper is not the one that was issued ({sha256}). Restore it from a backup."""

    kind: ClassVar[Kind] = Kind.CORRUPT


class PaperFileMissing(Error):
    """The file of this paper is missing ({sha256}). Restore it from a backup."""

    kind: ClassVar[Kind] = Kind.CORRUPT


class PaperFileUnwritable(Error):
    """The paper cannot be stored: {reason}. Check the disk of the data folder."""

    kind: ClassVar[Kind] = Kind.EXHAUSTED


def path_of(sha256: str) -> Path:
    """Where the file lies."""
    return Path(settings.DATA_DIR) / "documents" / sha256[:2] / f"{sha256}.pdf"


def store(pdf: bytes) -> str:
    """Keep the bytes and give their name; what a transaction that failed leaves behind is never referred to."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    path = path_of(sha256)
    part = path.with_name(f".{sha256}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise PaperFileUnwritable(reason=error.strerror) from error
    return sha256


def load(sha256: str) -> bytes:
    """The bytes, when they still are what their name says."""
    try:
        pdf = path_of(sha256).read_bytes()
    except OSError as error:
        raise PaperFileMissing(sha256=sha256) from error
    if hashlib.sha256(pdf).hexdigest() != sha256:
        raise PaperFileDamaged(sha256=sha256)
    return pdf
