"""The forms of requests and directions. Times are those of the school's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now
from nangmai.base.units import us_from_datetime
from nangmai.web.accounts.models import User
from nangmai.web.sites.models import Camera

LONGEST = timedelta(days=31)


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
    )


class FootageForm(forms.Form):
    """Which footage, and what for."""

    cameras = forms.ModelMultipleChoiceField(
        Camera.objects.none(),
        label=_("Cameras"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one camera.")},
    )
    from_at = _moment(_("Footage from"))
    to_at = _moment(_("Footage until"))
    purpose = forms.ChoiceField(label=_("Purpose"))

    def __init__(self, *args: Any, purposes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Camera.objects.select_related("recorder").filter(is_in_file=True)
        self.fields["cameras"].queryset = known  # type: ignore[attr-defined]
        self.fields["purpose"].choices = list(purposes.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("from_at"), cleaned.get("to_at")
        if begins and ends and begins >= ends:
            self.add_error("to_at", _("The end lies before the beginning."))
        elif begins and ends and ends - begins > LONGEST:
            self.add_error("to_at", _("Ask for a month at most; the shorter, the sooner it can be granted."))
        return cleaned

    @property
    def span(self) -> tuple[int, int]:
        """The period in microseconds."""
        return us_from_datetime(self.cleaned_data["from_at"]), us_from_datetime(self.cleaned_data["to_at"])


class AskForm(FootageForm):
    """A request to the board."""

    reason = forms.CharField(
        label=_("What happened, and why the pictures are needed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DirectionForm(FootageForm):
    """A direction of the board."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Who is to look"))
    text = forms.CharField(label=_("What is to be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    until_at = _moment(_("The direction ends"))

    field_order = ("person", "text", "cameras", "from_at", "to_at", "purpose", "until_at")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).exclude(pk=by.pk)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def clean_until_at(self) -> datetime:
        until: datetime = self.cleaned_data["until_at"]
        if until <= utc_now():
            raise forms.ValidationError(_("The end lies in the past."))
        return until


class RefusalForm(forms.Form):
    """Why not."""

    answer = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
