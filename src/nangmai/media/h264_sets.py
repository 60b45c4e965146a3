"""H.264 parameter sets (ITU-T H.264 §7.3.2.1, Annex E) and the `avcC` box made of them (ISO/IEC 14496-15 §5.3.3)."""

from __future__ import annotations

from typing import NamedTuple

from nangmai.media.bits import BitReader, BitstreamInvalid, unescape
from nangmai.media.isobmff.boxes import box
from nangmai.media.isobmff.entries import colour_box, visual_sample_entry
from nangmai.media.picture import VideoParameters
from nangmai.media.sets import MAX_SET_BYTES, Vui, check_size, read_display

_SPS, _PPS = 7, 8
_BASELINE = 66
#: profiles whose sets tell chroma format and bit depth (§7.3.2.1.1)
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_HAS_AVCC_EXTENSION = frozenset({100, 110, 122, 144, 244})
_MAX_SPS_ID, _MAX_PPS_ID = 31, 255
_MAX_MBS = 1 << 12


class H264Sps(NamedTuple):
    """What a sequence parameter set says."""

    id: int
    profile: int
    constraints: int
    level: int
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    width: int
    height: int
    reorder_depth: int
    vui: Vui

    @property
    def codecs(self) -> str:
        """RFC 6381 §3.3."""
        return f"avc1.{self.profile:02X}{self.constraints:02X}{self.level:02X}"


class H264Sets:
    """The sets a stream has shown so far, by their ids."""

    __slots__ = ("_pps", "_sps", "_sps_id")

    def __init__(self) -> None:
        self._sps: dict[int, bytes] = {}
        self._pps: dict[int, bytes] = {}
        self._sps_id = -1

    def add(self, nal: bytes) -> bool:
        """Take a set; true when it is new or has changed. One that cannot be read is left out."""
        nal = nal.rstrip(b"\0")
        if not 4 <= len(nal) <= MAX_SET_BYTES or nal[0] & 0x1F not in (_SPS, _PPS):
            return False
        try:
            if nal[0] & 0x1F == _SPS:
                number = parse_sps(nal).id
                is_new = self._sps.get(number) != nal or self._sps_id != number
                self._sps[number] = nal
                self._sps_id = number
                return is_new
            number = BitReader(unescape(nal[1:9])).ue_at_most(_MAX_PPS_ID, "pic_parameter_set_id")
        except BitstreamInvalid:
            return False
        is_new = self._pps.get(number) != nal
        self._pps[number] = nal
        return is_new

    def parameters(self) -> VideoParameters | None:
        """From the sequence parameter set seen last and all picture parameter sets; None while either is missing."""
        if self._sps_id < 0 or not self._pps:
            return None
        sps = parse_sps(self._sps[self._sps_id])
        children = [box(b"avcC", self._avcc(sps))]
        if sps.vui.colour:
            children.append(colour_box(*sps.vui.colour))
        entry = visual_sample_entry(b"avc1", sps.width, sps.height, *children)
        return VideoParameters("h264", sps.width, sps.height, sps.vui.fps(2), sps.codecs, entry, sps.reorder_depth)

    def _avcc(self, sps: H264Sps) -> bytes:
        in_use_first = sorted(self._sps, key=lambda number: (number != self._sps_id, number))
        all_sps = [self._sps[number] for number in in_use_first]
        all_pps = [nal for _, nal in sorted(self._pps.items())][:255]
        record = bytes((1, sps.profile, sps.constraints, sps.level, 0xFF, 0xE0 | min(len(all_sps), 31)))
        record += b"".join(len(nal).to_bytes(2, "big") + nal for nal in all_sps[:31])
        record += bytes((len(all_pps),)) + b"".join(len(nal).to_bytes(2, "big") + nal for nal in all_pps)
        if sps.profile in _HAS_AVCC_EXTENSION:
            record += bytes((0xFC | sps.chroma_format, 0xF8 | sps.luma_bits - 8, 0xF8 | sps.chroma_bits - 8, 0))
        return record


