"""Writes the ledger: `append` in the transaction of the act itself, so that the act and its entry are one commit.

Never changes or deletes an entry. What names a person goes into `personal`; `erase` takes it away again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet

from nangmai.base.clock import Clock, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.custody import ledger
from nangmai.custody.ledger import SALT_BYTES, LedgerCheckpoint, commitment, state_hash
from nangmai.custody.merkle import CompactRange, leaf_hash
from nangmai.web.accounts.models import User
from nangmai.web.ledger import exports, keys
from nangmai.web.ledger.models import Checkpoint, Disclosure, Entry, LedgerHead

SYSTEM = "system"
UNKNOWN = "unknown"  #: nobody who is known here
CHECKPOINT_EVERY_US = 3600 * US_PER_S
_LONGEST = {"act": 60, "actor": 120, "thing": 200, "assignment": 60, "version": 64}


class NothingToExport(Error):
    """The ledger has {size} entries; {first} to {last} is no part of it."""

    kind: ClassVar[Kind] = Kind.INVALID


class EntryTooLong(Error):
    """The ledger takes no {field} of more than {most} characters: {value!r}."""

    kind: ClassVar[Kind] = Kind.INVALID


def actor_of(user: User | None) -> str:
    """The number by which entries name a person."""
    return UNKNOWN if user is None else f"p-{user.pk}"


def append(
    *,
    act: str,
    actor: str,
    thing: str,
    outcome: str = "done",
    clauses: Iterable[str] = (),
    version: str = "",
    assignment: str = "",
    before: Any = None,
    after: Any = None,
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> Entry:
    """Write one entry, in the caller's transaction where there is one; other writers wait until that ends.

    `act` is what was done (`ticket.issued`), `actor` a number (`p-12`, `recorder:nvr-1`, `system`), `thing` what it was
    done to (`camera:nvr-1/cam-03`). `before` and `after` are JSON values of the thing, kept as their hashes. `personal`
    is what names or describes a person, by field.
    """
    given = {"act": act, "actor": actor, "thing": thing, "assignment": assignment, "version": version}
    disclosed = {field: (secrets.token_bytes(SALT_BYTES), legible(text)) for field, text in (personal or {}).items()}
    with transaction.atomic(savepoint=False):
        head = LedgerHead.objects.select_for_update().get()
        entry = ledger.Entry(
            **_checked(given),
            seq=head.size,
            at_us=wall_us(clock),
            outcome=outcome,
            clauses=tuple(map(legible, clauses)),
            before=None if before is None else state_hash(legible(before)),
            after=None if after is None else state_hash(legible(after)),
            facts=legible(dict(facts or {})),
            personal={field: commitment(salt, text) for field, (salt, text) in disclosed.items()},
        )
        row = _write(head, entry)
        Disclosure.objects.bulk_create(
            Disclosure(entry=row, field=field, salt=salt, text=text) for field, (salt, text) in disclosed.items()
        )
    return row


def _checked(given: Mapping[str, str]) -> dict[str, str]:
    for field, value in given.items():
        if len(value) > _LONGEST[field]:
            raise EntryTooLong(field=field, most=_LONGEST[field], value=value)
    return {field: legible(value) for field, value in given.items()}


def _write(head: LedgerHead, entry: ledger.Entry) -> Entry:
    """The row of an entry, and the head after it."""
    body = entry.canonical()
    ledger.Entry.parse(body)  # what the form refuses is refused now, not when somebody verifies
    tree = CompactRange.parse(head.size, bytes(head.hashes))
    row = Entry(
        nodes=b"".join(tree.append(leaf_hash(body))),
        body=body.decode(),
        clauses=f" {' '.join(entry.clauses)} " if entry.clauses else "",
        **{name: getattr(entry, name) for name in ("seq", "at_us", "act", "actor", "thing", "outcome")},
        **{name: _moment(entry.facts.get(name)) for name in ("from_us", "to_us")},
    )
    row.save(force_insert=True)
    head.size, head.hashes = tree.size, tree.serialise()
    head.save(update_fields=["size", "hashes"])
    return row


def _moment(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**63 else None


@transaction.atomic
def checkpoint(*, clock: Clock | None = None) -> Checkpoint:
    """Sign what is there now; the newest checkpoint when nothing was added since. Witnesses are told by the clock."""
    head = LedgerHead.objects.select_for_update().get()
    known = Checkpoint.objects.filter(size=head.size).first()
    if known is not None:
        return known
    root = CompactRange.parse(head.size, bytes(head.hashes)).root()
    note = LedgerCheckpoint(keys.origin(), head.size, root).sign(keys.signing_key())
    now_us = wall_us(clock)
    return Checkpoint.objects.create(size=head.size, root=root.hex(), note=note, made_us=now_us)


def checkpoint_when_due(*, clock: Clock | None = None) -> Checkpoint | None:
    """One every hour in which something was added."""
    now_us = wall_us(clock)
    newest = Checkpoint.objects.first()
    is_early = newest is not None and 0 <= now_us - newest.made_us < CHECKPOINT_EVERY_US
    if is_early or LedgerHead.objects.get().size == (newest.size if newest else 0):
        return None
    return checkpoint(clock=clock)


def export(path: Path, first: int = 0, last: int | None = None, *, actor: str = SYSTEM) -> Checkpoint:
    """Write the entries `first` to `last` with all that proves them, as a folder or a .zip; the export is an entry too.

    The entry about it comes after the checkpoint that the export ends with, so that the same range exports alike.
    """
    size = LedgerHead.objects.get().size
    end = size if last is None else last + 1
    if not 0 <= first < end <= size:
        raise NothingToExport(size=size, first=first, last=end - 1)
    newest = checkpoint()
    exports.write(path, first=first, end=end, newest=newest)
    append(act="ledger.exported", actor=actor, thing="ledger", facts={"first": first, "last": end - 1})
    return newest


@transaction.atomic
def erase(disclosures: QuerySet[Disclosure], *, actor: str, clauses: Iterable[str] = ()) -> int:
    """Delete salt and text behind commitments: nobody can tell any more what they were, and the tree stays as it is."""
    gone = list(disclosures.order_by("entry_id", "field").values_list("entry_id", "field"))
    if gone:
        disclosures.delete()
        facts = {"disclosures": [[seq, field] for seq, field in gone]}
        append(act="disclosure.erased", actor=actor, thing="ledger", clauses=clauses, facts=facts)
    return len(gone)


def legible(value: Any) -> Any:
    """The JSON value with text that UTF-8 can say: RFC 3629 §3 has no surrogates, what came from outside may."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {legible(str(key)): legible(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [legible(part) for part in value]
    return value
