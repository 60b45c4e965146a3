"""What a fault is, and all that it may do to a camera. Which faults there are: `faults.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Protocol

from nangmai.base.errors import Error, Kind
from nangmai.simulator.sdp import SdpDefect


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

    def apply(self, camera: Faulty) -> None:
        """Begin."""
        raise NotImplementedError

    def lift(self, camera: Faulty) -> None:
        """End."""
