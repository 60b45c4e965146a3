"""Time-stamps of an export's checkpoints: the entries below one were there when its authority says so.

Owns how tokens stand in an export (`timestamps.json`) and what is asked of them. Pure, as the rest of the verification.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography import x509

from nangmai.custody.ledger import read_checkpoint
from nangmai.custody.ledger_export import ExportInvalid, Fault, Verification
from nangmai.custody.note import NoteMalformed
from nangmai.custody.timestamp import TimestampForged, verify_token

TIMESTAMPS = "timestamps.json"

Tokens = Mapping[int, Sequence[bytes]]  #: size of the checkpoint -> the tokens over its note


def tokens_to_json(tokens: Iterable[tuple[int, str, str]]) -> list[dict[str, Any]]:
    """As they stand in the file: size, the authority's address, the token in base64."""
    return [{"size": size, "place": place, "token": token} for size, place, token in tokens]


def tokens_from_json(value: Any) -> Tokens:
    """Read them back."""
    found: dict[int, list[bytes]] = {}
    try:
        for row in value:
            found.setdefault(int(row["size"]), []).append(base64.b64decode(row["token"], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ExportInvalid(complaint=f"{TIMESTAMPS}: {error}") from error
    return found


def verify_stamps(
    found: Verification, notes: Sequence[str], tokens: Tokens, trusted: Sequence[x509.Certificate]
) -> None:
    """Of each checkpoint that carries tokens one has to hold, and of all at least one."""
    found.is_stamp_asked = True
    for note in notes:
        try:
            size = read_checkpoint(note).size
        except NoteMalformed:
            continue  # told already
        reasons = []
        for token in tokens.get(size, ()):
            try:
                stamp = verify_token(token, note.encode(), trusted)
            except TimestampForged as error:
                reasons.append(str(error))
                continue
            if found.stamped is None or size > found.stamped[0]:
                found.stamped = (size, stamp.at_us, stamp.authority)
            break
        else:
            if reasons:
                message = f"The checkpoint of {size} entries: {reasons[-1]}"
                found.add(Fault("stamped", "timestamp_forged", message, 0, size - 1))
    if found.stamped is None:
        found.add(Fault("stamped", "timestamp_missing", "No checkpoint carries a time-stamp of a trusted authority."))
