"""`nangmai web manage messages`: bring the catalogue up to date with the sources; with --check, only look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.core.management.base import BaseCommand, CommandError, CommandParser

from nangmai.web.ui.catalogues import LOCALE
from nangmai.web.ui.extraction import extracted

PATH = LOCALE / "vi" / "LC_MESSAGES" / "django.po"


class Command(BaseCommand):
    """Merges and complains."""

    help = "Extract texts and merge them into the Vietnamese catalogue; fails while one is untranslated or fuzzy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = Catalog(locale="vi", project="nangmai", fuzzy=False)
        if PATH.exists():
            with PATH.open("rb") as file:
                catalogue = read_po(file, locale="vi")
        found = extracted()
        known = {message.id for message in catalogue if message.id}
        missing = [message.id for message in found if message.id and message.id not in known]
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = "# Vietnamese texts of nangmai. Made by `nangmai web manage messages`."
        catalogue.version, catalogue.last_translator, catalogue.language_team = "1", "nangmai", "nangmai"
        catalogue.msgid_bugs_address = "nangmai"
        catalogue.creation_date = catalogue.revision_date = datetime(
            2026, 1, 1, tzinfo=UTC
        )  # the history has the dates
        if not options["check"]:
            with PATH.open("wb") as file:
                write_po(file, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
        open_ids = [m.id for m in catalogue if m.id and (m.fuzzy or not _is_complete(m.string))]
        for text in dict.fromkeys(map(str, [*missing, *open_ids])):
            self.stderr.write(f"not translated: {text}")
        if open_ids or (options["check"] and missing):
            raise CommandError(f"{len(open_ids)} texts wait for a translation in {PATH.name}")


def _is_complete(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if text is None or isinstance(text, str) else all(text)
