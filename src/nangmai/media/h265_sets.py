"""H.265 parameter sets (ITU-T H.265 §7.3.2, Annex E) and the `hvcC` box made of them (ISO/IEC 14496-15 §8.3.3)."""

from __future__ import annotations

from typing import NamedTuple

from nangmai.media.bits import BitReader, BitstreamInvalid, unescape
from nangmai.media.isobmff.boxes import box
from nangmai.media.isobmff.entries import colour_box, visual_sample_entry
from nangmai.media.picture import VideoParameters
from nangmai.media.sets import MAX_SET_BYTES, Vui, check_size, read_display

_VPS, _SPS, _PPS = 32, 33, 34
_MAX_IDS = {_VPS: 15, _SPS: 15, _PPS: 63}
_MAX_SIDE = 1 << 16


class H265Profile(NamedTuple):
    """General profile, tier and level (§7.3.3)."""

    space: int
    tier: int
    profile: int
    compatibility: int
    constraints: int  #: 48 bits
    level: int

    @property
    def codecs(self) -> str:
        """ISO/IEC 14496-15 Annex E.3."""
        compatibility = int(f"{self.compatibility:032b}"[::-1], 2)
        constraints = self.constraints.to_bytes(6, "big").rstrip(b"\0")
        parts = [
            f"hvc1.{('', 'A', 'B', 'C')[self.space]}{self.profile}",
            f"{compatibility:X}",
            f"{'H' if self.tier else 'L'}{self.level}",
            *(f"{byte:X}" for byte in constraints),
        ]
        return ".".join(parts)


class H265Sps(NamedTuple):
    """What a sequence parameter set says."""

    id: int
    layers: int
    is_nested: bool
    profile: H265Profile
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    width: int
    height: int
    reorder_depth: int
    vui: Vui


class H265Sets:
    """The sets a stream has shown so far, by their types and ids."""

    __slots__ = ("_sets", "_sps_id")

    def __init__(self) -> None:
        self._sets: dict[tuple[int, int], bytes] = {}
        self._sps_id = -1

    def add(self, nal: bytes) -> bool:
        """Take a set; true when it is new or has changed. One that cannot be read is left out."""
        nal = nal.rstrip(b"\0")
        if not 4 <= len(nal) <= MAX_SET_BYTES or nal[0] >> 1 & 0x3F not in _MAX_IDS:
            return False
        kind = nal[0] >> 1 & 0x3F
        try:
            number = self._read_id(kind, nal)
        except BitstreamInvalid:
            return False
        is_new = self._sets.get((kind, number)) != nal or (kind == _SPS and number != self._sps_id)
        self._sets[kind, number] = nal
        if kind == _SPS:
            self._sps_id = number
        return is_new

    @staticmethod
    def _read_id(kind: int, nal: bytes) -> int:
        if kind == _SPS:
            return parse_sps(nal).id
        reader = BitReader(unescape(nal[2:10]))
        return reader.read(4) if kind == _VPS else reader.ue_at_most(_MAX_IDS[kind], "pps_pic_parameter_set_id")

    def parameters(self) -> VideoParameters | None:
        """From the sequence parameter set seen last; None while a set of any of the three types is missing."""
        if self._sps_id < 0 or {kind for kind, _ in self._sets} != set(_MAX_IDS):
            return None
        sps = parse_sps(self._sets[_SPS, self._sps_id])
        children = [box(b"hvcC", self._hvcc(sps))]
        if sps.vui.colour:
            children.append(colour_box(*sps.vui.colour))
        entry = visual_sample_entry(b"hvc1", sps.width, sps.height, *children)
        return VideoParameters(
            "h265", sps.width, sps.height, sps.vui.fps(1), sps.profile.codecs, entry, sps.reorder_depth
        )

    def _hvcc(self, sps: H265Sps) -> bytes:
        profile = sps.profile
        record = bytes((1, profile.space << 6 | profile.tier << 5 | profile.profile))
        record += profile.compatibility.to_bytes(4, "big") + profile.constraints.to_bytes(6, "big")
        record += bytes((profile.level, 0xF0, 0, 0xFC, 0xFC | sps.chroma_format))
        record += bytes((0xF8 | sps.luma_bits - 8, 0xF8 | sps.chroma_bits - 8, 0, 0))
        record += bytes((sps.layers << 3 | sps.is_nested << 2 | 3, len(_MAX_IDS)))
        for kind in _MAX_IDS:
            nals = self._sorted(kind)
            record += bytes((0x80 | kind,)) + len(nals).to_bytes(2, "big")
            record += b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)
        return record

    def _sorted(self, wanted: int) -> list[bytes]:
        """The sets of one type by their ids; the sequence parameter set in use comes first."""
        keys = [key for key in sorted(self._sets) if key[0] == wanted]
        if wanted == _SPS:
            keys.sort(key=lambda key: key[1] != self._sps_id)
        return [self._sets[key] for key in keys]


