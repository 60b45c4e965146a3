"""A regulation survives being written and read, and a malformed file is told of completely."""

import hashlib
from pathlib import Path

import pytest

from nangmai.base.canonical import canonical_json
from nangmai.regulation import form
from nangmai.regulation.shape import FileMalformed

ROOT = Path(__file__).parents[3]

SMALL = """\
form: nangmai.regulation/1
number: 1/QĐ
title: {vi: Quy chế, en: Regulation}
issuer: {vi: Trường, en: School}
signed_on: 2026-01-05
in_force: {from: 2026-01-05T08:00:00+07:00, until: null}
law: vn-2026
roles:
  - {id: principal, title: {vi: Hiệu trưởng, en: Principal}, is_board: true}
parameters: {retention_min_days: 20, retention_max_days: 30, audio: false, on_term_end: readonly}
articles:
  - id: Đ1
    title: {vi: Điều một, en: Article one}
    clauses:
      - id: Đ1.1
        text: {vi: "Hiệu trưởng xem: trực tiếp.", en: "yes"}
        norms:
          - id: Đ1.1/live
            permit: [live.view]
            who: [principal]
            bound: {enforced: ticket, attested: principal, every: P3M}
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(FileMalformed) as caught:
        form.read(text, "file")
    return [f"{complaint.line} {complaint.path}: {complaint.text}" for complaint in caught.value.complaints]


def test_what_is_written_reads_back_equal_and_with_the_same_hash() -> None:
    regulation = form.read(SMALL, "file")
    again = form.read(form.write(regulation), "again")
    assert again == regulation
    assert again.content_hash == regulation.content_hash != ""
    assert form.write(again) == form.write(regulation)


def test_the_hash_is_that_of_the_canonical_content() -> None:
    regulation = form.read(SMALL, "file")
    assert regulation.content_hash == hashlib.sha256(canonical_json(form.plain_form(regulation))).hexdigest()
    assert form.read(SMALL.replace("Đ1.1/live", "Đ1.1/look"), "file").content_hash != regulation.content_hash
    assert form.read("# a comment\n" + SMALL, "file").content_hash == regulation.content_hash


def test_words_that_older_yaml_takes_for_something_else_stay_text() -> None:
    regulation = form.read(SMALL, "file")
    assert regulation.clauses[0].text.en == "yes"
    assert regulation.number == "1/QĐ"
    assert form.read(SMALL.replace('"yes"', "no"), "file").clauses[0].text.en == "no"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("number: 1/QĐ\n", "", "1 the file: 'number' is missing"),
        ("law: vn-2026", "law: vn-2026\nlaws: x", "8 laws: is not known"),
        ("law: vn-2026", "law: vn-2026\nlaw: vn-2026", "8 the file: 'law' stands here twice"),
        ("signed_on: 2026-01-05", "signed_on: 2026-02-30", "signed_on: 2026-02-30 is not in the calendar"),
        ("signed_on: 2026-01-05", "signed_on: today", "5 signed_on: must be a date"),
        ("08:00:00+07:00", "08:00:00", "6 in_force.from: must be a moment with its zone"),
        ("number: 1/QĐ", "number: 7", "2 number: must be text, not 7"),
        ("who: [principal]", "who: []", "who: needs at least 1"),
        ("who: [principal]", "who: principal", "who: must be a list"),
        ("permit: [live.view]", "permit: [live.view]\n            forbid: [live.view]", "must have exactly one of"),
        (", every: P3M}", "}", "'every' is missing"),
        ("id: Đ1.1/live", "id: live", "articles[0].clauses[0].norms[0].id: must be the clause's id"),
        ("title: {vi: Quy chế, en: Regulation}", "title: {vi: Quy chế}", "3 title: 'en' is missing"),
        ("audio: false", "audio: [false]", "parameters.audio: must be true or false or a whole number or text"),
        ("is_board: true", "is_board: 1", "roles[0].is_board: must be true or false"),
        ("nangmai.regulation/1", "nangmai.regulation/2", "1 form: must be one of nangmai.regulation/1"),
        ("number: 1/QĐ", "number: !!python/name:os.system ''", "the tag tag:yaml.org,2002:python/name"),
        ("title: {vi: Quy chế", "title: &a {vi: Quy chế", ""),
        ("issuer: {vi: Trường, en: School}", "issuer: *a", "anchors are not allowed"),
        ("issuer: {vi: Trường, en: School}", "issuer: " + "[" * 2000, "nested too deeply"),
        ("issuer: {vi: Trường, en: School}", "issuer: {vi: Trường, en: School", "YAML: "),
        ("issuer: {vi: Trường, en: School}", "? [a]\n: b", "a key must be one word"),
    ],
)
def test_a_malformed_file_is_told_of_with_its_place(before: str, after: str, told: str) -> None:
    assert before in SMALL
    if told:
        assert any(told in complaint for complaint in complaints(SMALL.replace(before, after, 1)))
    else:
        form.read(SMALL.replace(before, after, 1), "file")


@pytest.mark.parametrize("text", ["", "[]", "x", "null", "\x00", "a: b: c", "- 1\n- 2"])
def test_what_is_no_regulation_at_all_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(FileMalformed, match="file cannot be read: "):
        form.read(text, "file")


def test_faults_of_form_are_told_all_at_once_in_the_order_of_the_file() -> None:
    text = SMALL.replace("number: 1/QĐ", "number: 7").replace("who: [principal]", "who: x").replace("law:", "lore:")
    found = complaints(text)
    assert [line.split()[1] for line in found] == ["the", "number:", "lore:", "articles[0].clauses[0].norms[0].who:"]


@pytest.mark.parametrize("name", ["src/nangmai/regulation/schema.json", "docs/reference/regulation.schema.json"])
def test_the_published_schema_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == form.schema_text(), (
        "run .venv/bin/python tools/generate_reference.py"
    )
