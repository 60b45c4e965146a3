"""Units as places name them: by their code. The table is `people`'s; a code that it no longer has stands for itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import User
from nangmai.web.people.models import Assignment, Unit
from nangmai.web.people.queries import in_force

#: answers for every camera until the site's own default is chosen
DEFAULT_UNIT = "security"


def names() -> dict[str, str]:
    """Code -> name of every unit, in the order of lists."""
    return dict(Unit.objects.values_list("code", "name"))


def with_default() -> dict[str, str]:
    """The default unit too, which has a name before anybody has entered the units."""
    return {DEFAULT_UNIT: _("Security team")} | names()


def name(code: str) -> str:
    """One unit's name; an unknown code stands for itself."""
    return with_default().get(code, code)


def of(user: User) -> frozenset[str]:
    """The codes of the units this person is assigned to now."""
    assigned = Assignment.objects.filter(in_force(utc_now()), person=user, unit__isnull=False)
    return frozenset(assigned.values_list("unit__code", flat=True))
