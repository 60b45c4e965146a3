"""Papers look as the decree says: one typeface for every letter, zeros where they belong, an end mark once."""

from __future__ import annotations

import datetime
import itertools
import re
import unicodedata
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from nangmai.web.documents import typesetting
from nangmai.web.documents.kinds import PAPERS, PaperUnknown, paper
from nangmai.web.documents.wording import capacity, date_words
from unit.web.documents import pdf_text
from unit.web.documents.contents import HEAD, SHEETS, content

AT = datetime.datetime(2026, 2, 5, 5, tzinfo=datetime.UTC)
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VOWELS = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
A4 = (595.28, 841.89)


def letters() -> list[str]:
    """The letters Vietnamese has beyond ASCII: 12 vowels in 6 tones without the 6 plain ones, and đ, in both cases."""
    small = [unicodedata.normalize("NFC", vowel + tone) for vowel, tone in itertools.product(VOWELS, TONES)]
    small = [letter for letter in small if not letter.isascii()] + ["đ"]
    return small + [letter.upper() for letter in small]


def draw(kind: str = "matters_report", **changes: Any) -> bytes:
    return typesetting.draw(PAPERS[kind].template, content(kind, **changes), at=AT)


def test_vietnamese_has_134_letters_beyond_ascii() -> None:
    assert len(set(letters())) == 134


@pytest.mark.parametrize("style", typesetting.STYLES)
def test_every_style_has_every_letter_as_a_glyph_of_its_own(style: str) -> None:
    with TTFont(typesetting.FONTS / f"Tinos-{style}.ttf") as font:
        glyphs = [font.getBestCmap().get(ord(letter)) for letter in letters()]
        assert None not in glyphs
        assert len(set(glyphs)) == 134
        assert all(font["glyf"][glyph].numberOfContours for glyph in glyphs if glyph)


def test_every_letter_is_drawn_from_one_font() -> None:
    pdf = draw(subject=" ".join(letters()))
    drawn = [line for line in pdf_text.lines(pdf) if line.font == "Tinos-Bold"]
    assert set(letters()) <= set("".join(line.text for line in drawn))
    assert pdf_text.fonts(pdf) <= {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}


def test_letters_in_pieces_are_put_together_first() -> None:
    pdf = draw(subject=unicodedata.normalize("NFD", "Ưỡn ẹo ngượng nghịu"))
    assert "Ưỡn ẹo ngượng nghịu" in pdf_text.text(pdf)


@pytest.mark.parametrize("kind", list(PAPERS))
def test_every_paper_is_drawn_with_motto_agency_signer_and_no_other_font(kind: str) -> None:
    pdf = draw(kind)
    told = pdf_text.text(pdf)
    assert all(font.startswith("Tinos-") for font in pdf_text.fonts(pdf))
    if kind in SHEETS:
        assert "TRƯỜNG MẦM NON NẮNG MAI" in told
        assert "https://camera.example.vn/public/regulation" in "".join(told.split())
        return
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in told
    assert "Độc lập - Tự do - Hạnh phúc" in told
    assert "TRƯỜNG MẦM NON NẮNG MAI" in told
    assert "Long Biên, ngày 05 tháng 02 năm 2026" in told
    assert "KT. HIỆU TRƯỞNG" in told
    assert "Nguyễn Thị Hồng Hạnh" in told


@pytest.mark.parametrize("kind", list(PAPERS))
def test_every_paper_is_marked_as_pdf_a(kind: str) -> None:
    pdf = draw(kind)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in pdf


@pytest.mark.parametrize("kind", ["regulation_decision", "assignment_decision", "matters_report"])
def test_a_paper_ends_with_its_mark_and_never_with_two_full_stops(kind: str) -> None:
    told = pdf_text.text(draw(kind))
    assert "./." in told
    assert "../." not in told


def test_the_motto_and_the_name_of_the_school_stand_in_one_line_each() -> None:
    drawn = pdf_text.lines(draw())
    assert [line.text.strip() for line in drawn if line.font == "Tinos-Bold"][:2] == [
        "TRƯỜNG MẦM NON NẮNG MAI",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    ]


def test_a_long_name_breaks_into_lines_of_about_one_length() -> None:
    head = {**HEAD, "institution": "Trường Mầm non Tư thục Chất lượng cao Hoa Phượng Đỏ Sao Mai"}
    drawn = [line.text.strip() for line in pdf_text.lines(draw(letterhead=head)) if line.font == "Tinos-Bold"]
    name = list(itertools.takewhile(lambda text: not text.startswith("CỘNG HÒA"), drawn))
    assert len(name) > 1
    assert min(map(len, name)) * 2 > max(map(len, name))


