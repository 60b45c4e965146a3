"""Packets from hostile hands: nothing is raised, and what comes out is well-formed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.media_seeds import nal_seeds, rtp_seeds
from fuzz.media_targets import RTP, STREAMS, fuzz_rtp, instruction

edits = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 30), st.binary(max_size=8)), max_size=6)
#: starts of payloads that mean something to one codec or the other
heads = st.sampled_from(
    [
        b"",
        *(bytes((kind,)) for kind in (0x65, 0x41, 0x67, 0x68, 0x06, 0x09, 0x78, 0x7C)),
        *(b"\x7c" + bytes((flags,)) for flags in (0x85, 0x05, 0x45, 0xC5, 0x87, 0x47)),
        *(bytes((kind << 1, 1)) for kind in (1, 19, 21, 32, 33, 34, 39, 48, 49, 50)),
        *(b"\x62\x01" + bytes((flags,)) for flags in (0x93, 0x13, 0x53, 0xD3, 0xA1, 0x61)),
        b"\0\0\0\1",
        b"\0\x10\0\x20",
        b"\0\x20\0\x08\0\x08",
    ]
)
payloads = st.builds(lambda head, rest: head + rest, heads, st.binary(max_size=40))
streams = st.builds(
    lambda kind, steps: bytes((kind,)) + b"".join(instruction(flags, payload) for flags, payload in steps),
    st.integers(0, len(STREAMS) - 1),
    st.lists(st.tuples(st.integers(0, 127), payloads), max_size=40),
)


@pytest.mark.parametrize("target", RTP.values(), ids=RTP.keys())
@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_end_well(target, data: bytes) -> None:  # type: ignore[no-untyped-def]
    target(data)


@pytest.mark.parametrize("target", RTP.values(), ids=RTP.keys())
@settings(max_examples=300, deadline=None)
@given(streams)
def test_streams_of_odd_packets_end_well(target, data: bytes) -> None:  # type: ignore[no-untyped-def]
    target(data)


@pytest.mark.parametrize("target", RTP.values(), ids=RTP.keys())
@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*rtp_seeds(), *nal_seeds()]), edits)
def test_bent_streams_end_well(  # type: ignore[no-untyped-def]
    target, data: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for place, length, new in changes:
        data = data[:place] + new + data[place + length :]
    target(data)


@pytest.mark.parametrize("kind", range(len(STREAMS)))
@pytest.mark.timeout(60)
def test_a_unit_that_never_ends_stays_within_bounds(kind: int) -> None:
    opened = {0: b"\x7c\x85", 1: b"\x62\x01\x93", 2: b"\x62\x01\x93\0\0"}.get(kind, b"\0\x10\xff\xf8")
    going_on = {0: b"\x7c\x05", 1: b"\x62\x01\x13", 2: b"\x62\x01\x13"}.get(kind, b"\0\x10\xff\xf8")
    steps = instruction(1, opened + bytes(60_000)) + instruction(5, going_on + bytes(60_000)) * 600
    fuzz_rtp(bytes((kind,)) + steps)
