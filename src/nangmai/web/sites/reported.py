"""What recorders say of their cameras, in the person's language.

A recorder reports sentences in English, for its log and for programs. Those that people meet are known here by their
form; one that is not is shown as it came. A test holds this list against the recorder's own errors.
"""

from __future__ import annotations

import functools
import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("{url} cannot be reached: {reason}."),
    gettext_noop("{url} does not answer as a camera does: {reason}."),
    gettext_noop("{url} accepted the connection and then did not answer within {seconds} s."),
    gettext_noop("{url} closed the connection."),
    gettext_noop("{url} has sent no pictures for {seconds} s."),
    gettext_noop("{url} has ended."),
    gettext_noop(
        "{url} offers {offered}, and only H.264 and H.265 can be recorded; change the codec in the camera's settings."
    ),
    gettext_noop("{url} cannot be read: {reason}."),
    gettext_noop("{url} does not allow this: {reason}."),
    gettext_noop("{url} refused the user name or password; correct them in the configuration."),
    gettext_noop("{url} asks for a password; write it as rtsp://user:password@host/…"),
    gettext_noop("{url}: the camera knows no stream at this path."),
    gettext_noop(
        "{url}: the camera has no room for another viewer ({status} {reason}); close other connections to it."
    ),
    gettext_noop("{url}: there is no such file, or it may not be read."),
    gettext_noop("{url}: the camera does not send over {transport}; try another transport (tcp, udp, ffmpeg)."),
    gettext_noop("The description that the camera gave of its stream cannot be used: {reason}."),
    gettext_noop("the archive does not take pictures: its disk is full, failed, or too slow"),
    gettext_noop("no key picture for more than {seconds} s; shorten its interval in the camera"),
)
REASONS = (
    gettext_noop("nothing listens on port {port}"),
    gettext_noop("no connection within {seconds} s"),
    gettext_noop("the name {name} is not known"),
)


@functools.cache
def _form(sentence: str) -> re.Pattern[str]:
    """Matches what the sentence becomes with any facts."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(sentence)), re.DOTALL)


def in_words(message: str) -> str | None:
    """The sentence in the language in force; None when its form is not known."""
    return _translated(message, SENTENCES)


def _translated(message: str, sentences: tuple[str, ...]) -> str | None:
    for sentence in sentences:
        found = _form(sentence).fullmatch(message)
        if found is not None:
            facts = found.groupdict()
            if "reason" in facts:
                facts["reason"] = _translated(facts["reason"], REASONS) or facts["reason"]
            return _(sentence).format(**facts)
    return None
