"""Icons, states and moments in templates. A state is always colour, form and word together."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from nangmai.web.authority import authority

register = template.Library()

ICONS = Path(__file__).parent.parent / "static/ui/client/icons"

#: state -> (tone, icon, word); the tone names a colour of tokens.css
STATES: dict[str, tuple[str, str, Promise]] = {
    "recording": ("kept", "circle-check", _("Recording")),
    "waiting_for_key_picture": ("at-risk", "triangle-alert", _("Waiting for a key picture")),
    "connecting": ("at-risk", "triangle-alert", _("Connecting")),
    "no_signal": ("broken", "circle-x", _("No signal")),
    "refused": ("broken", "circle-x", _("Camera refuses")),
    "disk": ("broken", "circle-x", _("Cannot be written to disk")),
    "off": ("unknown", "minus", _("Switched off")),
    "absent": ("unknown", "minus", _("Not there")),
    "removed": ("unknown", "minus", _("Taken out of the file")),
    "unknown": ("unknown", "minus", _("Recorder is silent")),
    "ok": ("kept", "circle-check", _("In order")),
    "warning": ("at-risk", "triangle-alert", _("Needs attention")),
    "alarm": ("broken", "circle-x", _("Needs action")),
    "low": ("at-risk", "triangle-alert", _("Nearly full")),
    "critical": ("broken", "circle-x", _("Full")),
    "failed": ("broken", "circle-x", _("Failed")),
    "in_force": ("kept", "circle-check", _("In force")),
    "pending": ("unknown", "clock", _("Not yet begun")),
    "ended": ("unknown", "minus", _("Ended")),
    "opened": ("kept", "play", _("Opened")),
    "closed": ("unknown", "square", _("Closed")),
    "unsigned": ("at-risk", "signature", _("Waiting for signatures")),
    "annulled": ("unknown", "circle-x", _("Annulled")),
    "intact": ("kept", "badge-check", _("Intact")),
    "untrusted": ("at-risk", "triangle-alert", _("Intact, but nobody here vouches for the signer")),
    "altered": ("broken", "circle-x", _("Altered")),
    "revoked": ("at-risk", "triangle-alert", _("Withdrawn")),
}

#: what recorders say about uses: the word "refused" means the ticket there, not the camera
OUTCOMES = STATES | {"refused": ("at-risk", "shield", _("Refused"))}


#: what the ledger says of an entry and of its proof
ENTRIES: dict[str, tuple[str, str, Promise]] = {
    "done": ("kept", "check", _("Done")),
    "refused": ("at-risk", "shield", _("Refused")),
    "failed": ("at-risk", "triangle-alert", _("Did not succeed")),
    "holds": ("kept", "circle-check", _("Holds")),
    "broken": ("broken", "circle-x", _("Does not hold")),
    "waiting": ("unknown", "clock", _("Waits")),
    "not_configured": ("at-risk", "triangle-alert", _("Not configured")),
    "unknown": ("unknown", "minus", _("Unknown")),
}
TABLES: dict[str, Mapping[str, tuple[str, str, Promise]]] = {"state": STATES, "outcome": OUTCOMES, "entry": ENTRIES}


@functools.lru_cache(maxsize=256)
def _svg(name: str) -> str:
    """The icon's shapes, without its own size and comment; an icon that was not built leaves its word alone."""
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        return ""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    shapes = re.sub(r"\s+", " ", re.sub(r"</?svg[^>]*>", "", text)).strip()
    return (
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{shapes}</svg>'
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon beside its word; hidden from screen readers, which read the word."""
    return mark_safe(_svg(name))  # noqa: S308 - our own files


@register.simple_tag
def state(name: str, kind: str = "state") -> SafeString:
    """Colour, form and word of a state."""
    table = TABLES[kind]
    tone, symbol, word = table.get(name, table["unknown"])
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', tone, icon(symbol), word)


@register.simple_tag(takes_context=True)
def may_do(context: Mapping[str, Any], act: str) -> bool:
    """Whether to offer an act to the person who looks."""
    user = context.get("user")
    return bool(user is not None and user.is_authenticated and authority().may_do(user, act))


@register.filter
def tone(name: str) -> str:
    """The colour role of a state, for edges and figures beside its badge."""
    return STATES.get(name, STATES["unknown"])[0]


@register.filter
def moment(value_us: int | None) -> str:
    """A moment of footage: absolute, with seconds, in the zone of the installation."""
    if value_us is None:
        return "–"
    return exact(datetime.fromtimestamp(value_us / 1e6, timezone.get_default_timezone()))


@register.filter
def until(from_us: int, to_us: int | None) -> str:
    """A period of footage; the day is said once when it is the same."""
    if to_us is None:
        return moment(from_us)
    begin, end = (
        timezone.localtime(datetime.fromtimestamp(us / 1e6, timezone.get_default_timezone())) for us in (from_us, to_us)
    )
    if begin.date() != end.date():
        return f"{moment(from_us)} – {moment(to_us)}"
    return f"{time_format(begin, 'H:i:s')} – {time_format(end, 'H:i:s')}, {date_format(begin, 'SHORT_DATE_FORMAT')}"


@register.filter
def exact(value: datetime | None) -> str:
    """A date with its seconds."""
    return "–" if value is None else date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")


@register.filter
def megabits(value_bps: float | None) -> str:
    """A rate in Mbit/s."""
    return "–" if value_bps is None else f"{number_format(value_bps / 1e6, 1)} Mbit/s"


@register.filter
def seconds(value_us: int | None) -> str:
    """A clock offset in seconds with its sign."""
    if value_us is None:
        return "–"
    tenths = round(value_us / 1e5)
    sign = "+" if tenths > 0 else "−" if tenths < 0 else "±"
    return f"{sign}{number_format(abs(tenths) / 10, 1)} s"


@register.filter
def size(value_bytes: float | None) -> str:
    """Bytes in the largest decimal unit that leaves a figure above one."""
    if value_bytes is None:
        return "–"
    for unit in ("B", "kB", "MB", "GB"):
        if value_bytes < 1000:
            return f"{number_format(value_bytes, 0 if unit in ('B', 'kB') else 1)} {unit}"
        value_bytes /= 1000
    return f"{number_format(value_bytes, 1)} TB"


#: the first word found in a User-Agent names browser and system; the order matters, since most claim to be others
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser_name(agent: str) -> str:
    """A User-Agent as a person would say it."""
    names = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names)) or agent or "–"


@register.filter
def percent(part: float, whole: float) -> int:
    """Whole per cent."""
    return round(100 * part / whole) if whole else 0


@register.filter
def used_percent(volume: dict[str, Any]) -> int:
    """How full a volume is."""
    return percent(volume["size_bytes"] - volume["free_bytes"], volume["size_bytes"])


@register.filter
def as_json(value: Any) -> str:
    """For a `data-` attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


@register.simple_tag
def zone_name() -> str:
    """The zone all times on pages are in."""
    return str(settings.TIME_ZONE)
