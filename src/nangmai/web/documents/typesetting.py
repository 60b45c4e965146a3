"""Papers drawn by Typst: JSON in, PDF/A or pictures out. See docs/design/documents.md.

Draws with the typeface of the product only: no font of the machine, none of Typst's own, so that a paper looks the
same everywhere and every Vietnamese letter comes from one font. Never formats a value into a template's source.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import segno
import typst

import nangmai.web
from nangmai.base.errors import Error, Kind

ROOT = Path(nangmai.web.__file__).parent
LAYOUT = "documents/typst/decree30.typ"
SIGNATURE_CARD = "documents/templates/documents/signature_card.typ"
FONTS = ROOT / "ui/static/ui/client/print-fonts"
LETTERS = "letters.json"
MISSING = "\N{REPLACEMENT CHARACTER}"
STYLES = ("Regular", "Italic", "Bold", "BoldItalic")

#: ISO 19005-2, level u: what is drawn can be read as text too
PDF_STANDARD: Final = "a-2u"
PREVIEW_PPI = 96


class FontsMissing(Error):
    """The typeface of papers is not built: {name} is missing. Run `make setup`, or install the package again."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class PaperUndrawable(Error):
    """This paper cannot be drawn: {reason}."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True)
class Space:
    """Where a signature goes: page from 0, box in points from the lower left corner, as PDF counts."""

    name: str
    page: int
    box: tuple[int, int, int, int]


@functools.lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    paths = [FONTS / f"Tinos-{style}.ttf" for style in STYLES]
    for path in paths:
        if not path.is_file():
            raise FontsMissing(name=path.name)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@functools.lru_cache(maxsize=1)
def _letters() -> frozenset[str]:
    """What all four styles can draw, as the build of the typeface found it, and the ends of lines."""
    try:
        return frozenset(json.loads((FONTS / LETTERS).read_text("utf-8"))) | {"\n", "\t"}
    except OSError as error:
        raise FontsMissing(name=LETTERS) from error


def _compiler(template: str, **inputs: Any) -> typst.Compiler:
    texts = {name: json.dumps(_composed(value), ensure_ascii=False) for name, value in inputs.items()}
    return typst.Compiler(ROOT / template, root=ROOT, font_paths=_fonts(), sys_inputs=texts)


def _composed(value: Any) -> Any:
    """Every text in Unicode form C, as TCVN 6909:2001 wants it, so that a letter is one glyph; what the typeface does
    not have is shown as missing, since no other font may stand in for it.
    """
    if isinstance(value, str):
        return "".join(letter if letter in _letters() else MISSING for letter in unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: _composed(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(part) for part in value]
    return value


def draw(template: str, paper: Mapping[str, Any], *, at: datetime) -> bytes:
    """The paper as PDF/A."""
    try:
        drawn = _compiler(template, paper=paper).compile(format="pdf", pdf_standards=PDF_STANDARD, timestamp=_utc(at))
    except typst.TypstError as error:
        raise PaperUndrawable(reason=error.message) from error
    assert isinstance(drawn, bytes)
    return drawn


def signature_spaces(template: str, paper: Mapping[str, Any]) -> list[Space]:
    """Where the template left room for each signer."""
    try:
        found = json.loads(_compiler(template, paper=paper).query("<signature-field>", field="value"))
    except typst.TypstError as error:
        raise PaperUndrawable(reason=error.message) from error
    return [
        Space(
            name=space["name"],
            page=space["page"] - 1,
            box=(
                round(space["x"]),
                round(space["page_height"] - space["y"] - space["height"]),
                round(space["x"] + space["width"]),
                round(space["page_height"] - space["y"]),
            ),
        )
        for space in found
    ]


def draw_signature_card(card: Mapping[str, Any], *, at: datetime) -> bytes:
    """What a signature looks like, as a PDF page of the size of its field."""
    drawn = _compiler(SIGNATURE_CARD, card=card).compile(format="pdf", pdf_standards=PDF_STANDARD, timestamp=_utc(at))
    assert isinstance(drawn, bytes)
    return drawn


def picture_of_page(pdf: Path, page: int) -> bytes:
    """A page of a PDF (from 1) as PNG; form fields are left out."""
    source = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{pdf.name}", page: {page:d})'
    try:
        compiler = typst.Compiler(source.encode(), root=pdf.parent, font_paths=_fonts())
        drawn = compiler.compile(format="png", ppi=PREVIEW_PPI)
    except typst.TypstError as error:
        raise PaperUndrawable(reason=error.message) from error
    assert isinstance(drawn, bytes)
    return drawn


def qr_svg(text: str) -> str:
    """A QR code (ISO/IEC 18004) as SVG; level M reads even with a crease across it."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return buffer.getvalue().decode()


@functools.lru_cache(maxsize=64)
def template_version(template: str) -> str:
    """SHA-256 over the template and the layout it stands on: which drawing a paper was made with."""
    digest = hashlib.sha256()
    for path in (ROOT / LAYOUT, ROOT / template):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _utc(at: datetime) -> int:
    return int(at.timestamp())
