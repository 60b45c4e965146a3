"""The people of the demonstration: one of each role, with passwords that are printed for everybody to see."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from nangmai.web.accounts import services
from nangmai.web.accounts.models import User
from nangmai.web.accounts.roles import Role

PASSWORD = "nang-mai-2022"

PEOPLE = (
    ("hieutruong", "Nguyễn Thu Hà", Role.PRINCIPAL),
    ("phohieutruong", "Trần Minh Phương", Role.VICE_PRINCIPAL),
    ("totruongbaove", "Lê Văn Hùng", Role.HEAD_OF_SECURITY),
    ("baove", "Phạm Đức Long", Role.GUARD),
    ("cntt", "Vũ Quốc Anh", Role.IT_OFFICER),
    ("ketoan", "Đỗ Thị Lan", Role.FINANCE),
    ("bophan", "Hoàng Thị Mai", Role.AREA_UNIT),
)


class Command(BaseCommand):
    """Adds who is not there yet."""

    help = "Bring the database up to date and add the people of the demonstration; prints their sign-ins as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        known = set(User.objects.values_list("username", flat=True))
        for username, name, role in PEOPLE:
            if username not in known:
                services.add_user(username=username, display_name=name, role=role, password=PASSWORD)
        signs = [
            {"username": username, "password": PASSWORD, "display_name": name, "role": str(role.label)}
            for username, name, role in PEOPLE
        ]
        self.stdout.write(json.dumps(signs, ensure_ascii=False))
