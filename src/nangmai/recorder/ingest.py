"""One stream from pictures to units: waits for key pictures, cuts fragments, rotates segments, names what is missing.

Called in the event loop for every picture; the ordinary picture costs one comparison and one append. It never waits,
for a disk or for anything else, and it never touches a picture's bytes. See docs/design/archive.md
and docs/design/time.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from nangmai.archive.records import FLAG_DAMAGED, Unit
from nangmai.base.clock import Clock
from nangmai.base.errors import Error
from nangmai.base.log import RepeatLimiter
from nangmai.base.units import TIMESCALE_90K, US_PER_S, t90k_from_us, us_from_90k
from nangmai.media.isobmff import init_segment
from nangmai.media.ntp import ntp_from_us
from nangmai.media.picture import AudioFrame, AudioParameters, Picture, VideoParameters
from nangmai.protocol.messages import StreamStateName
from nangmai.recorder.fragments import DecodeClock, UnitBuilder
from nangmai.recorder.problems import ArchiveTakesNothing, NoKeyPicture
from nangmai.recorder.targets import LiveTarget, SegmentTarget, StreamCounters
from nangmai.recorder.timing import StreamOffset, WallEstimate

_log = logging.getLogger(__name__)

FRAGMENT_90K = TIMESCALE_90K  #: a fragment of unknown GOP length is cut after this
FRAGMENT_LIMIT_90K = 2 * TIMESCALE_90K  #: and none is longer than this
FRAGMENT_ARRIVAL_US = 5 * US_PER_S  #: nor gathered for longer, whatever the timestamps say
SEGMENT_90K = 60 * TIMESCALE_90K
SEGMENT_LIMIT_90K = 120 * TIMESCALE_90K  #: a GOP longer than this goes on in a file that starts without a key picture
JUMP_90K = 2 * TIMESCALE_90K
BACK_90K = TIMESCALE_90K  #: non-key pictures may lie this far back: undeclared B-frames
SILENCE_90K = 10 * TIMESCALE_90K  #: a hole in media time that is no picture's duration any more
BACKWARD_STEP_US = US_PER_S
JOIN_US = 100_000  #: a new segment this close to the end of the last one continues it
CLOCK_WINDOW_US = 10 * US_PER_S
PATIENCE_US = 10 * US_PER_S


class StreamIngest:
    """`devices.SourceEvents` of one stream; what it records goes to `writer`, what it sees to `live`."""

    def __init__(
        self,
        name: str,
        *,
        writer: SegmentTarget,
        live: LiveTarget,
        wall: WallEstimate,
        clock: Clock,
        limiter: RepeatLimiter,
        first_segment_90k: int = SEGMENT_90K,
    ) -> None:
        self.name = name
        self.counters = StreamCounters()
        self.camera_offset: Callable[[], int | None] = lambda: None
        self.state: StreamStateName = "connecting"
        self.since_us = clock.wall_us()
        self.problem: Error | None = None
        self.parameters: VideoParameters | None = None
        self.bitrate_bps: int | None = None
        self.newest_us: int | None = None
        self._writer, self._live, self._wall, self._clock, self._limiter = writer, live, wall, clock, limiter
        self._rotate_90k = first_segment_90k  # the streams of a recorder do not all rotate in the same second
        self._offset = StreamOffset()
        self._audio_offset = StreamOffset()
        self._builder = UnitBuilder()
        self._decode: DecodeClock | None = None  # None = not recording, waiting for a key picture
        self._has_segment = False
        self._pictures: list[Picture] = []
        self._frames: list[AudioFrame] = []
        self._audio: AudioParameters | None = None
        self._has_sound = False
        self._segment_audio: AudioParameters | None = None
        self._start_us = 0
        self._end_us = 0  # of the last segment
        self._bias_us = 0  # how far footage is ahead of the wall clock since that was set back
        self._wall_offset_us = wall.offset_us
        self._is_stepped = False
        self._uses_arrival = False
        self._last_90k = self._cut_90k = self._last_arrival_us = self._cut_arrival_us = 0
        self._key_90k: int | None = None
        self._gop_90k = 0
        self._bad_windows = 0
        self._unit_us = 0  # start of the last unit
        self._run_90k = self._run_arrival_us = 0  # where the media clock has been compared with arrivals from
        self.waiting_since_us = clock.mono_us()

    # -- callbacks of the source ------------------------------------------------------------------------------------

    def on_picture(self, picture: Picture) -> None:
        """The next picture in decode order. The first lines are the hot path of the whole recorder."""
        received_us = picture.received_us
        self._live.publish(picture, received_us + self._wall.offset_us)
        if self._uses_arrival:
            picture.pts_90k = t90k_from_us(received_us)
        pts_90k = picture.pts_90k
        if (
            not picture.is_key
            and self._last_90k - BACK_90K < pts_90k < self._cut_90k
            and received_us < self._cut_arrival_us
            and picture.parameters is self.parameters
        ):
            self._pictures.append(picture)
        else:
            self._on_boundary(picture)
        self._last_90k = pts_90k
        self._last_arrival_us = received_us

    def on_audio(self, frame: AudioFrame) -> None:
        """The next audio frame; goes into the fragment of the pictures around it, or nowhere."""
        if not self._has_sound:
            return
        self._audio = frame.parameters
        media_us = frame.pts * US_PER_S // frame.parameters.sample_rate
        self._audio_offset.observe(frame.received_us, frame.received_us - media_us)
        if self._decode is not None and frame.parameters == self._segment_audio:
            self._frames.append(frame)

    def on_state(self, state: Literal["connecting", "streaming", "no_signal", "refused"], error: Error | None) -> None:
        """The connection came, went, or was refused."""
        if self.state == "off":
            return
        if state == "streaming":
            if self._decode is None:
                self._wait(error)
            return
        self._close("signal_lost")
        self._offset.reset()
        self._audio_offset.reset()
        self._uses_arrival = False
        self._writer.missing("refused" if state == "refused" else "no_signal", str(error) if error else "")
        self._set_state(state, error)
        if error is not None:
            self._limiter.log(_log, logging.WARNING, f"{self.name} {error.code}", f"{self.name}: {error}")

    @property
    def last_picture_mono_us(self) -> int | None:
        """When the last picture arrived."""
        return self._last_arrival_us or None

    @property
    def fps(self) -> float | None:
        """Pictures a second as they come, or as the encoder declares."""
        if self._decode is not None and self.counters.fragments:
            return round(TIMESCALE_90K / self._decode.interval_90k, 2)
        return self.parameters.fps if self.parameters else None

    # -- orders of the node -----------------------------------------------------------------------------------------

    def clock_stepped(self) -> None:
        """The wall clock was set: the new time counts from the next key picture on."""
        self._is_stepped = True

    @property
    def has_sound(self) -> bool:
        """Whether sound is recorded; when it no longer is, what the open fragment holds of it is dropped too."""
        return self._has_sound

    @has_sound.setter
    def has_sound(self, is_taken: bool) -> None:
        self._has_sound = is_taken
        if not is_taken:
            self._audio, self._frames = None, []

    def stop(self, why: Error | None = None) -> None:
        """Write down what there is and close the segment; pictures that still come are ignored."""
        self._close("stopped")
        self._set_state("off", why)

    # -- boundaries -------------------------------------------------------------------------------------------------

    def _on_boundary(self, picture: Picture) -> None:
        if picture.is_key:
            self._note_key(picture)
        if self._decode is not None:
            if self._continues(picture):
                self._cut(picture)
            if self._decode is not None:  # the disk may have refused
                self._start_fragment(picture)
                return
        if self.state == "off":
            return
        if picture.is_key and picture.parameters is not None:
            self._start_run(picture)
        else:
            self._still_waiting()

    def _continues(self, picture: Picture) -> bool:
        """Whether the picture follows the ones before without a break; if not, the segment has been closed."""
        ahead_90k = picture.pts_90k - self._last_90k
        passed_90k = t90k_from_us(picture.received_us - self._last_arrival_us)
        if ahead_90k > passed_90k + JUMP_90K or ahead_90k < (0 if picture.is_key else -BACK_90K):
            self.counters.jumps += 1
            self._break("timestamp_jump")
            self._offset.reset()
        elif ahead_90k > SILENCE_90K:
            self._break("signal_lost")
        elif picture.parameters is not self.parameters and picture.parameters != self.parameters:
            if picture.is_key and picture.parameters is not None:
                self._cut(picture, then_end="parameters_changed")
                self._decode = None  # another decode order begins with it
            else:
                self._break("parameters_changed")
            self._builder.activity.reset()
        return self._decode is not None

    def _break(self, reason: str) -> None:
        self._close(reason)
        self._wait(None)

    def _start_run(self, picture: Picture) -> None:
        """Recording begins here. The segment itself begins when its first fragment is whole: none is ever empty."""
        self.parameters = picture.parameters
        self._decode = DecodeClock(picture)
        self._run_90k, self._run_arrival_us = picture.pts_90k, picture.received_us
        self._segment_audio = self._audio
        self._frames = []
        self._start_fragment(picture)
        if self.state != "disk":  # that ends with the first unit it takes
            self._set_state("recording", None)

    def _start_fragment(self, picture: Picture) -> None:
        self._pictures = [picture]
        gop_90k = self._gop_90k
        limit_90k = FRAGMENT_90K if not gop_90k else gop_90k // -(-gop_90k // FRAGMENT_LIMIT_90K)
        # A key picture cuts by itself; a little slack keeps one that is late from leaving a sliver.
        self._cut_90k = picture.pts_90k + limit_90k + limit_90k // 16
        self._cut_arrival_us = picture.received_us + FRAGMENT_ARRIVAL_US

    def _cut(self, following: Picture | None, then_end: str | None = None) -> None:
        """The pictures gathered become a unit; then the segment ends, rotates, or goes on with `following`."""
        decode, pictures, frames = self._decode, self._pictures, self._frames
        if decode is None or not pictures:
            return
        self._pictures, self._frames = [], []
        last_us = pictures[-1].received_us
        self._offset.observe(last_us, min(p.received_us - us_from_90k(p.pts_90k) for p in pictures))
        timed = decode.time(pictures, following)
        if not self._has_segment:
            self._begin_segment(timed.decode_90k[0])
        if not self._write(self._builder.build(timed, frames, decode.is_reordered)):
            return
        if then_end is not None:
            self._end_segment(timed.end_90k, then_end)
        elif following is not None:
            self._rotate_if_due(timed.end_90k, following)
            self._check_media_clock(following)

    def _write(self, unit: Unit) -> bool:
        self.counters.pictures += unit.pictures
        self._unit_us = unit.start_us
        if not self._writer.write(unit):
            self.counters.dropped_pictures += unit.pictures
            self._has_segment, self._decode = False, None
            self._set_state("disk", ArchiveTakesNothing())
            return False
        size = sum(map(len, unit.parts))
        self.counters.bytes += size
        self.counters.fragments += 1
        self.counters.damaged_fragments += bool(unit.flags & FLAG_DAMAGED)
        rate_bps = size * 8 * TIMESCALE_90K // max(unit.duration_90k, 1)
        self.bitrate_bps = rate_bps if self.bitrate_bps is None else (self.bitrate_bps * 3 + rate_bps) // 4
        self.newest_us = unit.end_us
        if self.state != "recording":
            self._set_state("recording", None)
        return True

    # -- segments ---------------------------------------------------------------------------------------------------

    def _begin_segment(self, origin_90k: int) -> None:
        assert self.parameters is not None
        self._wall_offset_us, self._is_stepped = self._wall.offset_us, False
        mono_us = self._offset.offset_us + us_from_90k(origin_90k)
        estimate_us = mono_us + self._wall_offset_us
        start_us = self._end_us if abs(estimate_us - self._end_us) < JOIN_US else estimate_us
        ahead_us = self.camera_offset()
        self._start_us = self._writer.begin(
            init_segment(self.parameters, self._segment_audio),
            self.parameters,
            self._segment_audio,
            start_us,  # the archive never goes back, and keeps the difference
            mono_us,
            None if ahead_us is None else ntp_from_us(estimate_us + ahead_us),
        )
        ahead_us = self._start_us - estimate_us
        self._bias_us = ahead_us if ahead_us > BACKWARD_STEP_US else 0
        self._unit_us = self._start_us
        self._builder.begin_segment(origin_90k, self._start_us, self._audio_origin(mono_us))
        self._has_segment = True
        self.counters.segments += 1

    def _audio_origin(self, mono_us: int) -> int | None:
        """The audio clock at a monotonic moment; None when this segment has no audio track."""
        if self._segment_audio is None:
            return None
        return (mono_us - self._audio_offset.offset_us) * self._segment_audio.sample_rate // US_PER_S

    def _end_segment(self, end_90k: int, reason: str) -> None:
        """Its end is the wall time of the next picture, so that the drift of the camera's crystal does not add up."""
        estimate_us = self._offset.offset_us + us_from_90k(end_90k) + self._wall_offset_us + self._bias_us
        self._end_us = max(estimate_us, self._unit_us + 1)
        self._writer.end(self._end_us, reason)
        self._has_segment = False

    def _rotate_if_due(self, end_90k: int, following: Picture) -> None:
        length_90k = end_90k - self._builder.origin_90k
        is_due = (
            length_90k >= self._rotate_90k - self._gop_90k // 2
            or self._is_stepped
            or self._audio != self._segment_audio
        )
        if (following.is_key and is_due) or length_90k >= SEGMENT_LIMIT_90K:
            self._rotate_90k = SEGMENT_90K
            self._end_segment(end_90k, "clock_step" if self._is_stepped else "rotated")
            self._segment_audio = self._audio
            self._begin_segment(end_90k)

    def _close(self, reason: str) -> None:
        self._cut(None, then_end=reason)
        self._decode = None
        self._pictures, self._frames = [], []

    # -- what is said about it --------------------------------------------------------------------------------------

    def _note_key(self, picture: Picture) -> None:
        if self._decode is not None and self._key_90k is not None and picture.pts_90k > self._key_90k:
            self._gop_90k = picture.pts_90k - self._key_90k
        self._key_90k = picture.pts_90k

    def _check_media_clock(self, picture: Picture) -> None:
        """A camera whose timestamps stand still or run at another rate is recorded by arrival times instead."""
        passed_us = picture.received_us - self._run_arrival_us
        if self._uses_arrival or passed_us < CLOCK_WINDOW_US:
            return
        media_us = us_from_90k(picture.pts_90k - self._run_90k)
        self._run_90k, self._run_arrival_us = picture.pts_90k, picture.received_us
        # One bad window is a stall, or the burst after it.
        self._bad_windows = 0 if passed_us < media_us * 3 < passed_us * 9 else self._bad_windows + 1
        if self._bad_windows > 1:
            self._uses_arrival = True
            message = f"{self.name}: its timestamps do not run with time; the time of arrival is recorded instead"
            self._limiter.log(_log, logging.WARNING, f"{self.name} media clock", message)
            self._break("timestamp_jump")
            self._offset.reset()

    def _wait(self, problem: Error | None) -> None:
        self._decode = None
        self.waiting_since_us = self._clock.mono_us()
        self._writer.missing("waiting_for_key_picture")
        if self.state != "off":
            self._set_state("waiting_for_key_picture", problem)

    def _still_waiting(self) -> None:
        self.counters.dropped_pictures += 1
        patience_us = max(2 * us_from_90k(self._gop_90k), PATIENCE_US)
        if self._clock.mono_us() - self.waiting_since_us > patience_us and self.state != "disk":
            problem = NoKeyPicture(seconds=patience_us // US_PER_S)
            self._set_state("waiting_for_key_picture", problem)
            self._limiter.log(_log, logging.WARNING, f"{self.name} key picture", f"{self.name}: {problem}")

    def _set_state(self, state: StreamStateName, problem: Error | None) -> None:
        if state != self.state:
            self.since_us = self._clock.wall_us()
        elif str(problem) == str(self.problem):
            return
        self.state, self.problem = state, problem
        self._live.set_state(state, self.since_us, problem)
