"""Whether the signatures of a paper hold: every byte, every certificate, nothing added that a signer did not allow.

Judged by pyHanko, apart from the code that signs. Never trusts what the database says about a signature.
"""

from __future__ import annotations

import dataclasses
import datetime
import io
import logging

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said of one signature."""

    field: str
    signer: str
    signed_at: datetime.datetime | None
    is_intact: bool  #: the bytes it covers are those that were signed, and nothing was added but other signatures
    is_trusted: bool  #: its certificate leads to one of the roots
    stamped_at: datetime.datetime | None = None  #: by a time stamp authority

    @property
    def holds(self) -> bool:
        """Both."""
        return self.is_intact and self.is_trusted


def judge(pdf: bytes, roots: list[bytes]) -> list[Judgement]:
    """One judgement a signature, in the order they were made; a file that cannot be read as a PDF has none."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        return [_judge(signature, roots) for signature in reader.embedded_signatures]
    except (PdfError, ValueError, SigningError) as error:
        log.warning("a paper cannot be read: %s", error)
        return []


def page_count(pdf: bytes) -> int:
    """How many pages the paper has."""
    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


def _judge(signature: EmbeddedPdfSignature, roots: list[bytes]) -> Judgement:
    claimed = signature.self_reported_timestamp
    # The ledger's entry of the signature shows when it was there: its certificate is judged at that moment.
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root) for root in roots],
        allow_fetching=False,
        moment=claimed,
    )
    name = signature.signer_cert.subject.native.get("common_name", "")
    try:
        status = validate_pdf_signature(signature, context)
    except (SignatureValidationError, PdfError, SigningError, ValueError) as error:
        log.warning("a signature cannot be judged: %s", error)
        return Judgement(signature.field_name, name, claimed, is_intact=False, is_trusted=False)
    is_unchanged = status.docmdp_ok is not False and status.modification_level is not None
    stamp = status.timestamp_validity
    return Judgement(
        field=signature.field_name,
        signer=name,
        signed_at=claimed,
        is_intact=bool(status.intact and status.valid and is_unchanged),
        is_trusted=bool(status.trusted),
        stamped_at=stamp.timestamp if stamp is not None and stamp.valid else None,
    )


def field_names(pdf: bytes) -> list[str]:
    """The names of all fields for signatures, signed or not."""
    return [name for name, _value, _ref in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf)))]
