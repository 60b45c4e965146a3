"""Which letters a person sees, and which steps stand open to them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nangmai.regulation.acts import ACTS
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.letters.models import WAYS, Letter
from nangmai.web.regulation.authorities import Asker

SEE = "letter.see"


def seen_by(user: User, asks: Asker) -> QuerySet[Letter]:
    """Whom the text names sees all, everybody else what they entered."""
    rows = Letter.objects.select_related("recorded_by").prefetch_related("steps__by")
    return rows if asks.may(SEE) else rows.filter(recorded_by=user)


def possible(letter: Letter, asks: Asker) -> list[str]:
    """The steps as buttons show them; the second proof comes with the step."""
    return [
        step.event
        for step in WAYS[letter.kind].states.events(letter.state)
        if asks.may(step.act, Thing(ACTS[step.act].thing, str(letter.pk), case=letter.name), is_stepped_up=True)
    ]


def names() -> dict[str, str]:
    """How pages call each."""
    numbers = Letter.objects.values_list("pk", flat=True)
    return {f"letter:{number}": _("Letter %(number)d") % {"number": number} for number in numbers}
