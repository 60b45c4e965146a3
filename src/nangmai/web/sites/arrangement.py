"""What people decide about places: the tree of areas, who answers for which camera, purposes, plans, channels.

Every function takes effect at once and writes its own ledger entry, with clause and assignment, in the same
transaction. Whether the person may is asked in `_basis`, and before that in the view.
"""

from __future__ import annotations

from typing import IO, Any, ClassVar

from django.db import IntegrityError, transaction

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import Basis, authority, one_act
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.sites import plans, queries
from nangmai.web.sites.models import Area, Camera, Recorder, Site

#: which areas there are, who answers for what, what a camera is for
ARRANGE = "site.arrange"
#: plans, where cameras stand on them, channels of recorders
CHART = "site.chart"
AREA_FIELDS = ("name", "kind", "parent_id", "order", "is_placed", "unit", "purposes", "plan_sha256")
CAMERA_FIELDS = ("area_id", "unit", "purposes", "plan_x", "plan_y")
SITE_FIELDS = ("governing_body", "school_name", "place_name", "contact", "default_unit")


class AreaNameTaken(Error):
    """There is an area called {name} here already. Give this one another name, or use the other."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class AreaWithinItself(Error):
    """{name} cannot lie in {parent}, which lies in it. Choose another place for it."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class AreaInUse(Error):
    """{name} still holds {count} cameras or areas. Move them first, then remove it."""

    kind: ClassVar[Kind] = Kind.CONFLICT


def said(thing: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    """The thing as entries hash it."""
    return {field: getattr(thing, field) for field in fields}


def _basis(by: User, act: str, area: str = "") -> Basis:
    """The one question whether this person may."""
    return authority().require(by, act, thing=area)


def _record(by: User, act: str, thing: str, basis: Basis, before: Any, after: Any, **facts: Any) -> None:
    """The ledger's entry, with what is different now."""
    if before and after:
        facts["changed"] = sorted(field for field in after if before[field] != after[field])
    append(
        act=act,
        actor=actor_of(by),
        thing=thing,
        assignment=basis.assignment,
        clauses=basis.clauses,
        version=basis.version,
        before=before,
        after=after,
        facts=facts,
    )


@one_act
def save_area(*, by: User, area: Area | None = None, **fields: Any) -> Area:
    """Add an area, or rename it, move it, give it to a unit; whatever hangs in it follows at once."""
    basis = _basis(by, ARRANGE, str(area.pk) if area else "")
    Site.objects.select_for_update().get(pk=queries.site().pk)  # one hand at the tree: two moves cannot make a ring
    before = None if area is None else said(area, AREA_FIELDS)
    area = area or Area()
    for name, value in fields.items():
        setattr(area, name, value)
    area.is_placed = True
    if area.pk and area.parent_id in queries.places().within(area.pk):
        raise AreaWithinItself(name=area.name, parent=area.parent.name if area.parent else "")
    try:
        with transaction.atomic():
            area.save()
    except IntegrityError as error:
        raise AreaNameTaken(name=area.name) from error
    after = said(area, AREA_FIELDS)
    if before != after:
        _record(by, "area.changed" if before else "area.added", f"area:{area.pk}", basis, before, after, unit=area.unit)
    return area


@one_act
def remove_area(*, by: User, area: Area) -> None:
    """Only an area that holds nothing can go."""
    basis = _basis(by, ARRANGE, str(area.pk))
    count = area.cameras.count() + area.children.count()
    if count:
        raise AreaInUse(name=area.name, count=count)
    _record(by, "area.removed", f"area:{area.pk}", basis, said(area, AREA_FIELDS), None)
    area.delete()


@one_act
def set_plan(*, by: User, area: Area, file: IO[bytes] | None) -> Area:
    """Give the area a floor plan, or take it away; cameras keep their shares of it."""
    basis, before = _basis(by, CHART, str(area.pk)), said(area, AREA_FIELDS)
    area.plan_sha256, area.plan_width, area.plan_height = plans.keep(file) if file else ("", 0, 0)
    area.save(update_fields=["plan_sha256", "plan_width", "plan_height"])
    _record(by, "area.changed", f"area:{area.pk}", basis, before, said(area, AREA_FIELDS))
    return area


@one_act
def assign_camera(*, by: User, camera: Camera, area: Area | None, unit: str, purposes: list[str]) -> Camera:
    """Say where a camera belongs, who answers for it and what for; reports no longer move it."""
    basis = _basis(by, ARRANGE)
    before, plan = said(camera, CAMERA_FIELDS), _plan_of(camera)
    unit_before = queries.responsible_unit(camera)
    if area != camera.area:
        camera.is_area_chosen = True
    camera.area, camera.unit, camera.purposes = area, unit, purposes
    if _plan_of(camera) != plan:
        camera.plan_x = camera.plan_y = None
    camera.save(update_fields=["area", "is_area_chosen", "unit", "purposes", "plan_x", "plan_y"])
    after = said(camera, CAMERA_FIELDS)
    if before != after:
        moved: dict[str, Any] = {"unit_before": unit_before, "unit": queries.responsible_unit(camera)}
        moved |= {"own_unit": unit, "purposes": list(purposes)}
        _record(by, "camera.assigned", camera_name(camera), basis, before, after, **moved)
    return camera


def _plan_of(camera: Camera) -> Area | None:
    return queries.places().plan_area(camera.area_id)


@one_act
def place_camera(*, by: User, camera: Camera, x: float | None, y: float | None) -> Camera:
    """Where the camera stands on its plan, as shares of width and height; None takes it off."""
    basis, before = _basis(by, CHART), said(camera, CAMERA_FIELDS)
    camera.plan_x, camera.plan_y = x, y
    camera.save(update_fields=["plan_x", "plan_y"])
    after = said(camera, CAMERA_FIELDS)
    if before != after:
        _record(by, "camera.placed", camera_name(camera), basis, before, after)
    return camera


@one_act
def set_channels(*, by: User, recorder: Recorder, channels: int | None) -> Recorder:
    """How many cameras the recorder can take, from its papers."""
    basis, before = _basis(by, CHART), {"channels": recorder.channels}
    recorder.channels = channels
    recorder.save(update_fields=["channels"])
    if before["channels"] != channels:
        _record(by, "recorder.changed", f"recorder:{recorder.name}", basis, before, {"channels": channels})
    return recorder


@one_act
def save_site(*, by: User, **fields: str) -> Site:
    """The names that papers carry, and the unit that answers where none is named."""
    basis, site = _basis(by, ARRANGE), queries.site()
    before = said(site, SITE_FIELDS)
    for name, value in fields.items():
        setattr(site, name, value)
    site.save()
    after = said(site, SITE_FIELDS)
    if before != after:
        _record(by, "site.changed", "site:1", basis, before, after)
    return site


def camera_name(camera: Camera) -> str:
    """How entries name a camera."""
    return f"camera:{camera.recorder.name}/{camera.camera_id}"
