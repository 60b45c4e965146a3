"""Every pair of colours that stands on one another can be read: WCAG 2.1 AA in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nangmai.web.ui

CSS = (Path(nangmai.web.ui.__file__).parent / "static/ui/css/tokens.css").read_text(encoding="utf-8")

TEXT = 4.5  #: §1.4.3
GRAPHIC = 3.0  #: §1.4.11

GROUNDS = ("ground", "surface", "surface-raised", "surface-sunken")
TEXT_PAIRS = [
    *((text, ground) for text in ("text", "text-quiet") for ground in GROUNDS),
    *((tone, f"{tone}-soft") for tone in ("kept", "at-risk", "broken", "unknown")),
    *((tone, "surface") for tone in ("kept", "at-risk", "broken", "unknown", "accent-text", "live")),
    ("broken", "ground"),
    ("accent-text", "accent-soft"),
    ("on-accent", "accent"),
]
GRAPHIC_PAIRS = [
    *(("focus", ground) for ground in GROUNDS),
    *(("line-strong", ground) for ground in ("ground", "surface", "surface-raised")),
    ("playhead", "surface"),
    *((mark, "surface-sunken") for mark in ("recorded", "gap-hatch", "hold", "playhead")),
]


def blocks() -> dict[str, dict[str, str]]:
    """Theme -> colours, from the three blocks of the file."""
    found = {}
    for selector, body in re.findall(r"((?::root|\.night)[^{}]*)\{([^{}]*)\}", CSS):
        colours = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", body))
        if colours:
            name = "auto" if "auto" in selector else "night" if ".night" in selector else "paper"
            found[name] = colours | {"rest": body.strip()}
    return found


THEMES = blocks()


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_themes_name_the_same_colours() -> None:
    assert THEMES.keys() == {"paper", "night", "auto"}
    assert THEMES["paper"].keys() == THEMES["night"].keys()


def test_night_by_choice_and_night_by_system_are_equal() -> None:
    plain = [re.sub(r"\s+", " ", THEMES[name]["rest"]) for name in ("night", "auto")]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("theme", ["paper", "night"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= TEXT


@pytest.mark.parametrize("theme", ["paper", "night"])
@pytest.mark.parametrize(("mark", "ground"), GRAPHIC_PAIRS)
def test_marks_can_be_told_from_their_ground(theme: str, mark: str, ground: str) -> None:
    assert contrast(THEMES[theme][mark], THEMES[theme][ground]) >= GRAPHIC


@pytest.mark.parametrize("theme", ["paper", "night"])
@pytest.mark.parametrize("picture", ["#ffffff", "#000000"])
def test_names_over_any_picture_can_be_read(theme: str, picture: str) -> None:
    red, green, blue, percent = map(int, re.findall(r"\d+", THEMES[theme]["rest"].partition("--scrim:")[2])[:4])
    scrim = zip((red, green, blue), (int(picture[at : at + 2], 16) for at in (1, 3, 5)), strict=True)
    seen = "#" + "".join(f"{round(over * percent / 100 + under * (1 - percent / 100)):02x}" for over, under in scrim)
    light = THEMES["night"]  # what lies over a picture is light in both themes
    assert contrast(light["text"], seen) >= TEXT
    assert contrast(light["at-risk"], seen) >= TEXT
    assert contrast(light["text-quiet"], seen) >= GRAPHIC


def test_no_colour_is_written_outside_the_tokens() -> None:
    folder = Path(nangmai.web.ui.__file__).parent / "static/ui/css"
    for path in folder.glob("*.css"):
        if path.name != "tokens.css":
            text = path.read_text(encoding="utf-8").partition("@media print")[0]
            assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", text), path.name
