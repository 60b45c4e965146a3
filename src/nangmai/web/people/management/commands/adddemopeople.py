"""The people of the demonstration: one of each role, with passwords that are printed for everybody to see."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from nangmai.web.accounts import services as accounts
from nangmai.web.accounts.models import User
from nangmai.web.authority import role_title
from nangmai.web.people import services

PASSWORD = "nang-mai-2022"

BOARD, SECURITY, OFFICE, CLASSES = "Ban giám hiệu", "Tổ bảo vệ", "Văn phòng", "Khối lớp"

#: account, name, role, unit
PEOPLE = (
    ("hieutruong", "Nguyễn Thu Hà", "principal", BOARD),
    ("phohieutruong", "Trần Minh Phương", "vice_principal", BOARD),
    ("totruongbaove", "Lê Văn Hùng", "head_of_security", SECURITY),
    ("baove", "Phạm Đức Long", "guard", SECURITY),
    ("cntt", "Vũ Quốc Anh", "it_officer", OFFICE),
    ("ketoan", "Đỗ Thị Lan", "finance", OFFICE),
    ("bophan", "Hoàng Thị Mai", "area_unit", CLASSES),
)


class Command(BaseCommand):
    """Adds who is not there yet."""

    help = "Bring the database up to date and add the people of the demonstration; prints their sign-ins as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        known = set(User.objects.values_list("username", flat=True))
        for username, name, role, unit in PEOPLE:
            if username not in known:
                _add(username, name, role, unit)
        signs = [
            {"username": username, "password": PASSWORD, "display_name": name, "role": role_title(role)}
            for username, name, role, _unit in PEOPLE
        ]
        self.stdout.write(json.dumps(signs, ensure_ascii=False))


@transaction.atomic
def _add(username: str, name: str, role: str, unit: str) -> None:
    user, _password = accounts.add_user(username=username, display_name=name, password=PASSWORD)
    services.assign_by_command(person=user, role=role, unit=services.add_unit(name=unit))
