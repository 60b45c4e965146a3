"""RFC 3161 time-stamps judged offline: whether a token is of this content, truly signed, and by whom it is trusted.

Owns what has to hold of a token (RFC 3161 §2.4.2, RFC 5652 §5.4, RFC 5816) and of the certificates behind it. Pure: the
token, the content and the trusted certificates are given. Revocation is not asked: that takes a network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_datetime

LONGEST_CHAIN = 8
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class TimestampForged(Error):
    """The time-stamp does not hold: {reason}."""

    kind: ClassVar[Kind] = Kind.CORRUPT


class TrustUnreadable(Error):
    """{place} holds no certificates. Give those of the time-stamp authorities you trust, in PEM."""

    kind: ClassVar[Kind] = Kind.INVALID


class Stamp(NamedTuple):
    """What a token proves: the content was there at this moment, says this authority."""

    at_us: int
    authority: str
    is_trusted: bool  #: a trusted certificate stands behind it; False: only that its signature is right was asked


#: what the readers of ASN.1 and of certificates say of bytes that are none
_UNREADABLE = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm),
)


def read_trust(pem: bytes, place: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a trust file."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise TrustUnreadable(place=place) from error


def verify_token(token: bytes, content: bytes, trusted: Sequence[x509.Certificate] | None = None) -> Stamp:
    """What the token proves of the content; without `trusted` it is not asked who the authority is."""
    try:
        return _verify(token, content, trusted)
    except _UNREADABLE as error:
        raise TimestampForged(reason="it is no time-stamp token") from error


def _verify(token: bytes, content: bytes, trusted: Sequence[x509.Certificate] | None) -> Stamp:
    found = cms.ContentInfo.load(token, strict=True)
    _hold(found["content_type"].native == "signed_data", "it is no signed data")
    signed = found["content"]
    encapsulated = signed["encap_content_info"]
    _hold(encapsulated["content_type"].native == "tst_info", "what it signs is no time-stamp")
    stated = bytes(encapsulated["content"])
    info = tsp.TSTInfo.load(stated, strict=True)
    imprint = info["message_imprint"]
    _hold(
        imprint["hash_algorithm"]["algorithm"].native == "sha256"
        and imprint["hashed_message"].native == hashlib.sha256(content).digest(),
        "it is of something else",
    )
    _hold(len(signed["signer_infos"]) == 1, "it has not one signer")
    signer = signed["signer_infos"][0]
    given = [_certificate(one.chosen) for one in signed["certificates"] or ()]
    certificate = _signer_of(signer, [*given, *(trusted or ())])
    _check_attributes(signer, stated, certificate)
    _check_signature(signer, certificate)
    at: datetime = info["gen_time"].native
    _check_purpose(certificate, at)
    if trusted is not None:
        _check_chain(certificate, given, trusted, at)
    return Stamp(us_from_datetime(at), certificate.subject.rfc4514_string(), trusted is not None)


def _certificate(found: Any) -> x509.Certificate:
    """One that came with the token; its number is positive (RFC 5280 §4.1.2.2), which readers will insist on."""
    _hold(found.serial_number > 0, "a certificate in it has no number")
    return x509.load_der_x509_certificate(found.dump())


def _hold(is_so: bool, reason: str) -> None:
    if not is_so:
        raise TimestampForged(reason=reason)


def _signer_of(signer: Any, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    named = signer["sid"].chosen
    for certificate in certificates:
        if signer["sid"].name == "issuer_and_serial_number":
            is_it = certificate.serial_number == named["serial_number"].native
            is_it = is_it and certificate.issuer.public_bytes() == named["issuer"].dump()
        else:
            keys = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            is_it = keys.value.digest == named.native
        if is_it:
            return certificate
    raise TimestampForged(reason="the certificate of its signer is not there")


def _check_attributes(signer: Any, stated: bytes, certificate: x509.Certificate) -> None:
    """What the signature covers has to name this content and this certificate (RFC 5652 §11, RFC 5816)."""
    attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    digest = hashlib.new(_hash_name(signer), stated).digest()
    _hold(attributes["content_type"].native == "tst_info", "its signature is of another kind of content")
    _hold(attributes["message_digest"].native == digest, "what it states was changed")
    der = certificate.public_bytes(Encoding.DER)
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"]["certs"][0]
        known = hashlib.new(named["hash_algorithm"]["algorithm"].native, der).digest()
    else:
        _hold("signing_certificate" in attributes, "it does not name the certificate of its signer")
        named = attributes["signing_certificate"]["certs"][0]
        known = hashlib.sha1(der, usedforsecurity=False).digest()  # ESSCertID has no other (RFC 2634 §5.4)
    _hold(named["cert_hash"].native == known, "it names another certificate")


def _hash_name(signer: Any) -> str:
    name = str(signer["digest_algorithm"]["algorithm"].native)
    _hold(name in _HASHES, f"it is hashed with {name}")
    return name


def _check_signature(signer: Any, certificate: x509.Certificate) -> None:
    """Over the DER of the signed attributes as a SET OF (RFC 5652 §5.4)."""
    algorithm, key = _HASHES[_hash_name(signer)], certificate.public_key()
    signature, covered = signer["signature"].native, signer["signed_attrs"].untag().dump(force=True)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            is_pss = signer["signature_algorithm"]["algorithm"].native == "rsassa_pss"
            pss = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
            key.verify(signature, covered, pss if is_pss else padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, covered, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, covered)
        else:
            raise TimestampForged(reason="its signer has a kind of key that is not known")
    except InvalidSignature as error:
        raise TimestampForged(reason="its signature is wrong") from error


def _check_purpose(certificate: x509.Certificate, at: datetime) -> None:
    """Time-stamping and nothing else, and critical (RFC 3161 §2.3); valid at the moment it states."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise TimestampForged(reason="its certificate is not for time-stamping") from error
    is_meant = usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    _hold(is_meant, "its certificate is not for time-stamping")
    _check_valid(certificate, at)


def _check_valid(certificate: x509.Certificate, at: datetime) -> None:
    is_valid = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    _hold(is_valid, "a certificate behind it was not valid then")


def _check_chain(
    certificate: x509.Certificate, given: Sequence[x509.Certificate], trusted: Sequence[x509.Certificate], at: datetime
) -> None:
    """From the signer up to a certificate that is trusted."""
    for _step in range(LONGEST_CHAIN):
        if certificate in trusted:
            return
        issuers = [one for one in (*trusted, *given) if _has_issued(one, certificate)]
        _hold(bool(issuers), "no trusted certificate stands behind it")
        certificate = issuers[0]
        _check_valid(certificate, at)
    raise TimestampForged(reason="no trusted certificate stands behind it")


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return basic.value.ca and issuer != certificate
