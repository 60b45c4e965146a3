"""The demonstration school's text, and ways to change it."""

from __future__ import annotations

from importlib.resources import files

from nangmai.regulation import form
from nangmai.regulation.model import Regulation

TEXT = files("nangmai.demonstration").joinpath("regulation.yaml").read_text(encoding="utf-8")


def shipped(*changes: tuple[str, str]) -> Regulation:
    """The shipped regulation with pieces of its text replaced; each piece has to stand there just once."""
    text = TEXT
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return form.read(text, "regulation.yaml")
