"""Finds every text that has to be translated: in Python, in templates, in the docstrings of errors that pages show."""

from __future__ import annotations

import importlib
import io
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

import nangmai.web
from nangmai.base.errors import Error

PACKAGE = Path(nangmai.web.__file__).parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
#: errors of other packages whose sentence web shows
SHOWN_FROM = ("nangmai.web", "nangmai.protocol.tickets")

Found = tuple[str, int, str | tuple[str, ...], str | None]


def extracted() -> Catalog:
    """A catalogue without translations."""
    catalogue = Catalog(project="nangmai", charset="utf-8", fuzzy=False, copyright_holder="the nangmai authors")
    for place, line, text, context in (*_from_sources(), *_from_errors()):
        is_brace = "{" in (text if isinstance(text, str) else text[0])
        catalogue.add(
            text, locations=[(place, line)], context=context, flags=["python-brace-format"] if is_brace else []
        )
    return catalogue


def _from_sources() -> Iterator[Found]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield from _from_python(path, path.read_text(encoding="utf-8"))
        elif path.suffix == ".html":
            yield from _from_python(path, templatize(path.read_text(encoding="utf-8")))


def _from_python(path: Path, source: str) -> Iterator[Found]:
    place = path.relative_to(PACKAGE).as_posix()
    for line, keyword, texts, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
        if not texts:
            continue  # not a literal: `translated(error)`, whose texts come from _from_errors
        first, *others = _as_list(texts)
        if keyword == "pgettext":
            yield place, line, str(others[0]), str(first)
        elif keyword == "ngettext":
            yield place, line, (str(first), str(others[0])), None
        elif first:
            yield place, line, str(first), None


def _as_list(texts: Any) -> list[Any]:
    """One text or several: the extractor gives both."""
    return [texts] if isinstance(texts, str) else list(texts)


def _from_errors() -> Iterator[Found]:
    for module in pkgutil.walk_packages(nangmai.web.__path__, "nangmai.web."):
        if not module.name.startswith(("nangmai.web.settings", "nangmai.web.wsgi")):
            importlib.import_module(module.name)
    seen = set()
    for error in _subclasses(Error):
        if error.__module__.startswith(SHOWN_FROM) and error.template() not in seen:
            seen.add(error.template())
            yield f"errors: {error.__module__}.{error.__name__}", 0, error.template(), None


def _subclasses(of: type[Error]) -> Iterator[type[Error]]:
    for child in sorted(of.__subclasses__(), key=lambda child: f"{child.__module__}.{child.__name__}"):
        yield child
        yield from _subclasses(child)
