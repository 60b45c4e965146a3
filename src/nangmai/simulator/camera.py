"""One simulated camera: its clip on its own clock, the sessions that watch it, and what is wrong with it."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from nangmai.base.errors import Error, Kind
from nangmai.base.units import TIMESCALE_90K
from nangmai.simulator.clip import Clip, open_clip
from nangmai.simulator.fault import Conditions, Fault
from nangmai.simulator.fault_requests import check_seconds, make_fault
from nangmai.simulator.packets import PacketizedClip, packetize
from nangmai.simulator.rtsp import AuthScheme, Gatekeeper
from nangmai.simulator.session import Counts, Session
from nangmai.simulator.stamp import DIGITS, stamp_digits
from nangmai.simulator.studio import Recipe, make_clip

Source = Clip | Recipe | Path


class ClipUnknown(Error):
    """Camera {camera} has no clip {clip!r}; it has {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True)
class Camera:
    """What a camera is. `other` names further clips that it can switch to or reboot into."""

    id: str
    clip: Source = field(default_factory=Recipe)
    other: Mapping[str, Source] = field(default_factory=dict)
    user: str | None = None
    password: str = ""
    auth: AuthScheme = "digest"
    in_band_sets: bool = True
    aggregate: bool = False
    starts: Literal["key", "now"] = "key"  #: a new client's first picture: the next key picture, or whatever comes
    phase: float | None = None  #: where in its clip the camera starts, 0 to 1; None = spread over all cameras
    transports: tuple[str, ...] = ("tcp", "udp")
    max_sessions: int = 64
    session_timeout_s: float = 60.0
    rhythm: str | None = None  #: cameras of the same rhythm and phase choose the same parts at the same time
    quiet_share: float = 0.5  #: how often a clip of several parts plays its first, quiet one


class Connection:
    """What a camera needs of a client's connection; see `nangmai.simulator.connection`."""

    def kill(self, *, reset: bool) -> None:
        """Close it."""
        raise NotImplementedError

    def freeze(self) -> None:
        """Go silent without closing."""
        raise NotImplementedError


class Library:
    """Opens and packetises each clip once, however many cameras send it; clips to be made are made side by side."""

    def __init__(self) -> None:
        self._clips: dict[Any, Clip] = {}
        self._packetized: dict[tuple[int, bool, bool], PacketizedClip] = {}

    def open(self, sources: Iterable[Source], is_abandoned: Callable[[], bool]) -> None:
        """Make or read every clip that is not there yet."""
        new = {source for source in sources if not isinstance(source, Clip) and source not in self._clips}
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="clip") as pool:
            self._clips.update(zip(new, pool.map(partial(_opened, is_abandoned=is_abandoned), new), strict=True))

    def packetized(self, source: Source, camera: Camera) -> PacketizedClip:
        """The clip as this camera sends it."""
        clip = source if isinstance(source, Clip) else self._clips[source]
        key = (id(clip), camera.in_band_sets, camera.aggregate)
        if key not in self._packetized:
            self._packetized[key] = packetize(clip, in_band_sets=camera.in_band_sets, aggregate=camera.aggregate)
        return self._packetized[key]


def _opened(source: Recipe | Path, *, is_abandoned: Callable[[], bool]) -> Clip:
    return make_clip(source, is_abandoned) if isinstance(source, Recipe) else open_clip(source)


