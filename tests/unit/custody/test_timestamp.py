"""Time-stamp tokens of an authority of our own and of OpenSSL's: what holds, and everything that must not."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st

from nangmai.custody.timestamp import TimestampForged, TrustUnreadable, read_trust, verify_token
from unit.custody.authority_3161 import Authority

CONTENT = b"nangmai.ledger/truong\n5\nAAAA\n"
AUTHORITY = Authority()
TOKEN = AUTHORITY.token(CONTENT)


def reason(token: bytes, content: bytes = CONTENT, trusted: object = AUTHORITY.trusted) -> str:
    with pytest.raises(TimestampForged) as error:
        verify_token(token, content, trusted)  # type: ignore[arg-type]
    return str(error.value)


def test_an_honest_token_proves_the_moment_and_the_authority() -> None:
    stamp = verify_token(TOKEN, CONTENT, AUTHORITY.trusted)
    assert stamp.is_trusted
    assert stamp.authority == "CN=Authority of a test"
    assert abs(stamp.at_us - AUTHORITY.now.timestamp() * 1_000_000) < 10_000_000
    assert not verify_token(TOKEN, CONTENT).is_trusted


def test_a_token_of_another_content_or_authority_does_not_hold() -> None:
    assert "something else" in reason(TOKEN, CONTENT + b"!")
    assert "no trusted certificate" in reason(TOKEN, trusted=Authority().trusted)
    assert "no trusted certificate" in reason(TOKEN, trusted=())


@pytest.mark.parametrize(
    ("authority", "said"),
    [
        (Authority(is_for_stamps=False), "not for time-stamping"),
        (Authority(is_critical=False), "not for time-stamping"),
        (Authority(days=-1), "not valid"),
        (Authority(names_certificate=False), "does not name"),
        (Authority(is_issued_by_ca=False), "no trusted certificate"),
    ],
)
def test_a_certificate_that_may_not_stamp_does_not(authority: Authority, said: str) -> None:
    assert said in reason(authority.token(CONTENT), trusted=authority.trusted)


def test_a_certificate_whose_number_is_below_zero_is_refused() -> None:
    number = cms.ContentInfo.load(TOKEN)["content"]["certificates"][0].chosen["tbs_certificate"]["serial_number"]
    at = TOKEN.index(number.dump()) + 2
    assert "no number" in reason(TOKEN[:at] + bytes([TOKEN[at] | 0x80]) + TOKEN[at + 1 :])


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_any_altered_byte_is_noticed_or_changes_nothing_that_is_proven(at: int, change: int) -> None:
    altered = TOKEN[:at] + bytes([TOKEN[at] ^ change]) + TOKEN[at + 1 :]
    try:
        stamp = verify_token(altered, CONTENT, AUTHORITY.trusted)
    except TimestampForged:
        return
    assert stamp == verify_token(TOKEN, CONTENT, AUTHORITY.trusted)


@given(st.binary(max_size=200))
def test_nonsense_is_one_error(token: bytes) -> None:
    with pytest.raises(TimestampForged):
        verify_token(token, CONTENT)


def test_a_trust_file_without_certificates_is_one_error() -> None:
    with pytest.raises(TrustUnreadable):
        read_trust(b"nothing", "trust.pem")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is not on this machine")
def test_a_token_that_openssl_made_holds(tmp_path: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "note").write_bytes(CONTENT)
    (tmp_path / "serial").write_text("01\n", encoding="ascii")
    (tmp_path / "ts.cnf").write_text(
        "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ndefault_policy=1.2.3.4\ndigests=sha256\nsigner_digest=sha256\n"
        "ordering=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n"
        "[req]\ndistinguished_name=dn\nx509_extensions=x\n[dn]\n"
        "[x]\nextendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n",
        encoding="ascii",
    )
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "cert", "-subj", "/CN=TSA",
            "-config", "ts.cnf", "-days", "2")  # fmt: skip
    openssl("ts", "-query", "-data", "note", "-sha256", "-cert", "-out", "query", "-config", "ts.cnf")
    openssl("ts", "-reply", "-queryfile", "query", "-signer", "cert", "-inkey", "key", "-out", "token", "-token_out",
            "-config", "ts.cnf")  # fmt: skip
    trusted = read_trust((tmp_path / "cert").read_bytes(), "cert")
    stamp = verify_token((tmp_path / "token").read_bytes(), CONTENT, trusted)
    assert stamp.authority == "CN=TSA"
    age_s = datetime.datetime.now(datetime.UTC).timestamp() - stamp.at_us / 1_000_000
    assert 0 <= age_s < 600
