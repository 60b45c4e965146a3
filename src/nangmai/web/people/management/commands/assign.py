"""`nangmai web manage assign`: the way back in when nobody is left who may sign assignments."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nangmai.base.errors import Error
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.people import services


class Command(BaseCommand):
    """Assigns a role to an account that is there."""

    help = "Assign a role to an account; unsigned, and marked as made by the command line on every page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=[role.id for role in authority().roles()] or None)
        parser.add_argument("--area", default="", help="the area the role is for; without it everywhere")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"].lower()).first()
        if person is None:
            raise CommandError(f"there is no account {options['username']!r}; `adduser` adds one")
        try:
            made = services.assign_by_command(person=person, role=options["role"], area=options["area"])
        except Error as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person.username}: {made.role} ({made.number})")
