"""The ledger's pages: finding entries, one entry with its proof, who watched what, checkpoints, export."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from nangmai.web.accounts.models import User
from nangmai.web.ledger import services
from nangmai.web.ledger.models import Checkpoint, Disclosure, Entry, LedgerHead, Witness
from nangmai.web.ledger.services import append
from nangmai.web.ledger.templatetags.ledger import what
from nangmai.web.ledger.titles import act_titles
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role

SOURCES = Path(services.__file__).parents[1]


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def found(client: Client, **asked: object) -> list[int]:
    """The numbers of the entries on the page."""
    return numbers(text(client.get("/ledger/", asked)))


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<a href="/ledger/(\d+)">\d+</a>', page)]


@pytest.fixture
def board(sign_in: Callable[..., Client]) -> Client:
    FakeRecorder().enrol().send()
    return sign_in(Role.PRINCIPAL)


@pytest.mark.parametrize(
    ("thing", "said"),
    [("record", "Sổ cái và các sổ theo dõi"), ("asked:7", "Đề nghị gửi Ban giám hiệu 7"), ("x:1", "x:1")],
)
def test_a_thing_without_a_name_is_said_by_its_kind(thing: str, said: str) -> None:
    with translation.override("vi"):
        assert what(thing, {}) == said


def test_every_act_that_is_written_has_a_name() -> None:
    written = {
        act
        for path in SOURCES.rglob("*.py")
        for call in re.findall(r"(?:append|acted\.send|_record|_write)\((.*?)\)\n", path.read_text("utf-8"), re.S)
        for act in re.findall(r'"([a-z]+\.[a-z_]+)"', call)
    }
    assert {"ticket.issued", "session.opened", "assignment.signed", "camera.assigned"} <= written
    unnamed = written - act_titles().keys()
    assert not unnamed, f"{sorted(unnamed)}: name them with ledger.titles.name_acts in the app's ready()"


def test_the_first_page_needs_no_filter(board: Client) -> None:
    assert len(numbers(text(board.get("/ledger/")))) == LedgerHead.objects.get().size


def test_entries_are_found_by_each_filter(board: Client) -> None:
    user = User.objects.get(username="principal")
    user.display_name = "Đỗ Thị Ánh"
    user.save()
    row = append(
        act="footage.viewed",
        actor=f"p-{user.pk}",
        thing="camera:nvr-1/cam-01",
        outcome="refused",
        clauses=("Đ7.1",),
        facts={"from_us": 5, "to_us": 9, "word": "Gấu bông"},
    )
    append(act="thing.done", actor="p-999", thing="camera:nvr-1/cam-02", clauses=("Đ7.10",))
    for asked in (
        {"act": "footage.viewed"},
        {"clause": "Đ7.1"},
        {"outcome": "refused"},
        {"thing": "cổng CHÍNH"},
        {"thing": "nvr-1/cam-01"},
        {"q": "Gấu bông"},
        {"act": "footage.viewed", "who": "đỗ thị"},
        {"act": "footage.viewed", "who": f"p-{user.pk}"},
        {"q": "Cổng chính"},
    ):
        assert found(board, **asked) == [row.seq], asked
    assert row.seq in found(board, begin="2026-01-01T00:00:00")
    assert found(board, begin="2999-01-01T00:00:00") == []
    assert found(board, end="2001-01-01T00:00") == []


def test_a_filter_that_makes_no_sense_says_so_and_asks_nothing(board: Client) -> None:
    page = board.get("/ledger/", {"begin": "yesterday", "outcome": "perhaps"})
    assert page.status_code == 200
    assert text(page).count('class="field-wrong"') == 2


def test_pages_are_turned_without_a_hole(board: Client) -> None:
    for number in range(120):
        append(act="thing.done", actor="p-1", thing=f"t:{number}", clauses=("Đ1",))
    seen, address = [], "/ledger/?clause=%C4%901"
    while address:
        page = text(board.get(address))
        seen += numbers(page)
        older = re.search(r'href="(\?[^"]*before=\d+)"', page)
        address = "/ledger/" + older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 120
    assert seen == sorted(seen, reverse=True)
    newer = re.search(r'href="(\?[^"]*after=\d+)"', page)
    assert newer
    back = text(board.get("/ledger/" + newer[1].replace("&amp;", "&")))
    assert numbers(back)[-1] == seen[99]


def test_an_entry_shows_what_it_says_in_words(board: Client) -> None:
    user = User.objects.get(username="principal")
    row = append(
        act="footage.viewed",
        actor=f"p-{user.pk}",
        thing="camera:nvr-1/cam-01",
        clauses=("Đ7.1",),
        facts={"bytes": 1_500_000, "from_us": 1_790_000_000_000_000, "note": "a\nb", "cameras": ["x", "y"]},
        personal={"reason": "Tìm <trẻ> lạc"},
    )
    page = text(board.get(f"/ledger/{row.seq}"))
    for said in ("Cổng chính", user.display_name, "1,5 MB", "Đ7.1", "x, y", "Tìm &lt;trẻ&gt; lạc", "/09/2026"):
        assert said in page, said
    services.erase(Disclosure.objects.filter(entry=row), actor="p-1")
    page = text(board.get(f"/ledger/{row.seq}"))
    assert "lạc" not in page
    assert "đã xóa" in page


def test_the_proof_of_an_entry_is_verified_as_the_page_is_opened(board: Client) -> None:
    row = append(act="thing.done", actor="p-1", thing="t")
    assert "/ledger/checkpoints/new" in text(board.get(f"/ledger/{row.seq}"))
    assert board.post("/ledger/checkpoints/new").status_code == 302
    page = text(board.get(f"/ledger/{row.seq}"))
    assert page.count("state-kept") >= 3
    assert "Không đúng" not in page


@pytest.mark.parametrize("column", ["body", "actor", "nodes"])
def test_a_row_that_was_changed_in_the_database_shows_on_its_page(board: Client, column: str) -> None:
    row = append(act="thing.done", actor="p-1", thing="t")
    services.checkpoint()
    altered = {"body": row.body.replace("p-1", "p-2"), "actor": "p-2", "nodes": bytes(64)}[column]
    neighbour = row.seq - 1 if column == "nodes" else row.seq
    with connection.cursor() as cursor:
        on = " ON ledger_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_entry_no_update{on}")
        cursor.execute(f"UPDATE ledger_entry SET {column} = %s WHERE seq >= %s", [altered, neighbour])  # noqa: S608
    assert "Không đúng" in text(board.get(f"/ledger/{row.seq}"))


def test_who_watched_a_camera_is_answered_for_the_footage_of_a_period(board: Client) -> None:
    guard = User.objects.create_user("longbv", password="a password of a test", display_name="Phạm Đức Long")
    at_us = 1_790_000_000_000_000  # 2026-09-21 21:13:20 in Viet Nam
    facts = {"from_us": at_us, "to_us": at_us + 60_000_000, "minute_us": at_us, "right": "playback", "bytes": 5}
    append(act="footage.viewed", actor=f"p-{guard.pk}", thing="camera:nvr-1/cam-01", facts=facts)
    asked = {"camera": "camera:nvr-1/cam-01", "begin": "2026-09-21T21:14:00", "end": "2026-09-21T21:15:00"}
    assert "Phạm Đức Long" in text(board.get("/ledger/watched", asked))
    for change in ({"begin": "2026-09-21T21:15:00", "end": "2026-09-21T21:16:00"}, {"end": "2026-09-21T21:14:00"}):
        assert "Phạm Đức Long" not in text(board.get("/ledger/watched", asked | change))
    assert text(board.get("/ledger/watched", {"camera": "camera:nvr-9/x"})).count("field-wrong") == 3


def test_the_page_of_witnesses_says_what_is_not_configured(board: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_WITNESS_FOLDER", "/nowhere/at/all")
    services.checkpoint()
    from nangmai.web.ledger import witnesses

    witnesses.tell_all()
    page = text(board.get("/ledger/checkpoints"))
    assert page.count("Chưa cấu hình") == 3
    assert "NANGMAI_WITNESS_RFC3161" in page
    assert "/nowhere/at/all" in page
    assert "No such file" in page


def test_a_checkpoint_on_paper_holds_its_text_and_a_code_and_is_noted(board: Client) -> None:
    made = services.checkpoint()
    answer = board.post(f"/ledger/checkpoints/{made.size}/print", follow=True)
    assert made.note.splitlines()[2] in text(answer)
    assert "<svg" in text(answer)
    noted = Witness.objects.get(checkpoint=made)
    assert (noted.kind, noted.place) == ("paper", f"p-{User.objects.get(username='principal').pk}")


def test_an_export_is_downloaded_and_is_an_entry_of_who_did_it(board: Client) -> None:
    size = LedgerHead.objects.get().size
    answer = board.post("/ledger/export", {"first": "0", "last": ""})
    assert answer["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert len(archive.read("ledger.jsonl").splitlines()) == size
    newest = Entry.objects.first()
    assert newest is not None
    assert (newest.act, newest.actor) == ("ledger.exported", f"p-{User.objects.get(username='principal').pk}")


@pytest.mark.parametrize(("first", "last"), [("x", ""), ("5", "2"), ("0", "999999")])
def test_an_export_of_nothing_is_one_clear_refusal(board: Client, first: str, last: str) -> None:
    assert board.post("/ledger/export", {"first": first, "last": last}).status_code == 400


def test_those_whom_no_clause_names_read_nothing(sign_in: Callable[..., Client]) -> None:
    row = append(act="thing.done", actor="p-1", thing="t")
    guard = sign_in(Role.GUARD)
    for path in ("/ledger/", f"/ledger/{row.seq}", "/ledger/watched", "/ledger/checkpoints"):
        answer = guard.get(path)
        assert answer.status_code == 403
        assert "Đ4.3" in text(answer)
    assert guard.post("/ledger/export", {}).status_code == 403
    assert 'href="/ledger/"' not in text(guard.get("/cameras/"))
    assert not Checkpoint.objects.exists()


def test_the_public_key_is_open(board: Client) -> None:
    assert Client().get("/ledger/key").json()["origin"].startswith("nangmai.ledger/")
