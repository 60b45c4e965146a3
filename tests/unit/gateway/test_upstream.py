"""Where addresses lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from nangmai.gateway.upstream import Upstream, UpstreamInvalid, parse_recorder, parse_upstream, route

WEB = Upstream("", "127.0.0.1", 1)
RECORDERS = {"nvr-1": Upstream("nvr-1", "127.0.0.1", 2)}


def test_addresses_are_read() -> None:
    assert parse_upstream("http://127.0.0.1:8001") == Upstream("", "127.0.0.1", 8001)
    assert parse_recorder("nvr-1=http://[::1]:8601") == Upstream("nvr-1", "::1", 8601)
    assert str(parse_recorder("a=http://[::1]:8601").url("/x?y=%20")) == "http://[::1]:8601/x?y=%20"


@pytest.mark.parametrize("text", ["", "127.0.0.1:80", "https://x", "http://", "http://x:99999", "http://x/path"])
def test_what_is_no_address_is_one_clear_error(text: str) -> None:
    with pytest.raises(UpstreamInvalid, match="http://host:port"):
        parse_upstream(text)


@pytest.mark.parametrize("text", ["http://x:1", "a/b=http://x:1", "=http://x:1"])
def test_what_is_no_recorder_is_one_clear_error(text: str) -> None:
    with pytest.raises(UpstreamInvalid, match="name="):
        parse_recorder(text)


@given(
    st.lists(
        st.sampled_from(
            ["metrics", "%6d", "%6D", "etrics", "m", "/", "//", ".", "..", "%2e", "%2E%2e", "%2f", "live", "?", "x"]
        )
    )
)
def test_no_spelling_reaches_the_metrics_of_a_recorder(parts: list[str]) -> None:
    url = URL("http://gateway/recorders/nvr-1/" + "".join(parts), encoded=True)
    found = route(url.relative(), WEB, RECORDERS)
    if found.upstream is not None and found.upstream.name:
        reached = URL("http://recorder" + found.path_and_query, encoded=True).path
        segments = [part for part in reached.split("/") if part not in ("", ".")]
        assert ".." not in segments
        assert not segments or segments[0].lower() != "metrics"
