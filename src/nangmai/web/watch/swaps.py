"""Swaps of shifts: a guard asks, the colleague agrees, somebody who may amend the roster approves.

Until it is approved a swap changes nothing. What the roster checks of a week, a swap has to pass for both: nobody is
planned twice, too long, or without rest. Each function is one transaction with its entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction

from nangmai.base.clock import Clock
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.watch import queries
from nangmai.web.watch.entries import basis_for, moment_of, record
from nangmai.web.watch.faults import fault_error
from nangmai.web.watch.models import SWAP, Shift, Swap
from nangmai.web.watch.services import NotYourShift, ReasonMissing

AMEND = "roster.amend"


class ShiftBegun(Error):
    """Only a published shift that has not begun can be swapped. Ask for relief during a shift instead."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class SwapAsked(Error):
    """This shift is being swapped already. Withdraw that first."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class TakerUnfit(Error):
    """{name} cannot take this shift: choose a colleague on the watch, and in return one of their own shifts."""

    kind: ClassVar[Kind] = Kind.INVALID


class NotYourSwap(Error):
    """This is for somebody else to answer: {name}."""

    kind: ClassVar[Kind] = Kind.DENIED


class SwapOwn(Error):
    """Who takes part in a swap does not approve it. Somebody else who may amend the roster has to."""

    kind: ClassVar[Kind] = Kind.DENIED


@one_act
def ask(
    *, by: User, shift: Shift, taker: User, reason: str, in_return: Shift | None = None, clock: Clock | None = None
) -> Swap:
    """Ask a colleague to take one's shift, perhaps for one of theirs."""
    basis, now = basis_for(by, "shift.take"), moment_of(clock)
    if shift.person_id != by.pk:
        raise NotYourShift(person=shift.person.display_name)
    if not reason.strip():
        raise ReasonMissing
    is_fit = taker.pk != by.pk and queries.watchers(now).filter(pk=taker.pk).exists()
    if not is_fit or (in_return is not None and in_return.person_id != taker.pk):
        raise TakerUnfit(name=taker.display_name)
    swap = Swap(shift=shift, in_return=in_return, asked_by=by, taker=taker, reason=reason.strip(), asked_at=now)
    _check(swap, ("open", "clash", "too_long", "short_rest"), now)
    try:
        with transaction.atomic():
            swap.save()
    except IntegrityError as error:
        raise SwapAsked from error
    told = {"shift": shift.pk, "in_return": in_return.pk if in_return else None, "taker": taker.pk}
    record(by, "swap.asked", swap.name, basis, clock, personal={"reason": swap.reason}, **told)
    return swap


def agree(*, by: User, swap: Swap, clock: Clock | None = None) -> Swap:
    """The colleague says yes."""
    return _answer(by, swap, "agree", clock)


def decline(*, by: User, swap: Swap, clock: Clock | None = None) -> Swap:
    """The colleague says no."""
    return _answer(by, swap, "decline", clock)


def withdraw(*, by: User, swap: Swap, clock: Clock | None = None) -> Swap:
    """Who asked thinks better of it."""
    return _answer(by, swap, "withdraw", clock)


@one_act
def _answer(by: User, swap: Swap, event: str, clock: Clock | None) -> Swap:
    """What one of the two says."""
    row = _locked(swap)
    basis, who = basis_for(by, "shift.take"), row.asked_by if event == "withdraw" else row.taker
    if who.pk != by.pk:
        raise NotYourSwap(name=who.display_name)
    step = SWAP.next(row.state, event)
    _check(row, step.guards, moment_of(clock))
    row.state = step.target
    row.save(update_fields=["state"])
    record(by, f"swap.{row.state}", row.name, basis, clock, shift=row.shift_id)
    return row


@one_act
def approve(*, by: User, swap: Swap, clock: Clock | None = None) -> Swap:
    """From now on the published roster names the other one."""
    row = _decided(by, swap, "approve", clock)
    for shift, person in _given(row):
        shift.person, shift.missed_at = person, None
        shift.save(update_fields=["person", "missed_at"])
    return row


@one_act
@one_act
def refuse(*, by: User, swap: Swap, reason: str, clock: Clock | None = None) -> Swap:
    """The roster stays as it is, and why."""
    if not reason.strip():
        raise ReasonMissing
    return _decided(by, swap, "refuse", clock, reason.strip())


def _decided(by: User, swap: Swap, event: str, clock: Clock | None, answer: str = "") -> Swap:
    row, now = _locked(swap), moment_of(clock)
    basis = basis_for(by, AMEND)
    if by.pk in (row.asked_by_id, row.taker_id):
        raise SwapOwn
    step = SWAP.next(row.state, event)
    _check(row, step.guards, now)
    row.state, row.decided_by, row.decided_at, row.answer = step.target, by, now, answer
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    given = [{"shift": shift.pk, "person": to.pk} for shift, to in _given(row)]
    personal = {"reason": answer} if answer else None
    record(by, f"swap.{row.state}", row.name, basis, clock, personal=personal, given=given)
    return row


def _locked(swap: Swap) -> Swap:
    related = ("shift__person", "shift__week", "in_return__person", "in_return__week", "asked_by", "taker")
    return Swap.objects.select_for_update(of=("self",)).select_related(*related).get(pk=swap.pk)


def _given(swap: Swap) -> list[tuple[Shift, User]]:
    """Which shift goes to whom."""
    mine = [(swap.shift, swap.taker)]
    return mine if swap.in_return is None else [*mine, (swap.in_return, swap.asked_by)]


def _check(swap: Swap, guards: tuple[str, ...], now: datetime) -> None:
    """Every guard of a step holds, or the error that says which does not."""
    given = _given(swap)
    if "open" in guards:
        for shift, to in given:
            owner = swap.asked_by if to == swap.taker else swap.taker
            if shift.person_id != owner.pk or not queries.coming(owner, now).filter(pk=shift.pk).exists():
                raise ShiftBegun
    for person in (swap.taker, swap.asked_by):
        gained = [shift.period for shift, to in given if to == person]
        leaving = [shift for shift, to in given if to != person]
        for fault in queries.new_faults(person, swap.shift.starts_at, gained, leaving):
            if fault.code in guards:
                raise fault_error(fault)
