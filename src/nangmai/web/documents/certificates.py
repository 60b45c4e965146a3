"""The site's own small authority and the software keys of its people: files below `keys/`, encrypted at rest.

A key is P-256 with SHA-256; a certificate (RFC 5280) names the person and the institution. It proves that this site
knew the person when the paper was signed, nothing to strangers: that is level L0 (docs/design/documents.md).
"""

from __future__ import annotations

import dataclasses
import datetime
import secrets
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID
from django.conf import settings

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.environment import write_private

AUTHORITY_LIFE = datetime.timedelta(days=20 * 365)
PERSON_LIFE = datetime.timedelta(days=3 * 365)
#: a certificate begins before the moment it was made: clocks of those who check it differ
EARLIER = datetime.timedelta(days=1)
MAX_COMMON_NAME = 64  # RFC 5280, Appendix A, ub-common-name


class SigningKeyUnreadable(Error):
    """The signing key {name} cannot be read. Restore the folder keys/ from a backup, together with site.secret."""

    kind: ClassVar[Kind] = Kind.CORRUPT


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """A private key and the certificate that goes with it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def authority(institution: str, now: datetime.datetime) -> Identity:
    """The site's authority, made at the first signature of all."""
    path = _folder() / "authority.pem"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"nangmai {secrets.token_hex(4)}", institution)
        builder = _builder(name, name, key, now, AUTHORITY_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(is_authority=True), critical=True)
        _write(path, Identity(key, builder.sign(key, hashes.SHA256())))
    return _read(path)


def person_identity(user: User, institution: str, now: datetime.datetime) -> Identity:
    """The person's key: made at the first signature, again when the certificate has run out or the name has changed."""
    folder = _folder() / "people"
    common_name = user.display_name[:MAX_COMMON_NAME]
    for path in sorted(folder.glob(f"p-{user.pk}-*.pem"), reverse=True):
        known = _read(path)
        names = known.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if names[0].value == common_name and now < known.certificate.not_valid_after_utc:
            return known
    issuer = authority(institution, now)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name, institution, f"p-{user.pk}")
    builder = _builder(name, issuer.certificate.subject, key, now, PERSON_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(is_authority=False), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
    )
    path = folder / f"p-{user.pk}-{now:%Y%m%dT%H%M%S}.pem"
    _write(path, Identity(key, builder.sign(issuer.key, hashes.SHA256())))
    return _read(path)


def trusted_roots() -> list[bytes]:
    """The certificates that signatures are judged by: the site's own, and those an installation adds (PEM)."""
    own = _folder() / "authority.pem"
    paths = [own] if own.exists() else []
    if settings.SIGNATURE_ROOTS:
        paths.append(Path(settings.SIGNATURE_ROOTS))
    roots: list[bytes] = []
    for path in paths:
        try:
            certificates = x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as error:
            raise SigningKeyUnreadable(name=path.name) from error
        roots += [certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates]
    return roots


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "keys"


def _name(common_name: str, institution: str, serial: str = "") -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, institution[:MAX_COMMON_NAME]),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    return x509.Name(attributes + ([x509.NameAttribute(NameOID.SERIAL_NUMBER, serial)] if serial else []))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
    life: datetime.timedelta,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - EARLIER).not_valid_after(now + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _passphrase(name: str) -> bytes:
    """Derived for each file from the secret of the site (HKDF, RFC 5869): a copied key alone is of no use."""
    path = _folder() / "site.secret"
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise SigningKeyUnreadable(name=path.name) from error
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=f"nangmai signing key {name}".encode()).derive(secret)
    return derived.hex().encode()


def _write(path: Path, identity: Identity) -> None:
    encryption = serialization.BestAvailableEncryption(_passphrase(path.name))
    pem = identity.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    write_private(path, pem + identity.certificate.public_bytes(serialization.Encoding.PEM))


def _read(path: Path) -> Identity:
    try:
        pem = path.read_bytes()
        key = serialization.load_pem_private_key(pem, _passphrase(path.name))
        certificate = x509.load_pem_x509_certificate(pem)
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyUnreadable(name=path.name) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SigningKeyUnreadable(name=path.name)
    return Identity(key, certificate)
