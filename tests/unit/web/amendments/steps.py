"""What people do to an amendment, for the tests of its pages and its way."""

from __future__ import annotations

import json
import time
from typing import Any

from django.test import Client

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.protocol.keys import parse_public_key
from nangmai.protocol.messages import Desired
from nangmai.protocol.tickets import verify_ticket
from nangmai.regulation.parameters import PARAMETERS
from nangmai.web.accounts.models import User
from nangmai.web.amendments import drafts, services
from nangmai.web.amendments.models import Amendment
from nangmai.web.amendments.services import draft_of
from nangmai.web.matters import services as matters
from nangmai.web.matters.models import Matter
from nangmai.web.regulation.models import Version
from unit.web.recorders import FakeRecorder, camera

MINUTE_US = 60 * US_PER_S
LIVE = json.dumps({"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]})


def bases(client: Client, amendment: Amendment, **changes: Any) -> Any:
    """The form of legal bases and dates as a browser sends it, with one row for a further basis."""
    draft = draft_of(amendment)
    count = len(draft.legal_bases)
    form: dict[str, Any] = {"basis-TOTAL_FORMS": count + 1, "basis-INITIAL_FORMS": count}
    for at, basis in enumerate(draft.legal_bases):
        values = {"number": basis.number, "date": basis.date.isoformat(), "issuer": basis.issuer}
        values |= {"status": basis.status, **basis.title._asdict()}
        form |= {f"basis-{at}-{name}": value for name, value in values.items()}
    form |= {f"basis-{count}-status": "in_force"}
    return client.post(f"/amendments/{amendment.pk}/bases", form | changes)


def page(client: Client, amendment: Amendment, tab: str = "") -> str:
    answer = client.get(f"/amendments/{amendment.pk}{tab}")
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def state(client: Client, amendment: Amendment, **values: Any) -> Any:
    """The form of parameters as a browser sends it, with these changed."""
    amendment.refresh_from_db()
    draft = draft_of(amendment)
    stated = {name: draft.parameter(name) for name in PARAMETERS} | values
    form = {name: value for name, value in stated.items() if value is not False}
    form["seen"] = seen(amendment)
    return client.post(f"/amendments/{amendment.pk}/parameters", form)


def seen(amendment: Amendment) -> str:
    """The state of the draft that a page was made from."""
    amendment.refresh_from_db()
    return amendment.changed_at.isoformat()


def step(client: Client, amendment: Amendment, event: str) -> Any:
    return client.post(f"/amendments/{amendment.pk}/step", {"event": event})


def stepped_up(client: Client) -> Client:
    session = client.session
    session["stepped_up_s"] = time.time()
    session.save()
    return client


def signed(head: User, board: User, amendment: Amendment) -> Version:
    """The way to the signature by the services that pages call."""
    laid_before(head, amendment)
    services.sign(amendment=amendment, by=board, factor="totp", is_stepped_up=True)
    amendment.refresh_from_db()
    assert amendment.version is not None
    return amendment.version


def laid_before(head: User, amendment: Amendment) -> None:
    """Up to where it waits for the signature."""
    for event in ("consult", "submit"):
        services.move(amendment=amendment, by=head, event=event)


def stated(head: User, amendment: Amendment, **values: Any) -> None:
    """Parameters changed as the form changes them."""
    services.change(
        amendment=amendment, by=head, part="parameters", edit=lambda draft: drafts.with_parameters(draft, values)
    )
    amendment.refresh_from_db()


def answered(head: User, board: User, choice: str) -> Matter:
    """A matter of the register, all the way to its answer."""
    matter = matters.file(person=head, text="Hai ca không khớp giờ.")
    matters.collect(matter=matter, by=head, topic="Xem lại ca trước", note="Hai ca không khớp giờ.")
    matters.report(by=head)
    return matters.answer(matter=matter, by=board, choice=choice, reason="Đề nghị có lý.")


def replay_minutes(client: Client, recorder: FakeRecorder) -> float:
    """How far back a replay ticket reaches, as the recorder reads it."""
    at_us = SystemClock().wall_us()
    body: dict[str, Any] = {"right": "replay", "recorder": "nvr-1", "cameras": ["cam-01"]}
    body |= {"from_us": at_us - 60 * MINUTE_US, "to_us": at_us}
    answer = client.post("/footage/ticket", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    desired = Desired.from_json(recorder.send(recorder.report(camera("cam-01"))).json())
    keys = {kid: parse_public_key(text, kid) for kid, text in desired.ticket_keys.items()}
    now_us = SystemClock().wall_us()
    ticket = verify_ticket(answer.json()["ticket"], keys, "nvr-1", now_us, desired.revoked)
    assert ticket.from_us is not None
    return round((now_us - ticket.from_us) / MINUTE_US)


def desired(recorder: FakeRecorder) -> Desired:
    return Desired.from_json(recorder.send(recorder.report(camera("cam-01"))).json())
