"""Sample entries (ISO/IEC 14496-12 §8.5.2, §12.1, §12.2): the frame around every codec's own configuration box."""

from __future__ import annotations

import struct

from nangmai.media.isobmff.boxes import box

_DPI_72 = 0x00480000


def visual_sample_entry(kind: bytes, width: int, height: int, *children: bytes) -> bytes:
    """A VisualSampleEntry: `avc1`, `hvc1`."""
    return box(
        kind,
        struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, _DPI_72, _DPI_72, 0, 1, 0x0018, -1),
        *children,
    )


def audio_sample_entry(kind: bytes, channels: int, sample_rate: int, *children: bytes, sample_bits: int = 16) -> bytes:
    """An AudioSampleEntry (version 0): `mp4a`, `Opus`, `alaw`, `ulaw`."""
    rate = sample_rate << 16 if sample_rate < 1 << 16 else 0
    return box(kind, struct.pack(">6xH8xHHHHI", 1, channels, sample_bits, 0, 0, rate), *children)


def colour_box(primaries: int, transfer: int, matrix: int, is_full_range: bool) -> bytes:
    """`colr` of type `nclx` (§12.1.5): the same numbers as the VUI's."""
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, 0x80 if is_full_range else 0))
