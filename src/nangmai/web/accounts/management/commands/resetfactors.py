"""`nangmai web manage resetfactors`: for a person who has lost every factor and every recovery code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nangmai.web.accounts import factors, services
from nangmai.web.accounts.models import User


class Command(BaseCommand):
    """Takes all factors of one account away."""

    help = "Remove all second factors of an account and end its sessions; the next signature asks to add a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"].lower()).first()
        if user is None:
            raise CommandError(f"there is no account {options['username']!r}")
        factors.remove_all(user=user)
        ended = services.end_sessions(user.sign_ins.all())
        self.stdout.write(f"{user.username}: no second factor any more, {ended} sessions ended")
