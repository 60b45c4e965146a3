"""Files from hostile hands: the scanner and the joiner raise nothing but our own, and never run away."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.media_seeds import mp4_seeds
from fuzz.media_targets import fuzz_mp4
from nangmai.media.isobmff import BoxInvalid, parse_moof
from nangmai.media.isobmff.boxes import box, full_box

SEEDS = mp4_seeds()
edits = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 16), st.binary(max_size=8)), max_size=4)
numbers = st.sampled_from([0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_end_well(data: bytes) -> None:
    fuzz_mp4(data)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), edits)
def test_bent_files_end_well(data: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for place, length, new in changes:
        data = data[:place] + new + data[place + length :]
    fuzz_mp4(data)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 600), numbers)
def test_numbers_at_their_limits_end_well(data: bytes, place: int, number: int) -> None:
    at = min(place * 4, len(data) - 4)
    fuzz_mp4(data[:at] + struct.pack(">I", number) + data[at + 4 :])


@pytest.mark.timeout(60)
def test_runs_that_multiply_are_refused() -> None:
    trun = full_box(b"trun", 0, 0, (90_000).to_bytes(4, "big"))
    traf = box(b"traf", full_box(b"tfhd", 0, 0, b"\0\0\0\1"), trun * 1000)
    with pytest.raises(BoxInvalid):
        parse_moof(box(b"moof", traf))
    with pytest.raises(BoxInvalid):
        parse_moof(box(b"moof", box(b"traf", full_box(b"tfhd", 0, 0, b"\0\0\0\1"), trun) * 1000))
