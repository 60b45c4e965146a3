"""An ordinary day of the school: who signs in when, the watch, looking at pictures, what is owed and gets done.

Most of it in time, some of it late, as the dice of the day say. Every step is a service that a page would call.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone

from nangmai.base.clock import utc_now, wall_us
from nangmai.demonstration.places import CHANNELS, PLACES, RECORDERS, camera_id, recorder_of
from nangmai.protocol.messages import TicketUse
from nangmai.web.accounts import services as accounts
from nangmai.web.accounts.models import SignIn, User
from nangmai.web.compliance import services as compliance
from nangmai.web.compliance.queries import attested_by
from nangmai.web.compliance.survey import Survey, period_end
from nangmai.web.demonstration import school
from nangmai.web.demonstration.agenda import Agenda
from nangmai.web.demonstration.recorders import Fleet
from nangmai.web.demonstration.school import CLERK, DEPUTY, HEAD, OFFICER, PRINCIPAL, person
from nangmai.web.documents import services as documents
from nangmai.web.duties import services as duties
from nangmai.web.duties.models import Duty
from nangmai.web.duties.queries import acts_of, is_owed_by
from nangmai.web.duties.ways import page_of
from nangmai.web.footage import services as footage
from nangmai.web.footage.policies import Right
from nangmai.web.footage.services import Wanted
from nangmai.web.matters import services as matters
from nangmai.web.regulation.authorities import Refused
from nangmai.web.watch import presence
from nangmai.web.watch import queries as watch_queries
from nangmai.web.watch.models import Post, Shift

OFFICE_PEOPLE = (PRINCIPAL, DEPUTY, HEAD, OFFICER, CLERK, "ketoan", "bophan", "nhabep", "trangtin")
#: how often somebody signs in on a working day
DILIGENCE = {PRINCIPAL: 0.9, DEPUTY: 0.85, HEAD: 1.0, OFFICER: 0.9, CLERK: 0.8, "ketoan": 0.35, "trangtin": 0.3}
ROUNDS = (0.4, 6.5)  #: hours of a shift at which the guard goes through the cameras
OVERHEARD = 0.004
ATTESTED = {
    "it_officer": "Đã kiểm tra tại chỗ cùng tổ bảo vệ, ghi trong sổ kỹ thuật.",
    "head_of_security": "Đã đối chiếu sổ trực và sổ tiếp nhận trong kỳ.",
    "finance": "Đã đối chiếu chứng từ với biên bản nghiệm thu.",
}
DONE = {
    "compliance.report": "Đã trình Hiệu trưởng báo cáo tình hình thực hiện quy chế trong tháng.",
    "views.review": "Đã rà soát sổ theo dõi xem hình trong tháng, không có trường hợp xem sai mục đích.",
    "regulation.publish": "Đã niêm yết tại văn phòng và gửi cho toàn thể cán bộ, giáo viên, nhân viên.",
    "maintenance.lead": "Đã bảo dưỡng cùng nhân viên công nghệ thông tin, có biên bản kèm theo.",
}
#: what ends when the thing itself is done
ENDED_BY_EVENTS = ("camera.failed", "watch.unmanned", "matters.reported")


class Routine:
    """Puts the days of a school on an agenda."""

    def __init__(self, agenda: Agenda, fleet: Fleet, *, seed: str) -> None:
        self.agenda = agenda
        self.fleet = fleet
        self.seed = seed
        self.dice = random.Random(seed)
        self._browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def plan_day(self, day: date) -> None:
        """Everything that comes again, for one day."""
        self.dice = random.Random(f"{self.seed} {day}")
        self._handovers(day)
        for hour in (0, 6, 15):  # UTC: shortly before states are noted
            self.agenda.add(datetime.combine(day, time(hour), UTC) - timedelta(seconds=20), self.fleet.report)
        if day.weekday() < 5:
            self._office(day)

    def at(self, day: date, hour: float, *, within: float = 0.0) -> datetime:
        """A moment of the day by the school's own clock, give or take."""
        begin = timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
        return begin + timedelta(hours=hour + within * self.dice.random(), seconds=self.dice.randrange(60))

    def _office(self, day: date) -> None:
        at, add = self.at, self.agenda.add
        for username in OFFICE_PEOPLE:
            if self.dice.random() < DILIGENCE.get(username, 0.5):
                add(at(day, 7.0, within=1.2), partial(self.sign_in, username))
                add(at(day, 16.6, within=1.0), partial(self.sign_out, username))
        add(at(day, 8.6, within=0.5), lambda: self.look_live(person(PRINCIPAL), "P1", 4))
        if day.weekday() in (0, 3):
            add(at(day, 10.2, within=0.6), lambda: self.look_live(person(OFFICER), "quality_check", 9))
        if day.weekday() == 3:
            add(at(day, 14.5), self._plan_weeks)
            add(at(day, 24 + (9.0 if self.dice.random() < 0.85 else 15.5), within=1.0), self._publish_weeks)
        add(at(day, 10.5, within=0.5), self._attend_to_duties)
        add(at(day, 15.2, within=0.5), self._attest)

    def _plan_weeks(self) -> None:
        for monday in school.mondays(utc_now()):
            school.plan(monday)

    def _publish_weeks(self) -> None:
        by = DEPUTY if self.dice.random() < 0.3 else PRINCIPAL
        for monday in school.mondays(utc_now()):
            school.publish(monday, by=by)

    # -- the watch

    def _handovers(self, day: date) -> None:
        """The watch changes at six, in the morning and in the evening, some minutes early or late."""
        for hour in (6, 18):
            early = self.at(day, hour) + timedelta(minutes=self.dice.triangular(-8, 6, -3))
            self.agenda.add(early - timedelta(seconds=15), self.fleet.report)
            self.agenda.add(early, self.change_watch)

    def change_watch(self) -> None:
        """The guard whose shift begins takes the post over, and goes through the cameras during it."""
        now = utc_now()
        post = Post.objects.get(name=school.POST)
        left = watch_queries.on_watch_at(post)
        coming = watch_queries.next_at(post, now + watch_queries.limits().handover)
        if coming is None or not any(one.pk == coming.pk for one in watch_queries.due(coming.person, now)):
            return
        school.man(coming, left, note=self._note())
        if left is None:
            self.agenda.later(self.agenda.look, minutes=2)  # the clockwork sees that the post is held again
        if left is not None:
            self.sign_out(left.person.username)
        self.sign_in(coming.person.username)
        self.agenda.later(partial(self._be_present, coming), minutes=25)
        for after in ROUNDS:
            self.agenda.later(partial(self.look_live, coming.person, "P1", 5), hours=after)
        if self.dice.random() < 0.3:
            self.agenda.later(partial(self.look_back, coming.person), hours=self.dice.uniform(1, 9))

    def _be_present(self, shift: Shift) -> None:
        """Who is on watch says so whenever they are asked, and once in a long while overhears it."""
        shift.refresh_from_db()
        if shift.state != Shift.State.ON_WATCH:
            return
        presence.confirm(by=shift.person)
        waits = 44.0 if self.dice.random() < OVERHEARD else self.dice.uniform(22, 28)
        self.agenda.later(partial(self._be_present, shift), minutes=waits)

    def _note(self) -> str:
        notes = ("", "", "", "Cổng phụ đã khóa, chìa khóa ở tủ trực.", "Có thợ sửa mái nhà xe, làm đến chiều.")
        return self.dice.choice(notes)

    # -- sessions

    def sign_in(self, username: str) -> str:
        """A session as the sign-in page opens one; the password itself was proven once, when the account was made."""
        known = SignIn.objects.filter(user__username=username).first()
        if known is not None:
            return str(known.session_key)
        request = HttpRequest()
        request.session = SessionStore()
        place = 20 + [member.username for member in school.PEOPLE].index(username)
        request.META |= {"REMOTE_ADDR": f"192.168.10.{place}", "HTTP_USER_AGENT": self._browser}
        return str(accounts.open_session(request=request, user=person(username)).session_key)

    def sign_out(self, username: str) -> None:
        """End it, as everybody should."""
        accounts.end_sessions(SignIn.objects.filter(user__username=username))

    # -- looking at pictures

    def look_live(self, by: User, purpose: str, count: int) -> None:
        """Some cameras of one recorder for some minutes; whoever may not any more does not."""
        recorder = self.dice.choice(RECORDERS)
        known = [camera_id(number) for number in range(len(PLACES)) if recorder_of(number) == recorder]
        first = self.dice.randrange(max(1, min(CHANNELS, len(known)) - count))
        wanted = Wanted(Right.LIVE, recorder, tuple(known[first : first + count]), None, None)
        self.look(by, wanted, purpose, minutes=self.dice.uniform(1.5, 8))

    def look_back(self, by: User) -> None:
        """The last minutes of one camera once more."""
        number, now_us = self.dice.randrange(len(PLACES)), wall_us()
        period = (now_us - 8 * 60_000_000, now_us - 60_000_000)
        wanted = Wanted(Right.REPLAY, recorder_of(number), (camera_id(number),), *period)
        self.look(by, wanted, "P1", minutes=3)

    def look(self, by: User, wanted: Wanted, purpose: str, *, minutes: float) -> None:
        """Ask for a ticket and use it; the recorder tells of both ends."""
        try:
            _token, ticket = footage.issue(by=by, session_key=self.sign_in(by.username), wanted=wanted, purpose=purpose)
        except Refused:
            return
        self._tell(by, ticket.jti, wanted, "opened")
        self.agenda.later(lambda: self._tell(by, ticket.jti, wanted, "closed", minutes), minutes=minutes)

    def _tell(self, by: User, jti: str, wanted: Wanted, outcome: Any, minutes: float = 0) -> None:
        stream = "sub" if wanted.right == Right.LIVE else "main"
        self.fleet.recorders[wanted.recorder].used(
            TicketUse(
                id=0,
                ticket_id=jti,
                person=by.username,
                right=wanted.right.value,
                camera=camera,
                stream=stream,
                from_us=wanted.from_us,
                to_us=wanted.to_us,
                at_us=wall_us(),
                bytes=int(minutes * 60 * 50_000),
                outcome=outcome,
                reason="",
            )
            for camera in wanted.cameras
        )

    # -- what is owed

    def _attend_to_duties(self) -> None:
        """Open duties are done some days after they were opened: mostly in time."""
        now = utc_now()
        for duty in Duty.objects.filter(done_at=None, person=None).exclude(trigger__in=ENDED_BY_EVENTS):
            acts = acts_of(duty)
            days = (0,) if duty.trigger or "matter.report" in acts else (1, 2, 3, 4, 5, 9)
            patience = random.Random(f"{self.seed} {duty.norm} {duty.subject}").choice(days)
            by = next((one for one in map(person, OFFICE_PEOPLE) if is_owed_by(duty, one, now)), None)
            if by is not None and now - duty.opened_at >= timedelta(days=patience):
                self._do(duty, by, acts)

    def _do(self, duty: Duty, by: User, acts: tuple[str, ...]) -> None:
        """By the act itself where the system has a page for it, else by saying what was done."""
        if "matter.report" in acts:
            documents.sign(matters.report(by=by).document, by=by, factor=school.FACTOR)
        elif not page_of(duty, acts):
            evidence = next((said for act, said in DONE.items() if act in acts), "Đã thực hiện, có ghi sổ.")
            duties.report_done(duty=duty, by=by, evidence=evidence, is_stepped_up=True)

    def _attest(self) -> None:
        """Whoever attests does so when the period is nearly over, and some days after the first day."""
        survey = Survey()
        for norm in survey.regulation.norms:
            bound = attested_by(norm)
            if bound is None:
                continue
            last = survey.attested.get(norm.id)
            dice = random.Random(f"{self.seed} {norm.id}")
            patience, early = dice.choice((1, 2, 3, 4)), timedelta(days=dice.choice((9, 9, 10, 11, 8, 9, 5, -2)))
            is_time = (
                survey.now - survey.begun >= timedelta(days=patience)
                if last is None
                else period_end(last, bound.every, survey) - survey.now <= early
            )
            by = next((one.username for one in school.PEOPLE if one.role == bound.name), None)
            if is_time and by is not None:
                text = ATTESTED.get(bound.name, "Đã kiểm tra, thực hiện đúng quy chế.")
                compliance.attest(by=person(by), norm=norm, text=text, is_stepped_up=True)
