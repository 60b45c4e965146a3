"""What can go wrong with a camera, on demand: one class a fault, found by name, its fields its parameters.

`apply` begins it and `lift` ends it; a fault that happens in a moment (a killed connection) has nothing to lift. Faults
reach a camera only through `Faulty`, so the list below is the whole of what the simulator can do wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nangmai.base.units import TIMESCALE_90K, US_PER_S
from nangmai.simulator.fault import Fault, FaultMalformed, Faulty
from nangmai.simulator.sdp import SdpDefect


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


#: every fault there is, by name
FAULTS: dict[str, type[Fault]] = {fault.name: fault for fault in Fault.__subclasses__()}
