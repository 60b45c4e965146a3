"""`nangmai web manage adduser`: the first account, and any other before there is a page for it."""

from __future__ import annotations

import getpass
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from nangmai.base.errors import Error
from nangmai.web.accounts import services as accounts
from nangmai.web.authority import authority
from nangmai.web.people import services


class Command(BaseCommand):
    """Adds one account, and the assignment it begins with."""

    help = "Add an account. Without --password or --ask, a one-time password is made and printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the account name, such as hieutruong")
        parser.add_argument(
            "--role",
            help="assign this role at once, marked as made by the command line; without it the account may do nothing",
        )
        parser.add_argument("--area", default="", help="the area the role is for; without it everywhere")
        parser.add_argument("--name", default="", help="the name that pages and watermarks show")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--password", help="for scripts; others on this machine may see it in the process list")
        how.add_argument("--ask", action="store_true", help="ask for the password")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        known = [role.id for role in authority().roles()]
        if options["role"] and not known:
            raise CommandError(
                "No regulation is in force, so there is no role yet. First: nangmai web manage adoptregulation"
            )
        if options["role"] and options["role"] not in known:
            raise CommandError(f"The regulation names no role {options['role']!r}; it names {', '.join(known)}.")
        password = getpass.getpass() if options["ask"] else options["password"]
        try:
            with transaction.atomic():
                user, password = accounts.add_user(
                    username=options["username"], display_name=options["name"], password=password
                )
                if options["role"]:
                    services.assign_by_command(person=user, role=options["role"], area=options["area"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Error as error:
            raise CommandError(str(error)) from error
        is_new = user.must_change_password
        if options["json"]:
            self.stdout.write(
                json.dumps({"username": user.username, "one_time_password": password if is_new else None})
            )
        elif is_new:
            self.stdout.write(f"{user.username}: one-time password {password}")
        else:
            self.stdout.write(f"{user.username}: added")
