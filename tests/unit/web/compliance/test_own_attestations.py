"""Whoever has to attest finds it in the menu, also where the board's page is not theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.web.compliance.models import Attestation
from unit.web.roles import Role

SignIn = Callable[..., Client]
NORM = "Đ9.2/check"


@pytest.mark.parametrize(
    ("role", "clauses"),
    [
        (Role.FINANCE, {"Đ9.1", "Đ9.2"}),
        (Role.CLERK, {"Đ3.2", "Đ4.2", "Đ4.7"}),
        (Role.VICE_PRINCIPAL, set[str]()),
    ],
)
def test_the_page_lists_what_the_own_roles_attest_and_the_menu_leads_there(
    sign_in: SignIn, role: Role, clauses: set[str]
) -> None:
    client = sign_in(role)
    assert 'href="/regulation/attestations"' in client.get("/cameras/").content.decode()
    page = client.get("/regulation/attestations").content.decode()
    for clause in ("Đ9.1", "Đ9.2", "Đ3.2", "Đ4.2", "Đ4.7", "Đ8.1"):
        assert (f'<span class="clause">{clause}</span>' in page) == (clause in clauses), clause


def test_who_attests_comes_back_to_the_own_list(sign_in: SignIn) -> None:
    client = sign_in(Role.FINANCE)
    session = client.session
    session["stepped_up_s"] = timezone.now().timestamp()
    session.save()
    answer = client.post(f"/regulation/board/attest/{NORM}", {"text": "Đã kiểm tra chứng từ quý III."})
    assert answer["Location"] == "/regulation/attestations"
    assert Attestation.objects.get().norm == NORM
    assert client.get(answer["Location"]).status_code == 200


def test_who_attests_nothing_has_no_such_page(sign_in: SignIn) -> None:
    client = sign_in(Role.GUARD)
    assert client.get("/regulation/attestations").status_code == 403
    assert 'href="/regulation/attestations"' not in client.get("/cameras/").content.decode()
