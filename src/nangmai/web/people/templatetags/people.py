"""How pages say roles and who may do what with people."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import get_language

from nangmai.regulation.acts import ACTS
from nangmai.web import authority as door
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


@register.filter
def role_title(role: str) -> str:
    """The role's name in the language in force."""
    return door.role_title(role)


@register.filter
def act_titles(acts: Iterable[str]) -> str:
    """The acts' names in the language in force; an unknown one stands for itself."""
    place = 0 if get_language() == "vi" else 1
    return ", ".join(ACTS[act].title[place] if act in ACTS else act for act in acts)


@register.filter
def area_names(areas: Iterable[str]) -> str:
    """The areas' paths; one that is gone stands for itself."""
    paths = {area.id: area.path for area in authority().areas()}
    return ", ".join(paths.get(area, area) for area in areas)
