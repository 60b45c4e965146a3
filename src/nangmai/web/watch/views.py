"""The roster of a week, and the watch: take a shift, hand it over, stay, leave. Services ask whether the person may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.access import signed_in
from nangmai.web.accounts import services as accounts
from nangmai.web.accounts.models import User
from nangmai.web.accounts.step_up import is_stepped_up, to_step_up
from nangmai.web.accounts.throttle import SignInBlocked
from nangmai.web.accounts.views import person
from nangmai.web.authority import authority, requires_act
from nangmai.web.errors import translated
from nangmai.web.watch import grid, identity, items, minutes, queries, services
from nangmai.web.watch.faults import fault_error
from nangmai.web.watch.forms import HandoverForm, LeaveForm, PostForm, ShiftForm, StayForm
from nangmai.web.watch.models import ROSTER, Handover, Post, RosterWeek, Shift

proposing = requires_act("roster.propose")
watching = requires_act("shift.take")

#: what an error keeps from happening, without being anybody's attack: said on the page, not instead of it
EXPECTED = (Kind.CONFLICT, Kind.PRECONDITION, Kind.INVALID)


@signed_in
def roster(request: HttpRequest) -> HttpResponse:
    """The week as a grid of posts and days, and what is still wrong with it."""
    return _roster_page(request, _monday(request.GET.get("week", "")))


def _monday(text: str) -> date:
    try:
        return queries.monday(date.fromisoformat(text)) if text else queries.monday(timezone.localdate(utc_now()))
    except (ValueError, OverflowError) as error:
        raise Http404 from error


def _roster_page(request: HttpRequest, begins: date, form: ShiftForm | None = None) -> HttpResponse:
    week = queries.week(begins) or RosterWeek(begins=begins)
    user = person(request)
    may_propose = authority().may_do(user, "roster.propose")
    faults = queries.faults(week) if week.pk else []
    if form is None and may_propose and week.state != RosterWeek.State.PUBLISHED and Post.objects.exists():
        form = ShiftForm(week, initial={"begin": "07:00", "end": "19:00"})
    context = {
        "week": week,
        "last_day": week.days[-1],
        "rows": grid.rows(week),
        "days": week.days,
        "today": timezone.localdate(utc_now()),
        "faults": [(fault, translated(fault_error(fault))) for fault in faults],
        "coverage": grid.coverage(week) if week.pk else None,
        "steps": [
            step for step in ROSTER.events(week.state) if step.event != "reopen" and authority().may_do(user, step.act)
        ],
        "before": begins - timedelta(days=7),
        "after": begins + timedelta(days=7),
        "form": form,
        "post_form": PostForm() if may_propose else None,
        "may_propose": may_propose,
    }
    return render(request, "watch/roster.html", context, status=400 if form is not None and form.errors else 200)


def _to_week(begins: date) -> HttpResponse:
    return redirect(f"{reverse('watch:roster')}?week={begins.isoformat()}")


def _attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it; what stands against it becomes a notice."""
    try:
        act()
    except Error as error:
        if error.kind not in EXPECTED:
            raise
        messages.warning(request, translated(error))
        return False
    messages.success(request, done)
    return True


@proposing
@require_POST
def add_post(request: HttpRequest) -> HttpResponse:
    """A place to plan for."""
    form = PostForm(request.POST)
    if form.is_valid():
        _attempt(request, lambda: services.add_post(by=person(request), **form.cleaned_data), _("The post is added."))
    else:
        messages.warning(request, _("A post needs a name."))
    return redirect("watch:roster")


@proposing
@require_POST
def plan(request: HttpRequest, week: str) -> HttpResponse:
    """Add shifts."""
    begins = _monday(week)
    row, _made = RosterWeek.objects.get_or_create(begins=begins)
    form = ShiftForm(row, request.POST)
    if not form.is_valid():
        return _roster_page(request, begins, form)
    given = form.cleaned_data
    _attempt(
        request,
        lambda: services.plan_shifts(
            by=person(request), week=row, post=given["post"], person=given["person"], periods=form.periods()
        ),
        _("Planned."),
    )
    return _to_week(begins)


