"""What everybody may read without signing in: the text in force. No norms, no people, no pictures.

And what leads there: the signs that hang where there are cameras.
"""

from __future__ import annotations

import functools

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from nangmai.base.clock import utc_now, wall_us
from nangmai.web.access import public
from nangmai.web.documents import queries as papers_kept
from nangmai.web.documents import services as documents
from nangmai.web.documents.models import Document
from nangmai.web.regulation import notices, papers, queries, versions
from nangmai.web.regulation.authorities import requires, said
from nangmai.web.regulation.models import Version
from nangmai.web.sites.queries import area as site_area


@public
@require_GET
def public_text(request: HttpRequest) -> HttpResponse:
    """The articles of the text in force, to read and to print."""
    version = versions.in_force(wall_us())
    if version is None:
        return render(request, "regulation/none.html", status=404)
    regulation = versions.text_of(version)
    context = {
        "version": version,
        "title": said(regulation.title),
        "issuer": said(regulation.issuer),
        "regulation": regulation,
        "articles": queries.words_of(regulation),
        "decision": _decision(version),
        "has_pdf": papers_kept.has_letterhead(timezone.localdate(utc_now())),
    }
    return render(request, "regulation/public_text.html", context)


def _decision(version: Version) -> Document | None:
    """The signed decision, where it was made in this system and counts."""
    kind, _colon, token = version.document.partition(":")
    found = Document.objects.filter(token=token, annulled_at=None).first() if kind == "document" else None
    return found if found is not None and found.state == "in_force" else None


@public
@require_GET
def public_pdf(request: HttpRequest) -> HttpResponse:
    """The text in force as PDF/A."""
    version = versions.in_force(wall_us())
    if version is None:
        raise Http404
    day = timezone.localdate(utc_now())
    head = papers_kept.letterhead(day)
    answer = HttpResponse(_drawn(version.sha256, head.pk, head.public_address), content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline"
    return answer


@functools.lru_cache(maxsize=4)
def _drawn(sha256: str, letterhead: int, address: str) -> bytes:
    """Drawn once for a version and a letterhead: anybody may ask for it."""
    regulation = versions.text_of(Version.objects.get(sha256=sha256))
    return documents.sheet(
        "regulation_text",
        papers.public_text(regulation),
        day=timezone.localdate(utc_now()),
        address=address + reverse("public_regulation"),
        sha256=sha256,
    )


@requires("regulation.read")
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Every area with cameras, and its sign."""
    return render(request, "regulation/notices.html", {"rows": notices.places_with_cameras()})


@requires("regulation.read")
@require_GET
def notice(request: HttpRequest, area: int) -> HttpResponse:
    """The sign of an area, to print."""
    pdf = notices.sign_of(site_area(area))
    if pdf is None:
        raise Http404
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline"
    return answer
