"""Forms of places: areas, plans, cameras, recorders, the site. Whether it may be done is the view's question."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.web.sites import units
from nangmai.web.sites.arrangement import SITE_FIELDS
from nangmai.web.sites.models import Area, AreaKind, Camera, Site
from nangmai.web.sites.places import Places

PURPOSE = re.compile(r"[\w.-]{1,20}")


class PurposesField(forms.CharField):
    """Ids of the regulation's purposes, separated by commas or blanks."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Purposes"),
            required=False,
            max_length=200,
            help_text=_("Ids of the regulation's purposes, such as P1, P3. Empty: those of what it lies in."),
        )

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(str(value or "").replace(",", " ").split()))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        wrong = [one for one in value if not PURPOSE.fullmatch(one)]
        if wrong:
            raise forms.ValidationError(
                _("“%(purpose)s” is no id of a purpose; an id has letters, digits, full stops and hyphens only."),
                params={"purpose": wrong[0]},
            )

    def run_validators(self, value: Any) -> None:
        super().run_validators(" ".join(value))


class UnitField(forms.ChoiceField):
    """One of the units, or what follows from the place."""

    def __init__(self, inherited: str, chosen: str = "") -> None:
        known = units.names()
        names = known | ({chosen: units.name(chosen)} if chosen and chosen not in known else {})
        follows = _("As for what it lies in: {unit}").format(unit=units.name(inherited))
        super().__init__(label=_("Responsible unit"), required=False, choices=[("", follows), *names.items()])


class AreaField(forms.TypedChoiceField):
    """One area of the tree, or none."""

    def __init__(self, places: Places, *, without: frozenset[int] = frozenset(), label: Any, empty: Any) -> None:
        self._areas = {area.pk: area for area in places}
        rows = [(str(row.area.pk), row.label) for row in places.rows() if row.area.pk not in without]
        loose = [(str(area.pk), area.name) for area in places.not_placed() if area.pk not in without]
        more = [(_("Not placed yet"), loose)] if loose else []
        super().__init__(
            label=label, required=False, choices=[("", empty), *rows, *more], coerce=self._area, empty_value=None
        )

    def _area(self, value: str) -> Area:
        return self._areas[int(value)]


class AreaForm(forms.Form):
    """An area: name, kind, place in the tree, who answers for it, what for."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=AreaKind.choices)
    order = forms.IntegerField(
        label=_("Order"), min_value=0, max_value=9999, initial=0, help_text=_("Smaller numbers come first.")
    )

    def __init__(self, places: Places, area: Area | None, *args: Any, **kwargs: Any) -> None:
        if area is not None:
            kwargs["initial"] = {
                "name": area.name,
                "kind": area.kind,
                "parent": area.parent_id or "",
                "order": area.order,
                "unit": area.unit,
                "purposes": area.purposes,
            }
        super().__init__(*args, **kwargs)
        own = places.within(area.pk) if area else frozenset[int]()
        loose = frozenset(one.pk for one in places.not_placed())
        inherited = places.unit_of(area.parent_id if area else None)
        self.fields["parent"] = AreaField(
            places, without=own | loose, label=_("Lies in"), empty=_("Nothing: at the top")
        )
        self.fields["unit"] = UnitField(inherited, area.unit if area else "")
        self.fields["purposes"] = PurposesField()
        self.order_fields(["name", "kind", "parent", "order", "unit", "purposes"])


class PlanForm(forms.Form):
    """A picture of the floor."""

    plan = forms.FileField(
        label=_("Floor plan"),
        help_text=_("PNG, JPEG or WebP. It is reduced where it is very large."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


class CameraForm(forms.Form):
    """Where a camera belongs, who answers for it, what for."""

    def __init__(self, places: Places, camera: Camera, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"area": camera.area_id or "", "unit": camera.unit, "purposes": camera.purposes}
        super().__init__(*args, **kwargs)
        self.fields["area"] = AreaField(places, label=_("Area"), empty=_("No area"))
        self.fields["unit"] = UnitField(places.unit_of(camera.area_id), camera.unit)
        self.fields["purposes"] = PurposesField()


class SpotForm(forms.Form):
    """A spot on a plan, in per cent from its left and upper edge; both empty take the camera off."""

    camera = forms.TypedChoiceField(label=_("Camera"), coerce=int)
    x = forms.FloatField(label=_("From the left, %"), min_value=0, max_value=100, required=False)
    y = forms.FloatField(label=_("From the top, %"), min_value=0, max_value=100, required=False)

    def __init__(self, cameras: list[Camera], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cameras = {camera.pk: camera for camera in cameras}
        self.fields["camera"].choices = [(camera.pk, f"{camera.name} ({camera.camera_id})") for camera in cameras]  # type: ignore[attr-defined]
        for name in ("x", "y"):
            self.fields[name].widget.attrs["step"] = "0.1"

    def clean_camera(self) -> Camera:
        return self._cameras[self.cleaned_data["camera"]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and (values.get("x") is None) != (values.get("y") is None):
            raise forms.ValidationError(_("Give both distances, or neither to take the camera off the plan."))
        return values


class ChannelsForm(forms.Form):
    """How many cameras a recorder can take."""

    channels = forms.IntegerField(
        label=_("Channels"), min_value=0, max_value=4096, required=False, help_text=_("As the recorder's papers say.")
    )


class SiteForm(forms.Form):
    """The names that papers carry."""

    governing_body = forms.CharField(label=_("Governing body"), max_length=200, required=False)
    school_name = forms.CharField(label=_("Name of the school"), max_length=200, required=False)
    place_name = forms.CharField(
        label=_("Place name on papers"),
        max_length=100,
        required=False,
        help_text=_("As it stands before the date of a paper."),
    )
    contact = forms.CharField(label=_("Contact"), max_length=300, required=False)

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(site, name) for name in SITE_FIELDS}
        super().__init__(*args, **kwargs)
        known, chosen = units.names(), site.default_unit
        names = known | ({chosen: units.name(chosen)} if chosen not in known else {})
        self.fields["default_unit"] = forms.ChoiceField(
            label=_("Responsible unit where none is named"), choices=list(names.items())
        )