def parse_sps(nal: bytes) -> H265Sps:
    """Read a sequence parameter set NAL unit (§7.3.2.2)."""
    reader = BitReader(unescape(nal[2:]))
    reader.read(4)  # sps_video_parameter_set_id
    sub_layers = reader.read(3)
    is_nested = reader.flag()
    profile = _read_profile(reader, sub_layers)
    number = reader.ue_at_most(_MAX_IDS[_SPS], "sps_seq_parameter_set_id")
    chroma_format = reader.ue_at_most(3, "chroma_format_idc")
    chroma_array_type = 0 if chroma_format == 3 and reader.flag() else chroma_format
    width = reader.ue_at_most(_MAX_SIDE, "pic_width_in_luma_samples")
    height = reader.ue_at_most(_MAX_SIDE, "pic_height_in_luma_samples")
    if reader.flag():
        left, right, top, bottom = (reader.ue() for _ in range(4))
        width -= (2 if chroma_array_type in (1, 2) else 1) * (left + right)
        height -= (2 if chroma_array_type == 1 else 1) * (top + bottom)
    check_size(width, height)
    luma_bits = 8 + reader.ue_at_most(7, "bit_depth_luma_minus8")
    chroma_bits = 8 + reader.ue_at_most(7, "bit_depth_chroma_minus8")
    order_bits = 4 + reader.ue_at_most(12, "log2_max_pic_order_cnt_lsb_minus4")
    depth = 0
    for _ in range(sub_layers + 1 if reader.flag() else 1):
        reader.ue()
        depth = reader.ue_at_most(16, "sps_max_num_reorder_pics")
        reader.ue()
    try:
        _skip_coding_tools(reader, chroma_format)
        _skip_reference_sets(reader, order_bits)
        reader.read(2)  # sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
        vui = _read_vui(reader) if reader.flag() else Vui()
    except BitstreamInvalid:
        vui = Vui()  # size and profile stand before; the rest is only nice to know
    return H265Sps(
        number, sub_layers + 1, is_nested, profile, chroma_format, luma_bits, chroma_bits, width, height, depth, vui
    )


def _read_profile(reader: BitReader, sub_layers: int) -> H265Profile:
    """profile_tier_level (§7.3.3)."""
    profile = H265Profile(
        reader.read(2), reader.read(1), reader.read(5), reader.read(32), reader.read(48), reader.read(8)
    )
    present = [(reader.flag(), reader.flag()) for _ in range(sub_layers)]
    if sub_layers:
        reader.read(2 * (8 - sub_layers))
    for has_profile, has_level in present:
        reader.read((88 if has_profile else 0) + (8 if has_level else 0))
    return profile


def _skip_coding_tools(reader: BitReader, chroma_format: int) -> None:
    for _ in range(6):  # block sizes and transform depths
        reader.ue()
    if reader.flag() and reader.flag():
        _skip_scaling_lists(reader, chroma_format)
    reader.read(2)  # amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if reader.flag():  # pcm_enabled_flag
        reader.read(8)
        reader.ue()
        reader.ue()
        reader.read(1)


def _skip_scaling_lists(reader: BitReader, chroma_format: int) -> None:
    """scaling_list_data (§7.3.4)."""
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not reader.flag():
                reader.ue()
                continue
            if size > 1:
                reader.se()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                reader.se()


def _skip_reference_sets(reader: BitReader, order_bits: int) -> None:
    """Short-term (§7.3.7) and long-term reference pictures."""
    counts: list[int] = []
    for index in range(reader.ue_at_most(64, "num_short_term_ref_pic_sets")):
        counts.append(_skip_reference_set(reader, index, counts))
    if reader.flag():
        for _ in range(reader.ue_at_most(32, "num_long_term_ref_pics_sps")):
            reader.read(order_bits + 1)


def _skip_reference_set(reader: BitReader, index: int, counts: list[int]) -> int:
    """One st_ref_pic_set; returns how many pictures it names."""
    if index and reader.flag():
        reader.read(1)
        reader.ue()
        count = 0
        for _ in range(counts[index - 1] + 1):
            is_used = reader.flag()
            if is_used or reader.flag():
                count += 1
        return min(count, 16)
    before = reader.ue_at_most(16, "num_negative_pics")
    after = reader.ue_at_most(16, "num_positive_pics")
    for _ in range(before + after):
        reader.ue()
        reader.read(1)
    return before + after


def _read_vui(reader: BitReader) -> Vui:
    """VUI parameters (§E.2.1) up to the timing. Many cameras cut them short: what was read until then counts."""
    colour = None
    try:
        colour = read_display(reader)
        reader.read(3)  # neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
        if reader.flag():
            for _ in range(4):
                reader.ue()
        if reader.flag():
            return Vui(colour, reader.read(32), reader.read(32))
    except BitstreamInvalid:
        return Vui(colour)
    return Vui(colour)
