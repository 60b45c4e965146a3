import dataclasses

import pytest

from nangmai.base.config import ConfigInvalid, load_table, setting


@dataclasses.dataclass(frozen=True)
class Inner:
    days: int = setting("Days.", default=20, check=lambda days: None if days > 0 else "must be above 0")


@dataclasses.dataclass(frozen=True)
class Outer:
    name: str = setting("A name.")
    ratio: float = setting("A ratio.", default=0.5)
    audio: bool = setting("Sound.", default=False)
    volumes: tuple[str, ...] = setting("Folders.", default=())
    sub: str | None = setting("Optional.", default=None)
    inner: Inner = setting("A table.", factory=Inner)


def complaint_of(table: dict[str, object]) -> str:
    with pytest.raises(ConfigInvalid) as caught:
        load_table(Outer, table, "file.toml")
    return str(caught.value)


def test_a_table_becomes_a_dataclass_with_its_defaults() -> None:
    loaded = load_table(Outer, {"name": "x", "ratio": 1, "volumes": ["a"], "inner": {"days": 3}}, "file.toml")
    assert loaded == Outer(name="x", ratio=1.0, volumes=("a",), inner=Inner(days=3))


def test_an_unknown_key_is_an_error_that_names_the_near_one() -> None:
    assert complaint_of({"name": "x", "audoi": True}) == "file.toml: unknown key 'audoi'; did you mean 'audio'?"


def test_a_missing_key_is_named() -> None:
    assert complaint_of({}) == "file.toml: the key 'name' is missing"


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ({"name": 3}, "name: must be text in quotes, not 3"),
        ({"name": "x", "audio": 1}, "audio: must be true or false"),
        ({"name": "x", "ratio": True}, "ratio: must be a number"),
        ({"name": "x", "volumes": "a"}, "volumes: must be a list"),
        ({"name": "x", "volumes": [1]}, "volumes[0]: must be text"),
        ({"name": "x", "inner": {"days": 0}}, "inner: days: must be above 0"),
        ({"name": "x", "inner": 5}, "inner: must be a table"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(table: dict[str, object], part: str) -> None:
    assert part in complaint_of(table)
