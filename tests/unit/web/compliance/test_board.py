"""The board: states of clauses, the sentence, thirty days, attestations, and how much it asks of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from nangmai.web.accounts.models import User
from nangmai.web.compliance import attesting, queries, services
from nangmai.web.compliance.findings import State, of_the_day, worst
from nangmai.web.compliance.models import Attestation, DailyState
from nangmai.web.compliance.survey import NothingToJudge, Survey
from nangmai.web.ledger.models import Entry
from nangmai.web.regulation.authorities import Refused
from nangmai.web.regulation.models import Version
from nangmai.web.sites.models import Camera
from unit.web.compliance.surveys import camera, recorder, school
from unit.web.roles import Role

NORM = "Đ8.1/receive"  # attested by the IT officer every half year


def test_a_clause_is_no_better_than_its_worst_norm() -> None:
    assert worst(["kept", "unknown"]) == State.UNKNOWN
    assert worst(["at_risk", "unknown", "kept"]) == State.AT_RISK
    assert worst(["at_risk", "broken"]) == State.BROKEN
    assert worst([]) == State.UNKNOWN


def test_a_day_remembers_the_worst_and_prefers_what_was_seen() -> None:
    assert of_the_day("kept", "broken") == State.BROKEN
    assert of_the_day("unknown", "kept") == State.KEPT


def test_every_clause_that_asks_something_stands_on_the_board_with_a_figure_for_each_norm() -> None:
    survey = Survey()
    board = queries.board(survey)
    assert [clause.id for clause in board.clauses] == [one.id for one in survey.regulation.clauses if one.norms]
    told = {line.norm.id for clause in board.clauses for line in clause.lines}
    assert told == {norm.id for norm in survey.regulation.norms}
    assert all(line.finding.figure for clause in board.clauses for line in clause.lines)
    assert sum(board.counted.values()) == len(board.clauses)


def test_the_sentence_says_how_many_clauses_need_somebody() -> None:
    board = queries.board(Survey())
    kept, needy, unknown = board.counted[State.KEPT], len(board.needy), board.counted[State.UNKNOWN]
    with translation.override("vi"):
        sentence = f"Trường thực hiện {kept} trên {len(board.clauses)} khoản; {needy} khoản cần xử lý; "
        assert board.sentence == f"{sentence}{unknown} khoản chưa đủ căn cứ để đánh giá."


def test_a_broken_camera_breaks_its_clause_and_is_told_first() -> None:
    school()
    before = queries.clause_states(Survey())
    assert before["Đ2.3"] == State.KEPT
    Camera.objects.filter(camera_id="cam-05").update(streams={"main": {"state": "off"}})
    board = queries.board(Survey())
    assert next(clause for clause in board.clauses if clause.id == "Đ2.3").state == State.BROKEN
    assert board.needy[0].state == State.BROKEN


def test_the_page_shows_states_words_days_and_links(sign_in: Callable[..., Client]) -> None:
    school()
    DailyState.objects.create(clause="Đ5.2", day=timezone.localdate() - timedelta(days=3), state="broken")
    page = sign_in(Role.PRINCIPAL).get("/regulation/board").content.decode()
    assert "Trường thực hiện" in page
    assert page.count('<span class="month" role="img"') == page.count('class="clause-row board-row"') > 30
    assert page.count('<i class="day') == 30 * page.count('<span class="month"')
    assert "30 ngày qua: Chưa thực hiện: 1" in page
    assert 'href="/cameras/recorders"' in page
    row = page[page.index('id="Đ5.2"') :]
    assert "78 trên 78 camera" in row[: row.index("clause-row")]


def test_the_text_shows_each_clauses_state_to_those_who_may_see_the_board(sign_in: Callable[..., Client]) -> None:
    asked = [clause.id for clause in Survey().regulation.clauses if clause.norms]
    way = r'<a class="live-state" href="/regulation/board#([^"]+)">'
    assert re.findall(way, sign_in(Role.PRINCIPAL).get("/regulation/").content.decode()) == asked
    assert re.findall(way, sign_in(Role.GUARD).get("/regulation/").content.decode()) == []


def test_a_figure_leads_to_its_proof_for_those_who_may_open_it(sign_in: Callable[..., Client]) -> None:
    proofs = {line.finding.proof for clause in queries.board(Survey()).clauses for line in clause.lines}
    assert any(proof.startswith("/ledger/") for proof in proofs)
    for role in (Role.PRINCIPAL, Role.HEAD_OF_SECURITY):
        client = sign_in(role)
        page = client.get("/regulation/board").content.decode()
        shown = {proof for proof in proofs if proof and f'<a href="{proof}">' in page}
        assert shown
        assert all(client.get(proof).status_code != 403 for proof in shown), role


def test_the_matrix_names_the_role_of_every_cell(sign_in: Callable[..., Client]) -> None:
    page = sign_in(Role.GUARD).get("/regulation/matrix").content.decode()
    heads = [head.strip() for head in re.findall(r'<th scope="col">([^<]+)</th>', page)][1:]
    for row in re.findall(r'<th scope="row">.*?</tr>', page, re.DOTALL):
        assert re.findall(r'data-label="([^"]+)"', row) == heads


def test_the_number_of_cameras_does_not_change_the_number_of_queries(sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.PRINCIPAL)
    nvr = recorder()
    camera(nvr, 1)
    client.get("/regulation/board")
    with CaptureQueriesContext(connection) as few:
        client.get("/regulation/board")
    for number in range(2, 79):
        camera(nvr, number)
    with CaptureQueriesContext(connection) as many:
        client.get("/regulation/board")
    assert len(many) == len(few)


def test_without_a_regulation_there_is_nothing_to_judge() -> None:
    Version.objects.all().delete()
    with pytest.raises(NothingToJudge):
        Survey()
    assert services.keep_states() == 0


def test_the_day_keeps_the_worst_that_was_seen() -> None:
    school()
    assert services.keep_states() == len(queries.clause_states(Survey()))
    assert services.keep_states() == 0
    today = DailyState.objects.get(clause="Đ2.3")
    assert today.state == State.KEPT
    Camera.objects.filter(camera_id="cam-05").update(streams={"main": {"state": "off"}})
    assert services.keep_states() > 0
    Camera.objects.filter(camera_id="cam-05").update(streams=Camera.objects.get(camera_id="cam-06").streams)
    services.keep_states()
    today.refresh_from_db()
    assert today.state == State.BROKEN


# -- attestations -----------------------------------------------------------------------------------------------------


def _finding() -> str:
    survey = Survey()
    norm = survey.regulation.norm_by_id[NORM]
    bound = queries.attested_by(norm)
    assert bound is not None
    return attesting.finding(survey, norm, bound).state


def test_an_attested_norm_is_at_risk_before_the_first_time_and_broken_when_that_is_over() -> None:
    assert _finding() == State.AT_RISK
    Version.objects.update(signed_at=timezone.now() - timedelta(days=190))
    assert _finding() == State.BROKEN


@pytest.mark.parametrize(("days", "state"), [(1, State.KEPT), (175, State.AT_RISK), (190, State.BROKEN)])
def test_an_attestation_counts_for_its_period(make_user: Callable[..., User], days: int, state: State) -> None:
    at = timezone.now() - timedelta(days=days)
    Attestation.objects.create(norm=NORM, person=make_user(Role.IT_OFFICER), version="", at=at, text="Đã kiểm tra")
    assert _finding() == state


def test_whom_the_norm_names_attests_and_the_ledger_tells_it(make_user: Callable[..., User]) -> None:
    user, norm = make_user(Role.IT_OFFICER), Survey().regulation.norm_by_id[NORM]
    services.attest(by=user, norm=norm, text=" Đã kiểm tra 3 đầu ghi. ", is_stepped_up=True)
    assert _finding() == State.KEPT
    entry = Entry.objects.first()
    assert entry is not None
    assert (entry.act, entry.actor, entry.thing) == ("attestation.signed", f"p-{user.pk}", f"norm:{NORM}")
    assert "Đã kiểm tra" not in entry.body


def test_nobody_else_attests(make_user: Callable[..., User]) -> None:
    norm = Survey().regulation.norm_by_id[NORM]
    with pytest.raises(services.NotYoursToAttest):
        services.attest(by=make_user(Role.PRINCIPAL), norm=norm, text="x", is_stepped_up=True)
    with pytest.raises(Refused):
        services.attest(by=make_user(Role.GUARD), norm=norm, text="x", is_stepped_up=True)
    officer = make_user(Role.IT_OFFICER)
    with pytest.raises(Refused):
        services.attest(by=officer, norm=norm, text="x", is_stepped_up=False)
    with pytest.raises(services.NothingSaid):
        services.attest(by=officer, norm=norm, text="  ", is_stepped_up=True)
    other = Survey().regulation.norm_by_id["QĐ.2/read"]
    with pytest.raises(services.NotAttested):
        services.attest(by=officer, norm=other, text="x", is_stepped_up=True)
    assert not Attestation.objects.exists()


def test_the_form_asks_for_a_proof_then_signs(sign_in: Callable[..., Client]) -> None:
    client, address = sign_in(Role.IT_OFFICER), f"/regulation/board/attest/{NORM}"
    assert "step-up" in client.get(address)["Location"]
    session = client.session
    session["stepped_up_s"] = timezone.now().timestamp()
    session.save()
    page = client.get(address).content.decode()
    assert re.search(r'<textarea name="text"', page)
    assert client.post(address, {"text": ""}).status_code == 200
    assert client.post(address, {"text": "Đã kiểm tra"}).status_code == 302
    assert Attestation.objects.get().norm == NORM
    assert client.get("/regulation/board/attest/nothing").status_code == 404
