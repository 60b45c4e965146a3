"""What other apps may want to hear about directions."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with person when a direction to them was signed or withdrawn: tickets that rested on it are asked for again
directions_changed = Signal()
