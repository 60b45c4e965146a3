"""How pages name acts, things and facts. Apps add their own in `AppConfig.ready`; entries hold ids alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.acts import ACTS

Title = Promise | str

_acts: dict[str, Title] = {
    "session.opened": _("Sign-in"),
    "session.closed": _("Sign-out"),
    "password.changed": _("Password changed"),
    "account.added": _("Account added"),
    "factor.added": _("Way to prove identity added"),
    "factor.removed": _("Way to prove identity removed"),
    "identity.proven": _("Identity proven again"),
    "checkpoint.witnessed": _("Checkpoint of another ledger kept"),
    "ledger.exported": _("Ledger exported"),
    "disclosure.erased": _("Personal data erased"),
}
_things: dict[str, Callable[[], Mapping[str, str]]] = {}
_values: dict[str, Mapping[str, Title]] = {}

#: what stands before the number of a thing that has no name of its own
KINDS: Mapping[str, Title] = {
    "account": _("Account"),
    "amendment": _("Amendment"),
    "area": _("Area"),
    "asked": _("Request to the board"),
    "assignment": _("Assignment"),
    "camera": _("Camera"),
    "complaint": _("Complaint"),
    "delegation": _("Delegation"),
    "direction": _("Direction"),
    "document": _("Document"),
    "duty": _("Duty"),
    "emergency": _("Emergency view"),
    "incident": _("Incident"),
    "ledger": _("Ledger"),
    "letter": _("Letter"),
    "letterhead": _("Letterhead"),
    "matter": _("Matter outside the regulation"),
    "matter_report": _("Report of matters outside the regulation"),
    "money": _("Budget"),
    "norm": _("Norm"),
    "period": _("Period"),
    "person": _("Person"),
    "post": _("Post"),
    "recorder": _("Recorder"),
    "record": _("Ledger and registers"),
    "regulation": _("Regulation"),
    "report": _("Report"),
    "request": _("Request"),
    "roster": _("Roster"),
    "shift": _("Shift"),
    "site": _("Site"),
    "swap": _("Swap of shifts"),
}

FACTS: Mapping[str, Title] = {
    "right": _("Right"),
    "ticket": _("Ticket"),
    "from_us": _("Footage from"),
    "to_us": _("Footage to"),
    "minute_us": _("Watched at"),
    "uses": _("Times"),
    "bytes": _("Size"),
    "cameras": _("Cameras"),
    "error": _("Refusal"),
    "reasons": _("Reasons"),
    "role": _("Role"),
    "note": _("Checkpoint"),
    "size": _("Entries"),
    "public_key": _("Public key"),
    "first": _("First entry"),
    "last": _("Last entry"),
    "disclosures": _("Erased"),
    "changed": _("Changed"),
}

PERSONAL: Mapping[str, Title] = {
    "address": _("Address"),
    "browser": _("Browser"),
    "name": _("Name"),
    "username": _("Account name"),
    "reason": _("Reason"),
}


def name_acts(titles: Mapping[str, Title]) -> None:
    """Words for the acts of an app."""
    _acts.update(titles)


def name_things(kind: str, names: Callable[[], Mapping[str, str]]) -> None:
    """Where to find the names of things of a kind: `camera:nvr-1/cam-03` -> "Cổng chính"."""
    _things[kind] = names


def name_values(fact: str, words: Mapping[str, Title]) -> None:
    """Words for the values of a fact: the right "live" -> "xem trực tiếp"."""
    _values[fact] = words


def value_word(fact: str, value: str) -> str:
    """A value in the language in force; one that nobody named stands for itself."""
    return str(_values.get(fact, {}).get(value, value))


def act_titles() -> dict[str, str]:
    """All acts that have a name, by id."""
    return {act: str(title) for act, title in _acts.items()}


def act_title(act: str) -> str:
    """The act's name in the language in force; one that nobody named stands for itself."""
    if act in _acts:
        return str(_acts[act])
    if act in ACTS:
        title = ACTS[act].title
        return title.vi if get_language() == "vi" else title.en
    return act


def thing_names(kind: str = "") -> dict[str, str]:
    """The names of all things of a kind, or of all kinds."""
    chosen = [kind] if kind else list(_things)
    return {thing: name for one in chosen if one in _things for thing, name in _things[one]().items()}
