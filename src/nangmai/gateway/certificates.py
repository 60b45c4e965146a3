"""TLS for a school without a certificate: a CA of its own, made at first start, and a server certificate signed by it.

WebCodecs, passkeys and WebCrypto exist only in a secure context, so a gateway that others than this machine can reach
speaks TLS by default. Both keys are files with mode 0600; who holds the CA's key could pose as any site to those who
trust it, so it stays where the archive's owner already rules.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nangmai.base.errors import Error, Kind

CA_LIFE = datetime.timedelta(days=3650)
SERVER_LIFE = datetime.timedelta(days=397)  # browsers refuse longer ones
RENEW_BEFORE = datetime.timedelta(days=30)
BACKDATED = datetime.timedelta(hours=24)  # a telephone whose clock is behind should not be frightened


class CertificateUnusable(Error):
    """The certificate {path} cannot be used: {reason}."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True)
class LocalCa:
    """The files of a folder: `ca.crt` for browsers, the rest for the gateway alone."""

    folder: Path

    @property
    def ca(self) -> Path:
        """What people install."""
        return self.folder / "ca.crt"

    @property
    def certificate(self) -> Path:
        """What the server shows."""
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        """What the server proves it with."""
        return self.folder / "server.key"


def machine_names() -> list[str]:
    """The names and addresses under which people may reach this machine."""
    host = socket.gethostname()
    names = ["localhost", "127.0.0.1", "::1", host, f"{host}.local"]
    with contextlib.suppress(OSError):  # the name may resolve nowhere; the route below still tells an address
        names += [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    names.append(_outward_address())
    return list(dict.fromkeys(name.split("%")[0] for name in names if name))


def _outward_address() -> str:
    """The address of the interface with the default route; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def ensure_certificate(folder: Path, names: Sequence[str], now: datetime.datetime | None = None) -> LocalCa:
    """Make what is missing, ends soon, or names other hosts than `names`; the CA is kept as long as it lasts."""
    now = now or datetime.datetime.now(datetime.UTC)
    files = LocalCa(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ca_key, ca = _ensure_ca(files, now)
        if not _is_good(files, ca, names, now):
            _make_server(files, ca_key, ca, names, now)
    except (OSError, ValueError) as error:
        raise CertificateUnusable(path=folder, reason=str(error)) from error
    return files


def _ensure_ca(files: LocalCa, now: datetime.datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_path = files.folder / "ca.key"
    if files.ca.exists() and key_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(files.ca.read_bytes())
        if isinstance(key, ec.EllipticCurvePrivateKey) and certificate.not_valid_after_utc > now + RENEW_BEFORE:
            return key, certificate
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"nangmai CA {socket.gethostname()}"[:64])])
    certificate = (
        _builder(name, name, key.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _pem(key), 0o600)
    _write(files.ca, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return key, certificate


def _is_good(files: LocalCa, ca: x509.Certificate, names: Sequence[str], now: datetime.datetime) -> bool:
    if not (files.certificate.exists() and files.key.exists()):
        return False
    certificate = x509.load_pem_x509_certificates(files.certificate.read_bytes())[0]
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    is_current = certificate.not_valid_after_utc > now + RENEW_BEFORE and certificate.issuer == ca.subject
    return is_current and {name.value for name in _alternative(names)} <= {name.value for name in held}


def _make_server(
    files: LocalCa,
    ca_key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    names: Sequence[str],
    now: datetime.datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, socket.gethostname()[:64])])
    certificate = (
        _builder(subject, ca.subject, key.public_key(), now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternative(names)), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM) + ca.public_bytes(serialization.Encoding.PEM)
    _write(files.key, _pem(key), 0o600)
    _write(files.certificate, chain, 0o644)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime.datetime,
    life: datetime.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now - BACKDATED + life)
    )


def _alternative(names: Iterable[str]) -> list[x509.GeneralName]:
    alternatives: list[x509.GeneralName] = []
    for name in names:
        try:
            alternatives.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            alternatives.append(x509.DNSName(name.encode("idna").decode("ascii")))
    return alternatives


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Replace the file in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    part.replace(path)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and later with this certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise CertificateUnusable(path=certificate, reason=error.strerror or str(error)) from error
    return context
