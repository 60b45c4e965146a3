"""A school for the tests of work in a browser: people, a camera with a past, a watch that is about to be relieved.

Run as a program with NANGMAI_DATA_DIR set, before web is started on the same folder. Everything goes through services.
"""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from importlib.resources import files

PASSWORD = "nang-mai-2022"
#: account, name, role
PEOPLE = (
    ("hieutruong", "Nguyễn Thu Hà", "principal"),
    ("totruong", "Lê Văn Hùng", "head_of_security"),
    ("baove", "Phạm Đức Long", "guard"),
    ("baove2", "Ngô Văn Tú", "guard"),
    ("cntt", "Vũ Quốc Anh", "it_officer"),
    ("ketoan", "Đỗ Thị Lan", "finance"),
    ("vanthu", "Phan Thị Ngọc", "clerk"),
    ("bophan", "Hoàng Thị Mai", "area_unit"),
)
VIEWED = datetime(2026, 3, 2, 9, 15)  # when somebody looked at the camera at the gate, in local time


def build() -> None:
    """The whole scene."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nangmai.web.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    _people()
    _camera()
    _watch()


def _people() -> None:
    from nangmai import demonstration
    from nangmai.web.accounts import services as accounts
    from nangmai.web.documents import services as documents
    from nangmai.web.people import services as people
    from nangmai.web.regulation.services import acknowledge, adopt

    adopt(text=files(demonstration).joinpath("regulation.yaml").read_text("utf-8"), where="regulation.yaml")
    documents.set_letterhead(
        by=None,
        in_force_from=date(2022, 1, 1),
        governing_body="UBND PHƯỜNG NẮNG MAI",
        institution="TRƯỜNG MẦM NON NẮNG MAI",
        abbreviation="MNNM",
        place="Nắng Mai",
        public_address="http://localhost",
    )
    unit = people.add_unit(name="Tổ bảo vệ")
    for username, name, role in PEOPLE:
        user, _password = accounts.add_user(username=username, display_name=name, password=PASSWORD)
        people.assign_by_command(person=user, role=role, unit=unit)
        acknowledge(person=user)


def _camera() -> None:
    from django.utils import timezone

    from nangmai.base.units import us_from_datetime
    from nangmai.web.accounts.models import User
    from nangmai.web.ledger.services import actor_of, append, checkpoint
    from unit.web.recorders import FakeRecorder

    FakeRecorder().enrol().send()
    begin_us = us_from_datetime(timezone.make_aware(VIEWED, timezone.get_default_timezone()))
    append(
        act="footage.viewed",
        actor=actor_of(User.objects.get(username="baove")),
        thing="camera:nvr-1/cam-01",
        clauses=("Đ7.1",),
        facts={
            "from_us": begin_us,
            "to_us": begin_us + 60_000_000,
            "minute_us": begin_us,
            "right": "live",
            "bytes": 1_500_000,
            "uses": 1,
        },
    )
    checkpoint()


def _watch() -> None:
    """One guard at the gate, whose relief can come now."""
    from django.utils import timezone

    from nangmai.base.clock import utc_now
    from nangmai.web.accounts.models import User
    from nangmai.web.watch import services as watch
    from nangmai.web.watch.items import open_items
    from nangmai.web.watch.models import RosterWeek, Shift

    principal, head, guard, relief = (
        User.objects.get(username=name) for name in ("hieutruong", "totruong", "baove", "baove2")
    )
    now = utc_now()
    today = timezone.localdate(now)
    week = RosterWeek.objects.create(begins=today - timedelta(days=today.weekday()))
    change = min(now + timedelta(minutes=5), week.period.end - timedelta(minutes=1))
    post = watch.add_post(by=head, name="Cổng trường", is_continuous=False)
    first = (max(now - timedelta(hours=1), week.period.begin), change)
    second = (change, change + timedelta(hours=6))
    watch.plan_shifts(by=head, week=week, post=post, person=guard, periods=[first])
    watch.plan_shifts(by=head, week=week, post=post, person=relief, periods=[second])
    watch.move_week(by=head, week=week, event="check")
    watch.move_week(by=principal, week=week, event="approve", is_stepped_up=True)
    watch.move_week(by=head, week=week, event="publish")
    shift = Shift.objects.get(person=guard)
    watch.take(by=guard, shift=shift, confirmed={item.key for item in open_items(post, now)})


if __name__ == "__main__":
    build()
