"""Forms of the roster and of the handover."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import User
from nangmai.web.watch import queries
from nangmai.web.watch.coverage import Period
from nangmai.web.watch.models import Post, RosterWeek, Shift


class PostForm(forms.Form):
    """A post."""

    name = forms.CharField(label=_("Post"), max_length=120)
    is_continuous = forms.BooleanField(label=_("Manned around the clock"), required=False, initial=True)


class ShiftForm(forms.Form):
    """One shift on each of the days ticked; an end that is not after the beginning is on the next day."""

    begin = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, week: RosterWeek, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._days = {day.isoformat(): day for day in week.days}
        self._posts = {str(post.pk): post for post in Post.objects.all()}
        self._people = {str(user.pk): user for user in queries.watchers(utc_now())}
        self.fields["post"] = forms.ChoiceField(
            label=_("Post"), choices=[(key, post.name) for key, post in self._posts.items()]
        )
        self.fields["person"] = forms.ChoiceField(
            label=_("Who is on watch"), choices=[(key, user.display_name) for key, user in self._people.items()]
        )
        self.fields["days"] = forms.MultipleChoiceField(
            label=_("Days"),
            choices=[(key, date_format(day, "D d/m")) for key, day in self._days.items()],
            widget=forms.CheckboxSelectMultiple,
        )
        self.order_fields(["post", "person", "begin", "end", "days"])

    def clean_post(self) -> Post:
        return self._posts[self.cleaned_data["post"]]

    def clean_person(self) -> User:
        return self._people[self.cleaned_data["person"]]

    def clean_days(self) -> list[date]:
        return [self._days[key] for key in self.cleaned_data["days"]]

    def periods(self) -> list[Period]:
        """The shifts asked for."""
        given = self.cleaned_data
        later = timedelta(days=1) if given["end"] <= given["begin"] else timedelta()
        return [Period(_at(day, given["begin"]), _at(day + later, given["end"])) for day in given["days"]]


def _at(day: date, time: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time), timezone.get_default_timezone())


class HandoverForm(forms.Form):
    """What is handed over, ticked one by one, and a note for the next; with `is_joint` the incoming person signs in.

    Who comes otherwise than planned says why: with `is_relief` that is asked for, in a joint handover it may be given.
    """

    note = forms.CharField(
        label=_("Note for the next shift"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, found: list[tuple[str, str]], *args: Any, is_joint: bool, is_relief: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if found:
            self.fields["confirmed"] = forms.MultipleChoiceField(
                label=_("Read and confirmed by who takes over"),
                required=False,
                choices=found,
                widget=forms.CheckboxSelectMultiple,
            )
        if is_joint:
            name = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
            self.fields["username"] = forms.CharField(
                label=_("Account name of who takes over"), max_length=60, widget=forms.TextInput(attrs=name)
            )
            self.fields["password"] = forms.CharField(
                label=_("Password of who takes over"),
                max_length=1024,
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            )
            self.fields["code"] = forms.CharField(
                label=_("Code of who takes over"),
                required=False,
                max_length=12,
                help_text=_("From the authenticator app; empty for who has none."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
            )
        if is_joint or is_relief:
            self.fields["reason"] = forms.CharField(
                label=_("Why somebody else comes than planned"),
                required=is_relief,
                max_length=500,
                help_text="" if is_relief else _("Empty when who takes over stands in the roster."),
            )
        self.order_fields(["confirmed", "note", "username", "password", "code", "reason"])

    @property
    def confirmed(self) -> list[str]:
        """What was ticked."""
        return list(self.cleaned_data.get("confirmed", []))


class StayForm(forms.Form):
    """How much longer, and why."""

    minutes = forms.IntegerField(label=_("Minutes longer"), min_value=10, initial=60, max_value=24 * 60)
    reason = forms.CharField(label=_("Why"), max_length=500)

    def until(self, shift: Shift) -> datetime:
        """The new end."""
        begin = max(shift.until, utc_now())
        return begin + timedelta(minutes=self.cleaned_data["minutes"])


class LeaveForm(forms.Form):
    """Why the post is left without relief."""

    reason = forms.CharField(label=_("Why"), max_length=500)


class SwapForm(forms.Form):
    """One of my shifts for a colleague, perhaps for one of theirs."""

    reason = forms.CharField(label=_("Why"), max_length=500)

    def __init__(self, user: User, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mine = {str(shift.pk): shift for shift in queries.coming(user, now)}
        self._people = {str(one.pk): one for one in queries.watchers(now).exclude(pk=user.pk)}
        self._theirs = {str(shift.pk): shift for one in self._people.values() for shift in queries.coming(one, now)}
        self.fields["shift"] = forms.ChoiceField(
            label=_("My shift"), choices=[(key, _in_list(shift)) for key, shift in self._mine.items()]
        )
        self.fields["taker"] = forms.ChoiceField(
            label=_("Colleague"), choices=[(key, one.display_name) for key, one in self._people.items()]
        )
        nothing = ("", _("Nothing in return"))
        theirs = [(key, f"{shift.person.display_name}: {_in_list(shift)}") for key, shift in self._theirs.items()]
        self.fields["in_return"] = forms.ChoiceField(
            label=_("In return I take"), required=False, choices=[nothing, *theirs]
        )
        self.order_fields(["shift", "taker", "in_return", "reason"])

    def clean_shift(self) -> Shift:
        return self._mine[self.cleaned_data["shift"]]

    def clean_taker(self) -> User:
        return self._people[self.cleaned_data["taker"]]

    def clean_in_return(self) -> Shift | None:
        return self._theirs.get(self.cleaned_data["in_return"])


def _in_list(shift: Shift) -> str:
    begin, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    return f"{date_format(begin, 'D d/m')}, {begin:%H:%M}–{end:%H:%M}, {shift.post.name}"
