"""The regulation beside its norms, the role matrix, versions, and the page on which a person acknowledges the text."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.base.clock import wall_us
from nangmai.regulation.acts import ACTS
from nangmai.web.access import signed_in
from nangmai.web.accounts.views import next_address, person
from nangmai.web.regulation import printing, queries, services, versions
from nangmai.web.regulation.authorities import asker, requires, said
from nangmai.web.regulation.models import Acknowledgement, Version
from nangmai.web.regulation.purposes import state_purpose, stated_purpose


def _shown(version: Version) -> dict[str, object]:
    regulation = versions.text_of(version)
    return {
        "version": version,
        "title": said(regulation.title),
        "issuer": said(regulation.issuer),
        "regulation": regulation,
        "articles": queries.articles_of(regulation),
        "parameters": queries.parameters_of(regulation),
        "is_in_force": version == versions.in_force(wall_us()),
    }


@requires("regulation.read")
def text(request: HttpRequest) -> HttpResponse:
    """The text in force: clauses on the left, what they permit, forbid and oblige on the right."""
    version = versions.in_force(wall_us())
    if version is None:
        return render(request, "regulation/none.html", status=404)
    return render(request, "regulation/text.html", _shown(version))


@requires("regulation.read")
def version(request: HttpRequest, sha256: str) -> HttpResponse:
    """Any version, as it was signed."""
    return render(request, "regulation/text.html", _shown(get_object_or_404(Version, sha256=sha256)))


@requires("regulation.read")
def matrix(request: HttpRequest) -> HttpResponse:
    """Who may do what: made from the compiled norms, never written by hand."""
    current = versions.in_force(wall_us())
    if current is None:
        return render(request, "regulation/none.html", status=404)
    roles, rows = queries.matrix_of(versions.text_of(current))
    return render(request, "regulation/matrix.html", {"roles": roles, "rows": rows, "version": current})


@requires(printing.ISSUE)
@require_POST
def print_assignments(request: HttpRequest) -> HttpResponse:
    """The decision of all assignments in force; it is signed on its own page."""
    return redirect("documents:document", printing.print_assignments(by=person(request)).token)


@requires(printing.ISSUE)
@require_POST
def print_register(request: HttpRequest) -> HttpResponse:
    """The sign-off register of the text in force, as it stands now."""
    return redirect("documents:document", printing.print_register(by=person(request)).token)


@requires("regulation.read")
def all_versions(request: HttpRequest) -> HttpResponse:
    """What was in force when, and who has acknowledged the newest."""
    current = versions.in_force(wall_us())
    context = {
        "versions": queries.versions_of(),
        "current": current,
        "register": queries.register_of(current) if current else [],
        "missing": queries.missing_from(current) if current else [],
    }
    return render(request, "regulation/versions.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Read and sign: before that, no footage."""
    user = person(request)
    current = versions.in_force(wall_us())
    if current is None:
        return render(request, "regulation/none.html", status=404)
    if request.method == "POST":
        if request.POST.get("sha256") != current.sha256 or not request.POST.get("read"):
            messages.error(
                request, _("Tick the box below the text, then sign. If a newer version came meanwhile, read that.")
            )
            return redirect("regulation:acknowledge")
        services.acknowledge(person=user)
        messages.success(request, _("You have acknowledged the regulation. It is written in the sign-off register."))
        return redirect("home")
    mine = Acknowledgement.objects.filter(version=current, person=user).first()
    return render(request, "regulation/acknowledge.html", _shown(current) | {"mine": mine})


@signed_in
@require_http_methods(["GET", "POST"])
def purpose(request: HttpRequest) -> HttpResponse:
    """What for: asked where a norm lets a person look for a purpose only. Offers the purposes that would let them."""
    current = versions.in_force(wall_us())
    acts = [act for act in request.GET.getlist("act") if act in ACTS]
    regulation = versions.text_of(current) if current else None
    offered = asker(request).purposes_for(*(acts or ("playback.view", "live.view")))
    choices = queries.purposes_of(regulation, offered) if regulation else {}
    if request.method == "POST":
        chosen = request.POST.get("purpose", "")
        if chosen in choices:
            state_purpose(request, chosen)
            return redirect(next_address(request))
        messages.error(request, _("Choose what you look at the pictures for."))
    context = {"choices": choices, "stated": stated_purpose(request), "next": next_address(request)}
    return render(request, "regulation/purpose.html", context)
