"""Reads the text of a PDF that Typst drew, with the font of every line: enough for tests, not a reader of any PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pyhanko.pdf_utils.reader import PdfFileReader

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MAPPED = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
_PLAIN = rb"\\.|[^\\()]"
_STRING = (
    rb"(?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\))*"
)  # brackets in pairs stand as they are
_DRAWN = re.compile(
    rb"q 1 0 0 -1 (?P<x>[\d.]+) (?P<y>[\d.]+) cm|/(?P<font>f\d+) (?P<size>[\d.]+) Tf"
    rb"|\((?P<text>" + _STRING + rb")\)|<(?P<hex>[0-9A-Fa-f]+)>",
    re.DOTALL,
)


class Line(NamedTuple):
    """A run of text."""

    page: int
    x: float
    y: float
    font: str
    size: float
    text: str


def lines(pdf: bytes) -> list[Line]:
    """All runs in the order they are drawn."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return [line for number, page in enumerate(pages(reader.root["/Pages"]), 1) for line in _lines(number, page)]


def text(pdf: bytes) -> str:
    """All text, the runs joined."""
    return re.sub(r"\s+", " ", " ".join(line.text for line in lines(pdf)))


def fonts(pdf: bytes) -> set[str]:
    """The names of all fonts of all pages, without the prefix of the subset."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return {
        font["/BaseFont"].lstrip("/").partition("+")[2]
        for page in pages(reader.root["/Pages"])
        for font in (page["/Resources"]["/Font"][name] for name in page["/Resources"]["/Font"])
    }


def pages(node: Any) -> Iterator[Any]:
    """The leaves of the page tree."""
    if "/Kids" not in node:
        yield node
        return
    for at in range(len(node["/Kids"])):
        yield from pages(node["/Kids"][at])


def _lines(number: int, page: Any) -> Iterator[Line]:
    resources = page["/Resources"].get("/Font", {})
    tables = {name.lstrip("/"): _characters(resources[name]) for name in resources}
    names = {name.lstrip("/"): resources[name]["/BaseFont"].partition("+")[2] for name in resources}
    x = y = size = 0.0
    font = ""
    for found in _DRAWN.finditer(page["/Contents"].data):
        if found["x"]:
            x, y = float(found["x"]), float(found["y"])
        elif found["font"]:
            font, size = found["font"].decode(), float(found["size"])
        elif font:
            codes = _unescaped(found["text"]) if found["hex"] is None else bytes.fromhex(found["hex"].decode())
            drawn = "".join(tables[font].get(codes[at : at + 2], "") for at in range(0, len(codes), 2))
            if drawn:  # the language of a run is a string too
                yield Line(number, x, y, names[font], size, drawn)


def _characters(font: Any) -> dict[bytes, str]:
    table = font["/ToUnicode"].data
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(to.decode()).decode("utf-16-be")
        for code, to in _MAPPED.findall(table)
    }


def _unescaped(literal: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        escaped = found[1]
        return bytes([int(escaped, 8)]) if escaped[:1].isdigit() else _ESCAPES.get(escaped, escaped)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, literal, flags=re.DOTALL)
