"""Descriptions from hostile hands: no exception but our own, and no loop."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.rtsp_targets import fuzz_sdp
from nangmai.media.sdp import MAX_SDP_BYTES
from unit.media.sdp_samples import ALL

TEXTS = [sample.text.encode() for sample in ALL.values()]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=1000))
def test_any_bytes_end_well(data: bytes) -> None:
    fuzz_sdp(data)
    fuzz_sdp(b"m=video 0 RTP/AVP 96\na=fmtp:96 " + data)
    fuzz_sdp(b"m=audio 0 RTP/AVP 97\na=rtpmap:97 " + data)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 60), st.binary(max_size=12)), max_size=6),
)
def test_bent_descriptions_end_well(text: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for place, length, new in edits:
        text = text[:place] + new + text[place + length :]
    fuzz_sdp(text)


@pytest.mark.parametrize(
    "filling", [b" ", b"a ", b"; ", b"a=", b",", b"=;", b"\n", b"a=b;", b"m=video 0 RTP/AVP 96\n", b"a=rtpmap:1 x\n"]
)
@pytest.mark.timeout(60)  # steps that grow with the square of the length would take hours
def test_no_filling_keeps_the_reader_busy_for_ever(filling: bytes) -> None:
    for lead in (b"m=video 0 RTP/AVP 96\na=fmtp:96 ", b"m=video 0 RTP/AVP 96\na=control:", b""):
        fuzz_sdp(lead + filling * ((MAX_SDP_BYTES - 100) // len(filling)))
