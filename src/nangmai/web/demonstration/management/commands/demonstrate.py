"""`nangmai web manage demonstrate`: the demonstration school, ready for a day; prints its sign-ins."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from nangmai.web.authority import role_title
from nangmai.web.demonstration.school import PASSWORD, PEOPLE, set_up
from nangmai.web.watch.queries import on_watch_now


class Command(BaseCommand):
    """Adds what is not there yet."""

    help = "Bring the database up to date and set the demonstration school up; prints the sign-ins as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        set_up()
        watching = {shift.person.username for shift in on_watch_now()}
        signs = [
            {
                "username": username,
                "password": PASSWORD,
                "display_name": name,
                "role": role_title(role),
                "is_on_watch": username in watching,
            }
            for username, name, role, _unit in PEOPLE
        ]
        self.stdout.write(json.dumps(signs, ensure_ascii=False))
