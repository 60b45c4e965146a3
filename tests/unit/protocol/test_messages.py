"""Messages between the planes: round trips, tolerance of what is new, refusal of what is wrong."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.errors import Error
from nangmai.protocol.messages import Desired, Hold, Message, MessageInvalid, Report, StreamState

DESIRED = Desired(1, 7, {"k": "AAAA"}, ("t-1",), (Hold("h", "cam-01", 1, 2, "order 5"),))


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value a field of this type may have."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return st.none() | values_of(arguments[0])
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is Mapping:
        return st.dictionaries(st.text(max_size=5), values_of(arguments[1]), max_size=3)
    if origin is Literal:
        return st.sampled_from(arguments)
    if issubclass(hint, Message):
        return messages_of(hint)
    return {
        bool: st.booleans(),
        int: st.integers(),
        str: st.text(max_size=10),
        float: st.floats(allow_nan=False, allow_infinity=False),
    }[hint]


def messages_of(form: type[Message]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(form)
    return st.builds(
        form, **{name: st.just(1) if name == "version" else values_of(hint) for name, hint in hints.items()}
    )


@given(messages_of(Report) | messages_of(Desired))
def test_a_message_comes_back_from_json_as_it_was(message: Report | Desired) -> None:
    assert type(message).from_json(json.loads(json.dumps(message.to_json()))) == message


def test_an_unknown_field_is_ignored() -> None:
    assert Desired.from_json(DESIRED.to_json() | {"news": 1}) == DESIRED


def test_a_stream_of_a_recorder_that_gives_no_code_is_read() -> None:
    told: dict[str, Any] = dict.fromkeys(
        ("codec", "width", "height", "fps", "bitrate_bps", "oldest_us", "newest_us", "clock_offset_us")
    )
    told |= {"state": "off", "since_us": 1, "message": "It is off.", "lost_packets": 0, "reconnects": 0}
    assert (StreamState.from_json(told).code, StreamState.from_json(told).facts) == ("", {})


@pytest.mark.parametrize("field", ["version", "acknowledged_use", "ticket_keys", "revoked", "holds"])
def test_a_missing_field_is_named(field: str) -> None:
    value = DESIRED.to_json()
    del value[field]
    with pytest.raises(MessageInvalid, match=field):
        Desired.from_json(value)


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("version", 2, "version 2"),
        ("acknowledged_use", "7", "acknowledged_use"),
        ("acknowledged_use", True, "acknowledged_use"),
        ("ticket_keys", [], "ticket_keys"),
        ("ticket_keys", {"k": 1}, "ticket_keys.k"),
        ("revoked", "t-1", "revoked"),
        ("revoked", [None], r"revoked\[0\]"),
        ("holds", [{"id": "h"}], r"holds\[0\]"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(field: str, value: object, place: str) -> None:
    with pytest.raises(MessageInvalid, match=place):
        Desired.from_json(DESIRED.to_json() | {field: value})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_any_json_is_a_message_or_our_own_error(value: Any) -> None:
    try:
        Desired.from_json(value)
    except Error:
        return
    assert isinstance(value, dict)
