"""Checkpoints go to where web cannot change them, what was answered is written down, and a failure is tried again."""

from __future__ import annotations

import base64
import hashlib
import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from click.testing import CliRunner
from django.conf import settings
from django.core import mail
from django.test import Client

from nangmai.cli import nangmai
from nangmai.custody.ledger import LedgerCheckpoint
from nangmai.custody.note import split_notes
from nangmai.protocol.keys import public_key_text
from nangmai.web.clockwork.services import turns
from nangmai.web.ledger import services, witnesses
from nangmai.web.ledger.models import Checkpoint, Entry, Witness
from nangmai.web.ledger.services import append
from unit.custody.authority_3161 import Authority, serving
from unit.custody.ledgers import KEY, OTHER_KEY
from unit.web.ledger.mail_server import mail_server

ORIGIN = "nangmai.ledger/another-school"


def signed() -> Checkpoint:
    append(act="thing.done", actor="p-1", thing="t")
    return services.checkpoint()


def test_checkpoints_and_witnesses_come_with_the_clock() -> None:
    assert {"ledger.checkpoint", "ledger.witnesses", "footage.fold_uses"} <= {turn.name for turn in turns()}


def test_nothing_configured_tells_nobody() -> None:
    signed()
    assert witnesses.tell_all() == []
    assert all(state.places == [] for state in witnesses.states())


def test_a_folder_is_appended_to_and_each_checkpoint_goes_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NANGMAI_WITNESS_FOLDER", str(tmp_path))
    (tmp_path / "checkpoints.txt").write_text("kept before\n", encoding="utf-8")
    first = signed()
    assert [told.outcome for told in witnesses.tell_all()] == ["done"]
    assert witnesses.tell_all() == []
    second = signed()
    witnesses.tell_all()
    assert (tmp_path / "checkpoints.txt").read_text(encoding="utf-8") == f"kept before\n{first.note}{second.note}"
    assert list(split_notes([*first.note.splitlines(True), *second.note.splitlines(True)])) == [first.note, second.note]


def test_a_witness_that_fails_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_WITNESS_FOLDER", str(tmp_path / "usb" / "notes.txt"))
    signed()
    (failed,) = witnesses.tell_all()
    assert failed.outcome == "failed"
    assert "No such file" in failed.answer
    (tmp_path / "usb").mkdir()
    assert [told.outcome for told in witnesses.tell_all()] == ["done"]
    assert Witness.objects.count() == 1


def test_a_mail_holds_the_whole_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_WITNESS_MAIL", "phuhuynh@example.vn so@example.vn")
    made = signed()
    assert [told.place for told in witnesses.tell_all()] == ["phuhuynh@example.vn", "so@example.vn"]
    assert [message.to for message in mail.outbox] == [["phuhuynh@example.vn"], ["so@example.vn"]]
    assert mail.outbox[0].body == made.note


def test_another_installation_is_posted_the_note(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda body: (200, b'{"entry": 5}')) as (address, posted):
        monkeypatch.setenv("NANGMAI_WITNESS_NODE", f"{address}/")
        made = signed()
        (told,) = witnesses.tell_all()
    assert posted == [("/ledger/witness", made.note.encode())]
    assert (told.outcome, told.answer) == ("done", '{"entry": 5}')


@pytest.mark.parametrize("place", ["http://127.0.0.1:1", "file:///etc/passwd", "nonsense"])
def test_an_installation_that_is_not_there_is_a_failure_and_no_crash(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("NANGMAI_WITNESS_NODE", place)
    signed()
    assert [told.outcome for told in witnesses.tell_all()] == ["failed"]


def test_a_refusal_of_the_other_installation_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda body: (409, b"no")) as (address, _posted):
        monkeypatch.setenv("NANGMAI_WITNESS_NODE", address)
        signed()
        (told,) = witnesses.tell_all()
    assert told.outcome == "failed"
    assert "409" in told.answer


def stamped(monkeypatch: pytest.MonkeyPatch, answer: Any) -> tuple[Checkpoint, Witness]:
    with serving(lambda body: (200, answer(body))) as (address, _posted):
        monkeypatch.setenv("NANGMAI_WITNESS_RFC3161", address)
        made = signed()
        (told,) = witnesses.tell_all()
    return made, told


def test_a_time_stamp_is_kept_and_is_of_this_very_note(monkeypatch: pytest.MonkeyPatch) -> None:
    made, told = stamped(monkeypatch, Authority().answer)
    assert told.outcome == "done", told.answer
    token = cms.ContentInfo.load(base64.b64decode(told.answer))
    stated = token["content"]["encap_content_info"]["content"].parsed
    assert stated["message_imprint"]["hashed_message"].native == hashlib.sha256(made.note.encode()).digest()


