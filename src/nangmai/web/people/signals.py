"""What other apps may want to hear about assignments."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with person, and at (a datetime; None: now), when somebody's holdings or recusals changed: what was
#: granted before that moment has to be asked for again. It may be sent more than once for the same moment.
holdings_changed = Signal()
