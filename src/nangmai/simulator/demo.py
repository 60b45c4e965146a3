"""The cameras of the demonstration: a preschool, each place with its own name, a main and a sub stream."""

from __future__ import annotations

from dataclasses import dataclass

from nangmai.simulator.camera import Camera
from nangmai.simulator.studio import Recipe

_QUIET_S, _BUSY_S = 8.0, 12.0


@dataclass(frozen=True)
class Place:
    """Where a camera hangs: its name and area as a person would write them, and the scene it sees."""

    name: str
    area: str
    scene: str
    quiet_share: float = 0.5


PLACES = (
    Place("Cổng chính", "Cổng trường", "gate"),
    Place("Sân chơi", "Sân trường", "playground", 0.35),
    Place("Lớp Mầm 1", "Dãy A", "classroom", 0.4),
    Place("Sân trước", "Sân trường", "courtyard"),
    Place("Hành lang A", "Dãy A", "corridor", 0.6),
    Place("Phòng ăn", "Nhà ăn", "dining"),
    Place("Bếp", "Nhà ăn", "kitchen"),
    Place("Phòng nhạc", "Dãy B", "music_room"),
    Place("Nhà xe", "Cổng trường", "parking", 0.7),
    Place("Cầu thang B", "Dãy B", "stairs", 0.65),
    Place("Phòng ngủ", "Dãy B", "nap_room", 0.85),
    Place("Lớp Chồi 2", "Dãy B", "classroom", 0.4),
    Place("Cổng phụ", "Cổng trường", "gate", 0.75),
    Place("Sân sau", "Sân trường", "playground", 0.6),
    Place("Hành lang B", "Dãy B", "corridor", 0.7),
    Place("Lớp Lá 1", "Dãy A", "classroom"),
)


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
        name = f"{place.name} ({again + 1})" if again else place.name
        camera_id = f"cam-{number + 1:02d}"
        shown = Place(name, place.area, place.scene, place.quiet_share)
        main, sub = (_stream(place, number, width, height) for width, height in ((1280, 720), (640, 360)))
        cameras.append(
            DemoCamera(
                camera_id,
                shown,
                Camera(camera_id, main, phase=number / count, rhythm=camera_id, quiet_share=place.quiet_share),
                Camera(f"{camera_id}-sub", sub, phase=number / count, rhythm=camera_id, quiet_share=place.quiet_share),
            )
        )
    return cameras


def _stream(place: Place, number: int, width: int, height: int) -> Recipe:
    return Recipe(
        scene=place.scene,
        width=width,
        height=height,
        fps=15,
        seconds=_QUIET_S + _BUSY_S,
        quiet_seconds=_QUIET_S,
        gop_seconds=2.0 if width > 640 else 1.0,
        seed=number % len(PLACES) + 1,
        is_marked=False,
    )
