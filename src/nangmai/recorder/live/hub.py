"""All live streams of a recorder, by camera and kind."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.base.clock import Clock
from nangmai.recorder.live.stream import LiveStream


class Hub:
    """Where ingest finds the stream it publishes to, and viewers the stream they watch."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._streams: dict[tuple[str, str], LiveStream] = {}

    def stream(self, camera: str, kind: str) -> LiveStream:
        """The stream, made at the first call; it lives as long as the hub."""
        key = (camera, kind)
        if key not in self._streams:
            self._streams[key] = LiveStream(camera, kind)
        return self._streams[key]

    def find(self, camera: str, kind: str) -> LiveStream | None:
        """The stream if this recorder has it."""
        return self._streams.get((camera, kind))

    def close(self) -> None:
        """Forget all pictures."""
        for stream in self._streams.values():
            stream.forget()

    def __iter__(self) -> Iterator[LiveStream]:
        return iter(self._streams.values())
