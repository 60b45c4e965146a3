"""The three recorders of the history: each has a key and speaks to web as a recorder does, in signed reports.

What they report is simulated, since nobody keeps two months of footage for a demonstration: the pictures are missing,
and so the archives that run afterwards begin empty.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.base.clock import wall_us
from nangmai.base.units import US_PER_S, us_from_datetime, utc_from_us
from nangmai.custody.checkpoint import FIRST_PREVIOUS, Checkpoint, StreamHead, note_hash, sign_checkpoint
from nangmai.demonstration.places import PLACES, RECORDERS, camera_id, recorder_of
from nangmai.protocol.identity import recorder_token
from nangmai.protocol.keys import public_key_text
from nangmai.protocol.messages import VERSION, CameraState, HealthState, Report, StreamState, TicketUse, VolumeState
from nangmai.web.footage.services import record_uses
from nangmai.web.sites import services as sites
from nangmai.web.sites.models import Recorder

HELD_DAYS = 22.0
DISK_BYTES, FREE_BYTES = 48_000_000_000_000, 4_300_000_000_000
HOUR_US = 3600 * US_PER_S


@dataclasses.dataclass
class Outage:
    """A camera sends nothing from when until when."""

    camera: str
    begins: datetime
    ends: datetime


@dataclasses.dataclass
class Shortage:
    """A recorder holds less than it should from when until when."""

    recorder: str
    begins: datetime
    ends: datetime
    days: float


@dataclasses.dataclass
class Fleet:
    """The recorders, and what befalls them."""

    begun: datetime
    outages: list[Outage] = dataclasses.field(default_factory=list)
    shortages: list[Shortage] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self.recorders = {name: HistoricRecorder(name, self) for name in RECORDERS}

    def enrol(self) -> None:
        """Expect all three; each pins its key with its first report."""
        for recorder in self.recorders.values():
            recorder.secret = sites.enrol(name=recorder.name)
        self.report()

    def report(self) -> None:
        """Each says how things stand now."""
        for recorder in self.recorders.values():
            recorder.report()


class HistoricRecorder:
    """One of them."""

    def __init__(self, name: str, fleet: Fleet) -> None:
        self.name = name
        self.secret = ""
        self.cameras = [number for number in range(len(PLACES)) if recorder_of(number) == name]
        self._fleet = fleet
        self._key = Ed25519PrivateKey.generate()
        self._previous = FIRST_PREVIOUS
        self._checkpoints = self._uses = 0

    def report(self) -> None:
        """Send one report, the way a recorder's would go; a checkpoint of the hour with it."""
        report = self._report()
        token = recorder_token(self._key, self.name, wall_us())
        row = sites.proven_recorder(token=token, enrolment=self.secret, report=report)
        sites.apply_report(recorder=row, report=report)

    def used(self, uses: Iterable[TicketUse]) -> None:
        """Tell of what was looked at; the numbers are given here."""
        numbered = []
        for use in uses:
            self._uses += 1
            numbered.append(dataclasses.replace(use, id=self._uses))
        record_uses(recorder=Recorder.objects.get(name=self.name), uses=numbered)

    def _report(self) -> Report:
        now_us = wall_us()
        days = self._held_days(utc_from_us(now_us))
        return Report(
            version=VERSION,
            recorder=self.name,
            boot_id=f"boot-{self.name}",
            sent_us=now_us,
            public_key=public_key_text(self._key.public_key()),
            health=HealthState("ok", ""),
            cameras=tuple(self._camera(number, now_us, days) for number in self.cameras),
            uses=(),
            volumes=(
                VolumeState("/archive", "ok", DISK_BYTES, FREE_BYTES, days + 3 if days >= HELD_DAYS else days, ""),
            ),
            checkpoints=(self._checkpoint(now_us),),
        )

    def _held_days(self, now: datetime) -> float:
        found = [
            one.days for one in self._fleet.shortages if one.recorder == self.name and one.begins <= now < one.ends
        ]
        return min(found, default=HELD_DAYS)

    def _camera(self, number: int, now_us: int, days: float) -> CameraState:
        place, name = PLACES[number], camera_id(number)
        begun_us = us_from_datetime(self._fleet.begun) - int(HELD_DAYS * 24) * HOUR_US
        # Segments go hour by hour once a day, so that most reports say of most cameras what the last one said.
        oldest_us = (now_us - int(days * 24) * HOUR_US) // (24 * HOUR_US) * 24 * HOUR_US
        state, since_us = self._state(name, now_us, begun_us)
        stream = StreamState(
            state="no_signal" if state else "recording",
            since_us=since_us,
            message="the camera has sent no pictures for 10 s" if state else "",
            codec="h265",
            width=2560,
            height=1440,
            fps=15.0,
            bitrate_bps=None if state else 2_400_000,
            oldest_us=max(begun_us, oldest_us),
            newest_us=None,
            clock_offset_us=(number * 37 % 200 - 100) * 1000,
            lost_packets=0,
            reconnects=0,
            code="media_stalled" if state else "",
            facts={"url": f"rtsp://{name}/", "seconds": "10"} if state else {},
        )
        return CameraState(name, place.name, place.area, {"main": stream})

    def _state(self, camera: str, now_us: int, begun_us: int) -> tuple[bool, int]:
        """Whether the camera is out, and since when it is as it is."""
        now, since = utc_from_us(now_us), begun_us
        for outage in self._fleet.outages:
            if outage.camera == camera and outage.begins <= now:
                if now < outage.ends:
                    return True, us_from_datetime(outage.begins)
                since = max(since, us_from_datetime(outage.ends))
        return False, since

    def _checkpoint(self, now_us: int) -> str:
        """A note over chain heads, as a recorder signs it; the chains themselves were never recorded."""
        self._checkpoints += 1
        heads = tuple(
            StreamHead(
                f"{camera_id(number)}.main",
                now_us // (60 * US_PER_S),
                hashlib.sha256(f"{self.name} {number} {now_us}".encode()).digest(),
            )
            for number in self.cameras
        )
        note = sign_checkpoint(Checkpoint(self.name, self._checkpoints, now_us, self._previous, heads), self._key)
        self._previous = note_hash(note)
        return note
