"""Session descriptions (SDP, RFC 8866) as cameras write them: which media there are and how they are coded.

Owns the text form and the resolution of `a=control`. Reads leniently and never repairs bitstreams: parameter sets in
`fmtp` are handed on as they stand. Malformed lines are left out; only a description without any media is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import ClassVar, NamedTuple

from nangmai.base.errors import Error, Kind

MAX_SDP_BYTES = 256 * 1024

#: An fmtp parameter's name: at the start, after `;`, or after a blank that does not follow a comma (base64 lists).
_FMTP_KEY = re.compile(r"(?:^|;|(?<![,;\s])\s)\s*([A-Za-z][A-Za-z0-9_-]*)\s*=(?!=)")
_ABSOLUTE = re.compile(r"(?i)^rtsps?://")


class SdpUnusable(Error):
    """The description that the camera gave of its stream cannot be used: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class SdpWithoutVideo(SdpUnusable):
    """The description that the camera gave of its stream names no video, only {kinds}."""


class _Mapping(NamedTuple):
    encoding: str
    clock_rate: int
    channels: int


#: Payload types that need no `a=rtpmap` (RFC 3551 §6).
_STATIC = {
    0: _Mapping("PCMU", 8000, 1),
    3: _Mapping("GSM", 8000, 1),
    4: _Mapping("G723", 8000, 1),
    8: _Mapping("PCMA", 8000, 1),
    9: _Mapping("G722", 8000, 1),
    10: _Mapping("L16", 44100, 2),
    11: _Mapping("L16", 44100, 1),
    14: _Mapping("MPA", 90000, 1),
    18: _Mapping("G729", 8000, 1),
    26: _Mapping("JPEG", 90000, 1),
    31: _Mapping("H261", 90000, 1),
    32: _Mapping("MPV", 90000, 1),
    33: _Mapping("MP2T", 90000, 1),
    34: _Mapping("H263", 90000, 1),
}

_ALIASES = {"HEVC": "H265", "AVC": "H264", "H.264": "H264", "H.265": "H265", "AAC": "MPEG4-GENERIC"}


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One `m=` section (RFC 8866 §5.14)."""

    kind: str  #: `video`, `audio`, `application`
    encoding: str  #: upper case, as `a=rtpmap` names it: `H264`, `H265`, `MPEG4-GENERIC`; empty when nothing tells
    payload_type: int
    clock_rate: int
    channels: int = 1
    fmtp: Mapping[str, str] = field(default_factory=dict)  #: keys in lower case, values as written
    control: str = ""  #: as written; empty when absent
    frame_rate: float | None = None  #: `a=framerate`


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole description: the media in their order, and what the session says about itself."""

    media: tuple[MediaDescription, ...]
    control: str = ""  #: session-level `a=control`, as written
    name: str = ""
    tool: str = ""

    def media_of(self, kind: str) -> Iterator[MediaDescription]:
        """The media of one kind, in the order of the description."""
        return (media for media in self.media if media.kind == kind)


def parse_sdp(body: bytes | str) -> SessionDescription:
    """Read a description (RFC 8866); lines may lack their CR, fields may be missing, unknown lines are skipped."""
    if len(body) > MAX_SDP_BYTES:
        raise SdpUnusable(reason="it is longer than any real one")
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    sections: list[list[tuple[str, str]]] = [[]]
    for line in re.split(r"[\r\n\0]+", text):
        name, equals, value = line.strip().partition("=")
        if not equals or len(name.strip()) != 1:
            continue
        if name[0].lower() == "m":
            sections.append([])
        sections[-1].append((name[0].lower(), value.strip()))
    media = tuple(found for section in sections[1:] if (found := _media(section)) is not None)
    if not media:
        raise SdpUnusable(reason=_why_nothing(text, sections))
    session = dict(reversed(sections[0]))
    attributes = _attributes(sections[0])
    return SessionDescription(
        media=media,
        control=_first(attributes, "control"),
        name=session.get("s", ""),
        tool=_first(attributes, "tool"),
    )


