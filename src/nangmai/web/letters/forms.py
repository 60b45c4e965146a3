"""The forms of letters. Times are those of the school's clock."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now
from nangmai.web.letters.models import Kind


class LodgeForm(forms.Form):
    """What came."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Kind.choices)
    sender = forms.CharField(label=_("From whom"), max_length=200)
    text = forms.CharField(label=_("What it says"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    came_at = forms.DateTimeField(
        label=_("When it came"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_came_at(self) -> datetime:
        came: datetime = self.cleaned_data["came_at"]
        if came > utc_now():
            raise forms.ValidationError(_("This time has not come yet."))
        return came


class StepForm(forms.Form):
    """What is said about it."""

    words = forms.CharField(label=_("Answer, or reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
