"""Fragmented MP4:

Writing it while it is recorded, and reading back whatever a crash has left. See docs/design/archive.md.
"""

from nangmai.media.isobmff.boxes import BoxInvalid
from nangmai.media.isobmff.fragment import Sample, TrackRun, fragment_header, picture_fragment, prft
from nangmai.media.isobmff.init import init_segment
from nangmai.media.isobmff.order import DecodeOrder

__all__ = [
    "BoxInvalid",
    "DecodeOrder",
    "Sample",
    "TrackRun",
    "fragment_header",
    "init_segment",
    "picture_fragment",
    "prft",
]
