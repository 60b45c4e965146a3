"""Every route of the application, walked without a ticket and with every kind of wrong one: none gives footage."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from nangmai.base.units import US_PER_S
from nangmai.protocol.tickets import Right
from unit.recorder.serve.stand import Stand, noisy, run, stand

PUBLIC = {"/health", "/clock", "/metrics"}
ANY_TICKET = {"/inventory", "/playback/{camera}/completeness"}  #: figures, for a ticket that names the camera
RIGHTS: dict[str, Right] = {"/live": "live", "/export": "export", "/playback": "playback", "/inventory": "playback"}


def right_for(path: str) -> Right:
    return next(right for prefix, right in RIGHTS.items() if path.startswith(prefix))


def address(path: str, st: Stand) -> str:
    """The path with its places filled so that it would answer."""
    segment = next(st.archive.index.segments("cam-01.main", st.start_us, st.start_us + 1))
    values = {
        "camera": "cam-01", "stream": "main", "seq": str(segment.seq), "first": "1", "last": "2",
        "init": segment.init_id, "number": "0",
    }  # fmt: skip
    if path.startswith("/live") and "init" in path:
        announcement = st.node.hub.stream("cam-01", "main").announcement
        values["init"] = announcement.init_id
    filled = path.format(**values)
    if path.endswith(("index", "timeline", "completeness", ".m3u8", "{stream}.mp4")) and not path.startswith("/live"):
        filled += f"?from={st.start_us + US_PER_S}&to={st.start_us + 4 * US_PER_S}"
    elif path.endswith(("frame", "{stream}.jpg")):
        filled += f"?at={st.start_us + US_PER_S}"
    elif path == "/live/{camera}.jpg":
        filled += "?stream=main"
    return filled


def wrong_tickets(st: Stand, right: Right) -> dict[str, str | None]:
    """What must open nothing, by its name."""
    good = st.ticket(right)
    now_s = st.clock.wall_us() // US_PER_S
    tickets: dict[str, str | None] = {
        "none": None,
        "nonsense": "nonsense",
        "altered": good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:],
        "expired": st.ticket(right, issued_s=now_s - 300, expires_s=now_s - 31),
        "other camera": st.ticket(right, cameras=("cam-02",)),
        "other recorder": st.ticket(right, recorder="nvr-2"),
        "withdrawn": st.ticket(right, id="withdrawn"),
        "other right": st.ticket("playback" if right == "live" else "live"),
    }
    if right != "live":
        tickets["later period"] = st.ticket(right, from_us=st.start_us + 20 * US_PER_S)
        tickets["earlier period"] = st.ticket(right, to_us=st.start_us)
    if right == "export":
        tickets["lesser right"] = st.ticket("playback")
    return tickets


def routes(st: Stand) -> list[tuple[str, str]]:
    """Method and form of every route; a route added later is walked too."""
    application = st.client.app
    assert application is not None
    found = []
    for route in application.router.routes():
        assert route.resource is not None
        found.append((route.method, route.resource.canonical))
    return found


async def ask(st: Stand, method: str, path: str, ticket: str | None, in_query: bool = False) -> Any:
    filled = address(path, st)
    options: dict[str, Any] = {"method": method}
    if method == "POST":
        options["json"] = {
            "from_us": st.start_us, "to_us": st.start_us + 4 * US_PER_S,
            "streams": [{"slot": 0, "camera": "cam-01", "stream": "main"}],
        } | ({"ticket": ticket} if ticket and in_query else {})  # fmt: skip
    elif in_query and ticket:
        filled += ("&" if "?" in filled else "?") + f"ticket={ticket}"
    return await st.get(filled, None if in_query else ticket, **options)


async def prepared(st: Stand) -> None:
    st.record(12)
    waiting = await st.begin(f"/live/cam-01/main.m3u8?ticket={st.ticket('live')}")
    st.record(3)
    assert (await waiting).status == 200
    st.gate.obey({}, ["withdrawn"])


@pytest.mark.parametrize("in_query", [False, True], ids=["in the header", "in the address"])
def test_no_route_answers_footage_to_a_wrong_ticket(tmp_path: Path, in_query: bool) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            await prepared(st)
            walked = 0
            for method, path in routes(st):
                if path in PUBLIC or path == "/live":
                    continue
                for name, ticket in wrong_tickets(st, right_for(path)).items():
                    if path in ANY_TICKET and name in ("other right", "later period", "earlier period"):
                        continue
                    if path == "/inventory" and name == "other camera":
                        continue
                    if "init" in path and "period" in name:
                        continue  # parameters of a decoder, no pictures
                    response = await ask(st, method, path, ticket, in_query)
                    assert response.status == 403, (method, path, name)
                    if method != "HEAD":
                        assert response.content_type == "application/json"
                        assert json.loads(await response.read())["kind"] == "denied"
                    walked += 1
            assert walked > 150

    run(scenario())


def test_every_route_answers_to_the_right_ticket(tmp_path: Path) -> None:
    """Without this the test above could pass because addresses are wrong."""

    async def scenario() -> None:
        async with stand(tmp_path) as st:
            await prepared(st)
            for (method, path), in_query in itertools.product(routes(st), [False, True]):
                if path == "/live":
                    continue
                right = "live" if path in PUBLIC else right_for(path)
                response = await ask(st, method, path, st.ticket(right), in_query)
                assert response.status == 200, (method, path, await response.text())

    run(scenario())


def test_all_uses_of_footage_are_reported_and_ranges_of_one_ticket_are_one_use(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(30)
            segment = next(st.archive.index.segments("cam-01.main", st.start_us, st.start_us + 1))
            sent = 0
            for number in range(20):
                response = await st.get(f"/playback/cam-01/main/{segment.seq}/{number}-{number}.m4s")
                sent += len(await response.read())
            assert st.outcomes() == ["opened", "closed"]
            assert (st.uses[1]["bytes"], st.uses[1]["person"], st.uses[1]["right"]) == (sent, "7", "playback")
            assert st.uses[1]["from_us"] <= st.start_us + US_PER_S
            assert st.uses[1]["to_us"] > st.start_us + 19 * US_PER_S

    run(scenario())


def test_what_exists_is_told_only_to_who_may_see_the_camera(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(5)
            stranger = st.ticket(cameras=("cam-02",))
            for path in ("0-0.m4s", "0.key.m4s"):
                for seq in (1, 999):
                    response = await st.get(f"/playback/cam-01/main/{seq}/{path}", stranger)
                    assert (response.status, (await response.json())["error"]) == (403, "ticket_too_narrow")
            for camera in ("cam-99", "..", "%2e%2e%2f%2e%2e%2fetc"):
                response = await st.get(f"/playback/{camera}/main/1/0-0.m4s")
                assert response.status in (403, 404)
                assert not (await response.read()).startswith(b"\0")
            missing = await st.get("/playback/cam-01/main/999/0-0.m4s")
            assert (missing.status, (await missing.json())["error"]) == (404, "not_found")

    run(scenario())


def test_a_ticket_opens_the_gops_that_touch_its_period_and_no_others(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(30)
            segment = next(st.archive.index.segments("cam-01.main", st.start_us, st.start_us + 1))
            ticket = st.ticket(from_us=st.start_us + 5_500_000, to_us=st.start_us + 8_500_000)
            opened = []
            for number in range(20):
                response = await st.get(f"/playback/cam-01/main/{segment.seq}/{number}-{number}.m4s", ticket)
                if response.status == 200:
                    opened.append(number)
            assert opened == [5, 6, 7, 8]
            wide = await st.get(f"/playback/cam-01/main/{segment.seq}/5-9.m4s", ticket)
            assert wide.status == 403

    run(scenario())


@pytest.mark.parametrize("kind", ["export", "units", "multi"])
def test_an_answer_under_way_is_cut_off_when_its_ticket_is_withdrawn(tmp_path: Path, kind: str) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(130, pictures=noisy())
            st.stop()
            segment = max(st.archive.index.segments("cam-01.main", st.start_us, st.clock.wall_us()),
                          key=lambda segment: len(segment.fragments))  # fmt: skip
            address = {
                "export": f"/export/cam-01/main.mp4?from={st.start_us}&to={st.clock.wall_us()}",
                "units": f"/playback/cam-01/main/{segment.seq}/0-{len(segment.fragments) - 1}.m4s",
                "multi": "/playback/multi",
            }[kind]
            body = {"from_us": st.start_us, "to_us": st.clock.wall_us(),
                    "streams": [{"slot": 0, "camera": "cam-01", "stream": "main"}]}  # fmt: skip
            headers = {"Authorization": f"Bearer {st.ticket('export')}"}
            send: Any = st.client.post(address, headers=headers, json=body) if kind == "multi" else None
            response = await (send or st.client.get(address, headers=headers))
            await response.content.readexactly(1000)
            st.gate.obey({}, ["ticket-1"])
            with pytest.raises(Exception, match=r"payload|closed|reset|length") as broken:
                await response.read()
            assert broken.type.__module__.startswith("aiohttp")
            assert [use["outcome"] for use in st.uses] == ["opened", "revoked"]

    run(scenario())