def parse_sps(nal: bytes) -> H264Sps:
    """Read a sequence parameter set NAL unit."""
    reader = BitReader(unescape(nal[1:]))
    profile, constraints, level = reader.read(8), reader.read(8), reader.read(8)
    number = reader.ue_at_most(_MAX_SPS_ID, "seq_parameter_set_id")
    chroma_format, luma_bits, chroma_bits, has_planes = 1, 8, 8, False
    if profile in _HIGH_PROFILES:
        chroma_format = reader.ue_at_most(3, "chroma_format_idc")
        has_planes = chroma_format == 3 and reader.flag()
        luma_bits = 8 + reader.ue_at_most(6, "bit_depth_luma_minus8")
        chroma_bits = 8 + reader.ue_at_most(6, "bit_depth_chroma_minus8")
        reader.read(1)  # qpprime_y_zero_transform_bypass_flag
        if reader.flag():
            _skip_scaling_matrix(reader, 12 if chroma_format == 3 else 8)
    reader.ue_at_most(12, "log2_max_frame_num_minus4")
    order_type = _skip_picture_order(reader)
    reader.ue()  # max_num_ref_frames
    reader.read(1)  # gaps_in_frame_num_value_allowed_flag
    width, height = _read_size(reader, 0 if has_planes else chroma_format)
    vui = _read_vui(reader) if reader.flag() else Vui()
    depth = vui.max_reorder or 0
    if profile == _BASELINE or order_type == 2:
        depth = 0
    return H264Sps(
        number, profile, constraints, level, chroma_format, luma_bits, chroma_bits, width, height, depth, vui
    )


def _skip_scaling_matrix(reader: BitReader, lists: int) -> None:
    for index in range(lists):
        if not reader.flag():
            continue
        last, following = 8, 8
        for _ in range(16 if index < 6 else 64):
            if following:
                following = (last + reader.se()) & 0xFF
            last = following or last


def _skip_picture_order(reader: BitReader) -> int:
    order_type = reader.ue_at_most(2, "pic_order_cnt_type")
    if order_type == 0:
        reader.ue_at_most(12, "log2_max_pic_order_cnt_lsb_minus4")
    elif order_type == 1:
        reader.read(1)
        reader.se()
        reader.se()
        for _ in range(reader.ue_at_most(255, "num_ref_frames_in_pic_order_cnt_cycle")):
            reader.se()
    return order_type


def _read_size(reader: BitReader, chroma_array_type: int) -> tuple[int, int]:
    width_mbs = reader.ue_at_most(_MAX_MBS, "pic_width_in_mbs_minus1") + 1
    height_units = reader.ue_at_most(_MAX_MBS, "pic_height_in_map_units_minus1") + 1
    is_frame_only = reader.flag()
    if not is_frame_only:
        reader.read(1)
    reader.read(1)  # direct_8x8_inference_flag
    fields = 1 if is_frame_only else 2
    width, height = 16 * width_mbs, 16 * height_units * fields
    if reader.flag():
        unit_x = 2 if chroma_array_type in (1, 2) else 1
        unit_y = (2 if chroma_array_type == 1 else 1) * fields
        left, right, top, bottom = (reader.ue() for _ in range(4))
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    check_size(width, height)
    return width, height


def _read_vui(reader: BitReader) -> Vui:
    """VUI parameters (§E.1.1). Many cameras cut them short: what was read until then counts."""
    colour = None
    units = scale = 0
    try:
        colour = read_display(reader)
        if reader.flag():
            units, scale = reader.read(32), reader.read(32)
            reader.read(1)
        has_hrd = False
        for _ in range(2):
            if reader.flag():
                has_hrd = True
                _skip_hrd(reader)
        if has_hrd:
            reader.read(1)
        reader.read(1)  # pic_struct_present_flag
        max_reorder = None
        if reader.flag():
            reader.read(1)
            for _ in range(4):
                reader.ue()
            max_reorder = reader.ue_at_most(16, "max_num_reorder_frames")
    except BitstreamInvalid:
        return Vui(colour, units, scale, None)
    return Vui(colour, units, scale, max_reorder)


def _skip_hrd(reader: BitReader) -> None:
    count = reader.ue_at_most(31, "cpb_cnt_minus1") + 1
    reader.read(8)
    for _ in range(count):
        reader.ue()
        reader.ue()
        reader.read(1)
    reader.read(20)