@proposing
@require_POST
def copy(request: HttpRequest, week: str) -> HttpResponse:
    """Plan as in the week before."""
    begins = _monday(week)
    row, _made = RosterWeek.objects.get_or_create(begins=begins)
    source = queries.week_or_404(begins - timedelta(days=7))
    _attempt(request, lambda: services.copy_week(by=person(request), week=row, source=source), _("Planned."))
    return _to_week(begins)


@proposing
@require_POST
def remove(request: HttpRequest, shift: int) -> HttpResponse:
    """Take a shift out of the plan."""
    row = get_object_or_404(Shift.objects.select_related("week"), pk=shift)
    begins = row.week.begins
    _attempt(request, lambda: services.remove_shift(by=person(request), shift=row), _("Taken out of the plan."))
    return _to_week(begins)


@signed_in
@require_POST
def move(request: HttpRequest, week: str) -> HttpResponse:
    """Check, approve or publish; the service asks for the act of the step."""
    row = queries.week_or_404(_monday(week))
    event = request.POST.get("event", "")
    is_proven = is_stepped_up(request)
    if event == "approve" and not is_proven:
        return to_step_up(f"{reverse('watch:roster')}?week={row.begins.isoformat()}")
    done = {"check": _("The roster is checked."), "approve": _("The roster is approved.")}
    _attempt(
        request,
        lambda: services.move_week(by=person(request), week=row, event=event, is_stepped_up=is_proven),
        done.get(event, _("The roster is published.")),
    )
    return _to_week(row.begins)


@signed_in
def shift(request: HttpRequest) -> HttpResponse:
    """Who is on watch, the own shift, what can be taken or handed over now."""
    return _shift_page(request, None)


def _shift_page(request: HttpRequest, form: HandoverForm | None) -> HttpResponse:
    user, now = person(request), utc_now()
    own = Shift.objects.filter(person=user, state=Shift.State.ON_WATCH).select_related("post").first()
    due = None if own else next(iter(queries.due(user, now)), None)
    holder = queries.on_watch_at(due.post) if due else None
    empty = None if own or due else _empty_post(user)
    if form is None and (own or (due and not holder)):
        form = _handover_form(request, (own or due).post, is_joint=own is not None)  # type: ignore[union-attr]
    elif form is None and empty is not None and authority().may_do(user, "shift.take"):
        form = _handover_form(request, empty.post, is_joint=False, is_relief=True)
    context = {
        "own": own,
        "is_over": own is not None and now >= own.until,
        "due": due,
        "holder": holder,
        "empty": empty,
        "posts": [(post, queries.on_watch_at(post), queries.next_at(post, now)) for post in Post.objects.all()],
        "form": form,
        "stay_form": StayForm() if own else None,
        "leave_form": LeaveForm() if own else None,
        "handovers": Handover.objects.select_related("incoming__person", "outgoing__person", "incoming__post")[:10],
        "may_watch": authority().may_do(user, "shift.take"),
        "may_print": authority().may_do(user, minutes.WRITE),
    }
    return render(request, "watch/shift.html", context, status=400 if form is not None and form.errors else 200)


def _empty_post(user: User) -> Shift | None:
    """A shift of somebody else that has begun while nobody holds its post."""
    now = utc_now()
    planned = (queries.planned_now(post, now) for post in Post.objects.all() if queries.on_watch_at(post) is None)
    return next((shift for shift in planned if shift is not None and shift.person_id != user.pk), None)


def _handover_form(request: HttpRequest, post: Post, *, is_joint: bool, is_relief: bool = False) -> HandoverForm:
    found = [(item.key, items.in_words(item.as_json())) for item in items.open_items(post, utc_now())]
    given = request.POST if request.method == "POST" else None
    return HandoverForm(found, given, is_joint=is_joint, is_relief=is_relief)


