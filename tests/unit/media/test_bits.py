"""Bit fields and Exp-Golomb codes come back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.bits import BitReader, BitstreamInvalid, unescape


def coded(value: int) -> str:
    number = bin(value + 1)[2:]
    return "0" * (len(number) - 1) + number


@given(st.lists(st.integers(0, (1 << 32) - 2), min_size=1))
def test_unsigned_codes_come_back(values: list[int]) -> None:
    bits = "".join(map(coded, values))
    bits += "0" * (-len(bits) % 8)
    reader = BitReader(int(bits, 2).to_bytes(len(bits) // 8, "big"))
    assert [reader.ue() for _ in values] == values


def test_signed_codes_alternate() -> None:
    bits = "".join(map(coded, range(7)))
    reader = BitReader(int(bits.ljust(40, "0"), 2).to_bytes(5, "big"))
    assert [reader.se() for _ in range(7)] == [0, 1, -1, 2, -2, 3, -3]


def test_reading_past_the_end_is_an_error_that_says_so() -> None:
    reader = BitReader(b"\xff")
    reader.read(7)
    with pytest.raises(BitstreamInvalid, match="ends early"):
        reader.read(2)


def test_a_code_longer_than_32_bits_is_an_error() -> None:
    with pytest.raises(BitstreamInvalid, match="more than 32 bits"):
        BitReader(bytes(9)).ue()


def test_a_number_beyond_its_limit_is_named() -> None:
    with pytest.raises(BitstreamInvalid, match="level is 6, at most 5"):
        BitReader(b"\x38").ue_at_most(5, "level")


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 255])))
def test_emulation_prevention_is_taken_out_exactly(values: list[int]) -> None:
    payload = bytes(values)
    escaped = bytearray()
    for byte in payload:
        if byte <= 3 and escaped[-2:] == b"\0\0":
            escaped.append(3)
        escaped.append(byte)
    assert unescape(bytes(escaped)) == payload
