"""What recorders report of their cameras, in the person's language: by the code and the facts of the error.

The one table of these sentences: each stands here as the recorder's own error says it, and a test holds the two
together (tests/unit/web/test_reported.py). Never looks at the English message; that is shown where the code is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

#: code -> what the error says
SENTENCES = {
    "archive_takes_nothing": gettext_noop(
        "The archive does not take pictures: its disk is full, has failed, or is too slow."
    ),
    "authentication_unknown": gettext_noop(
        "The camera asks for a way to sign in that is not known here: {schemes}. Allow Digest in its settings."
    ),
    "bitstream_invalid": gettext_noop(
        "The coded stream's header is broken ({what}); check the camera's encoder settings and its firmware."
    ),
    "camera_answered_nonsense": gettext_noop("{url} does not answer as a camera does: {reason}."),
    "camera_absent": gettext_noop(
        "This camera is not there: the recorder's file only names it, and nothing is expected of it."
    ),
    "camera_busy": gettext_noop(
        "{url}: the camera has no room for another viewer ({status} {reason}); close other connections to it."
    ),
    "camera_closed": gettext_noop("{url} closed the connection."),
    "camera_refused": gettext_noop("{url} does not allow this: {reason}."),
    "camera_refused_password": gettext_noop(
        "{url} refused the user name or password; correct them in the configuration."
    ),
    "camera_silent": gettext_noop("{url} accepted the connection and then did not answer within {seconds} s."),
    "camera_speaks_otherwise": gettext_noop("{url} does not answer as a camera does: it begins with {first}."),
    "camera_switched_off": gettext_noop(
        "This camera is switched off in the recorder's file; write `enabled = true` there to record it."
    ),
    "camera_unreachable": gettext_noop("{url} cannot be reached: {reason}."),
    "camera_wants_password": gettext_noop("{url} asks for a password; write it as rtsp://user:password@host/…"),
    "codec_unsupported": gettext_noop(
        "{url} offers {offered}, and only H.264 and H.265 can be recorded; change the codec in the camera's settings."
    ),
    "file_not_there": gettext_noop("{url}: there is no such file, or it may not be read."),
    "host_invalid": gettext_noop("{url} cannot be reached: {host!r} is no host name."),
    "host_unknown": gettext_noop("{url} cannot be reached: the name {host!r} is not known."),
    "media_ended": gettext_noop("{url} has ended."),
    "media_stalled": gettext_noop("{url} has sent no pictures for {seconds} s."),
    "no_connection": gettext_noop("{url} cannot be reached: no connection within {seconds} s."),
    "no_key_picture": gettext_noop(
        "No key picture has come for more than {seconds} s; shorten its interval in the camera's settings."
    ),
    "no_udp_ports": gettext_noop("No free pair of UDP ports could be found on this machine."),
    "not_rtsp": gettext_noop("What arrived is not RTSP: it begins with {first}."),
    "port_closed": gettext_noop("{url} cannot be reached: nothing listens on port {port}."),
    "request_refused": gettext_noop("{url} answered {method} with {status} {reason}."),
    "rtsp_malformed": gettext_noop("What arrived is not RTSP: {reason}."),
    "sdp_unusable": gettext_noop("The description that the camera gave of its stream cannot be used: {reason}."),
    "sdp_without_video": gettext_noop(
        "The description that the camera gave of its stream names no video, only {kinds}."
    ),
    "session_lost": gettext_noop("{url}: the camera has forgotten the session."),
    "source_failed": gettext_noop(
        "{url} cannot be read: an unexpected failure ({failure}); the recorder's log has the rest."
    ),
    "source_unreadable": gettext_noop("{url} cannot be read: {reason}."),
    "stream_broken": gettext_noop("The stream breaks the rules of its own format: {reason}."),
    "stream_not_found": gettext_noop("{url}: the camera knows no stream at this path."),
    "tls_failed": gettext_noop(
        "{url} does not complete a TLS handshake ({reason}); is the address rtsp:// rather than rtsps://?"
    ),
    "tls_untrusted": gettext_noop(
        "{url} shows a certificate that nobody vouches for ({reason}); if its SHA-256 fingerprint is the camera's own, "
        "trust it by ending the address with #sha256={fingerprint}"
    ),
    "too_many_redirects": gettext_noop("{url} sends us from one address to the next without end."),
    "transport_refused": gettext_noop(
        "{url}: the camera does not send over {transport}; try another transport (tcp, udp, ffmpeg)."
    ),
    "url_invalid": gettext_noop(
        "{url} cannot be used: {reason}. An address looks like rtsp://user:password@192.168.1.64:554/stream."
    ),
}
#: facts that are words themselves: those of the recorder, and what operating systems say most
PHRASES = frozenset(
    {
        gettext_noop("a NAL unit is longer than its picture"),
        gettext_noop("a message's body is too long"),
        gettext_noop("a message's head has no end"),
        gettext_noop("connection reset by peer"),
        gettext_noop("connection timed out"),
        gettext_noop("certificate has expired"),
        gettext_noop("it does not begin with rtsp:// or rtsps:// (transport ffmpeg takes others)"),
        gettext_noop("it holds a blank or a control character"),
        gettext_noop("it is empty"),
        gettext_noop("it is longer than any real one"),
        gettext_noop("it names no host"),
        gettext_noop("it names no media"),
        gettext_noop("its decoder configuration is cut off"),
        gettext_noop("its decoder configuration is too short"),
        gettext_noop("its fingerprint is not the one in the address"),
        gettext_noop("its host or port is not valid"),
        gettext_noop("its name is not known, or it broke off"),
        gettext_noop("its protocol is not known"),
        gettext_noop("network is unreachable"),
        gettext_noop("no reason given"),
        gettext_noop("no route to host"),
        gettext_noop("no video"),
        gettext_noop("port 0 does not exist"),
        gettext_noop("self-signed certificate"),
        gettext_noop("the user lacks the right"),
        gettext_noop("the user lacks the right, or the camera has locked it out"),
        gettext_noop("what it sends is no video that can be read"),
    }
)


def in_words(code: str, facts: Mapping[str, Any]) -> str | None:
    """The sentence in the language in force; None when the code is not known, or not with these facts."""
    sentence = SENTENCES.get(code)
    if sentence is None:
        return None
    try:
        return _(sentence).format(**{name: _phrase(value) for name, value in facts.items()})
    except (KeyError, IndexError):
        return None


def _phrase(fact: Any) -> str:
    return _(fact) if fact in PHRASES else str(fact)
