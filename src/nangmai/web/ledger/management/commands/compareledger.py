"""`nangmai web manage compareledger`: the database held against the ledger."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from nangmai.web.ledger.comparing import compare


class Command(BaseCommand):
    """Replays the ledger and names what the database says otherwise."""

    help = "Build every case again from the ledger and compare it with the database; exits with 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = compare()
        if options["as_json"]:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        else:
            for one in found.missteps:
                self.stdout.write(f"entry {one.entry}: {one.act} of {one.case} was not possible ({one.found or 'new'})")
            for other in found.differences:
                said = f"the ledger says {other.ledger!r}, the database {other.other!r}"
                self.stdout.write(f"{other.case}, {other.what}: {said}")
            self.stdout.write(f"{found.cases} cases out of {found.entries} entries")
        if not found.agrees:
            sys.exit(1)
