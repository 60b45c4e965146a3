"""Time stamps of an authority, asked over HTTP, and keys on a token."""

from __future__ import annotations

import datetime
import http.server
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from nangmai.web.accounts.models import User
from nangmai.web.documents import certificates, files, services, signing, tokens, verification
from unit.web.documents.conftest import clock_at

SOFTHSM_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
STAMPED = datetime.datetime(2026, 2, 6, 5, 0, 3, tzinfo=datetime.UTC)


def authority() -> tuple[DummyTimeStamper, bytes]:
    """One that certifies itself, and its certificate (DER)."""
    key = rsa.generate_private_key(65537, 2048)  # the authority of pyHanko speaks RSA alone
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time authority of a test")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(STAMPED - datetime.timedelta(days=1))
    builder = builder.not_valid_after(STAMPED + datetime.timedelta(days=3650))
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    der = (
        builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    )
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        asn1_x509.Certificate.load(der), asn1_keys.PrivateKeyInfo.load(plain), fixed_dt=STAMPED
    ), der


@pytest.fixture
def asked() -> Iterator[tuple[str, bytes]]:
    """The address of an authority that answers, and its certificate."""
    stamper, certificate = authority()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = stamper.request_tsa_response(question).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", certificate
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_signature_carries_the_time_stamp_of_the_authority(
    asked: tuple[str, bytes], issue: Callable[..., Any], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, certificate = asked
    monkeypatch.setattr("django.conf.settings.TIMESTAMP_AUTHORITY", address)
    paper = services.sign(issue("guard"), by=people["guard"], factor="totp", clock=clock_at(2026, 2, 6))
    (judged,) = verification.judge(files.load(paper.pdf_sha256), [*certificates.trusted_roots(), certificate])
    assert judged.holds
    assert judged.stamped_at == STAMPED


def test_a_paper_is_not_signed_when_the_authority_does_not_answer(
    issue: Callable[..., Any], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = issue("guard")
    for address in ("http://127.0.0.1:9/", "file:///etc/hostname"):
        monkeypatch.setattr("django.conf.settings.TIMESTAMP_AUTHORITY", address)
        with pytest.raises(signing.SigningFailed):
            services.sign(paper, by=people["guard"], factor="totp", clock=clock_at(2026, 2, 6))
    paper.refresh_from_db()
    assert paper.state == "unsigned"


SOFTHSM = next((path for path in map(Path, SOFTHSM_PLACES) if path.exists()), None)


@pytest.mark.skipif(
    SOFTHSM is None or shutil.which("softhsm2-util") is None or find_spec("pkcs11") is None,
    reason="SoftHSM (softhsm2) or python-pkcs11 is not installed",
)
def test_a_person_with_a_token_signs_with_it_and_the_key_stays_there(
    issue: Callable[..., Any], people: dict[str, User], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    identity = certificates.person_identity(people["guard"], "Trường Mầm non Nắng Mai", STAMPED)
    fill_token(identity, tmp_path, monkeypatch)
    monkeypatch.setattr("django.conf.settings.PKCS11_MODULE", str(SOFTHSM))
    monkeypatch.setattr("django.conf.settings.PKCS11_TOKEN", "papers")
    monkeypatch.setattr("django.conf.settings.PKCS11_PIN", "1234")
    monkeypatch.setattr("django.conf.settings.PKCS11_PEOPLE", ["guard"])
    paper = services.sign(issue("guard"), by=people["guard"], factor="totp", clock=clock_at(2026, 2, 6))
    assert paper.fields.get().level == signing.TOKEN
    (judged,) = verification.judge(files.load(paper.pdf_sha256), certificates.trusted_roots())
    assert judged.holds


def fill_token(identity: certificates.Identity, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in files, with the person's key and certificate under the account name."""
    import pkcs11

    (folder / "tokens").mkdir()
    (folder / "softhsm.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n", "utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm.conf"))
    pem = identity.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(pem)
    module = ["--module", str(SOFTHSM)]
    for step in (
        ["--init-token", "--free", "--label", "papers", "--so-pin", "5678", "--pin", "1234"],
        ["--import", str(folder / "key.pem"), "--token", "papers", "--label", "guard", "--id", "01", "--pin", "1234"],
    ):
        subprocess.run(["softhsm2-util", *module, *step], check=True, capture_output=True)
    token = pkcs11.lib(str(SOFTHSM)).get_token(token_label="papers")
    with token.open(rw=True, user_pin="1234") as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: "guard",
                pkcs11.Attribute.ID: b"\x01",
                pkcs11.Attribute.SUBJECT: identity.certificate.subject.public_bytes(),
                pkcs11.Attribute.VALUE: identity.certificate.public_bytes(serialization.Encoding.DER),
            }
        )


def test_only_the_people_named_sign_with_a_token(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    assert not tokens.is_for(people["guard"])
    monkeypatch.setattr("django.conf.settings.PKCS11_MODULE", "/nowhere/libtoken.so")
    monkeypatch.setattr("django.conf.settings.PKCS11_PEOPLE", ["guard"])
    assert tokens.is_for(people["guard"])
    assert not tokens.is_for(people["vice"])


def test_a_token_that_cannot_be_used_is_one_clear_error_and_nothing_is_signed(
    issue: Callable[..., Any], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.PKCS11_MODULE", "/nowhere/libtoken.so")
    monkeypatch.setattr("django.conf.settings.PKCS11_PEOPLE", ["guard"])
    paper = issue("guard")
    expected = tokens.TokenSupportMissing if find_spec("pkcs11") is None else tokens.TokenUnusable
    with pytest.raises(expected):
        services.sign(paper, by=people["guard"], factor="totp", clock=clock_at(2026, 2, 6))
    paper.refresh_from_db()
    assert paper.state == "unsigned"
