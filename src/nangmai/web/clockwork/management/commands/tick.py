"""`nangmai web manage tick`: run what is due now, for installations where no `nangmai web` runs the clock."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nangmai.web.clockwork.services import run_turns, turns


class Command(BaseCommand):
    """Runs turns once."""

    help = "Run once what web looks at again and again: all of it, or what is named. For cron, every minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="only these")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {turn.name: turn for turn in turns()}
        unknown = [name for name in options["names"] if name not in known]
        if unknown:
            raise CommandError(f"no such turn: {', '.join(unknown)}. Known: {', '.join(known)}")
        failed = run_turns([known[name] for name in options["names"]] or known.values())
        if failed:
            raise CommandError(f"failed, see the log: {', '.join(failed)}")
