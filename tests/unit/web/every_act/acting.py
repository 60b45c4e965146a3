"""People of every role at the real services: what each try comes to, and what it leaves in the ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from nangmai.base.clock import ManualClock, utc_now
from nangmai.base.errors import Error
from nangmai.cli.verify import command as verify
from nangmai.regulation.form import read, write
from nangmai.web.accounts.models import User
from nangmai.web.accounts.services import sign_in
from nangmai.web.amendments import drafts
from nangmai.web.documents.services import set_letterhead
from nangmai.web.ledger import services as ledger
from nangmai.web.ledger.comparing import compare
from nangmai.web.ledger.models import Entry
from nangmai.web.people.models import Assignment
from nangmai.web.people.services import assign_by_command
from nangmai.web.regulation.authorities import Refused
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.services import adopt
from nangmai.web.sites.arrangement import AREA_FIELDS, said
from nangmai.web.sites.models import Area, Camera
from unit.web.every_act.matrix import Held, Placed, School
from unit.web.recorders import FakeRecorder, camera
from unit.web.regulations import SHIPPED
from unit.web.roles import Role
from unit.web.watch.rosters import at, make_roster

TEXT = SHIPPED.read_text(encoding="utf-8")
PASSWORD = "a password of a test"
CAMERAS = ("cam-01", "cam-02")
#: one of every role, two guards, somebody without a role, and who installs and repairs
PEOPLE = (
    "principal", "vice_principal", "head_of_security", "day", "night", "it_officer", "finance", "area_unit", "clerk",
    "web_editor", "nobody", "technician",
)  # fmt: skip


def cameras() -> None:
    """A recorder that web knows, with two cameras; at the machine's own time, as recorders live."""
    recorder = FakeRecorder().enrol()
    assert recorder.send(recorder.report(*map(camera, CAMERAS))).status_code == 200


class Stage:
    """The school on Monday at six: everybody has an account and a role, nobody but the board has signed the text."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.given: list[Assignment] = []
        self.school = School(cameras={camera_id: Placed() for camera_id in CAMERAS})
        Version.objects.all().delete()
        version = adopt(text=TEXT, where="the shipped text")
        minutes = int(str(read(TEXT, "the shipped text").parameter("replay_minutes")))
        self.school.versions.append((version.in_force_from_us, version.sha256, minutes))
        Camera.objects.update(area=None)
        self.areas = [str(Area.objects.create(name=name, is_placed=True).pk) for name in ("Cổng", "Sân")]
        for area in Area.objects.filter(pk__in=self.areas):
            ledger.append(act="area.added", actor="p-0", thing=f"area:{area.pk}", after=_area(area))
        self.roster = make_roster(self._person).fill().move("check", "approve", "publish")
        for role in Role:
            if role not in (Role.PRINCIPAL, Role.HEAD_OF_SECURITY, Role.GUARD):
                self._person(role)
        self._person("", "nobody")
        self._person("", "technician")
        self.by_name = {user.username: user for user in User.objects.order_by("pk")}
        self.people = list(self.by_name.values())
        assert set(PEOPLE) == set(self.by_name)
        set_letterhead(
            by=None, in_force_from=at(0, 0).date(), institution="TRƯỜNG MẦM NON MẪU", abbreviation="MNM",
            place="Thành phố", public_address="https://camera.example",
        )  # fmt: skip

    def _person(self, role: str = "", username: str = "") -> User:
        user = User.objects.create_user(username or str(role), password=PASSWORD, display_name=username or str(role))
        if role:
            row = assign_by_command(person=user, role=str(role))
            self.school.held.append(Held(user.pk, str(role), "", self.clock.wall_us(), None))
            self.given.append(row)
        return user


def _area(area: Area) -> dict[str, Any]:
    return said(area, AREA_FIELDS)


def session_of(user: User) -> str:
    """Signed in through the real service."""
    request = RequestFactory().post("/account/sign-in", REMOTE_ADDR="127.0.0.1")
    request.session = SessionStore()
    assert sign_in(request=request, username=user.username, password=PASSWORD) == user
    request.session.save()
    return str(request.session.session_key)


def amended(minutes: int, number: str) -> str:
    """The text with another replay window, in force two seconds from now."""
    base = read(Version.objects.latest("in_force_from_us").text, "the version before")
    begins = utc_now().replace(microsecond=0) + timedelta(seconds=2)
    draft = drafts.beginning(drafts.with_parameters(base, {"replay_minutes": minutes}), begins)
    draft = replace(draft, term_ends_on=None)
    return write(replace(draft, number=number))


def attempt(by: User, act: Callable[[], Any]) -> tuple[Any, Error | None]:
    """What came of it. A refusal has its clause and its entry; anything else that did not work left nothing behind."""
    size = Entry.objects.count()
    try:
        return act(), None
    except Error as caught:
        error = caught
    if isinstance(error, Refused):
        entry = Entry.objects.latest("seq")
        assert error.clause, "a refusal without a clause"
        assert Entry.objects.count() == size + 1, "a refusal that is not in the ledger, or something beside it"
        assert (entry.outcome, entry.actor) == ("refused", f"p-{by.pk}")
        assert ", ".join(entry.said.clauses) == error.clause
    else:
        assert Entry.objects.count() == size, f"{error} left an entry of what did not happen"
    return None, error


def check_the_ledger() -> None:
    """It verifies, offline and by its public key, and says of every case what the database says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export")
        ledger.export(path)
        answer = CliRunner().invoke(verify, ["ledger", str(path)])
        assert answer.exit_code == 0, answer.output
    found = compare()
    assert found.missteps == []
    assert found.differences == []
