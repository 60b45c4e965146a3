"""A text whose term is over, and that says nothing but reading goes on: what pages still let people do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nangmai.regulation.facts import Thing
from nangmai.regulation.form import read
from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Entry
from nangmai.web.regulation.authorities import Asker, Refused
from nangmai.web.regulation.models import Acknowledgement, Version
from unit.web.roles import Role


@pytest.fixture
def _over(make_user: Callable[..., User]) -> None:
    """The shipped term ended in 2023; the version in force says what then."""
    version = Version.objects.get()
    text = version.text.replace("on_term_end: continue_with_warning", "on_term_end: readonly")
    Version.objects.update(text=text, sha256=read(text, "text").content_hash)
    for role in (Role.PRINCIPAL, Role.HEAD_OF_SECURITY):
        user = make_user(role)
        Acknowledgement.objects.filter(person=user).update(version=version)


@pytest.mark.usefixtures("_over")
def test_footage_stays_closed_and_the_refusal_cites_the_clause_of_the_term() -> None:
    principal = User.objects.get(username=str(Role.PRINCIPAL))
    with pytest.raises(Refused) as refused:
        Asker(principal).require("playback.view")
    assert refused.value.code == "term_ended"
    assert refused.value.clause == "QĐ.1"
    entry = Entry.objects.get(act="playback.view", outcome="refused")
    assert entry.said.facts["code"] == "term_ended"


@pytest.mark.usefixtures("_over")
def test_reading_the_watch_and_the_way_to_a_new_text_go_on() -> None:
    principal = Asker(User.objects.get(username=str(Role.PRINCIPAL)))
    head = Asker(User.objects.get(username=str(Role.HEAD_OF_SECURITY)))
    for act in ("regulation.read", "ledger.read", "compliance.see", "hold.place", "live.view", "document.issue"):
        assert principal.may(act), act
    assert principal.may("amendment.sign", Thing("regulation"), is_stepped_up=True)
    assert head.may("amendment.propose")
    assert head.may("incident.report")
    assert not head.may("replay.view")
    assert not principal.may("assignment.sign", is_stepped_up=True)