class SimulatedCamera:
    """A running camera. Time is given in 1/90000 s since the simulator started; `tick` sends what is due."""

    def __init__(self, camera: Camera, clips: dict[str, PacketizedClip], phase: float, seed: int) -> None:
        self._rhythm = random.Random(f"{seed} {camera.rhythm or camera.id}")
        self.camera = camera
        self.conditions = Conditions()
        self.sessions: list[Session] = []
        self.ended: list[Counts] = []  #: counts of sessions that are over
        self.connections: set[Connection] = set()
        self.gatekeeper = Gatekeeper(camera.user, camera.password, camera.auth) if camera.user else None
        self.counter = 0
        self.late_90k = 0  #: the worst delay of a picture: an overloaded machine shows here
        self._shown: dict[int, int] = {}
        self.on_power: Callable[[bool], None] = lambda on: None
        self._clips = clips
        self._jitter = random.Random(seed)
        self._current = clips["main"]
        self._waiting: PacketizedClip | None = None
        self._part = self._current.clip.parts[0]
        self._at = self._first_of_phase(phase)
        self._base_90k = -self._current.pictures[self._at].dts_90k
        self.due_90k = 0
        self._audio_frames = 0
        self._lifts: dict[asyncio.TimerHandle, Fault] = {}

    def _first_of_phase(self, phase: float) -> int:
        pictures = self._current.pictures
        return int(phase * len(pictures)) % len(pictures)

    # -- what watchers see

    @property
    def clip(self) -> Clip:
        """The clip that plays now."""
        return self._current.clip

    def media_90k(self) -> int:
        """Presentation time of the next picture, before the session's own offset."""
        return self._base_90k + self._current.pictures[self._at].pts_90k + self.conditions.timestamp_shift_90k

    def counts(self) -> list[Counts]:
        """What each session sent, the ended ones first."""
        return [*self.ended, *(session.counts for session in self.sessions)]

    def shown_us(self, number: int) -> int:
        """When the picture with that burnt-in number was last due, in wall time; 0 = not yet."""
        return self._shown.get(number, 0)

    # -- the clock

    def tick(self, now_90k: int, now_us: int, wall_us: int) -> None:
        """Send every picture and sound frame that is due."""
        while self.due_90k <= now_90k:
            self.late_90k = max(self.late_90k, now_90k - self.due_90k)
            self._send(now_us, wall_us)
            self._advance()
        audio = self.clip.audio
        if audio is not None and self.sessions:
            self._send_audio(now_90k * audio.sample_rate // TIMESCALE_90K, now_us, wall_us)

    def _send(self, now_us: int, wall_us: int) -> None:
        picture = self._current.pictures[self._at]
        self._shown[picture.number] = wall_us
        if not self.sessions or self.conditions.is_stalled:
            return
        picture.buffer[picture.stamp_at : picture.stamp_at + DIGITS] = stamp_digits(self.counter, wall_us * 1000)
        pts_90k = self.media_90k()
        for session in self.sessions:
            if session.is_playing:
                session.send_picture(picture, self.counter, pts_90k, now_us, wall_us)

    def _advance(self) -> None:
        self.counter += 1
        self._at += 1
        if self._at >= self._part.stop:
            last = self._current
            end_90k = last.clip.duration_90k if self._at >= len(last.pictures) else last.pictures[self._at].dts_90k
            self._begin_part(self._base_90k + end_90k)
        elif self._waiting is not None and self._current.pictures[self._at].is_key:
            self._begin_part(self._base_90k + self._current.pictures[self._at].dts_90k)
        due = self._base_90k + self._current.pictures[self._at].dts_90k
        if self.conditions.jitter_90k:
            due += self._jitter.randrange(self.conditions.jitter_90k)
        self.due_90k = due

    def _begin_part(self, start_90k: int) -> None:
        if self._waiting is not None:
            self._current, self._waiting = self._waiting, None
        parts = self._current.clip.parts
        quiet, busy = parts[:1], parts[1:]
        self._part = self._rhythm.choice(quiet if not busy or self._rhythm.random() < self.camera.quiet_share else busy)
        self._at = self._part.start
        self._base_90k = start_90k - self._current.pictures[self._at].dts_90k

    def _send_audio(self, now_samples: int, now_us: int, wall_us: int) -> None:
        audio = self.clip.audio
        assert audio is not None
        due = now_samples // audio.frame_samples
        if due - self._audio_frames > 50:  # nobody listened: go on from now
            self._audio_frames = due
        while self._audio_frames < due:
            packet = self._current.audio[self._audio_frames % len(self._current.audio)]
            timestamp = self._audio_frames * audio.frame_samples
            timestamp += self.conditions.timestamp_shift_90k * audio.sample_rate // TIMESCALE_90K
            self._audio_frames += 1
            for session in self.sessions:
                if session.is_playing and not self.conditions.is_stalled:
                    session.send_audio(packet, timestamp, now_us, wall_us)

    # -- sessions

    def add_session(self, session: Session) -> None:
        """A client starts to watch."""
        session.waits_for_key = self.camera.starts == "key"
        if self.conditions.near_wrap:
            session.move_near_wrap(self.media_90k())
        session.is_playing = True
        if session not in self.sessions:
            self.sessions.append(session)

    def remove_session(self, session: Session) -> None:
        """A client is gone."""
        if session in self.sessions:
            self.sessions.remove(session)
            self.ended.append(session.counts)
        session.close()

    # -- faults

    def fault(self, name: str, /, *, seconds: float | None = None, **parameters: Any) -> Fault:
        """Misbehave from now on, or for `seconds`."""
        check_seconds(name, seconds)
        fault = make_fault(name, **parameters)
        fault.apply(self)
        self.conditions.settle()
        if seconds is not None:
            timer = asyncio.get_running_loop().call_later(seconds, self._lift_late, fault)
            self._lifts[timer] = fault
        return fault

    def lift(self, fault: Fault) -> None:
        """End one fault."""
        fault.lift(self)
        self.conditions.settle()

    def _lift_late(self, fault: Fault) -> None:
        self._lifts = {timer: other for timer, other in self._lifts.items() if other is not fault}
        self.lift(fault)

    def clear(self) -> None:
        """End every fault and behave again."""
        self.stop_timers()
        was_off = self.conditions.is_off
        self.conditions.__init__()  # type: ignore[misc]  # sessions hold on to this very object
        self.switch_to("main")
        if was_off:
            self.on_power(True)

    def stop_timers(self) -> None:
        """Forget faults that were to be lifted later."""
        for timer in self._lifts:
            timer.cancel()
        self._lifts.clear()

    def kill_connections(self, *, reset: bool) -> None:
        for connection in list(self.connections):
            connection.kill(reset=reset)

    def freeze_connections(self) -> None:
        for connection in list(self.connections):
            connection.freeze()
        for session in self.sessions:
            session.is_half_open = True

    def change_ssrc(self) -> None:
        for session in self.sessions:
            session.change_ssrc()

    def make_nonces_stale(self) -> None:
        if self.gatekeeper is not None:
            self.gatekeeper.renew_nonce()

    def switch_to(self, clip: str) -> None:
        if clip not in self._clips:
            raise ClipUnknown(camera=self.camera.id, clip=clip, known=", ".join(self._clips))
        if self._clips[clip] is not self._current:
            self._waiting = self._clips[clip]
            if self.conditions.is_off:  # it comes back as what it is by then: no description of the old clip
                self._begin_part(self._base_90k + self._current.pictures[self._at].dts_90k)

    def set_power(self, *, on: bool) -> None:
        self.conditions.is_off = not on
        if not on:
            self.kill_connections(reset=False)
            for session in list(self.sessions):
                self.remove_session(session)
        self.on_power(on)