@watching
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Begin the own shift where nobody is on watch."""
    user = person(request)
    due = next(iter(queries.due(user, utc_now())), None)
    if due is None:
        return redirect("watch:shift")
    form = _handover_form(request, due.post, is_joint=False)
    if form.is_valid():
        try:
            done = services.take(by=user, shift=due, confirmed=form.confirmed, note=form.cleaned_data["note"])
        except Error as error:
            if error.kind not in EXPECTED:
                raise
            form.add_error(None, translated(error))
        else:
            return redirect("watch:handover", done.pk)
    return _shift_page(request, form)


@watching
@require_POST
def stand_in(request: HttpRequest, post: int) -> HttpResponse:
    """Hold a post where somebody else was planned and nobody came."""
    found = get_object_or_404(Post, pk=post)
    form = _handover_form(request, found, is_joint=False, is_relief=True)
    if form.is_valid():
        given = form.cleaned_data
        try:
            done = services.relieve(
                by=person(request), post=found, reason=given["reason"], confirmed=form.confirmed, note=given["note"]
            )
        except Error as error:
            if error.kind not in EXPECTED:
                raise
            form.add_error(None, translated(error))
        else:
            return redirect("watch:handover", done.pk)
    return _shift_page(request, form)


@watching
@sensitive_post_parameters("password")
@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """Both at this console: who is on watch is signed in, who comes proves it here; then the console is theirs."""
    own = get_object_or_404(Shift, person=person(request), state=Shift.State.ON_WATCH)
    form = _handover_form(request, own.post, is_joint=True)
    if not form.is_valid():
        return _shift_page(request, form)
    given = form.cleaned_data
    try:
        comer = identity.prove(
            request=request, username=given["username"], password=given["password"], code=given["code"]
        )
        done = _handed_over(own, comer, form)
    except (SignInBlocked, identity.IncomingUnproven) as error:
        form.add_error("password", translated(error))
    except Error as error:
        if error.kind not in EXPECTED:
            raise
        form.add_error(None, translated(error))
    else:
        accounts.sign_out(request=request)
        accounts.sign_in(request=request, username=given["username"], password=given["password"])
        return redirect("watch:handover", done.pk)
    return _shift_page(request, form)


def _handed_over(own: Shift, comer: User, form: HandoverForm) -> Handover:
    """To who is planned; to somebody else who says why."""
    given = form.cleaned_data
    due = [one for one in queries.due(comer, utc_now()) if one.post_id == own.post_id]
    if due:
        return services.hand_over(outgoing=own, incoming=due[0], by=comer, confirmed=form.confirmed, note=given["note"])
    if not given["reason"].strip():
        early = queries.limits().handover // timedelta(minutes=1)
        raise services.ShiftNotDue(person=comer.display_name, post=own.post.name, minutes=early)
    return services.relieve(
        by=comer,
        post=own.post,
        reason=given["reason"],
        confirmed=form.confirmed,
        outgoing=own,
        note=given["note"],
    )


@watching
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The relief has not come."""
    own, form = get_object_or_404(Shift, person=person(request), state=Shift.State.ON_WATCH), StayForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say how many minutes longer, and why."))
        return redirect("watch:shift")
    until, reason = form.until(own), form.cleaned_data["reason"]
    _attempt(
        request,
        lambda: services.extend(by=person(request), shift=own, until=until, reason=reason),
        _("You are on watch longer. The ledger has your reason."),
    )
    return redirect("watch:shift")


@watching
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the shift without relief."""
    own = get_object_or_404(Shift, person=person(request), state=Shift.State.ON_WATCH)
    reason = request.POST.get("reason", "")
    _attempt(
        request,
        lambda: services.close(by=person(request), shift=own, reason=reason),
        _("Your shift is over. The post is empty until somebody takes it."),
    )
    return redirect("watch:shift")


@signed_in
def handover(request: HttpRequest, handover: int) -> HttpResponse:
    """The record of one handover, to read and to print."""
    rows = Handover.objects.select_related("incoming__person", "incoming__post", "outgoing__person")
    row = get_object_or_404(rows, pk=handover)
    context = {
        "row": row,
        "said": [items.in_words(one) for one in row.items],
        "may_print": authority().may_do(person(request), minutes.WRITE),
    }
    return render(request, "watch/handover.html", context)
