"""What happens once in the history: requests, refusals, matters, faults, the amendment. Days count from its first.

A history that is shorter than a story's day does without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from django.utils import timezone

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.units import US_PER_S
from nangmai.demonstration.places import PLACES, camera_id, recorder_of
from nangmai.regulation.acts import Title
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.amendments import drafts
from nangmai.web.amendments import services as amendments
from nangmai.web.amendments.models import Amendment
from nangmai.web.demonstration import school
from nangmai.web.demonstration.recorders import Outage, Shortage
from nangmai.web.demonstration.routine import Routine
from nangmai.web.demonstration.school import CLERK, DEPUTY, HEAD, PRINCIPAL, person
from nangmai.web.demonstration.script import INCIDENTS, REFUSALS, REQUESTS, TOPICS, Look, Seen
from nangmai.web.directions import services as directions
from nangmai.web.directions.models import Asked
from nangmai.web.footage.policies import Right
from nangmai.web.footage.services import Wanted
from nangmai.web.incidents import services as incidents
from nangmai.web.incidents.models import Incident
from nangmai.web.matters import services as matters
from nangmai.web.matters.models import Matter
from nangmai.web.regulation.services import acknowledge
from nangmai.web.sites.models import Camera
from nangmai.web.watch import queries as watch_queries
from nangmai.web.watch import services as watch
from nangmai.web.watch.models import Post

MINUTE_US = 60 * US_PER_S
SIGNED_IN_TIME, LATE = 1, 9  #: days after a version has begun: most people, and the one who forgets


class Stories:
    """Puts what happens once on the agenda of a routine."""

    def __init__(self, routine: Routine, *, first: date, last: date) -> None:
        self.routine = routine
        self.first = first
        self.last = last

    def plan(self) -> None:
        """All of it."""
        for day, look in REQUESTS.items():
            self._on(day, 9.6, partial(self.request, look))
        for day, username, right, words in REFUSALS:
            self._on(day, 10.1, partial(self.refusal, username, right, words))
        for day, seen in INCIDENTS.items():
            self._on(day, 13.2, partial(self.incident, seen))
        self._faults()
        self._watch_troubles()
        for day in (10, 18, 27, 40, 54):
            self._on(day, 15.5, self.collect)
        self._on(35, 11.2, self.answer_matters)
        self._amendment()
        self._at_last()

    def _on(self, day: int, hour: float, act: Callable[[], object]) -> None:
        """On a day of the history, if it lasts so long; on the Monday after, where it falls on a weekend."""
        on = self.first + timedelta(days=day)
        if on.weekday() > 4:
            on += timedelta(days=7 - on.weekday())
        if on < self.last:
            self.routine.agenda.add(self.routine.at(on, hour, within=0.4), act)

    def _moment(self, day: int, hour: float) -> datetime:
        begin = datetime.combine(self.first + timedelta(days=day), time())
        return timezone.make_aware(begin, timezone.get_default_timezone()) + timedelta(hours=hour)

    # -- people begin

    def acknowledge_all(self) -> None:
        """Everybody signs for the version in force: some at once, most the next day, one too late."""
        for place, member in enumerate(school.PEOPLE):
            days = LATE if member.username == "nhabep" else SIGNED_IN_TIME * (place % 4 == 3)
            sign = partial(self.acknowledge, member.username)
            self.routine.agenda.later(sign, hours=24 * days + 0.2 + place / 5)

    def acknowledge(self, username: str) -> None:
        """One of them."""
        acknowledge(person=person(username))

    # -- the board is asked

    def request(self, look: Look) -> None:
        """Somebody asks, the board answers within hours, and who was let looks."""
        camera = _row(look.camera)
        now_us = wall_us()
        span = now_us - 90 * MINUTE_US, now_us - 30 * MINUTE_US
        self.routine.sign_in(look.by)
        asked = directions.ask(
            person=person(look.by),
            act="playback.view",
            cameras=[camera],
            span=span,
            purpose=look.purpose,
            reason=look.reason,
        )
        self.routine.agenda.later(lambda: self.answer(look, asked, camera), hours=self.routine.dice.uniform(0.4, 3.5))

    def answer(self, look: Look, asked: Asked, camera: Camera) -> None:
        """What the board says."""
        by = person(DEPUTY if look.by == HEAD or self.routine.dice.random() < 0.4 else PRINCIPAL)
        if not look.is_given:
            directions.refuse(asked=asked, by=by, answer=look.answer, is_stepped_up=True)
            return
        span = asked.from_us, asked.to_us
        directions.give(
            by=by,
            person=asked.person,
            cameras=[camera],
            span=span,
            purpose=look.purpose,
            text="Xem lại đoạn đã nêu, báo cáo bằng văn bản trong ngày.",
            until_at=utc_now() + timedelta(days=2),
            is_stepped_up=True,
            asked=asked,
        )
        wanted = Wanted(Right.PLAYBACK, camera.recorder.name, (camera.camera_id,), *span)
        self.routine.agenda.later(lambda: self.routine.look(asked.person, wanted, look.purpose, minutes=14), minutes=25)

    def refusal(self, username: str, right: Right, words: str) -> None:
        """Somebody tries what the regulation does not give them; some enter it as a matter outside it."""
        by, now_us = person(username), wall_us()
        on_watch = watch_queries.on_shift(by, utc_now())
        if on_watch and right == Right.LIVE:
            by = next(person(name) for name in school.GUARDS if name != username)
        period = (None, None) if right == Right.LIVE else (now_us - 26 * 60 * MINUTE_US, now_us - 25 * 60 * MINUTE_US)
        wanted = Wanted(right, recorder_of(1), (camera_id(1),), *period)
        self.routine.look(by, wanted, "P1", minutes=2)
        if words:
            act = "live.view" if right == Right.LIVE else "playback.view"
            self.routine.agenda.later(lambda: matters.file(person=by, act=act, text=words), minutes=6)

    def incident(self, seen: Seen) -> None:
        """Whoever is on watch reports it; the board directs, it is put on record and closed."""
        watching = watch_queries.on_watch_now()
        if not watching:
            return
        row = incidents.report(
            by=watching[0].person,
            severity=seen.severity,
            observed_at=utc_now() - timedelta(minutes=seen.minutes),
            cameras=[_row(seen.camera)],
            place=seen.camera,
            what=seen.what,
        )
        later, board = self.routine.agenda.later, person(DEPUTY if self.routine.dice.random() < 0.5 else PRINCIPAL)
        later(lambda: incidents.receive(incident=row, by=board), minutes=4)
        later(lambda: incidents.direct(incident=row, by=board, text=seen.text, is_stepped_up=True), minutes=9)
        later(partial(self.put_on_record, row, seen, board), hours=3)

    def put_on_record(self, row: Incident, seen: Seen, board: User) -> None:
        """The minutes, and the conclusion a while later."""
        text = f"{seen.what} {seen.text} Đã thực hiện."
        incidents.locate(incident=row, by=person(HEAD), is_on_premises=True, place=seen.camera)
        incidents.minute(incident=row, by=person(HEAD), text=text, is_about_somebody=False)
        self.routine.agenda.later(
            lambda: incidents.close(incident=row, by=board, conclusion=seen.conclusion, is_stepped_up=True), hours=1
        )

    # -- matters

    def collect(self) -> None:
        """The head of security goes through what was entered."""
        for place, matter in enumerate(Matter.objects.filter(state=Matter.State.LOGGED)):
            matters.collect(
                matter=matter,
                by=person(HEAD),
                topic=TOPICS[(matter.pk - 1) % len(TOPICS)],
                note="Đã trao đổi với người ghi và xem lại bút toán liên quan.",
                proposal="Xem xét khi sửa đổi quy chế." if place == 0 else "",
            )

    def answer_matters(self) -> None:
        """The principal answers what was reported; what is reported later waits."""
        reported = list(Matter.objects.filter(state=Matter.State.REPORTED).order_by("filed_at"))
        for matter in reported:
            is_amended = "P2" in matter.text
            matters.answer(
                matter=matter,
                by=person(PRINCIPAL),
                choice="amend" if is_amended else "no_change",
                reason="Rút ngắn thời hạn báo cáo mức P2."
                if is_amended
                else "Quy chế đã có cách làm: xin phép Ban giám hiệu hoặc đổi ca trong lịch trực.",
            )

    # -- faults

    def _faults(self) -> None:
        """Two cameras fail, the second for longer than it may; one recorder holds too little for some days."""
        fleet, day = self.routine.fleet, timedelta(days=1)
        fleet.outages += [
            Outage(_camera("Bếp"), self._moment(18, 9.3), self._moment(19, 15.6)),
            Outage(_camera("Tường rào đông, đoạn 2"), self._moment(49, 21.2), self._moment(53, 10.4)),
        ]
        begins = self._moment(39, 2)
        fleet.shortages.append(Shortage("nvr-2", begins, begins + 5 * day, 17.0))
        for outage in fleet.outages:
            for hours in (0.3, 1.0):
                self._if_it_lasts(outage.begins + timedelta(hours=hours), self.look_again)
            self._if_it_lasts(outage.ends + timedelta(minutes=2), self.look_again)

    def _if_it_lasts(self, at: datetime, act: Callable[[], object]) -> None:
        if at < self._moment((self.last - self.first).days, 0):
            self.routine.agenda.add(at, act)

    def look_again(self) -> None:
        """Recorders tell, and the clockwork sees it."""
        self.routine.fleet.report()
        self.routine.agenda.look()

    def _watch_troubles(self) -> None:
        """One evening the relief comes late and the guard stays; one morning a post stands empty for a while."""
        self._if_it_lasts(self._moment(20, 17.8), self.stay_on)
        self._if_it_lasts(self._moment(34, 5.8), self.leave_early)

    def stay_on(self) -> None:
        """The guard says openly that the watch goes on."""
        shift = watch_queries.on_watch_at(Post.objects.get(name=school.POST))
        if shift is not None:
            until = shift.ends_at + timedelta(minutes=45)
            watch.extend(by=shift.person, shift=shift, until=until, reason="Người nhận ca báo xe hỏng, đến muộn.")

    def leave_early(self) -> None:
        """Nobody holds the post until the relief comes: seen within a minute, and passed on when it takes too long."""
        shift = watch_queries.on_watch_at(Post.objects.get(name=school.POST))
        if shift is not None:
            watch.close(by=shift.person, shift=shift, reason="Đưa người ốm đến trạm y tế, không kịp chờ người thay.")
            for minutes in (1.5, 13):
                self.routine.agenda.later(lambda: self.routine.agenda.look(), minutes=minutes)

    # -- the amendment

    def _amendment(self) -> None:
        """From the register of matters to the acknowledgement of the new version, in a fortnight."""
        for day, hour, act in (
            (36, 15.0, self.begin_amendment),
            (38, 9.5, self.give_opinions),
            (40, 14.0, self.submit_amendment),
            (41, 16.0, self.sign_amendment),
        ):
            self._on(day, hour, act)

    def begin_amendment(self) -> None:
        """A draft: the term is prolonged, P2 is reported sooner."""
        draft = amendments.begin(
            by=person(HEAD),
            title="Gia hạn quy chế cho năm học mới, rút ngắn thời hạn báo cáo mức P2",
            reason="Thời hạn của quy chế đã hết; vấn đề số 3 trong báo cáo tháng.",
        )
        ends_on = _school_year_end(timezone.localdate(utc_now()))
        edits: dict[str, Callable[[Regulation], Regulation]] = {
            "bases": lambda text: drafts.with_bases(text, text.legal_bases, ends_on),
            "clause QĐ.1": lambda text: drafts.with_clause_text(text, "QĐ.1", _for_year(text, ends_on)),
            "parameters": lambda text: drafts.with_parameters(text, {"report_p2_minutes": 45}),
        }
        for part, edit in edits.items():
            amendments.change(amendment=draft, by=person(HEAD), part=part, edit=edit)
        amendments.move(amendment=draft, by=person(HEAD), event="consult")

    def give_opinions(self) -> None:
        """Two people say what they think."""
        draft = Amendment.objects.get()
        for username, text in (
            ("baove", "Đồng ý 45 phút; ban đêm nên gọi điện trước, báo cáo sau."),
            ("bophan", "Đề nghị thông báo cho phụ huynh biết thời hạn mới."),
        ):
            amendments.comment(amendment=draft, by=person(username), text=text)

    def submit_amendment(self) -> None:
        """To the principal, who decides."""
        amendments.move(amendment=Amendment.objects.get(), by=person(HEAD), event="submit")

    def sign_amendment(self) -> None:
        """Signed with a second proof; in force from the next Monday, and then everybody signs for it."""
        today = timezone.localdate(utc_now())
        begins = self._moment((today - self.first).days + 7 - today.weekday(), 0)
        amendments.sign(
            amendment=Amendment.objects.get(),
            by=person(PRINCIPAL),
            factor=school.FACTOR,
            is_stepped_up=True,
            in_force_from=begins,
        )
        self.routine.agenda.add(begins + timedelta(minutes=3), self.acknowledge_all)

    # -- what still waits when a person opens the pages

    def _at_last(self) -> None:
        """A request nobody has answered, a matter nobody has gone through."""
        length = (self.last - self.first).days
        if length > len(REQUESTS):
            self.routine.agenda.add(self._moment(length - 1, 15.1), self.leave_open)

    def leave_open(self) -> None:
        """Filed on the afternoon before the history ends."""
        camera = _row("Cổng phụ")
        now_us = wall_us()
        directions.ask(
            person=person("baove4"),
            act="playback.view",
            cameras=[camera],
            span=(now_us - 300 * MINUTE_US, now_us - 240 * MINUTE_US),
            purpose="P1",
            reason="Người giao hàng để quên thùng sữa ở cổng phụ, cần xem ai đã nhận.",
        )
        matters.file(person=person(CLERK), text="Phụ huynh hỏi bằng văn bản camera lớp con mình lưu bao nhiêu ngày.")


def _camera(name: str) -> str:
    return camera_id(next(at for at, place in enumerate(PLACES) if place.name == name))


def _row(name: str) -> Camera:
    return Camera.objects.select_related("recorder").get(camera_id=_camera(name))


def _school_year_end(day: date) -> date:
    """The last day of May after the day."""
    return date(day.year + (day.month > 5), 5, 31)


def _for_year(text: Regulation, ends_on: date) -> Title:
    """The clause of the term, for another school year."""
    clause = next(one for one in text.clauses if one.id == "QĐ.1")
    year = f"{ends_on.year - 1}-{ends_on.year}"
    return Title(clause.text.vi.replace("2022-2023", year), clause.text.en.replace("2022-2023", year))
