"""The ledger's pages: what happened, one entry with its proof, who watched what, checkpoints and witnesses, export."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, ClassVar

import segno
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nangmai.base.errors import Error, Kind
from nangmai.web.access import answers_json, public
from nangmai.web.accounts.views import person
from nangmai.web.authority import requires_act
from nangmai.web.ledger import comparing, keys, queries, search, services, witnesses
from nangmai.web.ledger.forms import ExportForm, FilterForm, WatchedForm, us
from nangmai.web.ledger.models import Checkpoint, Entry, LedgerHead
from nangmai.web.ledger.titles import thing_names

MOST_CHECKPOINTS = 50
MOST_VIEWS = 500
MOST_DIFFERENCES = 200
MOST_NOTE_BYTES = 1 << 14


class ExportRequestInvalid(Error):
    """These are no numbers of entries: {first} to {last}."""

    kind: ClassVar[Kind] = Kind.INVALID


@requires_act("ledger.read")
def entries(request: HttpRequest) -> HttpResponse:
    """Entries newest first, by filters; `before` and `after` turn pages by number, since entries only come on top."""
    form = FilterForm(request.GET)
    before, after = (_number(request.GET.get(name)) for name in ("before", "after"))
    page = search.page(form.filters(), before=before, after=after)
    context = {
        "form": form,
        "page": page,
        "names": queries.actor_names(page.rows),
        "things": thing_names(),
        "asked": _without(request, "before", "after"),
        "size": LedgerHead.objects.get().size,
    }
    return render(request, "ledger/entries.html", context)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _without(request: HttpRequest, *names: str) -> str:
    asked = request.GET.copy()
    for name in names:
        asked.pop(name, None)
    return asked.urlencode()


@requires_act("ledger.read")
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry, what it says, and its proof, verified now."""
    row = get_object_or_404(Entry, pk=seq)
    context = {
        "row": row,
        "said": row.said,
        "names": queries.actor_names([row]),
        "things": thing_names(),
        "disclosed": queries.disclosed(row),
        "proof": queries.proof_of(row),
    }
    return render(request, "ledger/entry.html", context)


@requires_act("views.read")
def watched(request: HttpRequest) -> HttpResponse:
    """Who watched camera C between A and B."""
    form = WatchedForm(request.GET or None)
    rows: list[Entry] = []
    if form.is_bound and form.is_valid():
        begin_us, end_us = us(form.cleaned_data["begin"]), us(form.cleaned_data["end"])
        assert begin_us is not None
        assert end_us is not None
        rows = list(queries.views_of(form.cleaned_data["camera"], begin_us, end_us)[:MOST_VIEWS])
    context = {
        "form": form,
        "rows": rows,
        "names": queries.actor_names(rows),
        "people": len({row.actor for row in rows if row.outcome == "done"}),
        "most": MOST_VIEWS if len(rows) == MOST_VIEWS else None,
        "is_asked": form.is_bound and form.is_valid(),
    }
    return render(request, "ledger/watched.html", context)


@requires_act("ledger.read")
def checkpoints(request: HttpRequest) -> HttpResponse:
    """What was signed, who else holds it, and what is not configured."""
    newest = Checkpoint.objects.prefetch_related("witnesses")[:MOST_CHECKPOINTS]
    context = {
        "checkpoints": newest,
        "states": witnesses.states(),
        "form": ExportForm(),
        "size": LedgerHead.objects.get().size,
        "public": keys.public_keys(),
    }
    return render(request, "ledger/checkpoints.html", context)


@requires_act("ledger.read")
@require_http_methods(["GET", "POST"])
def comparison(request: HttpRequest) -> HttpResponse:
    """What the database says otherwise than the ledger; asked for by a press, since everything is read."""
    found = comparing.compare() if request.method == "POST" else None
    context = {"found": found, "things": thing_names(), "most": MOST_DIFFERENCES}
    return render(request, "ledger/comparison.html", context)


@requires_act("ledger.read")
@require_POST
def make_checkpoint(request: HttpRequest) -> HttpResponse:
    """Sign what is there now."""
    made = services.checkpoint()
    messages.success(request, _("The checkpoint of {size} entries is signed.").format(size=made.size))
    return redirect("ledger:checkpoints")


@requires_act("ledger.read")
@require_POST
def print_checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """Paper is a witness once somebody takes it away."""
    made = get_object_or_404(Checkpoint, size=size)
    witnesses.note_witness(made, "paper", services.actor_of(person(request)))
    return redirect("ledger:paper", size=size)


@requires_act("ledger.read")
def paper(request: HttpRequest, size: int) -> HttpResponse:
    """A checkpoint as text and QR."""
    made = get_object_or_404(Checkpoint, size=size)
    code = segno.make(made.note, error="m", micro=False).svg_inline(border=4, light="white", omitsize=True)
    return render(request, "ledger/paper.html", {"checkpoint": made, "code": mark_safe(code)})  # noqa: S308 - our own


@requires_act("ledger.read")
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Download entries with all that proves them."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise ExportRequestInvalid(first=request.POST.get("first", ""), last=request.POST.get("last", ""))
    first, last = form.cleaned_data["first"] or 0, form.cleaned_data["last"]
    with tempfile.TemporaryDirectory(prefix="nangmai-export-") as folder:
        path = Path(folder, "export.zip")
        services.export(path, first, last, actor=services.actor_of(person(request)))
        file = path.open("rb")  # it can be read to its end though its name is gone
    name = f"ledger-{first}-{'' if last is None else last}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@answers_json
@public
@csrf_exempt
@require_POST
def witness(request: HttpRequest) -> HttpResponse:
    """Another ledger's checkpoint comes to be kept; its signature says who sent it."""
    kept = witnesses.keep(request.read(MOST_NOTE_BYTES).decode("utf-8", "replace"))
    return JsonResponse({"entry": kept.seq})


@public
@require_GET
def key(request: HttpRequest) -> HttpResponse:
    """The ledger's public key; it is nobody's secret."""
    ((origin, text),) = keys.public_keys().items()
    answer: Any = {"origin": origin, "key": text}
    return JsonResponse(answer)
