"""What other apps may want to add to a handover, and to hear of the watch."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with `post` and `at` when the list of a handover is made; receivers answer with a list of `items.Item`
asked_what_is_open = Signal()

#: sent with person when somebody is on watch no more: what rested on the own shift ends
watch_left = Signal()
