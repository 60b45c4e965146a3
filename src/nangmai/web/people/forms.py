"""Forms that sign, end and declare. Whether somebody may is the services' question, whether it makes sense too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.acts import ACTS
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.people.models import Assignment, Delegation, Unit
from nangmai.web.people.services import Span

MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any, *, is_required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(
        label=label, required=is_required, help_text=help_text, input_formats=[MOMENT, f"{MOMENT}:%S"], widget=widget
    )


class PeriodForm(forms.Form):
    """From when until when."""

    from_at = _moment(_("From"), help_text=_("Empty: at once."))
    until_at = _moment(_("Until"), help_text=_("Empty: until it is revoked."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begin, end = cleaned.get("from_at"), cleaned.get("until_at")
        if isinstance(begin, datetime) and isinstance(end, datetime) and end <= begin:
            self.add_error("until_at", _("The end has to come after the beginning."))
        return cleaned

    @property
    def span(self) -> Span:
        """The period of the checked form."""
        return Span(self.cleaned_data["from_at"], self.cleaned_data["until_at"])


class AssignForm(PeriodForm):
    """A role for one person."""

    field_order = ("role", "unit", "area", "from_at", "until_at", "document")

    role = forms.ChoiceField(label=_("Role"))
    unit = forms.CharField(
        label=_("Unit"),
        max_length=120,
        required=False,
        help_text=_("One that is there already, or a new one."),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    document = forms.CharField(
        label=_("Document"), max_length=120, required=False, help_text=_("Number of the decision on paper, if any.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((role.id, role.title) for role in authority().roles())]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.units = Unit.objects.values_list("name", flat=True)
        areas = [(area.id, area.label) for area in authority().areas()]
        self.fields["area"].choices = [("", _("everywhere")), *areas]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("Stays in the register. Write it so that somebody can follow it later."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DelegateForm(PeriodForm):
    """Who acts in one's place, how, how far and how long."""

    field_order = ("taker", "form", "from_at", "until_at", "acts", "areas", "document")

    taker = forms.ModelChoiceField(label=_("To whom"), queryset=User.objects.none(), empty_label="–")
    form = forms.ChoiceField(label=_("How the taker signs"), choices=Delegation.Form, initial=Delegation.Form.KT)
    acts = forms.MultipleChoiceField(
        label=_("What for"),
        required=False,
        help_text=_("Nothing marked: everything the role may do."),
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.MultipleChoiceField(
        label=_("Areas"),
        required=False,
        help_text=_("Nothing marked: as far as your own."),
        widget=forms.CheckboxSelectMultiple,
    )
    document = AssignForm.base_fields["document"]

    def __init__(self, assignment: Assignment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until_at"].required = True
        self.fields["until_at"].help_text = _("A delegation always has an end.")
        others = User.objects.filter(is_active=True).exclude(pk=assignment.person_id)
        self.fields["taker"].queryset = others  # type: ignore[attr-defined]
        self.fields["acts"].choices = _acts_of(assignment.role)  # type: ignore[attr-defined]
        areas = [(area.id, area.path) for area in authority().areas()]
        self.fields["areas"].choices = areas  # type: ignore[attr-defined]
        if assignment.area or not areas:
            del self.fields["areas"]


def _acts_of(role: str) -> list[tuple[str, str]]:
    """The acts that the role may do, in the language in force."""
    is_vietnamese = get_language() == "vi"
    return [
        (act.id, act.title.vi if is_vietnamese else act.title.en)
        for act in ACTS.values()
        if role in authority().roles_with(act.id)
    ]


class RecuseForm(PeriodForm):
    """Which case, and why."""

    field_order = ("case", "reason", "from_at", "until_at")

    case = forms.CharField(label=_("Case"), max_length=60, help_text=_("Its number in the register of cases."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    until_at = _moment(_("Until"), help_text=_("Empty: as long as the case lasts."))
