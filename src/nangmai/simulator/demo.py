"""The cameras of the demonstration: a preschool, each place with its own name, a main and a sub stream."""

from __future__ import annotations

from dataclasses import dataclass

from nangmai.demonstration.places import PLACES, Place, camera_id
from nangmai.simulator.camera import Camera
from nangmai.simulator.studio import Recipe

_QUIET_S, _BUSY_S = 8.0, 12.0
DRAWN = 16  #: places with clips of their own


@dataclass(frozen=True)
class DemoCamera:
    """One camera of the demonstration: its id, its place, and the simulated streams."""

    id: str
    place: Place
    main: Camera
    sub: Camera


def demo_cameras(count: int) -> list[DemoCamera]:
    """The first `count` cameras; past the list the places come again under a number, from the same clips."""
    cameras = []
    for number in range(count):
        place = PLACES[number % len(PLACES)]
        again = number // len(PLACES)
        shown = place._replace(name=f"{place.name} ({again + 1})") if again else place
        name, clip = camera_id(number), _first_of_its_scene(number % len(PLACES))
        main, sub = (_stream(PLACES[clip], clip, width, height) for width, height in ((1280, 720), (640, 360)))
        cameras.append(
            DemoCamera(
                name,
                shown,
                Camera(name, main, phase=number / count, rhythm=name, quiet_share=place.quiet_share),
                Camera(f"{name}-sub", sub, phase=number / count, rhythm=name, quiet_share=place.quiet_share),
            )
        )
    return cameras


def _first_of_its_scene(number: int) -> int:
    """Clips take long to draw: past the first places, one is shared by all that see the same scene."""
    if number < DRAWN:
        return number
    return next(at for at, place in enumerate(PLACES) if place.scene == PLACES[number].scene)


def _stream(place: Place, number: int, width: int, height: int) -> Recipe:
    return Recipe(
        scene=place.scene,
        width=width,
        height=height,
        fps=15,
        seconds=_QUIET_S + _BUSY_S,
        quiet_seconds=_QUIET_S,
        gop_seconds=2.0 if width > 640 else 1.0,
        seed=number + 1,
        is_marked=False,
    )
