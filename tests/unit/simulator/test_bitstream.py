"""NAL units are cut where they begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.simulator.bitstream import is_coded_slice, is_key, is_parameter_set, split_annex_b, split_lengths

#: units without start code emulation and without trailing zeros, as ISO 14496-10 §7.4.1 demands
units = st.lists(st.binary(min_size=2, max_size=40).map(lambda data: data.replace(b"\0", b"\1")), max_size=6)


@given(units, st.sampled_from([b"\0\0\1", b"\0\0\0\1"]))
def test_annex_b_is_split_at_start_codes(nals: list[bytes], code: bytes) -> None:
    assert split_annex_b(b"".join(code + nal for nal in nals)) == nals


@given(units, st.sampled_from([2, 4]))
def test_length_prefixed_units_are_split(nals: list[bytes], length_bytes: int) -> None:
    data = b"".join(len(nal).to_bytes(length_bytes, "big") + nal for nal in nals)
    assert split_lengths(data, length_bytes) == nals


@pytest.mark.parametrize(
    ("codec", "nal", "key", "coded", "parameters"),
    [
        ("h264", b"\x65", True, True, False),
        ("h264", b"\x41", False, True, False),
        ("h264", b"\x67", False, False, True),
        ("h264", b"\x06", False, False, False),
        ("h265", b"\x26\x01", True, True, False),
        ("h265", b"\x2a\x01", True, True, False),
        ("h265", b"\x02\x01", False, True, False),
        ("h265", b"\x40\x01", False, False, True),
        ("h265", b"\x4e\x01", False, False, False),
    ],
)
def test_kinds_are_told_apart(codec: str, nal: bytes, key: bool, coded: bool, parameters: bool) -> None:
    assert is_key(codec, [nal]) is key  # type: ignore[arg-type]
    assert is_coded_slice(codec, nal) is coded  # type: ignore[arg-type]
    assert is_parameter_set(codec, nal) is parameters  # type: ignore[arg-type]
