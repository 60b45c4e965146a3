"""What can go wrong with a camera, on demand: one class a fault, found by name, its fields its parameters.

`apply` begins it and `lift` ends it; a fault that happens in a moment (a killed connection) has nothing to lift. Faults
reach a camera only through `Faulty`, so the list below is the whole of what the simulator can do wrong.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from nangmai.base.config import load_table
from nangmai.base.errors import Error, Kind
from nangmai.base.units import TIMESCALE_90K, US_PER_S
from nangmai.simulator.sdp import SdpDefect


class FaultUnknown(Error):
    """There is no fault {name!r}. Known faults: {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


class FaultMalformed(Error):
    """The fault {text!r} cannot be read: {reason}. Write NAME or CAMERA:NAME, then :KEY=VALUE,KEY=VALUE."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(slots=True)
class Conditions:
    """What is wrong with a camera now. Read on every picture, so plain values only."""

    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    garbage: float = 0.0
    no_marker: bool = False
    touches_packets: bool = False  #: any of the above: packets take the slow way
    jitter_90k: int = 0
    is_stalled: bool = False
    is_hung: bool = False
    is_off: bool = False
    timestamp_shift_90k: int = 0
    ntp_shift_us: int = 0
    near_wrap: bool = False
    refusal: int = 0  #: status for every request, 0 = none
    redirect: str = ""
    sdp: SdpDefect | None = None
    rtp_info: str = "right"

    def settle(self) -> None:
        """Bring `touches_packets` up to date."""
        self.touches_packets = bool(self.loss or self.duplicate or self.reorder or self.garbage or self.no_marker)


class Faulty(Protocol):
    """What a fault may do to a camera."""

    conditions: Conditions

    def kill_connections(self, *, reset: bool) -> None:
        """Close every connection, with RST or FIN."""

    def freeze_connections(self) -> None:
        """Neither read nor write nor close the connections that are open now."""

    def change_ssrc(self) -> None:
        """Start new RTP streams inside the running sessions."""

    def make_nonces_stale(self) -> None:
        """Forget the nonce that clients hold."""

    def switch_to(self, clip: str) -> None:
        """Send another clip from its first key picture on."""

    def set_power(self, *, on: bool) -> None:
        """Close or open the camera's door to the network."""


class Fault:
    """One way to misbehave."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        FAULTS[cls.name] = cls

    def apply(self, camera: Faulty) -> None:
        """Begin."""
        raise NotImplementedError

    def lift(self, camera: Faulty) -> None:
        """End."""


FAULTS: dict[str, type[Fault]] = {}


@dataclass(frozen=True)
class Loss(Fault):
    """RTP packets are lost: not interleaved over TCP, not sent over UDP."""

    rate: float = 0.02

    def apply(self, camera: Faulty) -> None:
        camera.conditions.loss = self.rate

    def lift(self, camera: Faulty) -> None:
        camera.conditions.loss = 0.0


@dataclass(frozen=True)
class Duplicate(Fault):
    """RTP packets arrive twice."""

    rate: float = 0.05

    def apply(self, camera: Faulty) -> None:
        camera.conditions.duplicate = self.rate

    def lift(self, camera: Faulty) -> None:
        camera.conditions.duplicate = 0.0


@dataclass(frozen=True)
class Reorder(Fault):
    """Neighbouring RTP packets change places."""

    rate: float = 0.05

    def apply(self, camera: Faulty) -> None:
        camera.conditions.reorder = self.rate

    def lift(self, camera: Faulty) -> None:
        camera.conditions.reorder = 0.0


@dataclass(frozen=True)
class Garbage(Fault):
    """Bytes that belong to nothing stand between interleaved frames; `rate` is per picture."""

    rate: float = 0.1

    def apply(self, camera: Faulty) -> None:
        camera.conditions.garbage = self.rate

    def lift(self, camera: Faulty) -> None:
        camera.conditions.garbage = 0.0


@dataclass(frozen=True)
class NoMarker(Fault):
    """The marker bit that ends a picture is never set."""

    def apply(self, camera: Faulty) -> None:
        camera.conditions.no_marker = True

    def lift(self, camera: Faulty) -> None:
        camera.conditions.no_marker = False


@dataclass(frozen=True)
class Jitter(Fault):
    """Pictures leave up to `milliseconds` late, in order."""

    milliseconds: float = 200.0

    def apply(self, camera: Faulty) -> None:
        camera.conditions.jitter_90k = int(self.milliseconds * TIMESCALE_90K / 1000)

    def lift(self, camera: Faulty) -> None:
        camera.conditions.jitter_90k = 0


@dataclass(frozen=True)
class Stall(Fault):
    """Connected and answering, but no media."""

    def apply(self, camera: Faulty) -> None:
        camera.conditions.is_stalled = True

    def lift(self, camera: Faulty) -> None:
        camera.conditions.is_stalled = False


@dataclass(frozen=True)
class Hang(Fault):
    """Connections are accepted; no request is answered and no media sent."""

    def apply(self, camera: Faulty) -> None:
        camera.conditions.is_hung = camera.conditions.is_stalled = True

    def lift(self, camera: Faulty) -> None:
        camera.conditions.is_hung = camera.conditions.is_stalled = False


@dataclass(frozen=True)
class HalfOpen(Fault):
    """The connections of this moment go silent for ever without a FIN; new ones work."""

    def apply(self, camera: Faulty) -> None:
        camera.freeze_connections()


@dataclass(frozen=True)
class Kill(Fault):
    """The connections of this moment are closed, with RST or with FIN."""

    reset: bool = True

    def apply(self, camera: Faulty) -> None:
        camera.kill_connections(reset=self.reset)


@dataclass(frozen=True)
class ClockJump(Fault):
    """RTP timestamps jump by `by_seconds`, forward or back, and stay there."""

    by_seconds: float = 3600.0

    def apply(self, camera: Faulty) -> None:
        camera.conditions.timestamp_shift_90k += int(self.by_seconds * TIMESCALE_90K)

    def lift(self, camera: Faulty) -> None:
        camera.conditions.timestamp_shift_90k -= int(self.by_seconds * TIMESCALE_90K)


@dataclass(frozen=True)
class NtpSkew(Fault):
    """Sender reports carry a wall clock that is `by_seconds` off."""

    by_seconds: float = 30.0

    def apply(self, camera: Faulty) -> None:
        camera.conditions.ntp_shift_us = int(self.by_seconds * US_PER_S)

    def lift(self, camera: Faulty) -> None:
        camera.conditions.ntp_shift_us = 0


@dataclass(frozen=True)
class SsrcChange(Fault):
    """New SSRC, sequence numbers and timestamps in the middle of a session."""

    def apply(self, camera: Faulty) -> None:
        camera.change_ssrc()


@dataclass(frozen=True)
class NearWrap(Fault):
    """Sessions that start now wrap their sequence numbers at once and their timestamps after two seconds."""

    def apply(self, camera: Faulty) -> None:
        camera.conditions.near_wrap = True

    def lift(self, camera: Faulty) -> None:
        camera.conditions.near_wrap = False


@dataclass(frozen=True)
class Switch(Fault):
    """The stream changes to another of the camera's clips, announced by in-band parameter sets alone."""

    clip: str = "other"

    def apply(self, camera: Faulty) -> None:
        camera.switch_to(self.clip)

    def lift(self, camera: Faulty) -> None:
        camera.switch_to("main")


@dataclass(frozen=True)
class WrongSdp(Fault):
    """The description is wrong: no_sprop, broken_lines, wrong_control, no_video or not_sdp."""

    defect: str = "no_sprop"

    def __post_init__(self) -> None:
        if self.defect not in SdpDefect.__args__:  # type: ignore[attr-defined]
            raise FaultMalformed(text=f"wrong_sdp:defect={self.defect}", reason=f"one of {SdpDefect.__args__}")  # type: ignore[attr-defined]

    def apply(self, camera: Faulty) -> None:
        camera.conditions.sdp = self.defect  # type: ignore[assignment]

    def lift(self, camera: Faulty) -> None:
        camera.conditions.sdp = None


@dataclass(frozen=True)
class WrongRtpInfo(Fault):
    """The answer to PLAY has no RTP-Info (`missing`) or one with invented numbers (`invented`)."""

    form: str = "missing"

    def apply(self, camera: Faulty) -> None:
        camera.conditions.rtp_info = self.form

    def lift(self, camera: Faulty) -> None:
        camera.conditions.rtp_info = "right"


@dataclass(frozen=True)
class Refuse(Fault):
    """Every request gets `status`: 401 whatever the password, 453, 503, 404."""

    status: int = 503

    def apply(self, camera: Faulty) -> None:
        camera.conditions.refusal = self.status

    def lift(self, camera: Faulty) -> None:
        camera.conditions.refusal = 0


@dataclass(frozen=True)
class StaleNonce(Fault):
    """The digest nonce that clients hold is no longer good."""

    def apply(self, camera: Faulty) -> None:
        camera.make_nonces_stale()


@dataclass(frozen=True)
class Redirect(Fault):
    """DESCRIBE is answered with 302 and another address."""

    url: str = field(default="")

    def apply(self, camera: Faulty) -> None:
        camera.conditions.redirect = self.url

    def lift(self, camera: Faulty) -> None:
        camera.conditions.redirect = ""


@dataclass(frozen=True)
class Reboot(Fault):
    """Everything closes, the door stays shut until the fault is lifted; the camera comes back with `clip`, if given."""

    clip: str = ""

    def apply(self, camera: Faulty) -> None:
        camera.set_power(on=False)

    def lift(self, camera: Faulty) -> None:
        if self.clip:
            camera.switch_to(self.clip)
        camera.set_power(on=True)


def make_fault(name: str, /, **parameters: Any) -> Fault:
    """The fault of that name; a wrong name or parameter is one clear error."""
    form = FAULTS.get(name)
    if form is None:
        raise FaultUnknown(name=name, known=", ".join(sorted(FAULTS)))
    return load_table(form, parameters, f"fault {name}")


def check_seconds(name: str, seconds: object) -> None:
    """Refuse a duration that is none."""
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0):
        raise FaultMalformed(text=name, reason=f"{seconds!r} is not a number of seconds")


