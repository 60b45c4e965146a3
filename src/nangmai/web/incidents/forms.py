"""The forms of incidents. Times are those of the school's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import User
from nangmai.web.incidents.models import Incident
from nangmai.web.sites.models import Camera


def _moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget)


def _words(label: Any, rows: int = 4) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


class ReportForm(forms.Form):
    """What was seen; short, because it is filled in while something happens."""

    severity = forms.ChoiceField(
        label=_("How grave is it?"), choices=Incident.Severity.choices, widget=forms.RadioSelect
    )
    what = _words(_("What was seen"))
    observed_at = _moment(_("When it was seen"))
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    cameras = forms.ModelMultipleChoiceField(
        Camera.objects.none(), label=_("Cameras that show it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    touches_data = forms.BooleanField(label=_("Pictures or personal data got where they must not be"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Camera.objects.select_related("recorder").filter(is_in_file=True)
        self.fields["cameras"].queryset = known  # type: ignore[attr-defined]

    def clean_observed_at(self) -> datetime:
        seen: datetime = self.cleaned_data["observed_at"]
        if seen > utc_now():
            raise forms.ValidationError(_("This time has not come yet."))
        return seen


class LocateForm(forms.Form):
    """Where it happened."""

    place = forms.CharField(label=_("Where exactly"), max_length=200)
    is_on_premises = forms.TypedChoiceField(
        label=_("On the school's premises?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class DirectForm(forms.Form):
    """What the board has done."""

    text = _words(_("What is to be done"))
    person = forms.ModelChoiceField(User.objects.none(), label=_("By whom"), required=False)
    due_at = _moment(_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]


class MinuteForm(forms.Form):
    """The minutes."""

    text = _words(_("What happened, who was there, what shows it"), rows=8)
    is_about_somebody = forms.BooleanField(
        label=_("Somebody is under consideration and has to be told"), required=False
    )


class CloseForm(forms.Form):
    """How it ended."""

    conclusion = _words(_("Conclusion"))
