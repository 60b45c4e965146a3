"""What web exports is verified by the command, and whatever is done to it is found."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nangmai.base.clock import ManualClock
from nangmai.base.errors import Error
from nangmai.base.units import US_PER_S
from nangmai.cli import nangmai
from nangmai.protocol.keys import public_key_text
from nangmai.web.ledger import keys, services, witnesses
from nangmai.web.ledger.models import Checkpoint, Disclosure, Entry, LedgerHead
from nangmai.web.ledger.services import NothingToExport, append
from unit.custody.authority_3161 import Authority
from unit.custody.ledgers import OTHER_KEY

ENTRIES = 12


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A folder with an export of a small ledger that has three checkpoints."""
    for number in range(ENTRIES):
        append(act="thing.done", actor="p-1", thing=f"t:{number}", personal={"reason": f"lý do {number}"})
        if number in (3, 7):
            services.checkpoint()
    services.export(tmp_path / "export")
    return tmp_path / "export"


def verify(path: Path, *options: object) -> tuple[int, dict[str, Any]]:
    """Exit code and report of the command; an error of ours has its own code."""
    done = CliRunner().invoke(nangmai, ["verify", "ledger", str(path), "--json", *map(str, options)])
    if isinstance(done.exception, Error):
        return done.exception.kind.exit_code, done.exception.as_dict()
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.output)


def test_an_export_holds_as_a_folder_and_as_a_zip(exported: Path, tmp_path: Path) -> None:
    code, report = verify(exported)
    assert (code, report["whole"], report["signed"], report["witnessed"]) == (0, True, True, None)
    assert (report["first"], report["entries"], report["checkpoints"]) == (0, ENTRIES, 3)
    services.export(tmp_path / "export.zip")
    assert verify(tmp_path / "export.zip")[1]["last"] == ENTRIES  # with the entry about the first export


@pytest.mark.parametrize(("first", "last"), [(0, 0), (5, 8), (11, 11), (0, 11), (2, 7)])
def test_a_part_holds_by_itself(exported: Path, tmp_path: Path, first: int, last: int) -> None:
    newest = services.export(tmp_path / "part.zip", first, last)
    (tmp_path / "witnessed.txt").write_text(newest.note, encoding="utf-8")
    code, report = verify(tmp_path / "part.zip", "--checkpoint", tmp_path / "witnessed.txt")
    assert (code, report["entries"], report["witnessed"]) == (0, last - first + 1, True), report


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 2), (0, 99)])
def test_a_part_that_is_not_there_is_not_exported(exported: Path, tmp_path: Path, first: int, last: int) -> None:
    with pytest.raises(NothingToExport):
        services.export(tmp_path / "part", first, last)


def test_the_export_is_an_entry_and_a_checkpoint_was_made_before(exported: Path) -> None:
    row = Entry.objects.first()
    assert row is not None
    assert (row.act, row.said.facts) == ("ledger.exported", {"first": 0, "last": ENTRIES - 1})
    assert Checkpoint.objects.get(size=ENTRIES).note in (exported / "checkpoints.txt").read_text(encoding="utf-8")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_any_altered_byte_of_entries_hashes_or_checkpoints_is_found(exported: Path, data: st.DataObject) -> None:
    path = exported / data.draw(st.sampled_from(["ledger.jsonl", "leaves.bin", "checkpoints.txt"]))
    honest = path.read_bytes()
    at = data.draw(st.integers(0, len(honest) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != honest[at]))
    path.write_bytes(honest[:at] + bytes([byte]) + honest[at + 1 :])
    code, report = verify(exported)
    path.write_bytes(honest)
    assert code != 0
    assert not report.get("holds", False)


def test_a_row_that_was_changed_in_the_database_itself_is_found(exported: Path, tmp_path: Path) -> None:
    from django.db import connection

    row = Entry.objects.get(seq=5)
    with connection.cursor() as cursor:
        name = "ledger_entry_no_update"
        on = " ON ledger_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")
        cursor.execute("UPDATE ledger_entry SET body = %s WHERE seq = 5", [row.body.replace("p-1", "p-9")])
    services.export(tmp_path / "again")
    code, report = verify(tmp_path / "again")
    assert code == 1
    assert [(fault["code"], fault["entry"]) for fault in report["faults"]] == [("entry_altered", 5)]