@dataclass(frozen=True, slots=True)
class FaultRequest:
    """A fault as a command line writes it: `[camera:]name[:key=value,…]`; `seconds` is how long, `after` when."""

    camera: str
    name: str
    seconds: float | None = None
    after: float = 0.0
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)


def parse_fault(text: str) -> FaultRequest:
    """Read the command line's form; an empty camera means all of them."""
    words = text.split(":", 2) if text.split(":", 1)[0] not in FAULTS else ["", *text.split(":", 1)]
    if len(words) < 2:
        raise FaultUnknown(name=text, known=", ".join(sorted(FAULTS)))
    camera, name = words[:2]
    parameters: dict[str, Any] = {}
    for pair in filter(None, (words[2] if len(words) > 2 else "").split(",")):
        key, equals, value = pair.partition("=")
        if not equals:
            raise FaultMalformed(text=text, reason=f"{pair!r} has no value")
        parameters[key] = _typed(value)
    seconds, after = parameters.pop("seconds", None), parameters.pop("after", 0.0)
    check_seconds(name, seconds)
    check_seconds(name, after)
    make_fault(name, **parameters)
    return FaultRequest(camera, name, seconds, after, parameters)


def _typed(value: str) -> bool | int | float | str:
    if value in ("true", "false"):
        return value == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
