"""Entries, what they disclose of persons, the head of the log, its checkpoints and who holds them.

`Entry.body` is the truth: its bytes are what was hashed. The other columns say the same again for searching, and the
page of an entry checks that they do. Triggers refuse to change or delete a row; the proof is the tree.
"""

from __future__ import annotations

from functools import cached_property

from django.db import models

from nangmai.custody import ledger
from nangmai.custody.ledger import OUTCOMES


class Entry(models.Model):
    """One leaf of the log; `seq` is its number, counted from 0."""

    seq = models.BigIntegerField(primary_key=True)
    at_us = models.BigIntegerField()
    act = models.CharField(max_length=60)
    actor = models.CharField(max_length=120)
    thing = models.CharField(max_length=200)
    outcome = models.CharField(max_length=10)
    clauses = models.TextField(blank=True)  #: between blanks, so that one can be found: " Đ7.1 Đ4.2 "
    from_us = models.BigIntegerField(null=True)  #: the footage it is about, from facts
    to_us = models.BigIntegerField(null=True)
    body = models.TextField()
    nodes = models.BinaryField()  #: hashes of the perfect subtrees that this leaf completed, itself first

    class Meta:
        ordering = ("-seq",)
        indexes = (
            models.Index(name="ledger_by_act", fields=["act", "seq"]),
            models.Index(name="ledger_by_actor", fields=["actor", "seq"]),
            models.Index(name="ledger_by_thing", fields=["thing", "seq"]),
            models.Index(name="ledger_by_time", fields=["at_us", "seq"]),
            models.Index(name="ledger_by_clauses", fields=["clauses", "seq"]),
            models.Index(name="ledger_by_outcome", fields=["outcome", "seq"]),
        )
        constraints = (models.CheckConstraint(name="entry_outcome_is_known", condition=models.Q(outcome__in=OUTCOMES)),)

    @cached_property
    def said(self) -> ledger.Entry:
        """The entry as it was hashed."""
        return ledger.Entry.parse(self.body.encode())


class Disclosure(models.Model):
    """Salt and text behind a commitment; deleted when the person's data must go, and the entry stays."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="disclosures")
    field = models.CharField(max_length=40)
    salt = models.BinaryField()
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(name="disclosure_once_a_field", fields=["entry", "field"]),)


class LedgerHead(models.Model):
    """One row: how long the log is, and its compact range. Whoever appends holds it locked."""

    size = models.BigIntegerField(default=0)
    hashes = models.BinaryField(default=b"")

    class Meta:
        constraints = (models.CheckConstraint(name="ledger_has_one_head", condition=models.Q(id=1)),)


class Checkpoint(models.Model):
    """A signed root."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    made_us = models.BigIntegerField()

    class Meta:
        ordering = ("-size",)


class Witness(models.Model):
    """Where a checkpoint went, and what was answered."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="witnesses")
    kind = models.CharField(max_length=10)  #: paper | mail | folder | node | rfc3161
    place = models.CharField(max_length=300)
    at_us = models.BigIntegerField()
    outcome = models.CharField(max_length=10)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("-at_us",)
        constraints = (
            models.CheckConstraint(name="witness_outcome_is_known", condition=models.Q(outcome__in=OUTCOMES)),
        )
