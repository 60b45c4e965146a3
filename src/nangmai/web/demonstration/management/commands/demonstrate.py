"""`nangmai web manage demonstrate`: the demonstration school, ready for a day; prints its sign-ins."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from nangmai.web.authority import role_title
from nangmai.web.demonstration.history import is_fresh, live_through
from nangmai.web.demonstration.school import PASSWORD, PEOPLE, set_up
from nangmai.web.sites.services import enrol
from nangmai.web.watch.queries import on_watch_now


class Command(BaseCommand):
    """Adds what is not there yet."""

    help = "Bring the database up to date and set the demonstration school up; prints the sign-ins as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--history", type=int, default=0, metavar="DAYS", help="on a fresh installation, so many days of a past"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if options["history"] > 0 and is_fresh():
            self._live_through(options["history"])
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

    def _live_through(self, days: int) -> None:
        """With a line every so often; then the simulated recorders make room for those that will run."""
        every = max(1, days // 10)

        def tell(done: int, of: int) -> None:
            if done % every == 0:
                self.stderr.write(f"  day {done} of {of}", self.style.NOTICE)
                self.stderr.flush()

        self.stderr.write(f"The school lives through {days} days of its past; this is done once.", self.style.NOTICE)
        for name in live_through(days, tell=tell).recorders:
            enrol(name=name)
