"""Papers are signed one after another; a changed byte is found by a judge who knows nothing of the signing code."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509  # noqa: F401 - the judge needs it

from nangmai.web.accounts.models import User
from nangmai.web.documents import certificates, files, services, verification
from nangmai.web.ledger.models import Entry
from nangmai.web.regulation.authorities import Refused, RefusedUnless
from unit.web.documents.conftest import clock_at
from unit.web.roles import Role

SIGNED = clock_at(2026, 2, 6)


@pytest.fixture
def signed(issue: Callable[..., Any], people: dict[str, User]) -> Any:
    """A report signed by two."""
    paper = issue("principal", "guard")
    paper = services.sign(paper, by=people["guard"], factor="totp", clock=SIGNED)
    return services.sign(paper, by=people["principal"], factor="passkey", clock=clock_at(2026, 2, 7))


def judged(pdf: bytes) -> list[verification.Judgement]:
    return verification.judge(pdf, certificates.trusted_roots())


def test_two_people_sign_one_after_another_and_both_signatures_hold(signed: Any) -> None:
    first, second = judged(files.load(signed.pdf_sha256))
    assert (first.signer, second.signer) == ("Đỗ Văn Bằng", "Trần Thị Mai")
    assert first.holds
    assert second.holds
    assert first.signed_at is not None
    assert first.signed_at.isoformat() == "2026-02-06T12:00:00+07:00"
    assert signed.state == "in_force"


def test_every_field_is_there_before_the_first_signature(issue: Callable[..., Any]) -> None:
    paper = issue("principal", "guard")
    assert verification.field_names(files.load(paper.pdf_sha256)) == ["signer-1", "signer-2"]
    assert judged(files.load(paper.pdf_sha256)) == []


def test_a_signature_adds_to_the_file_and_changes_nothing_before(signed: Any) -> None:
    issued = files.load(signed.issued_sha256)
    assert files.load(signed.pdf_sha256).startswith(issued)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_changed_byte_is_found(signed: Any, share: float) -> None:
    pdf = bytearray(files.load(signed.pdf_sha256))
    pdf[int(len(files.load(signed.issued_sha256)) * share)] ^= 1
    assert not any(one.is_intact for one in judged(bytes(pdf)))


def test_a_file_changed_on_disk_is_refused(signed: Any) -> None:
    path = files.path_of(signed.pdf_sha256)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(files.PaperFileDamaged):
        files.load(signed.pdf_sha256)


def test_a_signature_of_another_site_is_intact_but_not_trusted(signed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.is_intact for one in verification.judge(files.load(signed.pdf_sha256), [])] == [True, True]
    assert not any(one.is_trusted for one in verification.judge(files.load(signed.pdf_sha256), []))


def test_text_added_after_a_signature_is_found(signed: Any) -> None:
    assert not any(one.is_intact for one in judged(with_a_note(files.load(signed.pdf_sha256))))


def with_a_note(pdf: bytes) -> bytes:
    """The file with another title of the first page's content, as an incremental update."""
    import io

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stream = generic.StreamObject(stream_data=b"0 0 100 100 re f")
    writer.add_stream_to_page(0, writer.add_object(stream))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def test_nobody_signs_twice_or_for_another(issue: Callable[..., Any], people: dict[str, User]) -> None:
    paper = issue("guard")
    with pytest.raises(services.NothingToSign):
        services.sign(paper, by=people["vice"], factor="totp", clock=SIGNED)
    services.sign(paper, by=people["guard"], factor="totp", clock=SIGNED)
    with pytest.raises(services.NothingToSign):
        services.sign(paper, by=people["guard"], factor="totp", clock=SIGNED)


def test_a_signature_without_a_second_proof_is_refused(issue: Callable[..., Any], people: dict[str, User]) -> None:
    with pytest.raises(RefusedUnless) as told:
        services.sign(issue("guard"), by=people["guard"], factor="", clock=SIGNED)
    assert told.value.clause == "Đ4.3"


def test_whom_the_text_lets_sign_no_paper_is_refused_with_its_clause_and_the_ledger_keeps_it(
    issue: Callable[..., Any], people: dict[str, User], make_user: Callable[..., User]
) -> None:
    people["editor"] = make_user(Role.WEB_EDITOR)
    paper = issue("editor")
    with pytest.raises(Refused) as told:
        services.sign(paper, by=people["editor"], factor="totp", clock=SIGNED)
    assert told.value.clause == "Đ4.3"
    entry = Entry.objects.get(act="document.sign", outcome="refused")
    assert (entry.thing, entry.clauses.split()) == (f"document:{paper.token}", ["Đ4.3"])
    assert paper.fields.get().signed_at is None


def test_a_signature_names_the_clause_and_the_assignment_it_rests_on(signed: Any) -> None:
    for entry in Entry.objects.filter(act="document.signed"):
        told = json.loads(entry.body)
        assert told["clauses"] == ["Đ4.3"]
        assert told["assignment"].startswith("a-")


def test_an_annulled_paper_is_not_signed(issue: Callable[..., Any], people: dict[str, User]) -> None:
    paper = issue("guard")
    services.annul(paper, by=people["principal"], reason="Sai số liệu", clock=SIGNED)
    with pytest.raises(services.PaperAnnulled):
        services.sign(paper, by=people["guard"], factor="totp", clock=SIGNED)
    with pytest.raises(services.PaperAnnulled):
        services.annul(paper, by=people["principal"], reason="Lần nữa", clock=SIGNED)


def test_annulling_needs_a_reason_and_names_the_paper_in_its_place(
    issue: Callable[..., Any], people: dict[str, User]
) -> None:
    old, new = issue(), issue()
    with pytest.raises(services.ReasonMissing):
        services.annul(old, by=people["principal"], reason=" ", clock=SIGNED)
    annulled = services.annul(old, by=people["principal"], reason="Thay thế", replaced_by=new, clock=SIGNED)
    assert (annulled.state, annulled.replaced_by) == ("annulled", new)


def test_each_act_is_in_the_ledger(signed: Any, people: dict[str, User]) -> None:
    services.annul(signed, by=people["principal"], reason="Sai số liệu", clock=SIGNED)
    acts = list(Entry.objects.filter(thing=f"document:{signed.token}").order_by("seq").values_list("act", flat=True))
    assert acts == ["document.issued", "document.signed", "document.signed", "document.annulled"]


def test_keys_lie_encrypted_and_only_their_owner_reads_the_files(signed: Any, data_folder: Path) -> None:
    paths = [data_folder / "keys/authority.pem", *(data_folder / "keys/people").glob("p-*.pem")]
    assert len(paths) >= 3
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "BEGIN ENCRYPTED PRIVATE KEY" in path.read_text("ascii")


def test_a_person_keeps_the_key_until_it_runs_out(people: dict[str, User]) -> None:
    def identity(year: int) -> certificates.Identity:
        at = clock_at(year, 3, 1).wall_us() / 1e6
        import datetime

        moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
        return certificates.person_identity(people["vice"], "Trường Mầm non Nắng Mai", moment)

    assert identity(2026).fingerprint == identity(2027).fingerprint
    assert identity(2026).fingerprint != identity(2031).fingerprint


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
def test_another_reader_finds_both_signatures_valid(signed: Any) -> None:
    told = subprocess.run(
        ["pdfsig", "-nocert", str(files.path_of(signed.pdf_sha256))], capture_output=True, text=True, check=False
    ).stdout
    assert told.count("Signature is Valid.") == 2
    assert "Not total document signed" in told  # the first one, before the second was added
