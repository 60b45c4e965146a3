"""What the cameras see: places with people who come, play and leave, the camera's name, a clock and the barcode.

A clip begins with a quiet stretch and goes on busy. Nobody is in the picture when one ends and the other begins, so the
two can follow each other in any order: that is how a camera's activity varies over hours from seconds of pictures.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from nangmai.simulator import sets
from nangmai.simulator.barcode import Pixels, draw_barcode
from nangmai.simulator.drawing import UNITS_HIGH, UNITS_WIDE, Canvas, plain_text, text_sprite
from nangmai.simulator.figures import ASPECT, STEPS, Kind, sprite

if TYPE_CHECKING:
    from nangmai.simulator.studio import Recipe

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Scene:
    """A place, where its people may stand (by their feet), how tall they are there, and who comes."""

    draw: Callable[[Canvas], None]
    floor: Rectangle
    child_heights: tuple[float, float]  #: at the floor's upper and lower edge
    children: int
    adults: int = 1
    vehicle: Kind | None = None
    road_y: float = 0.0
    seats: tuple[tuple[float, float, float], ...] = ()  #: x, y of the seat's lower edge, height
    has_ball: bool = False
    fronts: tuple[Rectangle, ...] = ()  #: parts of the place that hide what is behind their lower edge


_TABLE_SEATS = tuple(
    (x + side * 78, y - 14, 92.0) for x, y in ((300, 480), (660, 480), (1010, 480)) for side in (-1, 0, 1)
) + tuple((x + side * 80, y - 16, 104.0) for x, y in ((460, 630), (860, 630)) for side in (-1, 1))
_BENCH_SEATS = tuple((x, 428.0, 96.0) for x in range(300, 1000, 110)) + tuple(
    (x, 590.0, 112.0) for x in range(170, 1140, 110)
)
_CARPET_SEATS = tuple(
    (640 + 300 * math.cos(angle), 540 + 84 * math.sin(angle), 100.0)
    for angle in (math.pi * step / 5 for step in range(11))
)

_SCENES: dict[str, Scene] = {
    "playground": Scene(sets.playground, (60, 420, 1220, 700), (110, 190), children=9, has_ball=True),
    "gate": Scene(sets.gate, (380, 440, 900, 700), (120, 190), children=5, adults=5, vehicle="scooter", road_y=366,
                  fronts=((0, 190, 370, 430), (910, 150, 1280, 430))),
    "classroom": Scene(sets.classroom, (80, 380, 1200, 420), (110, 120), children=2, adults=2, seats=_TABLE_SEATS),
    "courtyard": Scene(sets.courtyard, (40, 380, 1240, 700), (100, 200), children=11, adults=2, has_ball=True),
    "corridor": Scene(sets.corridor, (300, 480, 980, 710), (110, 230), children=6, adults=2),
    "dining": Scene(sets.dining, (60, 330, 1220, 370), (90, 100), children=1, adults=3, seats=_BENCH_SEATS),
    "kitchen": Scene(sets.kitchen, (260, 470, 1240, 560), (110, 130), children=0, adults=4),
    "nap_room": Scene(sets.nap_room, (60, 690, 1220, 710), (150, 160), children=0, adults=2),
    "parking": Scene(sets.parking, (80, 430, 1200, 560), (110, 140), children=2, adults=3, vehicle="car", road_y=690),
    "music_room": Scene(
        sets.music_room, (80, 400, 1200, 440), (110, 120), children=1, adults=2, seats=_CARPET_SEATS
    ),
    "stairs": Scene(sets.stairs, (60, 480, 1200, 710), (120, 200), children=7, adults=2),
}  # fmt: skip

#: names of all scenes, in the order in which a wall should show them
SCENES = tuple(_SCENES)


@dataclass(frozen=True)
class _Stop:
    """A waypoint: where someone is at a moment, in seconds and units."""

    time_s: float
    x: float
    y: float


@dataclass(frozen=True)
class _Actor:
    kind: Kind
    look: int
    stops: tuple[_Stop, ...]
    heights: tuple[float, float]
    floor: Rectangle
    hop: float = 0.0

    def place(self, time_s: float) -> tuple[float, float, float, bool] | None:
        """x, y, height and whether the figure looks left; None while it is away."""
        for before, after in zip(self.stops, self.stops[1:], strict=False):
            if before.time_s <= time_s < after.time_s:
                share = (time_s - before.time_s) / (after.time_s - before.time_s)
                x, y = before.x + (after.x - before.x) * share, before.y + (after.y - before.y) * share
                depth = (y - self.floor[1]) / max(1.0, self.floor[3] - self.floor[1])
                height = self.heights[0] + (self.heights[1] - self.heights[0]) * min(1.0, max(0.0, depth))
                lift = self.hop * abs(math.sin(time_s * 7)) if self.hop else 0.0
                return x, y - lift, height, after.x < before.x
        return None


def _cast(scene: Scene, begin_s: float, end_s: float, chance: random.Random, share: float) -> list[_Actor]:
    """Everybody who appears between two moments; all are gone at the end."""
    actors = []
    for number in range(round(scene.children * share)):
        actors.append(_walker(scene, "child", number, begin_s, end_s, chance))
    for number in range(math.ceil(scene.adults * share)):
        actors.append(_walker(scene, "adult", number, begin_s, end_s, chance))
    if scene.vehicle is not None:
        actors += _traffic(scene, scene.vehicle, begin_s, end_s, chance, max(1, round(3 * share)))
    if scene.has_ball and share == 1:
        actors.append(_walker(scene, "ball", 0, begin_s, end_s, chance))
    return actors


def _walker(scene: Scene, kind: Kind, number: int, begin_s: float, end_s: float, chance: random.Random) -> _Actor:
    left, top, right, bottom = scene.floor
    factor = {"adult": 1.62, "ball": 0.24}.get(kind, 1.0)
    heights = (scene.child_heights[0] * factor, scene.child_heights[1] * factor)
    pace = {"child": 190.0, "adult": 130.0, "ball": 240.0}[kind] * chance.uniform(0.8, 1.3)
    outside = heights[1]
    y = chance.uniform(top, bottom)
    time_s = begin_s + chance.uniform(0, (end_s - begin_s) * 0.35)
    from_left, to_left = chance.random() < 0.5, chance.random() < 0.5
    stops = [_Stop(time_s, -outside if from_left else UNITS_WIDE + outside, y)]
    exit_x = -outside if to_left else UNITS_WIDE + outside
    while True:
        last = stops[-1]
        x, y = chance.uniform(left, right), min(bottom, max(top, last.y + chance.uniform(-90, 90)))
        arrival = last.time_s + math.hypot(x - last.x, y - last.y) / pace
        leaves = arrival + chance.uniform(0, 0.8)
        if leaves + abs(exit_x - x) / pace > end_s:
            break
        stops += [_Stop(arrival, x, y), _Stop(leaves, x, y)]
    last = stops[-1]
    gone = min(end_s, last.time_s + abs(exit_x - last.x) / pace)
    stops.append(_Stop(gone, exit_x, last.y))
    hop = 12.0 if kind == "child" and number % 3 == 0 else 40.0 if kind == "ball" else 0.0
    return _Actor(kind, chance.randrange(24), tuple(stops), heights, scene.floor, hop)


def _traffic(
    scene: Scene, kind: Kind, begin_s: float, end_s: float, chance: random.Random, count: int
) -> Iterator[_Actor]:
    height = scene.child_heights[1] * (0.75 if kind == "car" else 0.6)
    outside = height * ASPECT[kind]
    for _ in range(count):
        crossing_s = min(end_s - begin_s, chance.uniform(2.5, 4.5))
        start = chance.uniform(begin_s, end_s - crossing_s)
        ends = [-outside, UNITS_WIDE + outside]
        chance.shuffle(ends)
        stops = (_Stop(start, ends[0], scene.road_y), _Stop(start + crossing_s, ends[1], scene.road_y))
        yield _Actor(kind, chance.randrange(24), stops, (height, height), scene.floor)


class _Stage:
    """Draws a clip's pictures one after the other."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._scene = _SCENES[recipe.scene]
        self._size = (recipe.width, recipe.height)
        canvas = Canvas(recipe.width, recipe.height, (255, 255, 255))
        self._scene.draw(canvas)
        self._backdrop = canvas.finished()
        chance = random.Random(f"{recipe.scene} {recipe.seed}")
        quiet, end = recipe.quiet_seconds, recipe.seconds
        self._actors = _cast(self._scene, quiet, end, chance, 1.0)
        if quiet:
            self._actors += _cast(self._scene, 0, quiet, chance, 0.15)
        self._seated = [(seat, chance.randrange(24), chance.uniform(0.6, 1.6)) for seat in self._scene.seats]
        if recipe.label:
            self._place_label(plain_text(recipe.label))

    def _place_label(self, text: str) -> None:
        label = text_sprite(text, round(self._size[1] * 0.042))
        margin = round(self._size[1] * 0.025)
        self._backdrop.paste(label, (self._size[0] - label.width - margin, margin), label)

    def picture(self, number: int) -> Pixels:
        """The picture of that number as RGB."""
        time_s = number / self._recipe.fps
        image = self._backdrop.copy()
        figures = [figure for actor in self._actors if (figure := self._figure(actor, time_s)) is not None]
        figures += [self._sitter(time_s, *sitter) for sitter in self._seated]
        figures += [(front[3], partial(self._cover, front)) for front in self._scene.fronts]
        for _, draw in sorted(figures, key=lambda figure: figure[0]):
            draw(image)
        if not self._recipe.is_marked:
            return np.array(image)
        self._burn_clock(image, time_s)
        pixels = np.array(image)
        draw_barcode(pixels, number)
        return pixels

    def _figure(self, actor: _Actor, time_s: float) -> tuple[float, Callable[[Image.Image], None]] | None:
        place = actor.place(time_s)
        if place is None:
            return None
        x, y, height, faces_left = place
        step = int(time_s * 9 + actor.look) % STEPS
        return y, partial(self._paste, actor.kind, actor.look, step, x, y, height, faces_left)

    def _sitter(
        self, time_s: float, seat: tuple[float, float, float], look: int, pace: float
    ) -> tuple[float, Callable[[Image.Image], None]]:
        """Someone on a seat: still in the quiet stretch and at its ends, fidgeting in the busy one."""
        quiet, end = self._recipe.quiet_seconds, self._recipe.seconds
        is_busy = quiet + 0.5 < time_s < end - 0.5
        step = int(time_s * 3 * pace + look) % STEPS if is_busy and math.sin(time_s * pace + look) > 0.2 else 0
        return seat[1] - 6, partial(self._paste, "seated", look, step, seat[0], seat[1], seat[2], bool(look % 2))

    def _paste(
        self, kind: Kind, look: int, step: int, x: float, y: float, height: float, faces_left: bool, image: Image.Image
    ) -> None:
        pixels_high = max(8, round(height * self._size[1] / UNITS_HIGH / 4) * 4)
        figure = sprite(kind, look, step, pixels_high, faces_left=faces_left)
        left = round(x * self._size[0] / UNITS_WIDE - figure.width / 2)
        image.paste(figure, (left, round(y * self._size[1] / UNITS_HIGH) - figure.height), figure)

    def _cover(self, front: Rectangle, image: Image.Image) -> None:
        across, down = self._size[0] / UNITS_WIDE, self._size[1] / UNITS_HIGH
        box = (round(front[0] * across), round(front[1] * down), round(front[2] * across), round(front[3] * down))
        image.paste(self._backdrop.crop(box), box[:2])

    def _burn_clock(self, image: Image.Image, time_s: float) -> None:
        height = round(self._size[1] * 0.042)
        margin = round(self._size[1] * 0.025)
        right = self._size[0] - margin
        text = f"{int(time_s) // 60:02d}:{int(time_s) % 60:02d}.{int(time_s * 10 + 1e-6) % 10}"
        for letter in reversed(text):
            glyph = text_sprite(letter, height)
            right -= glyph.width - 2
            image.paste(glyph, (right, self._size[1] - glyph.height - margin), glyph)


def draw_pictures(recipe: Recipe) -> Iterator[Pixels]:
    """The clip's pictures as RGB arrays."""
    stage = _Stage(recipe)
    for number in range(-recipe.warm_up_pictures, recipe.pictures):
        yield stage.picture(number % recipe.pictures)
