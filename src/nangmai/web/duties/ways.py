"""Where in the system a duty is done, where it is: there the act itself is the evidence, and no report replaces it.

Apps register the page of their act in `AppConfig.ready`. A duty without a page is done outside the system (a fault is
repaired, an authority answered) and reported with what shows it.
"""

from __future__ import annotations

from django.urls import reverse

from nangmai.web.duties.models import Duty

_pages: dict[tuple[str, str], str] = {}


def done_here(act: str, page: str, *, trigger: str = "") -> None:
    """Duties of this act (opened by this event, where it matters) are closed by what is done on this page."""
    _pages[act, trigger] = page


def page_of(duty: Duty, acts: tuple[str, ...]) -> str:
    """The address of the page where the duty is done; empty: it is reported."""
    names = (_pages.get((act, trigger)) for act in acts for trigger in (duty.trigger, ""))
    name = next(filter(None, names), "")
    return reverse(name) if name else ""
