"""Opus (RFC 6716) over RTP (RFC 7587) and in MP4 ("Encapsulation of Opus in ISO Base Media File Format").

One packet is one frame of the track.
"""

from __future__ import annotations

import struct

from nangmai.media.audio import AudioDepacketizer
from nangmai.media.isobmff.boxes import box
from nangmai.media.isobmff.entries import audio_sample_entry
from nangmai.media.picture import AudioParameters

SAMPLE_RATE = 48_000
_SILK, _HYBRID, _CELT = (480, 960, 1920, 2880), (480, 960), (120, 240, 480, 960)
#: samples of one Opus frame by the configuration number of the table-of-contents byte (RFC 6716 §3.1)
_FRAME_SAMPLES = _SILK * 3 + _HYBRID * 2 + _CELT * 4
_MAX_SAMPLES = 5760  # 120 ms


def opus_parameters(channels: int) -> AudioParameters:
    """Parameters of an Opus stream, always at 48 kHz.

    Nothing is skipped at the start: recording joins in the middle.
    """
    specific = box(b"dOps", struct.pack(">BBHIhB", 0, channels, 0, SAMPLE_RATE, 0, 0))
    return AudioParameters(
        "opus", SAMPLE_RATE, channels, "opus", audio_sample_entry(b"Opus", channels, SAMPLE_RATE, specific)
    )


def packet_samples(packet: bytes) -> int:
    """How long an Opus packet is, at 48 kHz (RFC 6716 §3.2); 0 when it is broken."""
    if not packet:
        return 0
    frame = _FRAME_SAMPLES[packet[0] >> 3]
    count = (1, 2, 2, packet[1] & 0x3F if len(packet) > 1 else 0)[packet[0] & 3]
    samples = frame * count
    return samples if samples <= _MAX_SAMPLES else 0


class OpusDepacketizer(AudioDepacketizer):
    """One Opus stream."""

    __slots__ = ()

    def _push_payload(self, payload: bytes, time: int, is_marked: bool) -> None:
        samples = packet_samples(payload)
        if not samples:
            self.stats.malformed += 1
            return
        self._deliver(time, samples, payload)
