"""How pages say roles and who may do what with people."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from nangmai.web.authority import authority
from nangmai.web.people.queries import Holding

register = template.Library()


@register.filter
def role_names(held: Iterable[Holding]) -> str:
    """The roles somebody holds, each once, in the language in force."""
    titles = {role.id: str(role.title) for role in authority().roles()}
    return ", ".join(dict.fromkeys(titles.get(holding.role, holding.role) for holding in held))


@register.filter
def role_duties(held: Iterable[Holding]) -> list[str]:
    """The sentences of the roles somebody holds, each once."""
    duties = {role.id: str(role.duty) for role in authority().roles()}
    return [duty for duty in dict.fromkeys(duties.get(holding.role, "") for holding in held) if duty]
