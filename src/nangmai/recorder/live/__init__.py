"""Live view: what cameras see now, from memory to any number of viewers. See docs/design/http.md.

Owns the last GOP of every stream and the queues of viewers. It must never make ingest wait: `LiveStream.publish` only
appends, and a viewer that does not keep up loses pictures, never time of anybody else.
"""

from nangmai.recorder.live.hub import Hub
from nangmai.recorder.live.stream import LivePicture, LiveStream, StreamStatus

__all__ = ["Hub", "LivePicture", "LiveStream", "StreamStatus"]
