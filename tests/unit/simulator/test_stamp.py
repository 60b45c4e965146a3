"""Stamps come back as they went in, whatever surrounds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nangmai.simulator.bitstream import Codec, nal_type, split_annex_b
from nangmai.simulator.stamp import DIGITS, STAMP_UUID, Stamp, stamp_digits, stamp_nal, stamps

codecs = st.sampled_from(["h264", "h265"])
numbers = st.integers(0, 2**64 - 1)


@given(codecs, numbers, numbers)
def test_a_stamp_is_read_back(codec: Codec, counter: int, wall_ns: int) -> None:
    assert stamps(stamp_nal(codec, counter, wall_ns)) == [Stamp(counter, wall_ns)]


@given(codecs, numbers, numbers)
def test_a_stamp_never_forms_a_start_code(codec: Codec, counter: int, wall_ns: int) -> None:
    nal = stamp_nal(codec, counter, wall_ns)
    assert b"\0\0" not in nal
    assert split_annex_b(b"\0\0\1" + nal + b"\0\0\1" + nal) == [nal, nal]


@given(codecs, numbers, numbers)
def test_patching_the_digits_in_place_equals_a_new_stamp(codec: Codec, counter: int, wall_ns: int) -> None:
    nal = bytearray(stamp_nal(codec))
    at = nal.find(STAMP_UUID) + len(STAMP_UUID)
    nal[at : at + DIGITS] = stamp_digits(counter, wall_ns)
    assert bytes(nal) == stamp_nal(codec, counter, wall_ns)


@given(st.lists(numbers, max_size=5), st.binary(max_size=40))
def test_all_stamps_are_found_in_order_among_other_bytes(counters: list[int], other: bytes) -> None:
    data = other + other.join(stamp_nal("h265", counter, 7) for counter in counters)
    assert [stamp.counter for stamp in stamps(data)] == counters


def test_the_stamp_is_a_prefix_sei_message_in_both_codecs() -> None:
    assert nal_type("h264", stamp_nal("h264")) == 6
    assert nal_type("h265", stamp_nal("h265")) == 39


def test_a_stamp_cut_short_is_named_as_broken() -> None:
    assert stamps(stamp_nal("h264", 5, 5)[:-30]) == [Stamp(-1, -1)]
