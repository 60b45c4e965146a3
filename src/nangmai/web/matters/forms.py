"""The forms of matters: what happened, what it is about, what to report, what is decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.web.matters.models import Matter

LONGEST = 2000


def _lines(label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=LONGEST, widget=area, required=required, help_text=help_text)


class FileForm(forms.Form):
    """A matter; out of a refusal no word is needed."""

    text = _lines(_("What happened"))
    suggestion = _lines(_("What the regulation could say"), rows=2, required=False, help_text=_("May be left open."))

    def __init__(self, *args: Any, is_refusal: bool, may_suggest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_refusal:
            self.fields["text"].required = False
            self.fields["text"].help_text = _("May be left open: what was refused, and by which clause, is known.")
        if not may_suggest:
            del self.fields["suggestion"]


class ExplainForm(forms.Form):
    """What it was about, said afterwards."""

    text = _lines(_("What happened"))


class CollectForm(forms.Form):
    """What a matter is about."""

    topic = forms.CharField(
        label=_("Topic"), max_length=120, help_text=_("Matters that belong together get the same topic.")
    )
    note = _lines(_("Note for the report"))
    proposal = _lines(
        _("Proposal: what the regulation should say"), rows=3, required=False, help_text=_("May be left open.")
    )

    def __init__(self, *args: Any, may_propose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_propose:
            del self.fields["proposal"]


class ReportForm(forms.Form):
    """What else the report says, and which report was the last when the page was opened."""

    after = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    remarks = _lines(_("Remarks and proposals"), required=False, help_text=_("May be left open."))


class AnswerForm(forms.Form):
    """The answer, and why."""

    choice = forms.ChoiceField(label=_("Answer"), choices=Matter.Answer.choices, widget=forms.RadioSelect)
    reason = _lines(_("Reason"))


class FilterForm(forms.Form):
    """Which matters to list; every field may be left open."""

    STATES = (("", _("Any state")), ("open", _("Without an answer")), *Matter.State.choices)
    q = forms.CharField(required=False, max_length=200, label=_("Words, clause or name"))
    state = forms.ChoiceField(required=False, label=_("State"), choices=STATES)
