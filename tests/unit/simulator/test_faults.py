"""Every fault begins, ends, and leaves the camera as it was; a wrong one is one clear sentence."""

from __future__ import annotations

import dataclasses

import pytest

from nangmai.base.config import ConfigInvalid
from nangmai.simulator.fault import Conditions, FaultMalformed
from nangmai.simulator.fault_requests import FaultRequest, FaultUnknown, make_fault, parse_fault
from nangmai.simulator.faults import FAULTS


class Recorded:
    """A camera that writes down what is done to it."""

    def __init__(self) -> None:
        self.conditions = Conditions()
        self.done: list[str] = []

    def kill_connections(self, *, reset: bool) -> None:
        self.done.append(f"kill {reset}")

    def freeze_connections(self) -> None:
        self.done.append("freeze")

    def change_ssrc(self) -> None:
        self.done.append("ssrc")

    def make_nonces_stale(self) -> None:
        self.done.append("stale")

    def switch_to(self, clip: str) -> None:
        self.done.append(f"switch {clip}")

    def set_power(self, *, on: bool) -> None:
        self.done.append(f"power {on}")


_PARAMETERS = {"redirect": {"url": "rtsp://elsewhere"}}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_changes_something_and_its_end_undoes_it(name: str) -> None:
    camera = Recorded()
    fault = make_fault(name, **_PARAMETERS.get(name, {}))
    before = dataclasses.astuple(camera.conditions)
    fault.apply(camera)
    assert dataclasses.astuple(camera.conditions) != before or camera.done
    fault.lift(camera)
    assert dataclasses.astuple(camera.conditions) == before


def test_a_reboot_comes_back_with_the_other_clip() -> None:
    camera = Recorded()
    fault = make_fault("reboot", clip="other")
    fault.apply(camera)
    fault.lift(camera)
    assert camera.done == ["power False", "switch other", "power True"]


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("stall", FaultRequest("", "stall")),
        ("cam-01:kill:reset=false", FaultRequest("cam-01", "kill", parameters={"reset": False})),
        ("loss:rate=0.5,seconds=3,after=2", FaultRequest("", "loss", 3, 2, {"rate": 0.5})),
        ("cam-01:switch:clip=other", FaultRequest("cam-01", "switch", parameters={"clip": "other"})),
        ("redirect:url=rtsp://h:1/x", FaultRequest("", "redirect", parameters={"url": "rtsp://h:1/x"})),
    ],
)
def test_the_command_line_form_is_read(text: str, request_: FaultRequest) -> None:
    assert parse_fault(text) == request_


@pytest.mark.parametrize("text", ["stal", "cam-01:stal", ""])
def test_an_unknown_fault_is_named_with_the_known_ones(text: str) -> None:
    with pytest.raises(FaultUnknown, match="half_open"):
        parse_fault(text)


def test_a_parameter_without_a_value_is_refused() -> None:
    with pytest.raises(FaultMalformed, match="has no value"):
        parse_fault("loss:rate")


def test_an_unknown_parameter_is_refused_with_a_hint() -> None:
    with pytest.raises(ConfigInvalid, match="did you mean 'rate'"):
        make_fault("loss", rat=0.1)


def test_an_unknown_sdp_defect_is_refused() -> None:
    with pytest.raises(FaultMalformed, match="no_sprop"):
        make_fault("wrong_sdp", defect="typo")


def test_only_faults_on_packets_take_the_slow_way() -> None:
    conditions = Conditions()
    for name, expected in (("loss", True), ("stall", False), ("garbage", True), ("no_marker", True)):
        camera = Recorded()
        camera.conditions = conditions
        fault = make_fault(name)
        fault.apply(camera)
        conditions.settle()
        assert conditions.touches_packets is expected
        fault.lift(camera)
