from typing import ClassVar

from nangmai.base.errors import Error, Kind


class CameraLost(Error):
    """{camera} does not answer since {since}; check its cable.

    This second paragraph is for engineers.
    """

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


def test_the_docstring_is_the_message_and_facts_fill_it() -> None:
    assert str(CameraLost(camera="cam-01", since="08:00")) == "cam-01 does not answer since 08:00; check its cable."


def test_the_code_is_the_class_name_in_snake_case() -> None:
    assert CameraLost.code == "camera_lost"


def test_a_missing_fact_never_hides_the_error_itself() -> None:
    assert "cam-01" in str(CameraLost(camera="cam-01"))


def test_an_error_crosses_a_process_border_with_code_kind_and_facts() -> None:
    assert CameraLost(camera="cam-01", since="08:00").as_dict() == {
        "error": "camera_lost",
        "kind": "unavailable",
        "message": "cam-01 does not answer since 08:00; check its cable.",
        "facts": {"camera": "cam-01", "since": "08:00"},
    }
