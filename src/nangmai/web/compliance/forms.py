"""The form of an attestation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AttestationForm(forms.Form):
    """What was checked, in the person's own words."""

    text = forms.CharField(
        label=_("What you checked, and what you found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
