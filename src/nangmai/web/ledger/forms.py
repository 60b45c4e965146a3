"""What can be asked of the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.base.units import US_PER_S
from nangmai.web.ledger.search import Filters
from nangmai.web.ledger.titles import act_titles, thing_names


def _moment(label: Any, *, required: bool = False) -> forms.DateTimeField:
    """A moment with its seconds, as browsers send it."""
    return forms.DateTimeField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )


def us(moment: datetime | None) -> int | None:
    """Microseconds since 1970."""
    return None if moment is None else round(moment.timestamp()) * US_PER_S


def _sorted(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


class FilterForm(forms.Form):
    """The browser's filters; all are optional."""

    q = forms.CharField(label=_("Text"), required=False, max_length=200)
    act = forms.ChoiceField(label=_("Act"), required=False)
    who = forms.CharField(label=_("Actor"), required=False, max_length=120)
    thing = forms.CharField(label=_("Thing"), required=False, max_length=200)
    clause = forms.CharField(label=_("Clause"), required=False, max_length=40)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("All")), ("done", _("Done")), ("refused", _("Refused")), ("failed", _("Did not succeed"))],
    )
    begin = _moment(_("From"))
    end = _moment(_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        act = self.fields["act"]
        assert isinstance(act, forms.ChoiceField)
        act.choices = [("", _("All")), *_sorted(act_titles())]

    def filters(self) -> Filters:
        """What is asked; a field that makes no sense asks nothing, and says so beside itself."""
        self.is_valid()
        asked = self.cleaned_data
        texts = {name: asked.get(name, "") for name in ("q", "act", "who", "thing", "clause", "outcome")}
        return Filters(**texts, from_us=us(asked.get("begin")), to_us=us(asked.get("end")))

    @property
    def is_used(self) -> bool:
        """Whether anything is asked."""
        return self.filters() != Filters()


class WatchedForm(forms.Form):
    """Who watched camera C between A and B."""

    camera = forms.ChoiceField(label=_("Camera"))
    begin = _moment(_("From"), required=True)
    end = _moment(_("To"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        camera = self.fields["camera"]
        assert isinstance(camera, forms.ChoiceField)
        camera.choices = _sorted(thing_names("camera"))

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        begin, end = asked.get("begin"), asked.get("end")
        if begin and end and end <= begin:
            self.add_error("end", _("The end has to be after the beginning."))
        return asked


class ExportForm(forms.Form):
    """Which entries to export; empty: all."""

    first = forms.IntegerField(label=_("First entry"), required=False, min_value=0)
    last = forms.IntegerField(label=_("Last entry"), required=False, min_value=0)
