"""A canvas in 1280x720 units of any real size, drawn twice as large and reduced so that edges are smooth."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

UNITS_WIDE, UNITS_HIGH = 1280, 720
_OVERSIZE = 2

Colour = tuple[int, int, int] | tuple[int, int, int, int]
Point = tuple[float, float]


class Canvas:
    """Flat shapes; coordinates are left, top, right, bottom in units."""

    def __init__(self, width: int, height: int, background: Colour, *, units: Point = (UNITS_WIDE, UNITS_HIGH)) -> None:
        self._size = (width, height)
        mode = "RGBA" if len(background) == 4 else "RGB"
        self._image = Image.new(mode, (width * _OVERSIZE, height * _OVERSIZE), background)
        self._draw = ImageDraw.Draw(self._image, "RGBA")
        self._x = width * _OVERSIZE / units[0]
        self._y = height * _OVERSIZE / units[1]

    def _scaled(self, numbers: Sequence[float]) -> list[float]:
        return [number * (self._y if at % 2 else self._x) for at, number in enumerate(numbers)]

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0) -> None:
        """A rectangle, with round corners when asked."""
        self._draw.rounded_rectangle(self._scaled((left, top, right, bottom)), radius * self._x, fill)

    def disc(self, x: float, y: float, radius_x: float, fill: Colour, radius_y: float | None = None) -> None:
        """A circle or ellipse about its middle."""
        tall = radius_x if radius_y is None else radius_y
        self._draw.ellipse(self._scaled((x - radius_x, y - tall, x + radius_x, y + tall)), fill)

    def shape(self, fill: Colour, *points: Point) -> None:
        """A polygon."""
        self._draw.polygon(self._scaled([number for point in points for number in point]), fill)

    def line(self, fill: Colour, width: float, *points: Point) -> None:
        """A line through the points."""
        flat = self._scaled([number for point in points for number in point])
        self._draw.line(flat, fill, max(1, round(width * self._x)), joint="curve")

    def arc(self, left: float, top: float, right: float, bottom: float, start: float, end: float, fill: Colour) -> None:
        """A filled slice of an ellipse, degrees clockwise from three o'clock."""
        self._draw.pieslice(self._scaled((left, top, right, bottom)), start, end, fill)

    def finished(self) -> Image.Image:
        """The drawing in its real size."""
        return self._image.resize(self._size, Image.Resampling.BOX)


def plain_text(text: str) -> str:
    """Capital letters without marks, as cameras burn them in: the font that comes along has no others."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).upper()


@lru_cache(maxsize=64)
def text_sprite(text: str, height: int, fill: Colour = (255, 255, 255, 255)) -> Image.Image:
    """White letters with a dark edge on nothing."""
    font: Any = ImageFont.load_default(max(8, height))
    edge = max(1, height // 12)
    _, _, right, bottom = font.getbbox(text, stroke_width=edge)
    sprite = Image.new("RGBA", (int(right) + 2 * edge, int(bottom) + 2 * edge))
    ImageDraw.Draw(sprite).text((edge, edge), text, fill, font, stroke_width=edge, stroke_fill=(20, 24, 30, 255))
    return sprite