def _attributes(section: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in section:
        if name == "a":
            key, _, rest = value.partition(":")
            found.setdefault(key.strip().lower(), []).append(rest.strip())
    return found


def _first(attributes: dict[str, list[str]], key: str) -> str:
    return attributes.get(key, [""])[0]


def _why_nothing(text: str, sections: list[list[tuple[str, str]]]) -> str:
    if not text.strip():
        return "it is empty"
    if ("v", "0") not in sections[0]:
        return "it is no description in SDP; does the address name the video?"
    return "it names no media"


def _media(section: list[tuple[str, str]]) -> MediaDescription | None:
    words = section[0][1].split()
    if not words:
        return None
    kind = words[0].lower()
    attributes = _attributes(section)
    mappings = dict(found for text in attributes.get("rtpmap", []) if (found := _rtpmap(text, kind)))
    formats = {number: rest for text in attributes.get("fmtp", []) for number, rest in [_numbered(text)]}
    listed = [int(word) for word in words[3:] if word.isascii() and word.isdigit() and int(word) < 128]
    payload_type = _payload_type(listed, mappings)
    if payload_type is None:
        return None
    fmtp = _fmtp(formats.get(payload_type, formats.get(None, "")))
    if not fmtp and len(formats) == 1:  # numbered for a payload type that the section does not have
        fmtp = _fmtp(next(iter(formats.values())))
    mapping = mappings.get(payload_type) or _STATIC.get(payload_type)
    if mapping is None and len(mappings) == 1:
        mapping = next(iter(mappings.values()))
    mapping = mapping or _guess(kind, fmtp)
    return MediaDescription(
        kind=kind,
        encoding=mapping.encoding,
        payload_type=payload_type,
        clock_rate=mapping.clock_rate,
        channels=mapping.channels,
        fmtp=fmtp,
        control=_first(attributes, "control"),
        frame_rate=_frame_rate(_first(attributes, "framerate") or _first(attributes, "x-framerate")),
    )


def _payload_type(listed: list[int], mappings: Mapping[int, _Mapping]) -> int | None:
    for number in listed:
        if number in mappings or number in _STATIC:
            return number
    return listed[0] if listed else next(iter(mappings), None)


def _numbered(text: str) -> tuple[int | None, str]:
    """Split `96 rest`; a number that is missing or glued on gives None and the whole."""
    number, _, rest = text.partition(" ")
    return (int(number), rest.strip()) if number.isascii() and number.isdigit() and len(number) < 4 else (None, text)


def _rtpmap(text: str, kind: str) -> tuple[int, _Mapping] | None:
    number, rest = _numbered(text)
    parts = [part.strip() for part in rest.split("/")]
    if number is None or not 0 <= number < 128 or not parts[0]:
        return None
    encoding = parts[0].upper()
    default_rate = 8000 if kind == "audio" else 90000
    clock_rate = _bounded(parts[1] if len(parts) > 1 else "", default_rate, 1_000_000)
    channels = _bounded(parts[2] if len(parts) > 2 else "", 1, 64)
    return number, _Mapping(_ALIASES.get(encoding, encoding), clock_rate, channels)


def _bounded(text: str, default: int, largest: int) -> int:
    digits = re.match(r"[0-9]{1,9}", text)
    value = int(digits.group()) if digits else 0
    return value if 0 < value <= largest else default


def _guess(kind: str, fmtp: Mapping[str, str]) -> _Mapping:
    """What a dynamic payload type without `a=rtpmap` must be, judging by its parameters."""
    if kind == "video":
        if fmtp.keys() & {"sprop-vps", "sprop-sps", "sprop-pps"}:
            return _Mapping("H265", 90000, 1)
        if fmtp.keys() & {"sprop-parameter-sets", "packetization-mode", "profile-level-id"}:
            return _Mapping("H264", 90000, 1)
    return _Mapping("", 8000 if kind == "audio" else 90000, 1)


def _fmtp(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    keys = list(_FMTP_KEY.finditer(text))
    for match, following in zip_longest(keys, keys[1:]):
        value = text[match.end() : following.start() if following else len(text)]
        found.setdefault(match.group(1).lower(), value.partition(";")[0].strip().strip('"'))
    return found


def _frame_rate(text: str) -> float | None:
    match = re.match(r"\s*([0-9]{1,4}(?:\.[0-9]{1,9})?)", text)
    rate = float(match.group(1)) if match else 0.0
    return rate if 0 < rate <= 1000 else None


def resolve_control(base: str, control: str) -> str:
    """The URL that a control attribute means (RFC 2326 §C.1.1), by the rules that cameras are built for.

    A relative control is *appended* to the base, behind a query string if there is one; resolving it like a link
    (RFC 3986 §5) would cut the last path segment off and no camera would know the result.
    """
    control = control.strip()
    if not control or control == "*":
        return base
    if _ABSOLUTE.match(control):
        return control
    if control.startswith("?"):
        return base.rstrip("/") + control
    if control.startswith("/"):
        scheme, _, rest = base.partition("://")
        host, _, path = rest.partition("/")
        if path.strip("/") and control.startswith("/" + path.strip("/")):
            return f"{scheme}://{host}{control}"
    return base.rstrip("/") + "/" + control.lstrip("/")
