"""Answers for `nangmai.web.authority` by roles: acts that are not about footage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.acts import ACTS
from nangmai.web.accounts.models import User
from nangmai.web.authority import AreaTitle, Basis, RoleTitle
from nangmai.web.footage.policies import Denied, Role, roles_held
from nangmai.web.people.queries import holdings
from nangmai.web.sites import queries

DUTIES = {
    Role.PRINCIPAL: _("Directs how the camera system is managed, used and its information processed."),
    Role.VICE_PRINCIPAL: _("Directs the camera system together with the principal."),
    Role.HEAD_OF_SECURITY: _("Organises the watch around the clock and reports to the school board."),
    Role.GUARD: _("Watches during the shift and reports what happens."),
    Role.IT_OFFICER: _("Operates the system, checks picture quality, extracts when ordered."),
    Role.FINANCE: _("Proposes the budget and checks what is spent."),
    Role.AREA_UNIT: _("Answers for the cameras in its area."),
}

BOARD = frozenset({Role.PRINCIPAL.value, Role.VICE_PRINCIPAL.value})

#: acts on people and papers, and who may do them
ROLES: Mapping[str, frozenset[str]] = {
    "people.see": BOARD,
    "assignment.sign": BOARD,
    "delegation.sign": BOARD,
    "document.read": BOARD,
    "document.issue": BOARD,
    "ledger.read": BOARD,
    "views.read": BOARD,
    "roster.propose": frozenset({Role.HEAD_OF_SECURITY.value}),
    "roster.approve": BOARD,
    "shift.take": frozenset({Role.HEAD_OF_SECURITY.value, Role.GUARD.value}),
}
CLAUSE = "Đ4.1"


def require(user: User, act: str, *, thing: str = "", is_stepped_up: bool = False) -> Basis:
    """Raise `Denied` with the clause unless the person may do the act now."""
    held = [one for one in holdings(user, timezone.now(), act=act) if one.role in roles_with(act)]
    if not held:
        title = ACTS[act].title
        name = title.vi if get_language() == "vi" else title.en
        raise Denied(name, roles_held(user), CLAUSE, _("Ask the school board."))
    return Basis(held[0].assignment, (CLAUSE,))


def may_do(user: User, act: str) -> bool:
    """Whether a role held now has the act."""
    return any(one.role in roles_with(act) for one in holdings(user, timezone.now(), act=act))


def roles() -> Sequence[RoleTitle]:
    """The roles that can be assigned."""
    return [RoleTitle(role.value, role.label, DUTIES[role]) for role in Role]


def areas() -> Sequence[AreaTitle]:
    """The placed areas of the site."""
    places = queries.places()
    return [AreaTitle(str(row.area.pk), row.label, places.path_text(row.area.pk)) for row in places.rows()]


def roles_with(act: str) -> frozenset[str]:
    """The roles that have the act."""
    return ROLES.get(act, frozenset())
