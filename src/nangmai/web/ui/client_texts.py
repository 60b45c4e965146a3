"""Every string that the client's elements show, translated here: TypeScript has no catalogue of its own.

The keys are those of client/src/texts.ts; a test compares the two lists. Braces are filled by the client.
"""

from __future__ import annotations

from django.utils.translation import gettext as _


def client_texts() -> dict[str, str]:
    """Key -> text in the language in force."""
    return {"live": _("Live")}
