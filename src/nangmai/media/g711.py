"""G.711, A-law and µ-law (RFC 3551 §4.5.14): every byte is a sample.

In MP4 it takes QuickTime's sample entries `alaw` and `ulaw`. FFmpeg, VLC, mpv and QuickTime play them; browsers do
not: there the picture plays without its sound. See docs/design/archive.md.
"""

from __future__ import annotations

from typing import Literal

from nangmai.media.audio import AudioDepacketizer
from nangmai.media.isobmff.entries import audio_sample_entry
from nangmai.media.picture import AudioParameters

_ENTRIES = {"pcma": b"alaw", "pcmu": b"ulaw"}


def g711_parameters(codec: Literal["pcma", "pcmu"], sample_rate: int, channels: int) -> AudioParameters:
    """Parameters of a G.711 stream."""
    kind = _ENTRIES[codec]
    return AudioParameters(codec, sample_rate, channels, kind.decode(), audio_sample_entry(kind, channels, sample_rate))


class G711Depacketizer(AudioDepacketizer):
    """One G.711 stream."""

    __slots__ = ()

    def _push_payload(self, payload: bytes, time: int, is_marked: bool) -> None:
        self._deliver(time, len(payload) // self.parameters.channels, payload)
