"""What entries tell of posts, weeks of the roster and shifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import NEW, Change, Tell
from nangmai.web.moments import said_us

#: a week that is a draft is as good as none: nobody is held to it
STEPS = {"draft": ("checked", "approved"), "checked": (NEW,), "approved": ("checked",), "published": ("approved",)}
SWAPS = {
    "agreed": ("asked",),
    "declined": ("asked",),
    "withdrawn": ("asked", "agreed"),
    "approved": ("agreed",),
    "refused": ("agreed",),
}


def _post(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "kept", {"name": entry.facts["name"], "is_continuous": entry.facts["is_continuous"]})


def _changed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, NEW, sources=(NEW, "checked", "approved"))
    for gone in entry.facts.get("removed", ()):
        yield Change(f"shift:{gone['shift']}", NEW, sources=("planned",))
    for made in entry.facts.get("added", ()):
        yield _planned(made)


def _planned(made: Mapping[str, Any]) -> Change:
    said = {"post": made["post"], "person": made["person"]}
    said |= {"from_us": said_us(made["from"]), "to_us": said_us(made["to"]), "until_us": None}
    return Change(f"shift:{made['shift']}", "planned", said)


def _moved(entry: Entry) -> Iterator[Change]:
    target = entry.act.partition(".")[2]
    yield Change(entry.thing, NEW if target == "draft" else target, sources=STEPS[target])


def _taken(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "on_watch", sources=("planned",))


def _extended(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "on_watch", {"until_us": said_us(entry.facts["until"])}, ("on_watch",))


def _relieved(entry: Entry) -> Iterator[Change]:
    yield _planned(entry.facts["added"])


def _asked(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "asked", {"shift": entry.facts["shift"], "taker": entry.facts["taker"]})


def _answered(entry: Entry) -> Iterator[Change]:
    target = entry.act.partition(".")[2]
    yield Change(entry.thing, target, sources=SWAPS[target])
    if target == "approved":
        for given in entry.facts["given"]:
            yield Change(f"shift:{given['shift']}", "planned", {"person": given["person"]}, ("planned",))


def _over(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "closed", sources=("on_watch",))


TOLD: Mapping[str, Tell] = {
    "post.added": _post,
    "roster.changed": _changed,
    **{f"roster.{target}": _moved for target in STEPS},
    "shift.taken": _taken,
    "shift.handed_over": _over,
    "shift.extended": _extended,
    "shift.left": _over,
    "shift.relieved": _relieved,
    "swap.asked": _asked,
    **{f"swap.{target}": _answered for target in SWAPS},
}
