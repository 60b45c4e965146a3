"""What other apps may want to hear about incidents."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with incident, cameras, from_us and to_us when an incident is reported: footage that it may rest on
hold_wanted = Signal()

#: sent with incident when nothing has to be kept for it any more
hold_released = Signal()
