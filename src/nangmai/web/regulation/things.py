"""What acts are done to, as norms see it."""

from __future__ import annotations

from nangmai.base.clock import wall_us
from nangmai.regulation.facts import Thing
from nangmai.web.regulation import versions
from nangmai.web.sites.models import Camera
from nangmai.web.sites.queries import places


class CameraThings:
    """Cameras as things, with one look at the tree of areas.

    A camera whose purposes nobody has narrowed carries all those of the regulation in force.
    """

    def __init__(self) -> None:
        self._places = places()
        version = versions.in_force(wall_us())
        regulation = None if version is None else versions.text_of(version)
        self._purposes = frozenset(purpose.id for purpose in regulation.purposes) if regulation else frozenset()

    def of(self, camera: Camera, *, case: str = "") -> Thing:
        """Its area and the areas around it, what it may be used for, whether it is in service."""
        return Thing(
            kind="camera",
            id=f"{camera.recorder.name}/{camera.camera_id}",
            area_path=frozenset(self._places.path_ids(camera.area_id)),
            purposes=frozenset(self._places.purposes(camera)) or self._purposes,
            is_in_service=camera.is_in_file,
            case=case,
        )


def camera_thing(camera: Camera, *, case: str = "") -> Thing:
    """One camera as a thing."""
    return CameraThings().of(camera, case=case)
