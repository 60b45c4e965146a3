"""NAL units as a camera makes them: splitting, kinds, parameter sets. Never used by the recorder's side."""

from __future__ import annotations

from typing import Literal

Codec = Literal["h264", "h265"]

H264_IDR, H264_SEI, H264_SPS, H264_PPS, H264_AUD = 5, 6, 7, 8, 9
H265_VPS, H265_SPS, H265_PPS, H265_AUD, H265_PREFIX_SEI, H265_SUFFIX_SEI = 32, 33, 34, 35, 39, 40


def nal_type(codec: Codec, nal: bytes) -> int:
    """nal_unit_type (ISO 14496-10 §7.3.1, ISO 23008-2 §7.3.1.2)."""
    return nal[0] & 0x1F if codec == "h264" else nal[0] >> 1 & 0x3F


def is_parameter_set(codec: Codec, nal: bytes) -> bool:
    """Whether the NAL is a VPS, SPS or PPS."""
    kinds = (H264_SPS, H264_PPS) if codec == "h264" else (H265_VPS, H265_SPS, H265_PPS)
    return nal_type(codec, nal) in kinds


def is_key(codec: Codec, nals: list[bytes]) -> bool:
    """Whether a picture decodes alone: IDR in H.264, IRAP in H.265."""
    if codec == "h264":
        return any(nal_type(codec, nal) == H264_IDR for nal in nals)
    return any(16 <= nal_type(codec, nal) <= 23 for nal in nals)


def is_coded_slice(codec: Codec, nal: bytes) -> bool:
    """Whether the NAL carries picture data (VCL)."""
    kind = nal_type(codec, nal)
    return 1 <= kind <= 5 if codec == "h264" else kind < 32


def split_annex_b(data: bytes) -> list[bytes]:
    """The NAL units between start codes (ISO 14496-10 annex B)."""
    nals = []
    begin = data.find(b"\x00\x00\x01")
    while begin >= 0:
        after = data.find(b"\x00\x00\x01", begin + 3)
        nal = data[begin + 3 : after if after >= 0 else len(data)].rstrip(b"\x00")
        if nal:
            nals.append(nal)
        begin = after
    return nals


def split_lengths(data: bytes, length_bytes: int = 4) -> list[bytes]:
    """The NAL units of an MP4 or MKV sample (ISO 14496-15): each behind its length."""
    nals = []
    offset = 0
    while offset + length_bytes <= len(data):
        size = int.from_bytes(data[offset : offset + length_bytes], "big")
        offset += length_bytes
        nals.append(data[offset : offset + size])
        offset += size
    return nals


def parameter_sets_of(codec: Codec, extradata: bytes) -> tuple[list[bytes], int]:
    """Parameter sets and NAL length size of avcC or hvcC (ISO 14496-15 §5.3.3, §8.3.3); of Annex B the size is 0."""
    if extradata[:3] in (b"\x00\x00\x01", b"\x00\x00\x00"):
        return [nal for nal in split_annex_b(extradata) if is_parameter_set(codec, nal)], 0
    return _sets_of_avcc(extradata) if codec == "h264" else _sets_of_hvcc(extradata)


def _sets_of_avcc(extradata: bytes) -> tuple[list[bytes], int]:
    nals: list[bytes] = []
    offset = 5
    for mask in (0x1F, 0xFF):
        count = extradata[offset] & mask
        offset += 1
        for _ in range(count):
            size = int.from_bytes(extradata[offset : offset + 2], "big")
            nals.append(extradata[offset + 2 : offset + 2 + size])
            offset += 2 + size
    return nals, (extradata[4] & 3) + 1


def _sets_of_hvcc(extradata: bytes) -> tuple[list[bytes], int]:
    nals: list[bytes] = []
    offset = 23
    for _ in range(extradata[22]):
        count = int.from_bytes(extradata[offset + 1 : offset + 3], "big")
        offset += 3
        for _ in range(count):
            size = int.from_bytes(extradata[offset : offset + 2], "big")
            nals.append(extradata[offset + 2 : offset + 2 + size])
            offset += 2 + size
    return [nal for nal in nals if is_parameter_set("h265", nal)], (extradata[21] & 3) + 1
