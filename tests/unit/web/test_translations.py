"""Everything is said in Vietnamese, in the words of the glossary, and the client's texts are the client's own."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.utils import translation

from nangmai.web.ui.catalogues import LOCALE, CatalogueBroken, compile_stale_catalogues
from nangmai.web.ui.client_texts import client_texts

ROOT = Path(__file__).parents[3]
with (LOCALE / "vi/LC_MESSAGES/django.po").open("rb") as _file:
    CATALOGUE = read_po(_file, locale="vi")
MESSAGES = [message for message in CATALOGUE if message.id]


def test_no_text_is_untranslated_or_fuzzy() -> None:
    call_command("messages", "--check")


def test_placeholders_are_the_same_in_both_languages() -> None:
    for message in MESSAGES:
        source = message.id if isinstance(message.id, str) else message.id[1]
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert fields(source) == fields(text), source


def fields(text: str) -> set[str]:
    percent = set(re.findall(r"%\((\w+)\)s", text))
    return percent | {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_english_shows_no_vietnamese_and_vietnamese_differs() -> None:
    with translation.override("en"):
        english = client_texts()
    with translation.override("vi"):
        vietnamese = client_texts()
    assert english["play"] == "Play"
    same = {key for key in english if english[key] == vietnamese[key]}
    assert same <= {"layout_grid", "choose_cameras", "tile_state"}


def test_the_client_is_given_exactly_the_texts_it_asks_for() -> None:
    source = (ROOT / "client/src/texts.ts").read_text(encoding="utf-8")
    table = source.partition("export const TEXTS = {")[2].partition("} as const")[0]
    asked = dict(re.findall(r'^\s+(\w+):\s*"((?:[^"\\]|\\.)*)"', table, re.MULTILINE))
    with translation.override("en"):
        given = client_texts()
    assert given.keys() == asked.keys()
    assert {key: text for key, text in given.items() if asked[key] != text} == {}


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("recorder", "đầu ghi"),
        ("main stream", "luồng chính"),
        ("sub stream", "luồng phụ"),
        ("key picture", "hình khóa"),
        ("timeline", "dòng thời gian"),
        ("live wall", "tường hình"),
        ("ticket", "vé truy cập"),
        ("instant replay", "xem lại nhanh"),
        ("completeness", "độ đầy đủ"),
    ],
)
def test_terms_come_from_the_glossary(english: str, vietnamese: str) -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").casefold()
    assert vietnamese.split(" (")[0] in glossary
    for message in MESSAGES:
        if (
            isinstance(message.id, str)
            and re.search(rf"\b{english}\b", message.id.casefold())
            and "`" not in message.id
        ):
            words = str(message.string).casefold()
            assert vietnamese in words or vietnamese.split()[0] in words, message.id


def test_catalogues_are_compiled_when_they_are_older_than_their_source(tmp_path: Path) -> None:
    folder = tmp_path / "vi/LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "b"\n', "utf-8"
    )
    assert compile_stale_catalogues(tmp_path) == [folder / "django.mo"]
    assert compile_stale_catalogues(tmp_path) == []
    source.write_text("msgid nonsense", "utf-8")
    (folder / "django.mo").unlink()
    with pytest.raises(CatalogueBroken):
        compile_stale_catalogues(tmp_path)
