"""What the demonstration school does before anybody signs in: adopt its regulation, assign people, man the watch.

Everything goes through the services that pages use, so that it stands in the ledger as it would in a school.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from nangmai import demonstration
from nangmai.base.clock import utc_now
from nangmai.demonstration.places import AREAS, CLASSES, KITCHEN, OFFICE, SECURITY
from nangmai.web.accounts import services as accounts
from nangmai.web.accounts.models import User
from nangmai.web.documents import services as documents
from nangmai.web.documents.models import Letterhead
from nangmai.web.people import services as people
from nangmai.web.people.models import Assignment, Unit
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.services import acknowledge, adopt
from nangmai.web.sites import arrangement
from nangmai.web.sites.models import Area
from nangmai.web.watch import queries as watch_queries
from nangmai.web.watch import services as watch
from nangmai.web.watch.items import open_items
from nangmai.web.watch.models import Post, RosterWeek, Shift, midnight

PASSWORD = "nang-mai-2022"
BOARD = "Ban giám hiệu"


class Member(NamedTuple):
    """Somebody of the school, as the board assigned them."""

    username: str
    name: str
    role: str
    unit: str


PEOPLE = (
    Member("hieutruong", "Nguyễn Thu Hà", "principal", BOARD),
    Member("phohieutruong", "Trần Minh Phương", "vice_principal", BOARD),
    Member("totruongbaove", "Lê Văn Hùng", "head_of_security", SECURITY),
    Member("baove", "Phạm Đức Long", "guard", SECURITY),
    Member("baove2", "Ngô Văn Tú", "guard", SECURITY),
    Member("baove3", "Bùi Quang Huy", "guard", SECURITY),
    Member("baove4", "Đặng Hữu Phúc", "guard", SECURITY),
    Member("cntt", "Vũ Quốc Anh", "it_officer", OFFICE),
    Member("ketoan", "Đỗ Thị Lan", "finance", OFFICE),
    Member("vanthu", "Phan Thị Ngọc", "clerk", OFFICE),
    Member("trangtin", "Cao Thùy Linh", "web_editor", OFFICE),
    Member("bophan", "Hoàng Thị Mai", "area_unit", CLASSES),
    Member("nhabep", "Lương Thị Sen", "area_unit", KITCHEN),
)
GUARDS = tuple(member.username for member in PEOPLE if member.role == "guard")
PRINCIPAL, DEPUTY, HEAD, OFFICER, CLERK = "hieutruong", "phohieutruong", "totruongbaove", "cntt", "vanthu"
POST = "Phòng trực camera"
FACTOR = "totp"  #: the second proof that signatures of the history name
WEEKS_PLANNED = 3  #: so that the seven days ahead are planned on every day of the week
AT_ONCE = 2  #: weeks that are there when somebody opens the pages; the third is planned on a Thursday
SHIFT = timedelta(hours=12)
FIRST_SHIFT = timedelta(hours=6)  #: the watch changes at six, in the morning and in the evening


def person(username: str) -> User:
    """One of them."""
    return User.objects.get(username=username)


def set_up() -> None:
    """Bring the school to where a day can begin, at once; what is there already stays."""
    found(), arrange()
    for member in PEOPLE:
        acknowledge(person=person(member.username))
    now = utc_now()
    for monday in mondays(now)[:AT_ONCE]:
        plan(monday)
        publish(monday)
    man_the_watch(now)


@transaction.atomic
def found() -> None:
    """The regulation, the names on papers, and people with their assignments."""
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
    added = [member for member in PEOPLE if member.username not in known]
    for member in added:
        accounts.add_user(username=member.username, display_name=member.name, password=PASSWORD)
    _assign([member for member in added if member.username != PRINCIPAL])


def _assign(members: Sequence[Member]) -> None:
    """The command line assigns the principal, who signs for the others; the deputy then signs for the principal."""
    principal, board = person(PRINCIPAL), people.add_unit(name=BOARD)
    if not Assignment.objects.filter(person=principal).exists():
        people.assign_by_command(person=principal, role="principal", unit=board)
    for member in members:
        people.assign(
            person=person(member.username),
            role=member.role,
            by=principal,
            is_stepped_up=True,
            unit=people.add_unit(name=member.unit),
            document="Bảng phân công năm học",
        )
    unsigned = Assignment.objects.filter(person=principal, origin=Assignment.Origin.COMMAND, revoked_at=None).first()
    if unsigned is not None:
        deputy, paper = person(DEPUTY), "Bảng phân công năm học"
        people.assign(person=principal, role="principal", unit=board, by=deputy, is_stepped_up=True, document=paper)
        people.revoke(assignment=unsigned, by=deputy, is_stepped_up=True, reason="Đã có phân công bằng văn bản")


@transaction.atomic
def arrange() -> None:
    """The names of the site, its areas with who answers for them and what for."""
    principal, units = person(PRINCIPAL), {unit.name: unit.code for unit in Unit.objects.all()}
    if Area.objects.filter(is_placed=True).exists():
        return
    arrangement.save_site(
        by=principal,
        governing_body="UBND phường Nắng Mai",
        school_name="Trường Mầm non Nắng Mai",
        place_name="Nắng Mai",
        contact="Văn phòng Trường Mầm non Nắng Mai, phường Nắng Mai",
        default_unit=units[SECURITY],
    )
    made: dict[str, Area] = {}
    for order, area in enumerate(AREAS):
        known = Area.objects.filter(name=area.name, parent=None, is_placed=False).first()
        made[area.name] = arrangement.save_area(
            by=principal,
            area=known,
            name=area.name,
            kind=area.kind,
            parent=made.get(area.parent),
            order=order,
            unit=units.get(area.unit, ""),
            purposes=list(area.purposes),
        )


def mondays(now: datetime) -> list[date]:
    """The weeks that are planned at a moment."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    return [monday + timedelta(days=7 * number) for number in range(WEEKS_PLANNED)]