@pytest.mark.parametrize(
    "answer",
    [
        lambda body: Authority().answer(body, nonce=1),
        lambda body: Authority().answer(body, digest=bytes(32)),
        lambda body: Authority().refuse(),
        lambda body: b"nonsense",
        lambda body: b"",
    ],
    ids=["another nonce", "another note", "rejection", "nonsense", "nothing"],
)
def test_a_time_stamp_of_anything_else_is_not_kept(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    assert stamped(monkeypatch, answer)[1].outcome == "failed"


def note(size: int, root: bytes = bytes(32), key: Any = KEY) -> str:
    return LedgerCheckpoint(ORIGIN, size, root).sign(key)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_WITNESS_FOR", f"{ORIGIN}={public_key_text(KEY.public_key())}")


def post(text: str) -> Any:
    return Client().post("/ledger/witness", text.encode(), content_type="text/plain")


@pytest.mark.usefixtures("trusted")
def test_the_checkpoint_of_another_ledger_is_kept_in_this_one_once() -> None:
    answer = post(note(5))
    assert answer.status_code == 200
    row = Entry.objects.get(pk=answer.json()["entry"])
    assert (row.act, row.actor, row.thing) == ("checkpoint.witnessed", f"node:{ORIGIN}", f"ledger:{ORIGIN}")
    assert row.said.facts == {"size": 5, "note": note(5)}
    assert post(note(5)).json()["entry"] == row.seq
    assert post(note(9)).json()["entry"] == row.seq + 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("other", [note(5, root=b"\1" * 32), note(4)])
def test_another_history_is_refused_and_written_down(other: str) -> None:
    post(note(5))
    answer = post(other)
    assert answer.status_code == 409
    assert answer.json()["error"] == "checkpoint_forked"
    newest = Entry.objects.first()
    assert newest is not None
    assert (newest.outcome, newest.said.facts["note"]) == ("refused", other)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("text", [note(5, key=OTHER_KEY), note(5).replace("another", "third"), "nonsense", ""])
def test_a_checkpoint_of_a_stranger_is_not_kept(text: str) -> None:
    assert post(text).status_code >= 400
    assert not Entry.objects.filter(act="checkpoint.witnessed").exists()


def test_with_a_trust_file_the_token_of_a_stranger_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority, trust = Authority(), tmp_path / "tsa.pem"
    trust.write_bytes(authority.pem)
    monkeypatch.setenv("NANGMAI_WITNESS_RFC3161_TRUST", str(trust))
    assert stamped(monkeypatch, authority.answer)[1].outcome == "done"
    told = stamped(monkeypatch, Authority().answer)[1]
    assert (told.outcome, "no trusted certificate" in told.answer) == ("failed", True)
    monkeypatch.setenv("NANGMAI_WITNESS_RFC3161_TRUST", str(tmp_path / "none.pem"))
    assert stamped(monkeypatch, authority.answer)[1].outcome == "failed"


def test_a_token_whose_signature_is_wrong_is_not_kept_even_without_a_trust_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forged(body: bytes) -> bytes:
        answer = Authority().answer(body)
        return answer[:-1] + bytes([answer[-1] ^ 1])

    told = stamped(monkeypatch, forged)[1]
    assert told.outcome == "failed"


def test_a_mail_server_takes_the_note_over_smtp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = signed()
    monkeypatch.setenv("NANGMAI_WITNESS_MAIL", "phuhuynh@example.vn")
    with mail_server(refuses=False) as server:
        monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
        monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
        monkeypatch.setattr(settings, "EMAIL_PORT", server.port)
        assert [told.outcome for told in witnesses.tell_all()] == ["done"]
    (message,) = server.messages
    read = message_from_bytes(message.content, policy=default)
    assert (message.recipients, read["To"]) == (["phuhuynh@example.vn"], "phuhuynh@example.vn")
    assert read.get_content().replace("\r\n", "\n") == made.note
    kept = tmp_path / "mail.txt"
    kept.write_bytes(read.get_content().encode())  # with the line ends of mail
    services.export(tmp_path / "export.zip")
    asked = ["verify", "ledger", str(tmp_path / "export.zip"), "--checkpoint", str(kept), "--json"]
    report = json.loads(CliRunner().invoke(nangmai, asked).output)
    assert (report["holds"], report["witnessed"]) == (True, True)


def test_a_mail_server_that_refuses_is_a_failure_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    signed()
    monkeypatch.setenv("NANGMAI_WITNESS_MAIL", "phuhuynh@example.vn")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    with mail_server(refuses=True) as server:
        monkeypatch.setattr(settings, "EMAIL_PORT", server.port)
        (told,) = witnesses.tell_all()
    assert told.outcome == "failed"
    assert "550" in told.answer
    (again,) = witnesses.tell_all()  # nobody listens any more
    assert again.outcome == "failed"
