"""What other apps may want to hear about assignments."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with person when somebody's holdings or recusals changed: what rested on them has to be asked for again
holdings_changed = Signal()
