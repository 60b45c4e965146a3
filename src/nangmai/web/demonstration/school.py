"""What the demonstration school does before anybody signs in: adopt its regulation, assign people, man the watch.

Everything goes through the services that pages use, so that it stands in the ledger as it would in a school.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files

from django.db import transaction
from django.utils import timezone

from nangmai import demonstration
from nangmai.base.clock import utc_now
from nangmai.web.accounts import services as accounts
from nangmai.web.accounts.models import User
from nangmai.web.documents import services as documents
from nangmai.web.documents.models import Letterhead
from nangmai.web.people import services as people
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.services import acknowledge, adopt
from nangmai.web.watch import queries as watch_queries
from nangmai.web.watch import services as watch
from nangmai.web.watch.items import open_items
from nangmai.web.watch.models import Post, RosterWeek, Shift, midnight

PASSWORD = "nang-mai-2022"
BOARD, SECURITY, OFFICE, CLASSES = "Ban giám hiệu", "Tổ bảo vệ", "Văn phòng", "Khối lớp"

#: account, name, role, unit
PEOPLE = (
    ("hieutruong", "Nguyễn Thu Hà", "principal", BOARD),
    ("phohieutruong", "Trần Minh Phương", "vice_principal", BOARD),
    ("totruongbaove", "Lê Văn Hùng", "head_of_security", SECURITY),
    ("baove", "Phạm Đức Long", "guard", SECURITY),
    ("baove2", "Ngô Văn Tú", "guard", SECURITY),
    ("baove3", "Bùi Quang Huy", "guard", SECURITY),
    ("baove4", "Đặng Hữu Phúc", "guard", SECURITY),
    ("cntt", "Vũ Quốc Anh", "it_officer", OFFICE),
    ("ketoan", "Đỗ Thị Lan", "finance", OFFICE),
    ("vanthu", "Phan Thị Ngọc", "clerk", OFFICE),
    ("bophan", "Hoàng Thị Mai", "area_unit", CLASSES),
)
GUARDS = tuple(username for username, _name, role, _unit in PEOPLE if role == "guard")
WEEKS_PLANNED = 2
SHIFT = timedelta(hours=12)


def set_up() -> None:
    """Bring the school to where a day can begin; what is there already stays."""
    if not Version.objects.exists():
        adopt(text=files(demonstration).joinpath("regulation.yaml").read_text("utf-8"), where="regulation.yaml")
    if not Letterhead.objects.exists():
        documents.set_letterhead(
            by=None,
            in_force_from=date(2022, 1, 1),
            governing_body="UBND PHƯỜNG NẮNG MAI",
            institution="TRƯỜNG MẦM NON NẮNG MAI",
            abbreviation="MNNM",
            place="Nắng Mai",
            public_address="http://127.0.0.1:8000",
        )
    known = set(User.objects.values_list("username", flat=True))
    for username, name, role, unit in PEOPLE:
        if username not in known:
            _add(username, name, role, unit)
    man_the_watch(utc_now())


@transaction.atomic
def _add(username: str, name: str, role: str, unit: str) -> None:
    user, _password = accounts.add_user(username=username, display_name=name, password=PASSWORD)
    people.assign_by_command(person=user, role=role, unit=people.add_unit(name=unit))
    acknowledge(person=user)


def man_the_watch(now: datetime) -> None:
    """A roster for this week and the next, signed; and whoever's turn it is takes the watch, if nobody has."""
    head = User.objects.get(username="totruongbaove")
    principal = User.objects.get(username="hieutruong")
    post = Post.objects.first() or watch.add_post(by=head, name="Phòng trực camera")
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    for number in range(WEEKS_PLANNED):
        begins = monday + timedelta(days=7 * number)
        if RosterWeek.objects.filter(begins=begins).exists():
            continue
        week = RosterWeek.objects.create(begins=begins)
        for username, begin, end in turns(begins):
            guard = User.objects.get(username=username)
            watch.plan_shifts(by=head, week=week, post=post, person=guard, periods=[(begin, end)])
        watch.move_week(by=head, week=week, event="check")
        watch.move_week(by=principal, week=week, event="approve", is_stepped_up=True)
        watch.move_week(by=head, week=week, event="publish")
    if watch_queries.on_watch_now(now):
        return
    shift = Shift.objects.filter(post=post, starts_at__lte=now, ends_at__gt=now, state=Shift.State.PLANNED).first()
    if shift is not None:
        confirmed = {item.key for item in open_items(post, now)}
        watch.take(by=shift.person, shift=shift, confirmed=confirmed)


def turns(monday: date) -> Iterator[tuple[str, datetime, datetime]]:
    """Who watches when in a week: four guards in turn, twelve hours each, never two turns in a row."""
    first = (monday - date(2022, 1, 3)).days * 2
    for number in range(14):  # the watch changes at midnight and at noon
        begin = midnight(monday) + number * SHIFT
        yield GUARDS[(first + number) % len(GUARDS)], begin, begin + SHIFT