def test_a_rewrite_with_another_key_is_found_by_the_key_and_by_the_witness(exported: Path, tmp_path: Path) -> None:
    witness, key = tmp_path / "witness.txt", tmp_path / "ledger.pub"
    witness.write_text(Checkpoint.objects.get(size=4).note, encoding="utf-8")
    key.write_text(keys.public_keys()[keys.origin()], encoding="ascii")
    assert verify(exported, "--checkpoint", witness, "--key", key)[0] == 0
    (exported / "keys.json").write_text(json.dumps({keys.origin(): public_key_text(OTHER_KEY.public_key())}))
    from nangmai.custody.ledger import LedgerCheckpoint, read_checkpoint
    from nangmai.custody.note import split_notes

    notes = split_notes((exported / "checkpoints.txt").read_text(encoding="utf-8").splitlines(keepends=True))
    forged = [LedgerCheckpoint(*read_checkpoint(note)).sign(OTHER_KEY) for note in notes]
    (exported / "checkpoints.txt").write_text("".join(forged), encoding="utf-8")
    assert verify(exported)[0] == 0  # its own word, which is why a key or a witness is asked for
    assert verify(exported, "--key", key)[1]["signed"] is False
    code, report = verify(exported, "--checkpoint", witness)
    assert (code, report["witnessed"]) == (1, False)


def test_erasing_what_names_a_person_breaks_nothing(exported: Path, tmp_path: Path) -> None:
    of_five = Disclosure.objects.filter(entry_id=5)
    assert services.erase(of_five, actor="p-1") == 1
    assert not Disclosure.objects.filter(entry_id=5).exists()
    assert Entry.objects.get(seq=5).said.personal.keys() == {"reason"}
    row = Entry.objects.first()
    assert row is not None
    assert (row.act, row.said.facts) == ("disclosure.erased", {"disclosures": [[5, "reason"]]})
    services.export(tmp_path / "after")
    (tmp_path / "before.txt").write_text((exported / "checkpoints.txt").read_text(encoding="utf-8"), encoding="utf-8")
    code, report = verify(tmp_path / "after", "--checkpoint", tmp_path / "before.txt")
    assert (code, report["witnessed"]) == (0, True)
    assert "lý do 5".encode() not in b"".join(part.read_bytes() for part in (tmp_path / "after").iterdir())


def test_erasing_nothing_writes_nothing() -> None:
    before = LedgerHead.objects.get().size
    assert services.erase(Disclosure.objects.none(), actor="p-1") == 0
    assert LedgerHead.objects.get().size == before


def test_a_checkpoint_is_made_every_hour_when_something_was_added() -> None:
    clock = ManualClock()
    append(act="thing.done", actor="p-1", thing="t")
    first = services.checkpoint_when_due(clock=clock)
    assert first is not None
    append(act="thing.done", actor="p-1", thing="t")
    clock.advance(3599 * US_PER_S)
    assert services.checkpoint_when_due(clock=clock) is None
    clock.advance(US_PER_S)
    second = services.checkpoint_when_due(clock=clock)
    assert second is not None
    assert second.size == first.size + 1
    clock.advance(7200 * US_PER_S)
    assert services.checkpoint_when_due(clock=clock) is None
    assert services.checkpoint(clock=clock) == second


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("range.json", None),
        ("range.json", "{"),
        ("range.json", "[]"),
        ("keys.json", "{}"),
        ("keys.json", '{"nangmai.ledger/site": "AAAA"}'),
        ("ledger.jsonl", None),
        ("checkpoints.txt", None),
        ("leaves.bin", None),
    ],
)
def test_an_export_that_is_not_one_is_one_clear_error(exported: Path, name: str, content: str | None) -> None:
    (exported / name).unlink() if content is None else (exported / name).write_text(content)
    code, report = verify(exported)
    assert code == 2
    assert report["error"] in ("export_invalid", "key_unreadable")


