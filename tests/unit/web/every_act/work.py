"""What is done in a school: the watch, directions, matters, amendments, places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from nangmai.base.clock import utc_now
from nangmai.base.units import US_PER_S, us_from_datetime
from nangmai.web.accounts.models import User
from nangmai.web.amendments import services as amendments
from nangmai.web.amendments.drafts import with_parameters
from nangmai.web.amendments.models import Amendment
from nangmai.web.directions import services as directions
from nangmai.web.directions.models import Asked, Direction
from nangmai.web.matters import services as matters
from nangmai.web.matters.models import Matter, MatterReport
from nangmai.web.regulation import services as regulation
from nangmai.web.regulation.authorities import Refused
from nangmai.web.sites import arrangement
from nangmai.web.sites.models import Area, Camera
from nangmai.web.watch import items
from nangmai.web.watch import services as watch
from nangmai.web.watch.models import Shift
from unit.web.every_act.acting import amended, attempt
from unit.web.every_act.matrix import MINUTE_US, Directed, Placed, Span
from unit.web.every_act.people import HANDOVER_US, PURPOSES, PeopleActs, actors, camera_ids, proven, some


class WorkActs(PeopleActs):
    """Every act but those with footage."""

    # -- the watch

    def confirmed(self, shift: Shift) -> list[str]:
        return [item.key for item in items.open_items(shift.post, utc_now())]

    @rule(by=actors, own=st.booleans())
    def go_on_watch(self, by: str, own: bool) -> None:
        """Take the post, or take it over from who holds it; mostly the shift that is planned now."""
        person = self.who(by)
        now = utc_now() + timedelta(minutes=10)
        shift = Shift.objects.filter(starts_at__lte=now, ends_at__gt=utc_now()).last()
        holder = Shift.objects.filter(state=Shift.State.ON_WATCH).select_related("person").first()
        if shift is None:
            return
        person = shift.person if own else person
        if holder is None:
            act = lambda: watch.take(by=person, shift=shift, confirmed=self.confirmed(shift))  # noqa: E731
        else:
            act = lambda: watch.hand_over(  # noqa: E731
                outgoing=holder, incoming=shift, by=person, confirmed=self.confirmed(shift)
            )
        done, error = attempt(person, act)
        self.holds(person, "shift.take", True, error)
        if done is not None:
            assert person == shift.person
            if holder is not None:
                self.school.watch.pop(holder.person_id, None)
            self.school.watch[person.pk] = us_from_datetime(shift.ends_at) + HANDOVER_US

    @rule(by=actors, own=st.booleans(), is_extended=st.booleans())
    def stay_or_leave(self, by: str, own: bool, is_extended: bool) -> None:
        shift = Shift.objects.filter(state=Shift.State.ON_WATCH).select_related("person").first()
        if shift is None:
            return
        person = shift.person if own else self.who(by)
        until = utc_now() + timedelta(hours=1)
        if is_extended:
            done, error = attempt(
                person, lambda: watch.extend(by=person, shift=shift, until=until, reason="Chưa có người thay")
            )
        else:
            done, error = attempt(person, lambda: watch.close(by=person, shift=shift, reason="Ốm"))
        self.holds(person, "shift.take", True, error)
        if done is not None:
            assert person == shift.person
            self.school.watch[person.pk] = us_from_datetime(until) + HANDOVER_US if is_extended else 0

    # -- requests and directions

    def span(self, minutes_ago: int, minutes: int) -> Span:
        begin = self.now_us - minutes_ago * MINUTE_US
        return begin, begin + minutes * MINUTE_US

    @rule(by=actors, camera_id=camera_ids)
    def ask(self, by: str, camera_id: str) -> None:
        person = self.who(by)
        _row, error = attempt(person, lambda: directions.ask(
            person=person, act="playback.view", cameras=[Camera.objects.get(camera_id=camera_id)],
            span=self.span(120, 60), purpose="P1", reason="Mất xe đạp",
        ))  # fmt: skip
        assert error is None

    @rule(
        by=actors,
        number=some,
        camera_id=camera_ids,
        purpose=st.sampled_from(PURPOSES[:2]),
        minutes=st.sampled_from([5, 180]),
        is_proven=proven,
    )
    def direct(self, by: str, number: int, camera_id: str, purpose: str, minutes: int, is_proven: bool) -> None:
        self.give(by, self.one(number), camera_id, purpose, minutes, is_proven)

    def give(self, by: str, person: User, camera_id: str, purpose: str, minutes: int, is_proven: bool) -> None:
        signer, span = self.who(by), self.span(150, 120)
        until = utc_now() + timedelta(minutes=minutes)
        asked = Asked.objects.filter(person=person).last()
        row, error = attempt(signer, lambda: directions.give(
            by=signer, person=person, cameras=[Camera.objects.get(camera_id=camera_id)], span=span, purpose=purpose,
            text="Xem lại", until_at=until, is_stepped_up=is_proven, asked=asked,
        ))  # fmt: skip
        self.holds(signer, "incident.direct", is_proven, error)
        if row is not None:
            made = Directed(person.pk, frozenset({camera_id}), span, purpose, us_from_datetime(until))
            self.directed[row.pk] = made
            self.school.directed.append(made)

    @rule(by=actors, number=some, is_proven=proven, what=st.sampled_from(["direction", "refuse", "unask"]))
    def take_back(self, by: str, number: int, is_proven: bool, what: str) -> None:
        person = self.who(by)
        rows: list[Any] = list((Direction if what == "direction" else Asked).objects.order_by("pk"))
        if not rows:
            return
        row = rows[number % len(rows)]
        if what == "unask":
            _done, error = attempt(person, lambda: directions.withdraw_asked(asked=row, by=person))
            assert error is not None or row.person == person
        elif what == "refuse":
            _done, error = attempt(
                person, lambda: directions.refuse(asked=row, by=person, answer="Không", is_stepped_up=is_proven)
            )
            self.holds(person, "incident.direct", is_proven, error)
        else:
            self.withdraw_direction(row, person, is_proven)

    def withdraw_direction(self, row: Direction, by: User, is_proven: bool) -> None:
        _done, error = attempt(by, lambda: directions.withdraw(direction=row, by=by, is_stepped_up=is_proven))
        self.holds(by, "incident.direct", is_proven, error)
        if error is None:
            self.directed[row.pk].is_withdrawn = True

    # -- matters, amendments, versions

    @rule(by=actors, number=some, what=st.sampled_from(["file", "file", "collect", "report", "answer", "answer"]))
    def matter(self, by: str, number: int, what: str) -> None:
        person, rows = self.who(by), list(Matter.objects.order_by("pk"))
        if what == "file":
            _row, error = attempt(person, lambda: matters.file(person=person, text="Cổng phụ không có camera"))
            assert error is None
        elif what == "report":
            if MatterReport.objects.count() < 2:  # each prints a paper, which takes a while
                _row, error = attempt(person, lambda: matters.report(by=person))
                self.holds(person, "matter.report", True, error)
        elif rows:
            row = rows[number % len(rows)]
            if what == "collect":
                _row, error = attempt(
                    person, lambda: matters.collect(matter=row, by=person, topic="Cổng", note="Thiếu camera")
                )
                self.holds(person, "matter.collect", True, error)
            else:
                choice = ("amend", "no_change")[number % 2]
                _row, error = attempt(
                    person, lambda: matters.answer(matter=row, by=person, choice=choice, reason="Đã xem xét")
                )
                self.holds(person, "amendment.consider", True, error)

    @rule(
        by=actors,
        number=some,
        what=st.sampled_from(["begin", "change", "comment", "consult", "submit", "revise", "withdraw"]),
    )
    def amendment(self, by: str, number: int, what: str) -> None:
        person, row = self.who(by), Amendment.objects.last()
        may = any(
            self.school.may(person.pk, f"amendment.{act}", self.now_us, is_proven=True)
            for act in ("propose", "consider")
        )
        if what == "begin":
            _row, error = attempt(person, lambda: amendments.begin(by=person, title="Sửa", reason="Thiếu"))
        elif row is None:
            return
        elif what == "change":
            minutes = 10 + number
            _row, error = attempt(person, lambda: amendments.change(
                amendment=row, by=person, part="parameters",
                edit=lambda text: with_parameters(text, {"replay_minutes": minutes}),
            ))  # fmt: skip
        elif what == "comment":
            may = may or self.school.may(person.pk, "amendment.suggest", self.now_us, is_proven=True)
            _row, error = attempt(person, lambda: amendments.comment(amendment=row, by=person, text="Đồng ý"))
        else:
            _row, error = attempt(person, lambda: amendments.move(amendment=row, by=person, event=what))
        assert may or error is not None, (person.username, what)

    @precondition(lambda self: len(self.school.versions) < 3)
    @rule(by=actors, minutes=st.sampled_from([10, 20]), is_proven=proven)
    def publish(self, by: str, minutes: int, is_proven: bool) -> None:
        signer, number = self.who(by), f"{len(self.school.versions) + 1}/QĐ-MNNM"
        text = amended(minutes, number)
        version, error = attempt(signer, lambda: regulation.publish(text=text, by=signer, is_stepped_up=is_proven))
        self.holds(signer, "amendment.sign", is_proven, error)
        assert error is None or isinstance(error, Refused), error
        if version is not None:
            self.school.versions.append((version.in_force_from_us, version.sha256, minutes))
            self.clock.advance(3 * US_PER_S)
            self.a_second_passes()

    @rule(by=actors, camera_id=camera_ids, area=some, purposes=st.sampled_from([[], ["P1"], ["P2", "P3"]]))
    def arrange(self, by: str, camera_id: str, area: int, purposes: list[str]) -> None:
        person, row = self.who(by), Camera.objects.select_related("recorder", "area").get(camera_id=camera_id)
        where = Area.objects.get(pk=self.stage.areas[area % 2]) if area % 3 else None
        done, error = attempt(person, lambda: arrangement.assign_camera(
            by=person, camera=row, area=where, unit="", purposes=purposes
        ))  # fmt: skip
        self.holds(person, "site.arrange", True, error)
        if done is not None:
            carried = frozenset(purposes) or Placed().purposes
            self.school.cameras[camera_id] = Placed(str(where.pk) if where else "", carried)
