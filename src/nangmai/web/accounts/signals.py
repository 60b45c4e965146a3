"""What other apps may want to hear about accounts."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with session_key when a session ends, whoever ended it: what it opened has to close
session_ended = Signal()
