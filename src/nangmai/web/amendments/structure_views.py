"""The pages by which articles and clauses are added, and articles, clauses and norms taken out, after a second look."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from nangmai.regulation.model import Article, Clause, Regulation
from nangmai.web.amendments import drafts, queries, services
from nangmai.web.amendments.draft_forms import NewArticleForm, NewClauseForm, TitleForm
from nangmai.web.amendments.draft_views import PartUnknown, change, clause_of, norm_of, row_of, shown
from nangmai.web.amendments.models import Amendment
from nangmai.web.regulation.authorities import requires


def _article(draft: Regulation, article_id: str) -> Article:
    found = next((one for one in draft.articles if one.id == article_id), None)
    if found is None:
        raise PartUnknown
    return found


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def new_article(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """A further article with its first clause."""
    row = row_of(amendment_id)
    draft = services.draft_of(row)
    article_id = drafts.next_article_id(draft)
    form = NewArticleForm(request.POST or None, draft=draft)
    if request.method == "POST" and form.is_valid():
        article = Article(article_id, form.title, (Clause(f"{article_id}.1", form.text),))
        change(request, row, article_id, lambda known: drafts.with_article(known, article, form.cleaned_data["after"]))
        return redirect("amendments:clause", amendment_id, f"{article_id}.1")
    return render(request, "amendments/new_part.html", shown(request, row, "text", form=form, part=article_id))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def article(request: HttpRequest, amendment_id: int, article_id: str) -> HttpResponse:
    """The heading of an article."""
    row = row_of(amendment_id)
    found = _article(services.draft_of(row), article_id)
    form = TitleForm(request.POST or None, initial={"title_vi": found.title.vi, "title_en": found.title.en})
    if request.method == "POST" and form.is_valid():
        change(request, row, article_id, lambda draft: drafts.with_article_title(draft, article_id, form.title))
        return redirect("amendments:text", amendment_id)
    return render(request, "amendments/article.html", shown(request, row, "text", form=form, article=found))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def new_clause(request: HttpRequest, amendment_id: int, article_id: str) -> HttpResponse:
    """A further clause of an article."""
    row = row_of(amendment_id)
    draft = services.draft_of(row)
    found = _article(draft, article_id)
    clause_id = drafts.next_clause_id(draft, found)
    form = NewClauseForm(request.POST or None, article=found)
    if request.method == "POST" and form.is_valid():
        clause, after = Clause(clause_id, form.text), form.cleaned_data["after"]
        change(request, row, clause_id, lambda known: drafts.with_clause(known, article_id, clause, after))
        return redirect("amendments:clause", amendment_id, clause_id)
    return render(request, "amendments/new_part.html", shown(request, row, "text", form=form, part=clause_id))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def remove_article(request: HttpRequest, amendment_id: int, article_id: str) -> HttpResponse:
    """Take an article out, with all its clauses."""
    row = row_of(amendment_id)
    _article(services.draft_of(row), article_id)
    return _removed(request, row, article_id, lambda draft: drafts.without_article(draft, article_id))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def remove_clause(request: HttpRequest, amendment_id: int, clause_id: str) -> HttpResponse:
    """Take a clause out, with its norms."""
    row = row_of(amendment_id)
    clause_of(services.draft_of(row), clause_id)
    return _removed(request, row, clause_id, lambda draft: drafts.without_clause(draft, clause_id))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def remove_norm(request: HttpRequest, amendment_id: int, clause_id: str, norm_name: str) -> HttpResponse:
    """Take a norm out of its clause."""
    row = row_of(amendment_id)
    found = norm_of(services.draft_of(row), f"{clause_id}/{norm_name}")
    return _removed(request, row, found.id, lambda draft: drafts.without_norm(draft, found))


def _removed(request: HttpRequest, row: Amendment, part: str, edit: Callable[[Regulation], Regulation]) -> HttpResponse:
    """Show what goes and what that does; take it out once that is confirmed."""
    draft = services.draft_of(row)
    if request.method == "POST":
        change(request, row, part, edit)
        left = edit(draft)
        clause_id = part.partition("/")[0]
        is_there = "/" in part and any(one.id == clause_id for one in left.clauses)
        return redirect("amendments:clause", row.pk, clause_id) if is_there else redirect("amendments:text", row.pk)
    going = queries.going(draft, edit(draft))
    return render(request, "amendments/remove.html", shown(request, row, "text", part=part, going=going))
