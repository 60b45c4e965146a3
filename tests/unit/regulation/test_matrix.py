"""The matrix says what deciding gives, cell by cell."""

from __future__ import annotations

from nangmai.regulation.acts import ACTS
from nangmai.regulation.matrix import Cell, matrix
from nangmai.regulation.model import Norm
from unit.regulation.small import norm, regulation


def cells(act: str, *norms: Norm, **parameters: int) -> dict[str, Cell]:
    rows = {row.act: row for row in matrix(regulation(*norms, **parameters))}
    assert list(rows) == list(ACTS)
    return dict(rows[act].cells)


def answers(act: str, *norms: Norm, **parameters: int) -> dict[str, str]:
    return {role: cell.answer for role, cell in cells(act, *norms, **parameters).items()}


def test_a_cell_is_allowed_ordered_or_denied() -> None:
    found = cells(
        "playback.view",
        norm("Đ4.1/board", "permit", "playback.view", "principal"),
        norm("Đ7.2/directed", "permit", "playback.view", "guard head", when="with_direction on_shift"),
        norm("Đ4.2/ask", "forbid", "playback.view", "others"),
    )
    assert found["principal"] == Cell("allow", ("Đ4.1",))
    assert found["guard"] == Cell("order", ("Đ7.2",), ("with_direction", "on_shift"))
    assert found["supplier"] == found["anyone"] == Cell("deny", ("Đ4.2",))


def test_a_situation_leaves_a_cell_allowed_and_is_listed() -> None:
    found = cells("live.view", norm("Đ7.1/live", "permit", "live.view", "guard", when="on_shift in_own_area"))
    assert found["guard"] == Cell("allow", ("Đ7.1",), ("on_shift", "in_own_area"))


def test_the_least_demanding_norm_gives_the_conditions() -> None:
    found = cells(
        "live.view",
        norm("Đ7.1/a", "permit", "live.view", "guard", when="on_shift in_own_area"),
        norm("Đ7.2/b", "permit", "live.view", "anyone", when="accepted_camera"),
    )
    assert found["guard"] == Cell("allow", ("Đ7.1", "Đ7.2"), ("accepted_camera",))


def test_what_anyone_may_all_may() -> None:
    found = answers("complaint.lodge", norm("Đ3.2/complain", "permit", "complaint.lodge", "anyone"))
    assert set(found.values()) == {"allow"}


def test_a_forbid_on_a_situation_that_another_permit_needs_does_not_hide_a_right() -> None:
    found = answers(
        "request.decide",
        norm("Đ4.1/board", "permit", "request.decide", "principal"),
        norm("Đ4.3/own", "forbid", "request.decide", "anyone", when="is_own"),
    )
    assert (found["principal"], found["guard"]) == ("allow", "deny")


def test_a_forbid_that_a_paper_lifts_is_under_order_and_names_the_paper() -> None:
    found = cells(
        "footage.publish",
        norm("Đ4.1/board", "permit", "footage.publish", "principal"),
        norm("Đ2.3/never", "forbid", "footage.publish", "anyone", unless="with_consent"),
    )
    assert found["principal"] == Cell("order", ("Đ4.1",), ("with_consent",))
    assert found["guard"] == Cell("deny", ("Đ2.3", "Đ4.1"))


def test_an_act_that_norms_only_oblige_to_is_marked_as_a_duty() -> None:
    text = regulation(
        norm("Đ1.1/keep", "oblige", "footage.keep shift.take", "guard"),
        norm("Đ1.1/take", "permit", "shift.take", "guard"),
    )
    assert [row.act for row in matrix(text) if row.is_duty_only] == ["footage.keep"]


def test_a_window_of_no_minutes_is_no_right() -> None:
    glass = norm("Đ7.4/glass", "permit", "replay.view", "guard", when="with_emergency within_break_glass")
    assert answers("replay.view", glass, break_glass_minutes=5)["guard"] == "order"
    assert answers("replay.view", glass)["guard"] == "deny"
