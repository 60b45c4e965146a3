"""RFC 3161 time-stamps of checkpoints: the request, and what its answer must hold.

Here it has to be a token of this very note, so that nothing useless is kept. Whether it is truly signed, and by whom it
is trusted, is judged by `custody.timestamp`: when it is kept, and by whoever verifies an export.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar, NamedTuple

from asn1crypto import algos, cms, tsp

from nangmai.base.errors import Error, Kind


class TimestampRefused(Error):
    """The authority gave no time-stamp of this checkpoint: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class Asked(NamedTuple):
    """A request, and what its answer is held against."""

    body: bytes
    digest: bytes
    nonce: int


def request(content: bytes) -> Asked:
    """TimeStampReq (RFC 3161 §2.4.1) with SHA-256, a nonce and the wish for the certificate."""
    digest, nonce = hashlib.sha256(content).digest(), secrets.randbits(63)
    body = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": digest,
            },
            "nonce": nonce,
            "cert_req": True,
        }
    ).dump()
    return Asked(body, digest, nonce)


def token(answer: bytes, asked: Asked) -> bytes:
    """The TimeStampToken of an answer (RFC 3161 §2.4.2), when it is of this request."""
    try:
        response = tsp.TimeStampResp.load(answer)
        status = response["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise TimestampRefused(reason=status)
        found: cms.ContentInfo = response["time_stamp_token"]
        stated = found["content"]["encap_content_info"]["content"].parsed
        imprint = stated["message_imprint"]["hashed_message"].native
        nonce = stated["nonce"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TimestampRefused(reason="its answer is no time-stamp") from error
    if imprint != asked.digest or nonce != asked.nonce:
        raise TimestampRefused(reason="it is of something else")
    dumped: bytes = found.dump()
    return dumped
