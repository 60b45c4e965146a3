"""A draft is changed by forms: words, norms, articles, term, legal bases."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils.html import strip_tags

from nangmai.web.accounts.models import User
from nangmai.web.amendments import services
from nangmai.web.amendments.draft_forms import NormForm, as_initial
from nangmai.web.amendments.models import Amendment
from nangmai.web.amendments.services import draft_of
from nangmai.web.regulation import versions
from unit.web.amendments.steps import (
    bases,
    page,
    seen,
    step,
)


def test_the_words_of_a_clause_are_changed_in_both_languages(writer: Client, amendment: Amendment) -> None:
    clause = draft_of(amendment).clauses[0].id
    form = {"vi": "Lời mới của khoản.", "en": "New words of the clause."}
    assert writer.post(f"/amendments/{amendment.pk}/clauses/{clause}", form).status_code == 302
    shown = strip_tags(page(writer, amendment))
    assert "New words of the clause." in shown
    assert f"{clause} is worded differently" in shown


def test_a_norm_is_added_changed_and_removed_by_forms(writer: Client, amendment: Amendment) -> None:
    clause = next(norm.clause for norm in draft_of(amendment).norms if norm.id == "KT.2/propose")
    address = f"/amendments/{amendment.pk}/clauses/{clause}/norm"
    form = {
        "name": "clerk_proposes",
        "mode": "permit",
        "who": ["clerk"],
        "acts": ["amendment.propose"],
        "enforced": "decision",
    }
    answer = writer.post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    assert "Clerk gains Propose an amendment" in page(writer, amendment)
    named = f"/amendments/{amendment.pk}/clauses/{clause}/norms/clerk_proposes"
    assert 'value="clerk" id' in writer.get(named).content.decode()
    assert writer.post(named, form | {"who": ["finance"]}).status_code == 302
    assert "Finance department gains" in page(writer, amendment)
    assert "Finance department loses Propose an amendment" in writer.get(f"{named}/remove").content.decode()
    assert writer.post(f"{named}/remove").status_code == 302
    assert "Finance department gains" not in page(writer, amendment)
    assert writer.post(f"/amendments/{amendment.pk}/undo", {"seen": seen(amendment)}).status_code == 302
    assert "Finance department gains" in page(writer, amendment)


def test_articles_and_clauses_come_and_go_by_forms_and_every_change_is_undone(
    writer: Client, head: User, amendment: Amendment
) -> None:
    address, before = f"/amendments/{amendment.pk}", draft_of(amendment)
    words = {"vi": "Khoản mới.", "en": "A new clause."}
    heads = {"title_vi": "Điều mới", "title_en": "A new article"}
    answer = writer.post(f"{address}/articles", words | heads | {"after": "Đ9"})
    assert answer.status_code == 302, answer.content.decode()
    assert writer.post(f"{address}/articles/Đ7/clauses", words | {"after": "Đ7.1"}).status_code == 302
    assert writer.post(f"{address}/articles/Đ10", heads | {"title_en": "Another heading"}).status_code == 302
    shown = page(writer, amendment)
    for sentence in ("New article: Another heading", "Đ10.1 is new"):
        assert sentence in shown, sentence
    amendment.refresh_from_db()
    draft = draft_of(amendment)
    ids = [article.id for article in draft.articles]
    assert ids.index("Đ10") == ids.index("Đ9") + 1
    seventh = next(article for article in draft.articles if article.id == "Đ7")
    former = [clause.id for clause in next(one for one in before.articles if one.id == "Đ7").clauses]
    (new,) = {clause.id for clause in seventh.clauses} - set(former)
    assert [clause.id for clause in seventh.clauses] == [former[0], new, *former[1:]]
    assert f"Đ7.{len(former) + 1}" == new

    shown = writer.get(f"{address}/articles/Đ7/remove").content.decode()
    assert "Head of security, Guard: loses Live view" in shown
    assert writer.post(f"{address}/articles/Đ7/remove").status_code == 302
    assert writer.post(f"{address}/clauses/Đ10.1/remove").status_code == 302
    amendment.refresh_from_db()
    assert not {"Đ7", "Đ10"} & {article.id for article in draft_of(amendment).articles}
    while amendment.earlier.exists():
        services.undo(amendment=amendment, by=head)
    amendment.refresh_from_db()
    assert draft_of(amendment) == versions.text_of(amendment.base)
    with pytest.raises(services.NothingToUndo):
        services.undo(amendment=amendment, by=head)


def test_a_draft_that_no_longer_hangs_together_is_shown_with_what_is_wrong(
    writer: Client, amendment: Amendment
) -> None:
    opened = next(norm for norm in draft_of(amendment).norms if norm.then).then[0]
    clause, _slash, name = opened.partition("/")
    address = f"/amendments/{amendment.pk}/clauses/{clause}/norms/{name}/remove"
    assert writer.get(address).status_code == 200
    assert writer.post(address).status_code == 302
    assert opened in page(writer, amendment)
    assert step(writer, amendment, "consult").status_code == 400


def test_a_term_that_has_passed_is_asked_for_at_the_beginning(writer: Client, head: User) -> None:
    asked = writer.get("/amendments/begin")
    assert "was meant until 31/05/2023" in asked.content.decode()
    suggested = asked.context["form"].initial["term_ends_on"]
    assert (suggested.day, suggested.month) == (31, 5)
    assert suggested > date.today()
    form = {"title": "Of its own", "reason": "Practice", "term_ends_on": suggested.isoformat()}
    assert writer.post("/amendments/begin", form).status_code == 302
    row = Amendment.objects.get(title="Of its own")
    assert draft_of(row).term_ends_on == suggested
    assert f"The term ends: 31/05/2023 → {suggested:%d/%m/%Y}" in page(writer, row)


def test_every_norm_survives_its_form_unchanged(amendment: Amendment) -> None:
    draft = draft_of(amendment)
    for norm in draft.norms:
        given = {name: value for name, value in as_initial(norm).items() if value}
        form = NormForm(given, draft=draft, clause_id=norm.clause, norm=norm)
        assert form.is_valid(), (norm.id, form.errors)
        kept = form.norm
        assert (kept.id, set(kept.acts), set(kept.who), set(kept.bound)) == (
            norm.id,
            set(norm.acts),
            set(norm.who),
            set(norm.bound),
        )
        assert (kept.within, kept.every, kept.trigger) == (norm.within, norm.every, norm.trigger)


def test_legal_bases_are_kept_changed_and_added_and_a_term_that_has_ended_is_told(
    writer: Client, amendment: Amendment
) -> None:
    draft = draft_of(amendment)
    new = {"number": "1/QĐ", "date": "2026-01-01", "issuer": "Sở", "status": "in_force", "vi": "Mới", "en": "New"}
    added = {f"basis-{len(draft.legal_bases)}-{name}": value for name, value in new.items()}
    changes = added | {"basis-0-status": "repealed", "term_ends_on": "2023-05-31"}
    assert bases(writer, amendment, **changes).status_code == 302
    amendment.refresh_from_db()
    changed = draft_of(amendment)
    assert [basis.number for basis in changed.legal_bases] == [*(one.number for one in draft.legal_bases), "1/QĐ"]
    assert changed.legal_bases[0].status == "repealed"
    assert changed.term_ends_on == date(2023, 5, 31)
    shown = page(writer, amendment)
    assert "The term ends (2023-05-31) before" in shown
    assert "New legal basis: 1/QĐ" in shown
    assert step(writer, amendment, "consult").status_code == 400
