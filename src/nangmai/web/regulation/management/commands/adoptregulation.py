"""`nangmai web manage adoptregulation FILE`: the first version of an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nangmai import demonstration
from nangmai.base.errors import Error
from nangmai.web.regulation import services


class Command(BaseCommand):
    """Takes the first version over."""

    help = "Put the first regulation of this installation in force. Later versions are amendments, signed on the pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            help="the text (see `nangmai regulation check`); without it, that of the demonstration",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"] or Path(demonstration.__file__).parent / "regulation.yaml"
        try:
            version = services.adopt(text=path.read_text(encoding="utf-8"), where=str(path))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except Error as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version.number} is in force, sha256 {version.sha256}")
