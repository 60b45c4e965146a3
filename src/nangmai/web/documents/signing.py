"""Signatures on papers: PAdES (ETSI EN 319 142-1) baseline B, or T with a time stamp authority (RFC 3161).

All fields are made before the first signature; a signature adds a revision and changes nothing that was there. The
first one certifies the paper: from then on, filling the other fields is all that may happen to it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import io
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.conf import settings
from django.utils import timezone
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, LayoutError, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.documents import certificates, tokens
from nangmai.web.documents.timestamps import TimeAuthority
from nangmai.web.documents.typesetting import Space, draw_signature_card

SOFTWARE_KEY, TOKEN = "L0", "L1"
#: level -> what the paper says of it
LEVELS = {
    SOFTWARE_KEY: "Mức L0: khóa phần mềm, chứng thư do đơn vị tự cấp",
    TOKEN: "Mức L1: khóa trên thiết bị (PKCS#11)",
}


class SigningFailed(Error):
    """The paper could not be signed: {reason}. Nothing was changed."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


@dataclasses.dataclass(frozen=True, slots=True)
class Signed:
    """A new revision of the PDF, and what it was signed with."""

    pdf: bytes
    level: str
    certificate_sha256: str


def add_fields(pdf: bytes, spaces: Sequence[Space], titles: Sequence[str]) -> bytes:
    """The paper with an empty field in every space."""
    if not spaces:
        return pdf
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for space, title in zip(spaces, titles, strict=True):
        field = SigFieldSpec(space.name, on_page=space.page, box=space.box, readable_field_name=title)
        append_signature_field(writer, field)
    return _written(writer)


def sign_field(pdf: bytes, field: str, *, by: User, institution: str, at: datetime.datetime) -> Signed:
    """The next revision, with this person's signature in the field."""
    with _signer(by, institution, at) as (signer, level):
        certificate = signer.signing_cert
        assert certificate is not None
        try:
            signed = _sign(pdf, field, signer, name=by.display_name, level=level, at=at)
        except TimestampRequestError as error:
            raise SigningFailed(reason=f"{settings.TIMESTAMP_AUTHORITY}: {error}") from error
        except (SigningError, PdfError, LayoutError, tokens.TokenFault) as error:
            raise SigningFailed(reason=tokens.told(error)) from error
        return Signed(
            signed, level, x509.load_der_x509_certificate(certificate.dump()).fingerprint(hashes.SHA256()).hex()
        )


class _DatedSigner(PdfSigner):
    """Writes the moment it is given into the signature, not the machine's."""

    def __init__(self, at: datetime.datetime, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._at = at

    def init_signing_session(self, *args: Any, **fields: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **fields)
        session.system_time = self._at
        return session


def _sign(pdf: bytes, field: str, signer: Signer, *, name: str, level: str, at: datetime.datetime) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    is_first = not any(value is not None for _name, value, _ref in enumerate_sig_fields(writer.prev))
    local = timezone.localtime(at).replace(microsecond=0)
    about = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        name=name,
        subfilter=SigSeedSubFilter.PADES,
        certify=is_first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    left, bottom, right, top = _box(writer, field)
    card = {
        "signer": name,
        "moment": local.isoformat(),
        "level": LEVELS[level],
        "width": float(right - left),
        "height": float(top - bottom),
    }
    with tempfile.NamedTemporaryFile(suffix=".pdf") as drawn:
        drawn.write(draw_signature_card(card, at=at))
        drawn.flush()
        style = StaticStampStyle(
            background=ImportedPdfPage(drawn.name),
            background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID),
            border_width=0,
        )
        stamper = _DatedSigner(local, about, signer, timestamper=_timestamper(), stamp_style=style)
        output = stamper.sign_pdf(writer, existing_fields_only=True)
    return bytes(output.getbuffer())


def _box(writer: IncrementalPdfFileWriter, field: str) -> tuple[float, ...]:
    for _name, _value, reference in enumerate_sig_fields(writer.prev, with_name=field):
        return tuple(float(edge) for edge in reference.get_object()["/Rect"])
    raise SigningFailed(reason=f"it has no field {field}")


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@contextlib.contextmanager
def _signer(by: User, institution: str, at: datetime.datetime) -> Iterator[tuple[Signer, str]]:
    """The person's token where one is configured for them, their software key otherwise."""
    if tokens.is_for(by):
        with tokens.token_signer(by) as signer:
            yield signer, TOKEN
        return
    identity = certificates.person_identity(by, institution, at)
    issuer = certificates.authority(institution, at)
    registry = SimpleCertificateStore()
    registry.register_multiple([_asn1(issuer.certificate)])
    der = identity.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    yield SimpleSigner(_asn1(identity.certificate), asn1_keys.PrivateKeyInfo.load(der), registry), SOFTWARE_KEY


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _timestamper() -> TimeStamper | None:
    return TimeAuthority(settings.TIMESTAMP_AUTHORITY) if settings.TIMESTAMP_AUTHORITY else None
