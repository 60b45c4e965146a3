"""Forms of the pages about papers: what to look for, the letterhead, why a paper is annulled."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.web.documents import queries
from nangmai.web.documents.kinds import PAPERS
from nangmai.web.documents.models import Letterhead


class FilterForm(forms.Form):
    """Which papers to list; every field may be left open."""

    STATES = (
        ("", _("Any state")),
        ("in_force", _("In force")),
        ("unsigned", _("Waiting for signatures")),
        ("annulled", _("Annulled")),
    )
    q = forms.CharField(required=False, max_length=200, label=_("Number or subject"))
    kind = forms.ChoiceField(required=False, label=_("Kind"))
    year = forms.TypedChoiceField(required=False, label=_("Year"), coerce=int, empty_value=None)
    state = forms.ChoiceField(required=False, label=_("State"), choices=STATES)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        kinds = [(paper.id, paper.title) for paper in PAPERS.values()]
        self.fields["kind"].choices = [("", _("Any kind")), *kinds]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("Any year")), *((year, str(year)) for year in queries.years())]  # type: ignore[attr-defined]


class LetterheadForm(forms.ModelForm):  # type: ignore[type-arg]
    """The head of papers from a day on."""

    class Meta:
        model = Letterhead
        fields = ("governing_body", "institution", "abbreviation", "place", "public_address", "in_force_from")
        widgets = {"in_force_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "abbreviation": _("The last part of every number, such as MNNM in 07/QĐ-MNNM."),
            "public_address": _(
                "Where a telephone that reads the QR code reaches this site, such as https://camera.example.vn."
            ),
        }

    def validate_unique(self) -> None:
        """A second letterhead of the same day takes the place of the first."""


class AnnulForm(forms.Form):
    """Why, and what stands in its place."""

    reason = forms.CharField(label=_("Reason"), max_length=1000)
    replaced_by = forms.CharField(
        required=False, max_length=60, label=_("Number of the paper in its place"), help_text=_("May be left open.")
    )