@transaction.atomic
def plan(monday: date) -> None:
    """The head of security plans a week and checks it; one that is there stays."""
    if RosterWeek.objects.filter(begins=monday).exists():
        return
    head = person(HEAD)
    post = Post.objects.first() or watch.add_post(by=head, name=POST)
    week = RosterWeek.objects.create(begins=monday)
    turns_of: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for username, begin, end in turns(monday, is_first=RosterWeek.objects.count() == 1):
        turns_of[username].append((begin, end))
    for username, periods in turns_of.items():
        watch.plan_shifts(by=head, week=week, post=post, person=person(username), periods=periods)
    watch.move_week(by=head, week=week, event="check")


@transaction.atomic
def publish(monday: date, *, by: str = PRINCIPAL) -> None:
    """Somebody of the board approves the week, and it is published; what has come so far stays."""
    week = RosterWeek.objects.get(begins=monday)
    if week.state == RosterWeek.State.CHECKED:
        watch.move_week(by=person(by), week=week, event="approve", is_stepped_up=True)
        watch.move_week(by=person(HEAD), week=week, event="publish")


def man_the_watch(now: datetime) -> None:
    """Whoever's turn it is takes the watch, if nobody has."""
    post = Post.objects.get(name=POST)
    if watch_queries.on_watch_now(now):
        return
    left = watch_queries.on_watch_at(post)
    shift = Shift.objects.filter(post=post, starts_at__lte=now, ends_at__gt=now, state=Shift.State.PLANNED).first()
    if shift is not None:
        man(shift, left)


def man(coming: Shift, left: Shift | None, *, note: str = "") -> None:
    """The shift begins, in the place of the one that is there; whoever comes confirms what is open."""
    confirmed = {item.key for item in open_items(coming.post, utc_now())}
    if left is None:
        watch.take(by=coming.person, shift=coming, confirmed=confirmed, note=note)
    else:
        watch.hand_over(outgoing=left, incoming=coming, by=coming.person, confirmed=confirmed, note=note)


def turns(monday: date, *, is_first: bool = False) -> Iterator[tuple[str, datetime, datetime]]:
    """Who watches when in a week: four guards in turn, twelve hours each, never two turns in a row.

    The last shift reaches into the next Monday; before the first week of all there was none that did.
    """
    first = (monday - date(2022, 1, 3)).days // 7 * 15  # one more than a week has: nights and days change hands
    begin = midnight(monday) + FIRST_SHIFT
    if is_first:
        yield GUARDS[(first - 1) % len(GUARDS)], midnight(monday), begin
    for number in range(14):
        yield GUARDS[(first + number) % len(GUARDS)], begin + number * SHIFT, begin + (number + 1) * SHIFT
