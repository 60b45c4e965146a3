"""A CA of one's own, and a server certificate that browsers accept when they trust it."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509

from nangmai.gateway.certificates import (
    CertificateUnusable,
    ensure_certificate,
    machine_names,
    server_context,
)
from unit.gateway.servers import gateway_before, served, told

NAMES = ["localhost", "127.0.0.1", "::1", "máy-chủ.local"]


def test_keys_are_private_and_the_ca_is_not(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path / "tls", NAMES)
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls/ca.key").stat().st_mode & 0o777 == 0o600
    assert files.ca.stat().st_mode & 0o777 == 0o644


def test_a_browser_that_trusts_the_ca_is_served_over_tls(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, NAMES)
    trusting = ssl.create_default_context(cafile=str(files.ca))

    async def scenario() -> None:
        tls = server_context(files.certificate, files.key)
        async with (
            served(told) as port,
            gateway_before(port, tls=tls, ca=files.ca) as it,
            aiohttp.ClientSession() as session,
        ):
            async with session.get(it.url, ssl=trusting) as answer:
                assert dict((await answer.json())["headers"])["x-forwarded-proto"] == "https"
            async with session.get(f"{it.url}/ca.crt", ssl=trusting) as answer:
                assert (
                    x509.load_pem_x509_certificate(await answer.read())
                    .subject.rfc4514_string()
                    .startswith("CN=nangmai")
                )
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await session.get(it.url, ssl=ssl.create_default_context())

    asyncio.run(asyncio.wait_for(scenario(), 30))


def test_a_second_start_keeps_everything(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, NAMES)
    before = [path.read_bytes() for path in (files.ca, files.certificate, files.key)]
    ensure_certificate(tmp_path, NAMES)
    assert [path.read_bytes() for path in (files.ca, files.certificate, files.key)] == before


def test_a_new_name_or_a_near_end_renews_the_certificate_under_the_same_ca(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, NAMES)
    ca, first = files.ca.read_bytes(), files.certificate.read_bytes()
    ensure_certificate(tmp_path, [*NAMES, "10.1.2.3"])
    second = files.certificate.read_bytes()
    ensure_certificate(tmp_path, NAMES, datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=380))
    assert len({first, second, files.certificate.read_bytes()}) == 3
    assert files.ca.read_bytes() == ca


def test_a_certificate_lasts_no_longer_than_browsers_allow(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, NAMES)
    certificate = x509.load_pem_x509_certificates(files.certificate.read_bytes())[0]
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= datetime.timedelta(days=398)


def test_a_file_that_is_no_certificate_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("nonsense", encoding="utf-8")
    (tmp_path / "ca.key").write_text("nonsense", encoding="utf-8")
    with pytest.raises(CertificateUnusable, match="cannot be used"):
        ensure_certificate(tmp_path, NAMES)
    with pytest.raises(CertificateUnusable):
        server_context(tmp_path / "ca.crt", tmp_path / "ca.key")
    with pytest.raises(CertificateUnusable):
        server_context(tmp_path / "none.crt", tmp_path / "none.key")


def test_this_machine_has_names() -> None:
    names = machine_names()
    assert {"localhost", "127.0.0.1", "::1"} <= set(names)
    assert len(names) == len(set(names))
