"""RTSP from hostile hands: no exception but our own, no loop, no password in a request line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.rtsp_targets import RTSP
from unit.media.sdp_samples import ALL

HEADS = st.sampled_from(
    [
        b"RTSP/1.0 200 OK",
        b"RTSP/1.0 401 Unauthorized",
        b"RTSP/1.0 302 Moved",
        b"OPTIONS * RTSP/1.0",
        b"HTTP/1.1 200 OK",
        b"$",
    ]
)
FIELDS = st.sampled_from(
    [
        b"CSeq: 1",
        b"Session: 7;timeout=1",
        b'WWW-Authenticate: Digest realm="r", nonce="n", stale=true, qop="auth"',
        b"WWW-Authenticate: Basic realm=x",
        b"Transport: RTP/AVP/TCP;interleaved=2-3",
        b"Location: rtsp://h:1/x",
        b"Location: /",
        b"Content-Base: rtsp://h/s/",
        b"Public: GET_PARAMETER",
        b" folded",
        b"Content-Length: 999999999",
    ]
)
ENDS = st.sampled_from([b"\r\n", b"\n", b"\r\n\r\n"])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A server's side of a session, mostly well-formed."""
    parts = []
    for _ in range(draw(st.integers(0, 12))):
        body = draw(st.sampled_from([b"", *(sample.text.encode() for sample in ALL.values())]) | st.binary(max_size=60))
        fields = [*draw(st.lists(FIELDS | st.binary(max_size=20), max_size=6)), b"Content-Length: %d" % len(body)]
        end = draw(ENDS)
        parts.append(end.join([draw(HEADS), *fields]) + end + end + body)
    return b"".join(parts)


@pytest.mark.parametrize("target", RTSP.values(), ids=RTSP.keys())
@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_end_well(target, data: bytes) -> None:  # type: ignore[no-untyped-def]
    target(data)


@pytest.mark.parametrize("target", RTSP.values(), ids=RTSP.keys())
@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=2, max_size=2), messages())
def test_bent_sessions_end_well(target, lead: bytes, data: bytes) -> None:  # type: ignore[no-untyped-def]
    target(lead + data)
    target(data)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 5]), st.integers(0, 65535), st.binary(max_size=90)), max_size=40),
    st.binary(max_size=8),
)
def test_frames_that_lie_about_their_length_end_well(frames: list[tuple[int, int, bytes]], junk: bytes) -> None:
    data = b"".join(b"$" + bytes([channel]) + size.to_bytes(2, "big") + rest for channel, size, rest in frames)
    RTSP["connection"](b"\xff\x10" + junk + data)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_for_a_header_or_url_ends_well(text: str) -> None:
    RTSP["headers"](text.encode("utf-8", "surrogatepass"))
    RTSP["headers"](b"rtsp://" + text.encode("utf-8", "surrogatepass"))
