"""No number twice and none left out, whoever issues at the same time and whatever fails."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from nangmai.web.documents import files, queries, services, typesetting
from nangmai.web.documents.models import Document, NumberRegister
from unit.web.documents.conftest import clock_at, report

PROCESSES, PAPERS_EACH = 4, 6

ISSUER = """
import sys, django
django.setup()
from nangmai.web.accounts.models import User
from nangmai.web.documents import services, typesetting
from unit.web.documents.conftest import report
person = User.objects.get()
print("ready", flush=True)
sys.stdin.readline()
for at in range(int(sys.argv[1])):
    try:
        services.issue("matters_report", report() if at % 3 else {"subject": "Lỗi", "paper": {"rows": 1}}, by=person)
    except typesetting.PaperUndrawable:
        pass  # the number it took is given back with the transaction
"""


def test_numbers_run_from_one_with_a_zero_below_ten(issue: Callable[..., Any]) -> None:
    assert [issue().number_text for _ in range(3)] == ["01/BC-MNNM", "02/BC-MNNM", "03/BC-MNNM"]
    assert services.number_text(10, "QĐ", "MNNM") == "10/QĐ-MNNM"


def test_each_year_begins_with_one(issue: Callable[..., Any]) -> None:
    issue()
    assert issue(clock=clock_at(2027, 1, 1)).number_text == "01/BC-MNNM"
    assert {str(row) for row in queries.registers()} == {"BC 2026", "BC 2027"}


def test_the_year_is_that_of_the_school_and_not_of_greenwich(issue: Callable[..., Any]) -> None:
    clock = clock_at(2026, 12, 31)
    clock.advance(13 * 3600 * 1_000_000)  # one in the morning of 1 January in Hanoi
    assert issue(clock=clock).year == 2027


def test_kinds_of_one_symbol_share_a_register(issue: Callable[..., Any]) -> None:
    from unit.web.documents.contents import data_of

    first = issue(kind="assignment_decision", data=data_of("assignment_decision"))
    second = issue(kind="regulation_decision", data=data_of("regulation_decision"))
    assert (first.number_text, second.number_text) == ("01/QĐ-MNNM", "02/QĐ-MNNM")


def test_an_internal_form_has_no_number(issue: Callable[..., Any]) -> None:
    from unit.web.documents.contents import data_of

    slip = issue(kind="checkpoint_slip", data=data_of("checkpoint_slip"))
    assert (slip.number, slip.number_text) == (None, "")
    assert not NumberRegister.objects.exists()


def test_a_paper_that_cannot_be_drawn_takes_no_number(issue: Callable[..., Any]) -> None:
    with pytest.raises(typesetting.PaperUndrawable):
        issue(data=report(paper={"rows": 1}))
    with pytest.raises(services.PaperIncomplete):
        issue(data={"subject": "", "paper": {}})
    assert issue().number == 1


def test_a_draft_takes_no_number_and_leaves_nothing(letterhead: None) -> None:
    assert services.draft("matters_report", report(), clock=clock_at(2026, 2, 5)).startswith(b"%PDF")
    assert not Document.objects.exists()
    assert not NumberRegister.objects.exists()


def test_without_a_letterhead_nothing_is_issued(people: Any) -> None:
    with pytest.raises(queries.LetterheadMissing):
        services.issue("matters_report", report(), by=people["principal"])


def test_a_paper_keeps_the_letterhead_it_was_issued_with(issue: Callable[..., Any]) -> None:
    import datetime

    old = issue()
    services.set_letterhead(
        by=None,
        in_force_from=datetime.date(2026, 7, 1),
        governing_body="Ủy ban nhân dân phường Bồ Đề",
        institution="Trường Mầm non Nắng Mai",
        abbreviation="MNNM",
        place="Bồ Đề",
        public_address="https://camera.example.vn",
    )
    new = issue(clock=clock_at(2026, 8, 3))
    old.refresh_from_db()
    assert old.data["letterhead"]["governing_body"] == "Ủy ban nhân dân quận Long Biên"
    assert new.data["letterhead"]["governing_body"] == "Ủy ban nhân dân phường Bồ Đề"
    assert issue(clock=clock_at(2026, 6, 30)).data["letterhead"]["place"] == "Long Biên"


def test_the_database_itself_refuses_a_number_twice(issue: Callable[..., Any]) -> None:
    first, second = issue(), issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=second.pk).update(number=first.number)


def test_what_is_stored_is_what_its_name_says(issue: Callable[..., Any]) -> None:
    paper = issue()
    assert files.load(paper.pdf_sha256).startswith(b"%PDF-")
    files.path_of(paper.pdf_sha256).unlink()
    with pytest.raises(files.PaperFileMissing):
        files.load(paper.pdf_sha256)


def test_processes_that_issue_at_once_neither_repeat_nor_skip_a_number(tmp_path: Path) -> None:
    root = Path(__file__).parents[4]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "NANGMAI_DATABASE_URL"},
        "NANGMAI_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "nangmai.web.settings",
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root / "tests")]),
    }
    prepare = (
        "import django; django.setup(); import datetime; from django.core.management import call_command;"
        "call_command('migrate', verbosity=0);"
        "from nangmai.web.accounts.models import User; from nangmai.web.documents import services;"
        "User.objects.create_user('mai', password='a password of a test');"
        "services.set_letterhead(by=None, in_force_from=datetime.date(2020, 1, 1), institution='Trường', "
        "abbreviation='T', place='Hà Nội', public_address='https://example.vn')"
    )
    subprocess.run([sys.executable, "-c", prepare], env=environment, check=True, timeout=120)
    issuers = [
        subprocess.Popen(
            [sys.executable, "-c", ISSUER, str(PAPERS_EACH)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for issuer in issuers:
        assert issuer.stdout is not None
        assert issuer.stdout.readline() == "ready\n"
    for issuer in issuers:
        issuer.communicate("go\n", timeout=120)
    assert [issuer.returncode for issuer in issuers] == [0] * PROCESSES
    with sqlite3.connect(tmp_path / "nangmai.sqlite3") as database:
        numbers = [row[0] for row in database.execute("select number from documents_document order by number")]
    database.close()
    good = sum(bool(at % 3) for at in range(PAPERS_EACH))
    assert numbers == list(range(1, PROCESSES * good + 1))
