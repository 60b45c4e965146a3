"""The forms around a draft: what it is about, which matters it answers, opinions, the signature."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now
from nangmai.regulation.acts import ACTS
from nangmai.web.amendments.draft_forms import day_field, long_text
from nangmai.web.matters.models import Matter
from nangmai.web.matters.queries import to_be_amended
from nangmai.web.regulation.authorities import said


class MattersForm(forms.Form):
    """Which matters of the register an amendment answers."""

    matters = forms.ModelMultipleChoiceField(
        Matter.objects.none(),
        label=_("Matters of the register that it answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matters"].queryset = to_be_amended()  # type: ignore[attr-defined]
        self.fields["matters"].label_from_instance = matter_line  # type: ignore[attr-defined]


class BeginForm(MattersForm):
    """What the amendment is about."""

    title = forms.CharField(label=_("What it is about"), max_length=200)
    reason = long_text(_("Why the regulation has to change"))
    field_order = ("matters", "title", "reason", "term_ends_on")

    def __init__(self, *args: Any, ended_on: date | None = None, **kwargs: Any) -> None:
        """`ended_on`: the day on which the term of the version in force ended, when it has."""
        super().__init__(*args, **kwargs)
        if ended_on is not None:
            self.fields["term_ends_on"] = day_field(_("The term of the new version ends on"), required=False)
            self.fields["term_ends_on"].help_text = _(
                "The version in force was meant until {day}, which has passed; a version with that term cannot be "
                "signed. Say until when the new one is meant. Empty: it has no end."
            ).format(day=f"{ended_on:%d/%m/%Y}")
            self.initial.setdefault("term_ends_on", _next(ended_on, timezone.localdate(utc_now())))


def _next(day: date, today: date) -> date:
    """The same day of the year, the next time it comes."""
    year = today.year + ((today.month, today.day) >= (day.month, day.day))
    return date(year, day.month, min(day.day, 28) if day.month == 2 else day.day)


def matter_line(matter: Matter) -> str:
    """A matter in one line: its number, what it is about, and what was proposed."""
    about = matter.topic or matter.text or (said(ACTS[matter.act].title) if matter.act in ACTS else "")
    proposed = matter.proposal or matter.suggestion
    return " – ".join(part for part in (f"{matter.pk}. {about}", proposed) if part)


class OpinionForm(forms.Form):
    """An opinion."""

    text = long_text(_("Your opinion"), 3)


class SignForm(forms.Form):
    """When the new version begins."""

    in_force_from = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        help_text=_("Leave it empty: the version begins as soon as you have signed."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"),
    )

    def clean_in_force_from(self) -> Any:
        begins = self.cleaned_data["in_force_from"]
        if begins is not None and begins <= utc_now():
            raise forms.ValidationError(_("The beginning lies in the past."))
        return begins
