"""The form that reports a duty done."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DoneForm(forms.Form):
    """What was done."""

    evidence = forms.CharField(
        label=_("What was done, and where it can be seen"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
