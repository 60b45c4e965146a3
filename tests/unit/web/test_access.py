"""Every address says who may enter, and keeps its word for every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from nangmai.regulation.form import read
from nangmai.regulation.matrix import matrix
from nangmai.web.sites import plans
from nangmai.web.sites.models import Area
from unit.web.recorders import FakeRecorder
from unit.web.regulations import SHIPPED
from unit.web.roles import Role

ARGUMENTS = {
    "sha256": "0" * 64,
    "amendment_id": 1,
    "clause_id": "Đ1.1",
    "article_id": "Đ1",
    "norm_name": "keep",
    "asked_id": 1,
    "direction_id": 1,
    "sign_in_id": 1,
    "purpose": "prove",
    "passkey_id": 1,
    "person_id": 1,
    "assignment_id": 1,
    "delegation_id": 1,
    "recorder": "nvr-1",
    "camera_id": "cam-01",
    "token": "none",
    "page": 1,
    "seq": 0,
    "size": 1,
    "week": "2026-11-23",
    "shift": 1,
    "handover": 1,
    "swap": 1,
    "post": 1,
    "matter_id": 1,
    "duty_id": 1,
    "incident_id": 1,
    "emergency_id": 1,
    "letter_id": 1,
    "event": "answer",
    "norm": "Đ8.1/receive",
}


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name}", entry


ROUTES = dict(patterns(get_resolver()))


def address(name: str, pattern: URLPattern) -> str:
    wanted = pattern.pattern.converters
    known = ARGUMENTS | {"area": Area.objects.get().pk}
    return reverse(name, kwargs={key: value for key, value in known.items() if key in wanted})


def access(pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "access", None)


REGULATION = read(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)
MATRIX = {row.act: row.cells for row in matrix(REGULATION)}


def is_open(rights: Any, role: str, owed: frozenset[str] = frozenset()) -> bool:
    """What the matrix says of the acts that the view names; on shift, with no paper of anybody, owing these acts."""
    if rights == "signed_in":
        return True
    acts = [rights.removeprefix("act:")] if isinstance(rights, str) else rights
    cells = {act: MATRIX[act][role] for act in acts}
    return any(cell.answer == "allow" and (act in owed or "owed" not in cell.conditions) for act, cell in cells.items())


@pytest.fixture(autouse=True)
def _camera() -> None:
    FakeRecorder().enrol().send()
    plan = BytesIO()
    Image.new("RGB", (4, 3)).save(plan, "PNG")
    sha256, width, height = plans.keep(BytesIO(plan.getvalue()))
    Area.objects.update(plan_sha256=sha256, plan_width=width, plan_height=height)


def test_there_are_routes() -> None:
    assert {"home", "footage:wall", "footage:ticket", "sites:camera", "control:exchange"} <= ROUTES.keys()


def test_every_view_says_who_may_enter() -> None:
    silent = [name for name, pattern in ROUTES.items() if access(pattern) is None]
    assert not silent, (
        "decorate the view with one of nangmai.web.access, authorities.requires or authority.requires_act"
    )


def test_a_stranger_is_led_to_the_sign_in_page() -> None:
    for name, pattern in ROUTES.items():
        if access(pattern) in ("public", "recorder"):
            continue
        for send in (Client().get, Client().post):
            answer = send(address(name, pattern))
            if getattr(pattern.callback, "answers_json", False):
                assert answer.status_code == 401, name
                assert answer.json()["error"] == "signed_out", name
            else:
                assert answer.status_code == 302, name
                assert answer["Location"].startswith("/account/sign-in?next="), name


@pytest.mark.parametrize("role", list(Role))
def test_everybody_starts_on_a_page_that_opens(sign_in: Callable[..., Client], role: Role) -> None:
    assert sign_in(role).get("/", follow=True).status_code == 200


def test_the_menu_offers_nothing_that_is_refused(sign_in: Callable[..., Client]) -> None:
    page = sign_in(Role.FINANCE).get("/cameras/").content.decode()
    assert 'href="/watch"' not in page
    assert 'href="/footage/register"' not in page
    assert 'href="/cameras/"' in page


def test_a_person_taken_out_of_service_is_out_at_once(sign_in: Callable[..., Client]) -> None:
    from nangmai.web.accounts.models import User

    client = sign_in(Role.GUARD)
    User.objects.update(is_active=False)
    assert client.get("/watch").status_code == 302
