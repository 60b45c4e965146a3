"""`nangmai web manage enrol`: expect a recorder."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from nangmai.web.environment import text
from nangmai.web.sites import services


class Command(BaseCommand):
    """Makes the secret of a recorder's first report."""

    help = "Expect a recorder: print the [control] secret for its file. A recorder known by this name is forgotten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recorder", help="its name, as in [recorder] name")
        parser.add_argument(
            "--keep", action="store_true", help="leave an enrolled recorder alone; the secret is NANGMAI_ENROLMENT"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"]:
            services.expect(name=options["recorder"], secret=text("NANGMAI_ENROLMENT"))
            return
        secret = services.enrol(name=options["recorder"])
        self.stdout.write(f'[control]\nurl = "http://127.0.0.1:8001"\nenrolment = "{secret}"')