def test_margins_are_those_of_the_decree() -> None:
    drawn = pdf_text.lines(draw("regulation_decision"))
    millimetre = 72 / 25.4
    assert min(line.x for line in drawn) >= 29.9 * millimetre
    assert min(line.y for line in drawn) >= 19.9 * millimetre


def test_pages_are_numbered_in_the_top_margin_but_the_first_of_each_part() -> None:
    drawn = pdf_text.lines(draw("regulation_decision"))
    numbers = {line.page: line.text for line in drawn if line.y > A4[1] - 20 * 72 / 25.4}
    first = next(line.page for line in drawn if line.text.startswith("QUY CHẾ"))
    assert numbers == {page: str(page - (first - 1 if page >= first else 0)) for page in numbers}
    assert 1 not in numbers
    assert first not in numbers
    assert max(numbers) > first


def test_the_regulation_is_enclosed_with_every_clause_and_no_brace_left_open() -> None:
    told = pdf_text.text(draw("regulation_decision"))
    for number in range(1, 10):
        assert f"Điều {number}." in told
    assert not re.search(r"[{}]", told)
    assert "Số: 07/QĐ-MNNM" in told
    assert "Ban hành kèm theo Quyết định số 07/QĐ-MNNM ngày 05 tháng 02 năm 2026" in told


def test_the_comparison_names_what_changes_and_leaves_out_what_stays() -> None:
    rows = content("regulation_comparison")["paper"]["rows"]
    told = " ".join(" ".join(row.values()) for row in rows)
    assert rows
    assert len(rows) < 15
    assert "30" in told


def test_a_draft_says_so_and_has_neither_number_nor_date() -> None:
    told = pdf_text.text(draw(is_draft=True, number="", date=None))
    assert "DỰ THẢO" in told
    assert "07/BC" not in told
    assert "/BC-MNNM" in told


def test_the_field_of_a_signature_lies_between_title_and_name() -> None:
    given = content("matters_report")
    (space,) = typesetting.signature_spaces(PAPERS["matters_report"].template, given)
    drawn = pdf_text.lines(draw())
    title = next(line for line in drawn if line.text.strip() == "PHÓ HIỆU TRƯỞNG")
    name = next(line for line in drawn if line.text.strip() == "Nguyễn Thị Hồng Hạnh")
    assert title.page == name.page == space.page + 1
    assert title.y > space.box[3] - 4
    assert space.box[1] > name.y


def test_a_template_is_given_text_and_never_runs_it() -> None:
    told = pdf_text.text(draw(subject='#read("/settings.py") *đậm* $x$ "'))
    assert '#read("/settings.py") *đậm* $x$ "' in told


def test_a_letter_the_typeface_does_not_have_is_shown_as_missing_and_not_from_another_font() -> None:
    pdf = draw(subject="Về camera 📷 số 1")
    assert "Về camera \N{REPLACEMENT CHARACTER} số 1" in pdf_text.text(pdf)
    assert all(font.startswith("Tinos-") for font in pdf_text.fonts(pdf))


def test_data_that_does_not_fit_is_one_clear_error() -> None:
    with pytest.raises(typesetting.PaperUndrawable):
        draw(paper={"addressee": "Ban giám hiệu"})
    with pytest.raises(PaperUnknown):
        paper("lenh")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime.date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (datetime.date(2026, 3, 10), "ngày 10 tháng 3 năm 2026"),
        (datetime.date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
        (datetime.date(2026, 1, 9), "ngày 09 tháng 01 năm 2026"),
    ],
)
def test_dates_have_zeros_where_the_decree_wants_them(day: datetime.date, words: str) -> None:
    assert date_words(day) == words
    assert f"Long Biên, {words}" in pdf_text.text(draw(date=day.isoformat()))


def test_who_signs_for_another_says_so() -> None:
    assert capacity("Phó Hiệu trưởng", "KT", of="Hiệu trưởng") == ("KT. Hiệu trưởng", "Phó Hiệu trưởng")
    assert capacity("Chủ tịch", "TM", of="Hội đồng trường") == ("TM. Hội đồng trường", "Chủ tịch")
    assert capacity("Hiệu trưởng") == ("Hiệu trưởng",)
