"""Children, grown-ups and vehicles as small sprites, in a few walking positions."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

from PIL import Image

from nangmai.simulator.drawing import Canvas, Colour

Kind = Literal["child", "adult", "seated", "scooter", "car", "ball"]

STEPS = 6  #: walking positions of a figure
SHIRTS: tuple[Colour, ...] = (
    (226, 88, 72),
    (246, 178, 60),
    (82, 150, 214),
    (112, 178, 90),
    (168, 112, 190),
    (238, 130, 160),
    (64, 172, 168),
    (250, 222, 110),
)
_SKINS: tuple[Colour, ...] = ((240, 200, 165), (226, 178, 140), (246, 212, 180))
_HAIRS: tuple[Colour, ...] = ((46, 36, 34), (70, 50, 40), (28, 26, 30))
_SHADOW = (30, 30, 40, 70)
#: width of a sprite over its height
ASPECT: dict[Kind, float] = {"child": 0.7, "adult": 0.5, "seated": 0.9, "scooter": 1.3, "car": 2.1, "ball": 1.0}


@lru_cache(maxsize=4096)
def sprite(kind: Kind, look: int, step: int, height: int, *, faces_left: bool) -> Image.Image:
    """The figure, standing on the lower edge of its sprite."""
    width = max(2, round(height * ASPECT[kind]))
    canvas = Canvas(width, height, (0, 0, 0, 0), units=(100 * ASPECT[kind], 100))
    {"child": _person, "adult": _person, "seated": _seated, "scooter": _scooter, "car": _car, "ball": _ball}[kind](
        canvas, kind, look, step
    )
    image = canvas.finished()
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if faces_left else image


def _person(canvas: Canvas, kind: Kind, look: int, step: int) -> None:
    middle = 50 * ASPECT[kind]
    head, waist, shoulder = (21.0, 66.0, 42.0) if kind == "child" else (10.0, 58.0, 24.0)
    swing = math.sin(2 * math.pi * step / STEPS)
    legs: Colour = ((70, 80, 110), (90, 70, 60), (60, 60, 66))[look % 3]
    shirt = SHIRTS[look % len(SHIRTS)]
    stride = 9 if kind == "child" else 8
    canvas.disc(middle, 96, 17, _SHADOW, 4)
    for side in (-1, 1):
        canvas.line(legs, 7.5, (middle + side * 2, waist - 4), (middle + side * swing * stride, 95))
    canvas.box(middle - 12, shoulder - 4, middle + 12, waist + 4, shirt, 7)
    arm = swing * 10
    canvas.line(_SKINS[look % 3], 5.5, (middle - 10, shoulder + 2), (middle - 12 - arm, waist - 2))
    canvas.line(_SKINS[look % 3], 5.5, (middle + 10, shoulder + 2), (middle + 12 - arm, waist - 2))
    _head(canvas, middle, head, head * 0.82 if kind == "child" else 9.5, look)


def _head(canvas: Canvas, x: float, y: float, radius: float, look: int) -> None:
    canvas.disc(x, y + 1, radius, _HAIRS[look % 3])
    canvas.disc(x + radius * 0.18, y + radius * 0.28, radius * 0.82, _SKINS[look % 3])
    canvas.disc(x + radius * 0.35, y + radius * 0.2, radius * 0.1, (40, 30, 30))
    canvas.disc(x + radius * 0.8, y + radius * 0.2, radius * 0.1, (40, 30, 30))
    if look % 2:  # a hair bun
        canvas.disc(x - radius * 0.9, y - radius * 0.3, radius * 0.34, _HAIRS[look % 3])


def _seated(canvas: Canvas, kind: Kind, look: int, step: int) -> None:
    middle = 45.0
    lift = -6 * math.sin(2 * math.pi * step / STEPS)
    canvas.box(middle - 20, 52 + lift / 2, middle + 20, 100, SHIRTS[look % len(SHIRTS)], 12)
    canvas.line(_SKINS[look % 3], 9, (middle - 16, 64), (middle - 30, 84 + 2 * lift))
    canvas.line(_SKINS[look % 3], 9, (middle + 16, 64), (middle + 30, 84 - 2 * lift))
    _head(canvas, middle, 32 + lift, 23, look)


def _scooter(canvas: Canvas, kind: Kind, look: int, step: int) -> None:
    canvas.disc(65, 95, 50, _SHADOW, 5)
    for x in (28.0, 102.0):
        canvas.disc(x, 84, 13, (40, 42, 48))
        canvas.disc(x, 84, 6, (170, 174, 180))
    body = SHIRTS[(look + 3) % len(SHIRTS)]
    canvas.shape(body, (20, 80), (30, 58), (62, 58), (70, 74), (92, 74), (98, 46), (106, 48), (104, 84), (30, 84))
    canvas.line((60, 62, 70), 4, (97, 50), (88, 40))
    canvas.box(40, 26, 64, 62, SHIRTS[look % len(SHIRTS)], 8)
    canvas.line(_SKINS[look % 3], 6, (58, 34), (88, 44))
    canvas.line((70, 76, 96), 8, (54, 60), (74, 62), (72, 78))
    canvas.disc(54, 15, 12, (210, 214, 220) if look % 2 else (214, 70, 60))
    canvas.disc(59, 18, 7, _SKINS[look % 3])


def _car(canvas: Canvas, kind: Kind, look: int, step: int) -> None:
    paint: Colour = ((206, 210, 216), (176, 60, 56), (66, 96, 150), (240, 240, 238))[look % 4]
    canvas.disc(105, 94, 100, _SHADOW, 6)
    canvas.shape(paint, (10, 88), (8, 60), (40, 52), (66, 24), (140, 24), (170, 52), (202, 60), (202, 88))
    canvas.shape((150, 190, 214), (52, 52), (72, 31), (102, 31), (102, 52))
    canvas.shape((150, 190, 214), (108, 52), (108, 31), (136, 31), (156, 52))
    for x in (50.0, 162.0):
        canvas.disc(x, 86, 17, (36, 38, 44))
        canvas.disc(x, 86, 8, (176, 180, 186))
    canvas.disc(197, 66, 5, (255, 240, 180))


def _ball(canvas: Canvas, kind: Kind, look: int, step: int) -> None:
    canvas.disc(50, 50, 46, (238, 96, 66))
    turn = 60 * step
    canvas.arc(4, 4, 96, 96, turn, turn + 60, (252, 236, 200))
    canvas.arc(4, 4, 96, 96, turn + 180, turn + 240, (252, 236, 200))
