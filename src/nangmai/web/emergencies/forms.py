"""The forms of emergencies: a reason, and an answer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class InvokeForm(forms.Form):
    """Why it cannot wait."""

    reason = forms.CharField(
        label=_("What happens, and who is in danger"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """What the board says of it."""

    answer = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    event = forms.ChoiceField(
        label=_("Was life in danger, and could no order be waited for?"),
        choices=[("ratify", _("Yes: ratified")), ("reject", _("No: not ratified, a breach of the regulation"))],
        widget=forms.RadioSelect,
    )
