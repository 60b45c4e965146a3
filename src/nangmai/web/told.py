"""What the acts of the ledger do to the cases they tell of: the tables of all apps, for `custody.ledger_replay`.

Pure, as the tables are: an export is replayed where there is no database and no Django.
"""

from __future__ import annotations

from collections.abc import Mapping

from nangmai.custody.ledger_replay import Tell
from nangmai.web.amendments import told as amendments
from nangmai.web.compliance import told as compliance
from nangmai.web.directions import told as directions
from nangmai.web.documents import told as documents
from nangmai.web.duties import told as duties
from nangmai.web.emergencies import told as emergencies
from nangmai.web.footage import told as footage
from nangmai.web.incidents import told as incidents
from nangmai.web.letters import told as letters
from nangmai.web.matters import told as matters
from nangmai.web.people import told as people
from nangmai.web.regulation import told as regulation
from nangmai.web.sites import told as sites
from nangmai.web.watch import told as watch

APPS = (
    amendments,
    compliance,
    directions,
    documents,
    duties,
    emergencies,
    footage,
    incidents,
    letters,
    matters,
    people,
    regulation,
    sites,
    watch,
)

TOLD: Mapping[str, Tell] = {act: tell for app in APPS for act, tell in app.TOLD.items()}

#: acts that change none of those cases: what was seen, proven, received, and what accounts and recorders are told
QUIET = frozenset(
    (
        *("account.added", "password.changed", "factor.added", "factor.removed", "identity.proven"),
        *("session.opened", "session.closed", "footage.viewed", "disclosure.erased", "ledger.exported"),
        *("checkpoint.received", "checkpoint.witnessed", "ledger.verified", "recorder.expected", "recorder.pinned"),
        *("camera.placed", "site.changed"),
        *("shift.missed", "presence.confirmed", "presence.missed", "handover.printed"),
    )
)
