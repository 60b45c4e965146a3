"""From RTP packets to audio frames: what all audio codecs share.

Audio is a few dozen packets a second, so each is copied at once and nothing of a receive buffer is ever kept.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from nangmai.media.picture import AudioFrame, AudioParameters
from nangmai.media.rtcp import sender_report
from nangmai.media.rtp import HEADER, RtpStats, Sequence, Timeline, payload_bounds


class AudioDepacketizer:
    """One audio stream; a subclass turns payloads into frames."""

    __slots__ = (
        "_clock_rate",
        "_on_frame",
        "_payload_type",
        "_received_us",
        "_sequence",
        "_timeline",
        "parameters",
        "stats",
    )

    def __init__(
        self,
        payload_type: int,
        clock_rate: int,
        parameters: AudioParameters,
        on_frame: Callable[[AudioFrame], None],
    ) -> None:
        self._payload_type = payload_type
        self._clock_rate = clock_rate
        self.parameters = parameters
        self._on_frame = on_frame
        self._received_us = 0
        self.stats = RtpStats()
        self._sequence = Sequence(self.stats)
        self._timeline = Timeline()

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        """One RTP packet in `buffer[start:end]`."""
        begin, end = payload_bounds(buffer, start, end)
        if end < 0:
            self.stats.malformed += 1
            return
        _, second, number, timestamp, ssrc = HEADER.unpack_from(buffer, start)
        if second & 0x7F != self._payload_type:
            return
        missing = self._sequence.accept(number, ssrc)
        if missing == -1:
            return
        if missing == -2:
            self._timeline.begin_epoch()
        if missing:
            self._forget_partial()
        self.stats.packets += 1
        self._received_us = received_us
        time = self._timeline.unwrap(timestamp)
        if begin < end:
            self._push_payload(bytes(buffer[begin:end]), time, bool(second & 0x80))

    def push_run(self, buffer: memoryview, start: int, end: int, tag: int, received_us: int) -> int:
        """Audio has no runs of fragments."""
        return start

    def detach(self) -> None:
        """Nothing of the buffer is ever kept."""

    def push_rtcp(self, packet: bytes, received_us: int) -> None:
        """One RTCP compound packet."""
        report = sender_report(packet, received_us)
        if report is not None:
            self.stats.last_sender_report = report

    @abstractmethod
    def _push_payload(self, payload: bytes, time: int, is_marked: bool) -> None:
        """The payload of a packet in order; `time` is its unwrapped timestamp."""

    def _forget_partial(self) -> None:
        """Packets are missing: what an unfinished frame has so far is useless."""

    def _deliver(self, time: int, samples: int, frame: bytes) -> None:
        rate = self.parameters.sample_rate
        pts = time if rate == self._clock_rate else time * rate // self._clock_rate
        self.stats.bytes += len(frame)
        self._on_frame(AudioFrame(pts, frame, samples, self._received_us, self.parameters))
