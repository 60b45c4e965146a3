"""What a person looks at footage for: stated once a session, asked again after a while, part of every ticket.

The purposes are the regulation's; `quality_check` is the one that norms of checking name.
"""

from __future__ import annotations

from django.http import HttpRequest

from nangmai.base.clock import utc_now
from nangmai.regulation.model import Regulation

QUALITY_CHECK = "quality_check"  #: the purpose that the condition `for_quality_check` means
KEY = "purpose"
LASTS_S = 4 * 3600


def known_purposes(regulation: Regulation) -> tuple[str, ...]:
    """The purposes of the text, and checking where some norm permits it."""
    checks = any("for_quality_check" in norm.when for norm in regulation.norms)
    return (*(purpose.id for purpose in regulation.purposes), *((QUALITY_CHECK,) if checks else ()))


def stated_purpose(request: HttpRequest) -> str:
    """The purpose of this session; empty when none was stated or it is too long ago."""
    stated = request.session.get(KEY) if hasattr(request, "session") else None
    if not isinstance(stated, list) or len(stated) != 2 or utc_now().timestamp() - stated[1] > LASTS_S:
        return ""
    return str(stated[0])


def state_purpose(request: HttpRequest, purpose: str) -> None:
    """From now on, until it lapses or another is stated."""
    request.session[KEY] = [purpose, int(utc_now().timestamp())]
