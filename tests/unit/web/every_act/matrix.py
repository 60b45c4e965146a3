"""A second reading of the school's permissions, written from its permission matrix by hand and asking nobody.

What the product decides is held against this. It knows who holds what, who is on watch, what was directed and what was
read and signed; it is told of each act that was done, and never reads the database.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

Span = tuple[int, int]

MINUTE_US = 60_000_000
BOARD = frozenset({"principal", "vice_principal"})
#: who may do what, besides seeing footage; those of `SIGNED` prove who they are once more
ROWS: dict[str, frozenset[str] | None] = {
    "assignment.sign": BOARD,
    "delegation.sign": frozenset({"principal"}),
    "incident.direct": BOARD,
    "amendment.sign": frozenset({"principal"}),
    "site.arrange": BOARD,
    "shift.take": frozenset({"head_of_security", "guard"}),
    "matter.file": None,  # everybody
    "matter.collect": frozenset({"head_of_security"}),
    "matter.report": frozenset({"head_of_security"}),
    "amendment.consider": frozenset({"principal"}),
    "amendment.propose": frozenset({"head_of_security"}),
    "amendment.suggest": frozenset({"guard", "it_officer", "finance", "area_unit", "clerk", "web_editor"}),
}
SIGNED = frozenset({"assignment.sign", "delegation.sign", "incident.direct", "amendment.sign"})
FOOTAGE = {"live": "live.view", "replay": "replay.view", "playback": "playback.view"}


@dataclasses.dataclass
class Held:
    """A role somebody was given; by a delegation it is the giver's, and ends with it."""

    person: int
    role: str
    area: str
    from_us: int
    until_us: int | None
    acts: frozenset[str] = frozenset()
    of: Held | None = None
    is_ended: bool = False

    def runs(self, now_us: int) -> bool:
        is_within = self.from_us <= now_us and (self.until_us is None or now_us < self.until_us)
        return is_within and not self.is_ended and (self.of is None or self.of.runs(now_us))


@dataclasses.dataclass
class Directed:
    """A direction of the board."""

    person: int
    cameras: frozenset[str]
    span: Span
    purpose: str
    until_us: int
    is_withdrawn: bool = False


@dataclasses.dataclass
class Placed:
    """Where a camera hangs and what it may be used for; no purposes said: all three."""

    area: str = ""
    purposes: frozenset[str] = frozenset({"P1", "P2", "P3"})


@dataclasses.dataclass
class School:
    """All that counts for a permission."""

    held: list[Held] = dataclasses.field(default_factory=list)
    directed: list[Directed] = dataclasses.field(default_factory=list)
    cameras: dict[str, Placed] = dataclasses.field(default_factory=dict)
    watch: dict[int, int] = dataclasses.field(default_factory=dict)  #: person -> until when, with the time of handover
    versions: list[tuple[int, str, int]] = dataclasses.field(default_factory=list)  #: from, hash, replay window
    signed: set[tuple[int, str]] = dataclasses.field(default_factory=set)  #: person and version

    def roles(self, person: int, act: str, now_us: int, camera: str = "") -> frozenset[str]:
        """What somebody is, for an act and where it is done."""
        return frozenset(
            held.role
            for held in self.held
            if held.person == person
            and held.runs(now_us)
            and (not held.acts or act in held.acts)
            and (not held.area or not camera or held.area == self.cameras[camera].area)
        )

    def may(self, person: int, act: str, now_us: int, *, is_proven: bool) -> bool:
        """Whether an act that is not about footage is somebody's."""
        named = ROWS[act]
        is_named = named is None or bool(named & self.roles(person, act, now_us))
        return is_named and (is_proven or act not in SIGNED)

    def version(self, now_us: int) -> tuple[int, str, int]:
        return max(version for version in self.versions if version[0] <= now_us)

    def sees(self, person: int, right: str, camera: str, span: Span | None, purpose: str, now_us: int) -> bool:
        """Whether somebody may look now; of replay, apart from how old the pictures are (`window`)."""
        roles = self.roles(person, FOOTAGE[right], now_us, camera)
        if not roles or (person, self.version(now_us)[1]) not in self.signed:
            return False
        is_board = bool(roles & BOARD)
        is_watching = "head_of_security" in roles or ("guard" in roles and now_us < self.watch.get(person, 0))
        if right == "live":
            return is_board or is_watching or ("it_officer" in roles and purpose == "quality_check")
        if right == "replay":
            return is_board or is_watching
        assert span is not None
        if purpose not in self.cameras[camera].purposes:
            return False
        is_staff = bool(roles & {"head_of_security", "guard", "it_officer"})
        parts = self.parts(person, camera, purpose, now_us)
        return is_board or (is_staff and any(part[0] <= span[0] and span[1] <= part[1] for part in parts))

    def parts(self, person: int, camera: str, purpose: str, now_us: int) -> Iterator[Span]:
        """The periods that directions in force open to somebody."""
        for one in self.directed:
            is_theirs = one.person == person and camera in one.cameras and one.purpose == purpose
            if is_theirs and not one.is_withdrawn and now_us < one.until_us:
                yield one.span

    def window_us(self, now_us: int) -> int:
        """How far back replay reaches."""
        return self.version(now_us)[2] * MINUTE_US