def test_a_path_that_is_not_there_or_no_zip_is_one_clear_error(tmp_path: Path) -> None:
    assert verify(tmp_path / "nothing")[1]["error"] == "file_unreadable"
    (tmp_path / "text").write_text("text")
    assert verify(tmp_path / "text")[1]["error"] == "export_invalid"


def test_a_zip_that_is_damaged_is_found(exported: Path, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    services.export(path)
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("ledger.jsonl").header_offset + 60
    damaged = bytearray(path.read_bytes())
    damaged[at : at + 8] = bytes(8)
    path.write_bytes(damaged)
    assert verify(path)[0] != 0


def test_people_are_told_each_answer_by_itself(exported: Path) -> None:
    lines = (exported / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (exported / "ledger.jsonl").write_bytes(b"".join(lines[:4] + lines[5:]))
    done = CliRunner().invoke(nangmai, ["verify", "ledger", str(exported)])
    assert done.exit_code == 1
    assert "whole: Entry 4 is missing." in done.output
    assert "whole:     NO" in done.output
    assert "signed:    yes" in done.output
    assert "witnessed: not asked" in done.output


# -- time-stamps ------------------------------------------------------------------------------------------------------


def stamp(authority: Authority, checkpoint: Checkpoint) -> None:
    token = base64.b64encode(authority.token(checkpoint.note.encode())).decode()
    witnesses.note_witness(checkpoint, "rfc3161", f"http://tsa-{id(authority)}.example.vn", answer=token)


def test_the_time_stamps_of_an_export_are_judged_by_a_trust_file(exported: Path, tmp_path: Path) -> None:
    trust, strange = tmp_path / "tsa.pem", tmp_path / "strange.pem"
    authority, stranger = Authority(), Authority()
    trust.write_bytes(authority.pem)
    strange.write_bytes(stranger.pem)
    code, report = verify(exported, "--timestamp-trust", trust)
    assert (code, report["stamped"], report["faults"][0]["code"]) == (1, False, "timestamp_missing")
    (exported / "timestamps.json").unlink()  # an export of before
    assert verify(exported)[0] == 0
    assert verify(exported, "--timestamp-trust", trust)[1]["stamped"] is False

    first = Checkpoint.objects.order_by("size")[0]
    stamp(authority, first)
    stamp(stranger, first)
    services.export(tmp_path / "stamped.zip")
    code, report = verify(tmp_path / "stamped.zip", "--timestamp-trust", trust)
    assert (code, report["stamped"], report["newest_stamp"]["entries"]) == (0, True, 4)
    assert report["newest_stamp"]["authority"] == "CN=Authority of a test"
    done = CliRunner().invoke(
        nangmai, ["verify", "ledger", str(tmp_path / "stamped.zip"), "--timestamp-trust", str(trust)]
    )
    assert "stamped:   yes (4 entries were there at " in done.output
    assert verify(tmp_path / "stamped.zip")[1]["stamped"] is None


def test_a_time_stamp_of_another_history_or_authority_is_found(exported: Path, tmp_path: Path) -> None:
    authority, trust = Authority(), tmp_path / "tsa.pem"
    trust.write_bytes(authority.pem)
    first, second = Checkpoint.objects.order_by("size")[:2]
    token = base64.b64encode(authority.token(first.note.encode())).decode()
    witnesses.note_witness(second, "rfc3161", "http://tsa.example.vn", answer=token)
    services.export(tmp_path / "moved")
    code, report = verify(tmp_path / "moved", "--timestamp-trust", trust)
    assert code == 1
    assert {fault["code"] for fault in report["faults"]} == {"timestamp_forged", "timestamp_missing"}
    assert (report["whole"], report["signed"]) == (True, True)
    for broken in (b"nothing", b""):
        (tmp_path / "none.pem").write_bytes(broken)
        assert verify(tmp_path / "moved", "--timestamp-trust", tmp_path / "none.pem")[1]["error"] == "trust_unreadable"
    (tmp_path / "moved" / "timestamps.json").write_text('[{"size": "x"}]', encoding="utf-8")
    assert verify(tmp_path / "moved", "--timestamp-trust", trust)[1]["error"] == "export_invalid"
