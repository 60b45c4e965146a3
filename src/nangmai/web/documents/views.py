"""Pages about papers: the list, one paper, registers, the letterhead, and the public page behind a QR code."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nangmai.base.clock import utc_now
from nangmai.web.access import public as for_everybody
from nangmai.web.access import signed_in
from nangmai.web.accounts.step_up import is_stepped_up, to_step_up
from nangmai.web.accounts.views import person
from nangmai.web.authority import authority, requires_act
from nangmai.web.documents import certificates, files, previews, queries, services, verification
from nangmai.web.documents.forms import AnnulForm, FilterForm, LetterheadForm
from nangmai.web.documents.models import Document, Letterhead, NumberRegister, SignatureField
from nangmai.web.errors import translated

ROWS_A_PAGE = 50


@signed_in
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """The papers one may read, newest first."""
    user = person(request)
    form = FilterForm(request.GET, label_suffix="")
    rows = queries.documents_for(user)
    if form.is_valid():
        rows = _filtered(rows, **form.cleaned_data)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "asked": asked.urlencode(),
        "may_issue": authority().may_do(user, "document.issue"),
    }
    return render(request, "documents/documents.html", context)


def _filtered(rows: QuerySet[Document], *, q: str, kind: str, year: int | None, state: str) -> QuerySet[Document]:
    if q:
        rows = rows.filter(Q(number_text__icontains=q) | Q(subject__icontains=q))
    if kind:
        rows = rows.filter(kind=kind)
    if year:
        rows = rows.filter(year=year)
    if state:
        rows = rows.filter(annulled_at__isnull=state != "annulled")
    if state in ("in_force", "unsigned"):
        waiting = SignatureField.objects.filter(document=OuterRef("pk"), signed_at__isnull=True)
        rows = rows.filter(Exists(waiting) if state == "unsigned" else ~Exists(waiting))
    return rows


@signed_in
@require_GET
def document(request: HttpRequest, token: str) -> HttpResponse:
    """One paper: its pages, who signed, whether the signatures hold."""
    found = queries.document_for(person(request), token)
    return _document_page(request, found)


def _document_page(request: HttpRequest, found: Document, *, reason: AnnulForm | None = None) -> HttpResponse:
    user = person(request)
    fields = list(found.fields.all())
    context = {
        "document": found,
        "may_issue": authority().may_do(user, "document.issue"),
        "may_sign": any(field.user_id == user.pk and field.signed_at is None for field in fields)
        and authority().may_do(user, services.SIGN),
        "reason": reason or AnnulForm(),
    }
    try:
        pdf = files.load(found.pdf_sha256)
    except (files.PaperFileDamaged, files.PaperFileMissing) as error:
        context |= {"damage": translated(error), "signatures": [(field, None) for field in fields]}
    else:
        judged = {one.field: one for one in verification.judge(pdf, certificates.trusted_roots())}
        context |= {
            "signatures": [(field, judged.get(field.name)) for field in fields],
            "pages": range(1, verification.page_count(pdf) + 1),
        }
    status = 200 if reason is None else 400
    return render(request, "documents/document.html", context, status=status)


@signed_in
@require_GET
def download(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF itself."""
    found = queries.document_for(person(request), token)
    answer = HttpResponse(files.load(found.pdf_sha256), content_type="application/pdf")
    name = (found.number_text or found.kind).replace("/", "-")
    answer.headers["Content-Disposition"] = _attachment(name)
    return answer


def _attachment(name: str) -> str:
    """RFC 6266: the name in ASCII, and in full for those who read RFC 8187."""
    plain = name.encode("ascii", "ignore").decode().strip("-") or "document"
    return f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name)}.pdf"


@signed_in
@require_GET
def page(request: HttpRequest, token: str, page: int) -> HttpResponse:
    """A picture of one page, drawn from the PDF as it is stored."""
    found = queries.document_for(person(request), token)
    pdf = files.load(found.pdf_sha256)
    if not 1 <= page <= verification.page_count(pdf):
        raise queries.PaperNotFound
    answer = HttpResponse(previews.picture(pdf, page), content_type="image/png")
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


@requires_act(services.SIGN)
@require_POST
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Sign one's own field, after identity was proven again; who comes back from there presses the button once more."""
    user = person(request)
    found = queries.document_for(user, token)
    if not is_stepped_up(request):
        return to_step_up(reverse("documents:document", args=[token]))
    services.sign(found, by=user, factor="step_up")
    messages.success(request, _("You have signed this paper."))
    return redirect("documents:document", token=token)


@requires_act("document.issue")
@require_POST
def annul(request: HttpRequest, token: str) -> HttpResponse:
    """Say that a paper counts no more; the board's business."""
    user = person(request)
    found = queries.document_for(user, token)
    form = AnnulForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["replaced_by"]
        other = queries.documents_for(user).filter(number_text=wanted).first() if wanted else None
        if wanted and (other is None or other.pk == found.pk):
            form.add_error("replaced_by", _("There is no other paper of this number."))
    if not form.is_valid():
        return _document_page(request, found, reason=form)
    services.annul(found, by=user, reason=form.cleaned_data["reason"], replaced_by=other)
    messages.success(request, _("The paper is annulled. Its number stays taken."))
    return redirect("documents:document", token=token)


@requires_act("document.read")
@require_GET
def registers(request: HttpRequest) -> HttpResponse:
    """The number registers: each number with its paper, none missing."""
    shown = list(queries.registers())
    wanted = request.GET.get("register", "")
    chosen: NumberRegister | None = next((row for row in shown if str(row.pk) == wanted), shown[0] if shown else None)
    entries = [] if chosen is None else list(queries.register_entries(chosen))
    return render(request, "documents/registers.html", {"registers": shown, "chosen": chosen, "entries": entries})


@requires_act("document.issue")
@require_http_methods(["GET", "POST"])
def letterhead(request: HttpRequest) -> HttpResponse:
    """The head of papers, by the day it holds from."""
    user = person(request)
    newest = Letterhead.objects.first()
    start = {} if newest is None else newest.as_data() | {"public_address": newest.public_address}
    form = LetterheadForm(request.POST or None, initial={**start, "in_force_from": timezone.localdate(utc_now())})
    if request.method == "POST" and form.is_valid():
        services.set_letterhead(by=user, **form.cleaned_data)
        messages.success(request, _("The letterhead is set. Papers issued before keep theirs."))
        return redirect("documents:letterhead")
    return render(request, "documents/letterhead.html", {"form": form, "rows": Letterhead.objects.all()})


@for_everybody
@require_GET
def public(request: HttpRequest, token: str) -> HttpResponse:
    """What whoever holds the paper may know: number, day, signers, whether it counts; not what it says."""
    found = queries.public_document(token)
    hashes = {field.pdf_sha256 for field in found.fields.all() if field.pdf_sha256} | {
        found.issued_sha256,
        found.pdf_sha256,
    }
    context = {
        "document": found,
        "institution": found.data["letterhead"]["institution"],
        "hashes": sorted(hashes),
    }
    return render(request, "documents/public.html", context)
