"""The register of assignments, the page of one person, and the forms that sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error
from nangmai.web.access import signed_in
from nangmai.web.accounts.models import User
from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.authority import authority, requires_act, role_title
from nangmai.web.errors import translated
from nangmai.web.people import queries, register, services
from nangmai.web.people.forms import AssignForm, DelegateForm, ReasonForm, RecuseForm
from nangmai.web.people.models import Assignment, Delegation, Recusal, Unit

SEE, ASSIGN, DELEGATE = "people.see", services.ASSIGN, services.DELEGATE


@requires_act(SEE)
def people(request: HttpRequest) -> HttpResponse:
    """Who holds what, where and until when; ?q, ?role, ?unit look, ?all=1 shows what has ended too."""
    asked = request.GET
    wanted = register.Wanted(
        asked.get("q", "").strip(), asked.get("role", ""), asked.get("unit", ""), bool(asked.get("all"))
    )
    now = utc_now()
    holding = Assignment.objects.filter(queries.in_force(now)).values("person_id")
    context = {
        "lines": register.lines(now, wanted),
        "wanted": wanted,
        "roles": authority().roles(),
        "units": Unit.objects.all(),
        "unassigned": User.objects.filter(is_active=True).exclude(pk__in=holding),
        "may_assign": authority().may_do(person(request), ASSIGN),
    }
    return render(request, "people/people.html", context)


@requires_act(SEE)
def one(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: assignments, delegations, recusals."""
    return _person_page(request, get_object_or_404(User, pk=person_id))


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """What one holds oneself; open to everybody."""
    return _person_page(request, person(request))


def _person_page(request: HttpRequest, shown: User) -> HttpResponse:
    now, reader = utc_now(), person(request)
    context = {
        "shown": shown,
        "is_own": shown == reader,
        "holds": queries.holdings(shown, now),
        "lines": register.lines_of(shown, now),
        "given": register.given_by(shown, now),
        "recusals": Recusal.objects.filter(person=shown).select_related("declared_by"),
        "may_see": authority().may_do(reader, SEE),
        "may_assign": shown != reader and authority().may_do(reader, ASSIGN),
        "may_end": authority().may_do(reader, ASSIGN),
        "may_delegate": shown == reader and authority().may_do(reader, DELEGATE),
        "now": now,
    }
    return render(request, "people/person.html", context)


Form = django_forms.Form


def _sign(
    request: HttpRequest, form: Form, run: Callable[[], Any], shown: User, done: str, **context: Any
) -> HttpResponse:
    """Show the form, or run what it asks for; what the service refuses for its sense stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            run()
        except SENSE as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, done)
            return redirect("people:mine") if shown == person(request) else redirect("people:one", shown.pk)
    context = {"form": form, "shown": shown, "is_own": shown == person(request), **context}
    return render(request, "people/sign.html", context)


#: refusals that the person at the form can mend there
SENSE: tuple[type[Error], ...] = (
    services.PeriodBackwards,
    services.ReasonMissing,
    services.RoleUnknown,
    services.DelegationTooWide,
    services.LastSigner,
)


@requires_act(ASSIGN)
@require_http_methods(["GET", "POST"])
@step_up()
def assign(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a person a role."""
    shown = get_object_or_404(User, pk=person_id, is_active=True)
    if shown == person(request):
        raise services.SelfAssignment
    form = AssignForm(typed(request))

    def run() -> None:
        given = form.cleaned_data
        services.assign(
            person=shown,
            role=given["role"],
            by=person(request),
            is_stepped_up=is_stepped_up(request),
            area=given["area"].strip(),
            unit=services.add_unit(name=given["unit"].strip()) if given["unit"].strip() else None,
            span=form.span,
            document=given["document"],
        )

    title = _("Assign a role to {name}").format(name=shown.display_name)
    return _sign(request, form, run, shown, _("Signed. The assignment is in the register."), title=title)


@requires_act(ASSIGN)
@require_http_methods(["GET", "POST"])
@step_up()
def revoke(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """End an assignment, with the reason."""
    row = get_object_or_404(Assignment.objects.select_related("person"), pk=assignment_id)
    form = ReasonForm(typed(request))

    def run() -> None:
        services.revoke(
            assignment=row,
            by=person(request),
            is_stepped_up=is_stepped_up(request),
            reason=form.cleaned_data["reason"],
        )

    title = _("Revoke {role} from {name}").format(role=role_title(row.role), name=row.person.display_name)
    note = _("It ends at once, with every delegation of it and every picture it had open. The register keeps it.")
    return _sign(request, form, run, row.person, _("Revoked. It grants nothing any more."), title=title, note=note)


@requires_act(DELEGATE)
@require_http_methods(["GET", "POST"])
@step_up()
def delegate(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Let another person act in one's own assignment."""
    row = get_object_or_404(Assignment, pk=assignment_id)
    if row.person_id != person(request).pk:
        basis = authority().require(person(request), DELEGATE, is_stepped_up=True)
        raise services.NotOwnAssignment(clause=", ".join(basis.clauses))
    form = DelegateForm(row, typed(request))

    def run() -> None:
        given = form.cleaned_data
        services.delegate(
            assignment=row,
            taker=given["taker"],
            by=person(request),
            is_stepped_up=is_stepped_up(request),
            form=given["form"],
            span=form.span,
            acts=given["acts"],
            areas=given.get("areas", []),
            document=given["document"],
        )

    title = _("Delegate {role}").format(role=role_title(row.role))
    note = _("You keep your own assignment. The delegation ends with it, and cannot be passed on.")
    return _sign(
        request, form, run, person(request), _("Signed. The delegation is in the register."), title=title, note=note
    )


@requires_act(DELEGATE)
@require_http_methods(["GET", "POST"])
@step_up()
def withdraw(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation, with the reason."""
    row = get_object_or_404(Delegation.objects.select_related("taker", "giver", "assignment"), pk=delegation_id)
    form = ReasonForm(typed(request))

    def run() -> None:
        services.withdraw(
            delegation=row,
            by=person(request),
            is_stepped_up=is_stepped_up(request),
            reason=form.cleaned_data["reason"],
        )

    title = _("Withdraw the delegation to {name}").format(name=row.taker.display_name)
    return _sign(request, form, run, row.giver, _("Withdrawn. It grants nothing any more."), title=title)


@signed_in
@require_http_methods(["GET", "POST"])
@step_up()
def recuse_myself(request: HttpRequest) -> HttpResponse:
    """Keep out of a case."""
    return _recuse(request, person(request), _("Keep out of a case"))


@requires_act(ASSIGN)
@require_http_methods(["GET", "POST"])
@step_up()
def recuse(request: HttpRequest, person_id: int) -> HttpResponse:
    """Keep another person out of a case."""
    shown = get_object_or_404(User, pk=person_id)
    return _recuse(request, shown, _("Keep {name} out of a case").format(name=shown.display_name))


def _recuse(request: HttpRequest, shown: User, title: str) -> HttpResponse:
    form = RecuseForm(typed(request))

    def run() -> None:
        services.recuse(
            person=shown,
            case=form.cleaned_data["case"],
            reason=form.cleaned_data["reason"],
            by=person(request),
            is_stepped_up=is_stepped_up(request),
            span=form.span,
        )

    note = _(
        "From then on nothing of that case opens for this person, not even the live picture in its place and time."
    )
    return _sign(request, form, run, shown, _("Declared. It is in the register."), title=title, note=note)
