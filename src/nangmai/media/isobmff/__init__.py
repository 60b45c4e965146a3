"""Fragmented MP4: written while it is recorded, read back whatever a crash has left. See docs/design/archive.md."""

from nangmai.media.isobmff.boxes import BoxInvalid
from nangmai.media.isobmff.fragment import Sample, TrackRun, fragment_header, picture_fragment, prft
from nangmai.media.isobmff.init import init_segment
from nangmai.media.isobmff.moof import ParsedFragment, ParsedRun, ReferenceTime, parse_moof, parse_prft
from nangmai.media.isobmff.order import DecodeOrder
from nangmai.media.isobmff.reader import FileScan, FragmentScanner, Head, ScannedUnit, cut_at_key, scan_file
from nangmai.media.isobmff.silence import silent_init, silent_units

__all__ = [
    "BoxInvalid",
    "DecodeOrder",
    "FileScan",
    "FragmentScanner",
    "Head",
    "ParsedFragment",
    "ParsedRun",
    "ReferenceTime",
    "Sample",
    "ScannedUnit",
    "TrackRun",
    "cut_at_key",
    "fragment_header",
    "init_segment",
    "parse_moof",
    "parse_prft",
    "picture_fragment",
    "prft",
    "scan_file",
    "silent_init",
    "silent_units",
]
