"""Duties fall due on the calendar of the place, and go to others when they stay undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from nangmai.base.units import us_from_datetime
from nangmai.regulation.duties import Step, due, next_opening, rules, rules_for, steps
from nangmai.regulation.model import Escalation
from unit.regulation.small import norm, regulation

HANOI = timezone(timedelta(hours=7))
SINCE = datetime(2023, 1, 1, tzinfo=HANOI)
REPORT = norm(
    "Đ7.1/report",
    "oblige",
    "incident.report",
    "guard head",
    trigger="incident.observed",
    within="PT{report_p1_minutes}M",
    escalate=(Escalation("P1D", ("principal",)), Escalation("PT15M", ("head",))),
)
REVIEW = norm("Đ5.3/review", "oblige", "attestation.sign", "principal", every="P3M", within="P1M")
STANDING = norm("Đ3.1/comply", "oblige", "regulation.read", "anyone")
TEXT = regulation(REPORT, REVIEW, STANDING, norm("Đ7.1/live", "permit", "live.view", "guard"), since=SINCE)


def _us(*parts: int) -> int:
    return us_from_datetime(datetime(*parts, tzinfo=HANOI))  # type: ignore[misc, arg-type]


def test_obliges_alone_are_duties_with_their_parameters_filled_in() -> None:
    report, review, standing = rules(TEXT)
    assert (report.norm, report.clause, report.who, report.within) == (
        "Đ7.1/report",
        "Đ7.1",
        ("guard", "head"),
        "PT15M",
    )
    assert report.escalate == (("P1D", ("principal",)), ("PT15M", ("head",)))
    assert (review.every, standing.within) == ("P3M", "")


def test_an_event_opens_its_own_duties() -> None:
    assert [rule.norm for rule in rules_for(TEXT, "incident.observed")] == ["Đ7.1/report"]
    assert list(rules_for(TEXT, "incident.closed")) == []


def test_a_duty_falls_due_and_then_goes_to_others_earliest_first() -> None:
    (report,) = rules_for(TEXT, "incident.observed")
    due_us = due(report, TEXT, _us(2023, 2, 28, 23, 50))
    assert due_us == _us(2023, 3, 1, 0, 5)
    assert steps(report, TEXT, due_us) == (
        Step(_us(2023, 3, 1, 0, 20), ("head",)),
        Step(_us(2023, 3, 2, 0, 5), ("principal",)),
    )


def test_months_are_those_of_the_place() -> None:
    review = rules(TEXT)[1]
    opened = _us(2023, 1, 31, 3)  # still the 30th in UTC
    assert due(review, TEXT, opened) == _us(2023, 2, 28, 3)
    assert next_opening(review, TEXT, opened) == _us(2023, 4, 30, 3)


def test_a_version_in_another_interval_keeps_its_calendar_and_its_hash() -> None:
    signed = replace(TEXT, content_hash="ab")
    kept = signed.in_interval(_us(2023, 2, 1), _us(2023, 6, 1))
    assert (kept.in_force_from, kept.in_force_until) == (
        datetime(2023, 2, 1, tzinfo=HANOI),
        datetime(2023, 6, 1, tzinfo=HANOI),
    )
    assert kept.version == "ab"
    review = rules(kept)[1]
    assert due(review, kept, _us(2023, 1, 31, 3)) == _us(2023, 2, 28, 3)
    assert signed.in_interval(_us(2023, 2, 1), None).in_force_until is None


def test_a_standing_duty_has_no_time() -> None:
    standing = rules(TEXT)[2]
    assert due(standing, TEXT, 0) is None
    assert next_opening(standing, TEXT, 0) is None
    assert steps(standing, TEXT, 0) == ()
