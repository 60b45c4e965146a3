"""What the recorder knows of a camera: a source that is started, calls back, and comes back by itself.

The contract is docs/design/pipeline.md (devices). How to talk to a device is in `devices.rtsp` and
`devices.ffmpeg`, which of them is taken in `devices.source`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from nangmai.base.errors import Error
from nangmai.media.picture import AudioFrame, Picture

TransportName = Literal["tcp", "udp", "ffmpeg"]
SourceState = Literal["connecting", "streaming", "no_signal", "refused"]


class SourceEvents(Protocol):
    """Callbacks, called in the event loop's thread."""

    def on_picture(self, picture: Picture) -> None:
        """A coded picture, in decode order."""

    def on_audio(self, frame: AudioFrame) -> None:
        """A coded audio frame; only when audio was asked for."""

    def on_state(self, state: SourceState, error: Error | None) -> None:
        """The state changed, or its reason did: `no_signal` and `refused` say why."""


@dataclass(frozen=True, slots=True)
class SourceStats:
    """Counters since the source was made, over all its connections."""

    bytes: int = 0
    packets: int = 0
    lost: int = 0
    resyncs: int = 0  #: broken interleaved frames that were got past
    reconnects: int = 0
    last_media_mono_us: int | None = None
    clock_offset_us: int | None = None  #: camera minus server, by the last sender report


class Source(Protocol):
    """A stream of a camera that is kept up for ever."""

    @property
    def stats(self) -> SourceStats:
        """A snapshot."""

    def start(self) -> None:
        """Begin; needs a running event loop."""

    def gather(self, *, is_allowed: bool) -> None:
        """Whether what comes may gather for a moment before it is read: it costs less, and live pictures come later.

        To be called every second, and at once when somebody begins to watch. A source may do without.
        """

    async def stop(self) -> None:
        """Say goodbye and end, within 2 s. No callback comes afterwards."""
