"""One byte form for a JSON value, so that its hash means something (as RFC 8785: sorted keys, no spaces)."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """The value as UTF-8 JSON with sorted keys and no white space; NaN and infinities are refused."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
