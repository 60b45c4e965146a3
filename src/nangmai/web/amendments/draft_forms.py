"""The forms a draft is written by: parameters, words, norms, legal bases. No code is typed anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.bindings import CHECKS, GUARDS, TRIGGERS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.durations import DurationUnclear, fill, parse
from nangmai.regulation.model import ANYONE, OTHERS, Article, Bound, LegalBasis, Norm, ParameterMissing, Regulation
from nangmai.regulation.parameters import MOST, PARAMETERS, Parameter
from nangmai.web.regulation.authorities import said
from nangmai.web.regulation.queries import UNITS, role_name, roles_of

_MODES = (("permit", _("May")), ("forbid", _("May not")), ("oblige", _("Must")))
_STATUSES = (("in_force", _("in force")), ("amended", _("amended")), ("repealed", _("repealed")))
_CHOICES = {"continue_with_warning": _("it goes on, with a warning"), "readonly": _("nothing new may be done")}


def long_text(label: Any, rows: int = 4) -> forms.CharField:
    return forms.CharField(label=label, max_length=5000, widget=forms.Textarea(attrs={"rows": rows}))


class ParametersForm(forms.Form):
    """Every parameter with its unit and bounds; it begins with what the draft says."""

    def __init__(self, *args: Any, draft: Regulation, base: Regulation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: draft.parameter(name) for name in PARAMETERS}
        for name, parameter in PARAMETERS.items():
            self.fields[name] = _parameter_field(parameter, base)


def _parameter_field(parameter: Parameter, base: Regulation) -> forms.Field:
    label = said(parameter.title)
    now = base.parameter(parameter.id)
    if parameter.type == "boolean":
        note = _("In force: {value}").format(value=_("yes") if now else _("no"))
        return forms.BooleanField(label=label, required=False, help_text=note)
    if parameter.type == "choice":
        choices = [(choice, _CHOICES.get(choice, choice)) for choice in parameter.choices]
        note = _("In force: {value}").format(value=_CHOICES.get(str(now), now))
        return forms.ChoiceField(label=label, choices=choices, help_text=note)
    unit = UNITS.get(parameter.unit, parameter.unit)
    bounds = _("In force: {value}") if parameter.most == MOST else _("In force: {value}; from {least} to {most}")
    note = bounds.format(value=f"{now} {unit}".strip(), least=parameter.least, most=parameter.most)
    words = f"{label} ({unit})" if unit else label
    return forms.IntegerField(label=words, min_value=parameter.least, max_value=parameter.most, help_text=note)


class TitleForm(forms.Form):
    """The heading of an article."""

    title_vi = forms.CharField(label=_("Heading in Vietnamese"), max_length=200)
    title_en = forms.CharField(label=_("Heading in English"), max_length=200)

    @property
    def title(self) -> Title:
        """Both languages."""
        return Title(self.cleaned_data["title_vi"], self.cleaned_data["title_en"])


class ClauseForm(forms.Form):
    """The words of a clause. Parameters stand in braces."""

    vi = long_text(_("In Vietnamese"), 6)
    en = long_text(_("In English"), 6)

    @property
    def text(self) -> Title:
        """Both languages."""
        return Title(self.cleaned_data["vi"], self.cleaned_data["en"])


class NewClauseForm(ClauseForm):
    """A further clause, and where it stands."""

    after = forms.ChoiceField(label=_("Behind the clause"), required=False)
    field_order = ("after", "vi", "en")

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].choices = [(one.id, one.id) for one in article.clauses]  # type: ignore[attr-defined]
        self.initial["after"] = article.clauses[-1].id


class NewArticleForm(TitleForm, ClauseForm):
    """A further article with its first clause, and where it stands."""

    after = forms.ChoiceField(label=_("Behind the article"), required=False)
    field_order = ("after", "title_vi", "title_en", "vi", "en")

    def __init__(self, *args: Any, draft: Regulation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vi"].label = _("First clause in Vietnamese")
        self.fields["en"].label = _("First clause in English")
        choices = [(one.id, f"{one.id}. {said(one.title)}") for one in draft.articles]
        self.fields["after"].choices = choices  # type: ignore[attr-defined]
        self.initial["after"] = draft.articles[-1].id


class NormForm(forms.Form):
    """A norm: who may, may not or must do what, on which conditions, and how that is kept."""

    name = forms.RegexField(
        r"^[a-z0-9_]+$",
        label=_("Short name"),
        max_length=40,
        help_text=_("Small letters, digits and _; together with the clause it names the norm for good."),
    )
    mode = forms.ChoiceField(label=_("Kind"), choices=_MODES)
    who = forms.MultipleChoiceField(label=_("Who"), widget=forms.CheckboxSelectMultiple)
    acts = forms.MultipleChoiceField(label=_("What"), widget=forms.CheckboxSelectMultiple)
    when = forms.MultipleChoiceField(label=_("Only"), required=False, widget=forms.CheckboxSelectMultiple)
    unless = forms.MultipleChoiceField(
        label=_("Unless (of what is forbidden)"), required=False, widget=forms.CheckboxSelectMultiple
    )
    trigger = forms.ChoiceField(label=_("Begins when (of a duty)"), required=False)
    within = forms.CharField(
        label=_("Within (of a duty)"),
        max_length=60,
        required=False,
        help_text=_("PT15M is 15 minutes, P7D 7 days, P1M a month; a parameter may stand in it."),
    )
    every = forms.CharField(label=_("Again every (of a duty)"), max_length=60, required=False)
    enforced = forms.ChoiceField(label=_("Kept because the system refuses anything else"), required=False)
    evidenced = forms.ChoiceField(label=_("Kept, and the system shows it"), required=False)
    attested = forms.ChoiceField(label=_("Kept, and somebody signs for it"), required=False)
    attested_every = forms.CharField(label=_("Signed for every"), max_length=60, required=False)

    def __init__(self, *args: Any, draft: Regulation, clause_id: str, norm: Norm | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {} if norm is None else as_initial(norm)
        self._draft, self._clause, self._norm = draft, clause_id, norm
        self._words: dict[str, dict[str, str]] = {}
        conditions = _titled(CONDITIONS.values())
        roles = [*roles_of(draft).items(), *((one, role_name(draft, one)) for one in (ANYONE, OTHERS))]
        self._offer(who=roles, acts=_titled(ACTS.values()), when=conditions, unless=conditions)
        none = ("", "–")
        self._offer(
            trigger=[none, *_sentences(TRIGGERS)],
            enforced=[none, *_sentences(GUARDS)],
            evidenced=[none, *_sentences(CHECKS)],
            attested=[none, *roles_of(draft).items()],
        )
        if norm is not None:
            self.fields["name"].disabled = True

    def _offer(self, **choices: list[tuple[str, str]]) -> None:
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
            self._words[name] = dict(offered)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if self._norm is None and f"{self._clause}/{name}" in self._draft.norm_by_id:
            raise forms.ValidationError(_("This clause has a norm of that name already."))
        return name

    def clean_within(self) -> str:
        return self._duration("within")

    def clean_every(self) -> str:
        return self._duration("every")

    def clean_attested_every(self) -> str:
        return self._duration("attested_every")

    def _duration(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip()
        try:
            if text:
                parse(fill(text, self._draft))
        except (DurationUnclear, ParameterMissing, KeyError) as error:
            raise forms.ValidationError(_("Not a period of time; write one such as PT15M, P7D or P1M.")) from error
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("attested") and not cleaned.get("attested_every") and "attested_every" not in self.errors:
            self.add_error("attested_every", _("Say how often it is signed for."))
        return cleaned

    @property
    def parts(self) -> list[tuple[forms.BoundField, str]]:
        """Every field, and where there is much to choose from, what is chosen so far."""
        found = []
        for name, field in self.fields.items():
            words = self._words[name] if isinstance(field, forms.MultipleChoiceField) else {}
            chosen = [words[one] for one in self[name].value() or () if one in words] if words else []
            found.append((self[name], ", ".join(chosen)))
        return found

    @property
    def norm(self) -> Norm:
        """What was filled in; what no field shows stays as it was."""
        values = self.cleaned_data
        before = self._norm
        return Norm(
            id=before.id if before else f"{self._clause}/{values['name']}",
            clause=self._clause,
            mode=values["mode"],
            acts=tuple(values["acts"]),
            who=tuple(values["who"]),
            when=tuple(values["when"]),
            unless=tuple(values["unless"]),
            bound=tuple(self._bounds(values)),
            trigger=values["trigger"],
            every=values["every"],
            within=values["within"],
            escalate=before.escalate if before else (),
            then=before.then if before else (),
            fulfils=before.fulfils if before else (),
        )

    def _bounds(self, values: Mapping[str, Any]) -> Iterable[Bound]:
        if values["enforced"]:
            yield Bound("enforced", values["enforced"])
        if values["evidenced"]:
            yield Bound("evidenced", values["evidenced"])
        if values["attested"]:
            yield Bound("attested", values["attested"], values["attested_every"])


def _titled(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(row.id, said(row.title)) for row in rows]


def _sentences(table: Mapping[str, Title]) -> list[tuple[str, str]]:
    return [(name, said(title)) for name, title in table.items()]


def as_initial(norm: Norm) -> dict[str, Any]:
    """What the form of a norm begins with."""
    bounds = {bound.by: bound for bound in norm.bound}
    attested = bounds.get("attested")
    return {
        "name": norm.id.partition("/")[2],
        "mode": norm.mode,
        "who": norm.who,
        "acts": norm.acts,
        "when": norm.when,
        "unless": norm.unless,
        "trigger": norm.trigger,
        "within": norm.within,
        "every": norm.every,
        "enforced": bounds["enforced"].name if "enforced" in bounds else "",
        "evidenced": bounds["evidenced"].name if "evidenced" in bounds else "",
        "attested": attested.name if attested else "",
        "attested_every": attested.every if attested else "",
    }


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class BasisForm(forms.Form):
    """One legal basis."""

    number = forms.CharField(label=_("Number"), max_length=80)
    date = day_field(_("Date"))
    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    status = forms.ChoiceField(label=_("Status"), choices=_STATUSES, initial="in_force")
    vi = forms.CharField(label=_("Title in Vietnamese"), max_length=500)
    en = forms.CharField(label=_("Title in English"), max_length=500)

    @property
    def basis(self) -> LegalBasis:
        """What was filled in."""
        values = self.cleaned_data
        title = Title(values["vi"], values["en"])
        return LegalBasis(values["number"], values["date"], values["issuer"], title, values["status"])


BasesForm = forms.formset_factory(BasisForm, extra=1, can_delete=True, max_num=60)


def as_rows(bases: Iterable[LegalBasis]) -> list[dict[str, Any]]:
    """What the legal bases begin with."""
    return [
        {"number": one.number, "date": one.date, "issuer": one.issuer, "status": one.status, **one.title._asdict()}
        for one in bases
    ]


class TermForm(forms.Form):
    """Until when the version is meant."""

    term_ends_on = day_field(_("The term ends on"), required=False)
