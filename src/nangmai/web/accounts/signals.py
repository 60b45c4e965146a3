"""What other apps may want to hear about accounts."""

from __future__ import annotations

from django.dispatch import Signal

#: sent with session_key when a session ends, whoever ended it: what it opened has to close
session_ended = Signal()

#: sent with act and user (None: nobody known here), and where needed outcome, is_by_system, facts and personal, when
#: something happened that the ledger has to know; inside the transaction of the act
acted = Signal()
