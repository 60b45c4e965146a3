"""Requests that cannot be answered: each gets one clear error, and nothing else stops working."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st_

from nangmai.base.errors import Error
from nangmai.base.units import US_PER_S
from nangmai.recorder.serve.errors import RequestInvalid
from nangmai.recorder.serve.multi import parse_body
from unit.recorder.serve.stand import noisy, run, stand

P = "/playback/cam-01"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{P}/main/index", "'from' is missing"),
        (f"{P}/main/index?from=1", "'to' is missing"),
        (f"{P}/main/index?from=5&to=5", "'from' has to be before 'to'"),
        (f"{P}/main/index?from=9&to=5", "'from' has to be before 'to'"),
        (f"{P}/main/index?from=-1&to=5", "must be a whole number"),
        (f"{P}/main/index?from=1.5&to=5", "must be a whole number"),
        (f"{P}/main/index?from=%D9%A1&to=5", "must be a whole number"),
        (f"{P}/main/index?from=1&to=99999999999999999999999", "must be a whole number"),
        (f"{P}/main/index?from=1&from=2&to=5", "given twice"),
        (f"{P}/main/index?from=1&to=5&speed=2", "'speed' is not known here"),
        (f"{P}/main/index?from=0&to=9000000000000000", "ask for at most"),
        (f"{P}/timeline?from=1&to=5&buckets=0", "must be from 1 to"),
        (f"{P}/timeline?from=1&to=5&stream=third", "'main' or 'sub'"),
        (f"{P}/completeness?from=1&to=5&zone=Mars/Olympus", "time zone"),
        (f"{P}/completeness?from=1&to=5&zone=../../etc/passwd", "time zone"),
        (f"{P}/main.jpg?at=1&width=100000", "must be from 16 to"),
        (f"{P}/main.m3u8?from=1&to=900000000000", "ask for at most"),
        ("/export/cam-01/main.mp4?from=1&to=900000000000", "ask for at most"),
    ],
)
def test_a_wrong_parameter_is_named(tmp_path: Path, path: str, words: str) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            response = await st.get(path, st.ticket("export"))
            answer = json.loads(await response.read())
            assert (response.status, answer["error"]) == (400, "request_invalid")
            assert words in answer["message"]

    run(scenario())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/nothing", 404),
        (f"{P}/third/index?from=1&to=2", 404),
        (f"{P}/main/1/2.m4s", 404),
        (f"{P}/main/99999999999/0-1.m4s", 400),
        (f"{P}/main/1/5-2.m4s", 404),
        (f"{P}/main/1/0-400.m4s", 404),
        (f"{P}/main/1/0-400000.m4s", 400),
        (f"{P}/main/init/abc.mp4", 404),
        (f"{P}/main/frame?at=5000000", 403),
    ],
)
def test_an_address_that_names_nothing_says_so_in_json(tmp_path: Path, path: str, status: int) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(5)
            response = await st.get(path)
            assert response.status == status
            assert json.loads(await response.read())["message"]

    run(scenario())


def test_a_moment_without_footage_is_not_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(5)
            st.stop()
            for path in (f"{P}/main/frame?at=", f"{P}/main.jpg?at="):
                for at_us in (st.start_us - 5 * US_PER_S, st.start_us + 30 * US_PER_S):
                    assert (await st.get(f"{path}{at_us}")).status == 404
            period = f"from={st.start_us + 30 * US_PER_S}&to={st.start_us + 31 * US_PER_S}"
            assert (await st.get(f"{P}/main.m3u8?{period}")).status == 404
            assert (await st.get(f"/export/cam-01/main.mp4?{period}", st.ticket("export"))).status == 404
            empty = await st.get(f"{P}/main/index?{period}")
            assert json.loads(await empty.read())["segments"] == []

    run(scenario())


def test_an_oversized_body_and_a_wrong_method_are_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            large = await st.get("/playback/multi", method="POST", data=b"x" * 200_000)
            assert (large.status, (await large.json())["error"]) == (413, "request_invalid")
            wrong = await st.get("/playback/multi", method="DELETE")
            assert (wrong.status, (await wrong.json())["error"]) == (405, "request_invalid")
            plain = await st.get("/live")
            assert (plain.status, (await plain.json())["error"]) == (400, "request_invalid")

    run(scenario())


def test_a_file_that_is_gone_is_told_and_the_next_request_is_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(65)
            segment = next(st.archive.index.segments("cam-01.main", st.start_us, st.start_us + 1))
            segment.path.unlink()
            gone = await st.get(f"{P}/main/{segment.seq}/0-1.m4s")
            assert (gone.status, (await gone.json())["error"]) == (503, "footage_unreadable")
            assert str(tmp_path) not in await gone.text()
            assert (await st.get(f"{P}/main/{segment.seq + 1}/0-1.m4s")).status == 200

    run(scenario())


def test_a_client_that_does_not_read_holds_no_memory_and_delays_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(60, pictures=noisy() * 10)
            st.stop()
            body = {"from_us": st.start_us, "to_us": st.clock.wall_us(), "ticket": st.ticket(),
                    "streams": [{"slot": 0, "camera": "cam-01", "stream": "main"}]}  # fmt: skip
            stuck = await st.client.post("/playback/multi", json=body)
            for _ in range(20):
                assert (await st.get(f"{P}/main/frame?at={st.start_us}")).status == 200
            await asyncio.sleep(0)
            stuck.close()

    run(scenario())


def test_a_client_that_leaves_in_the_middle_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(60, pictures=noisy() * 10)
            st.stop()
            period = f"from={st.start_us}&to={st.clock.wall_us()}"
            headers = {"Authorization": f"Bearer {st.ticket('export')}"}
            response = await st.client.get(f"/export/cam-01/main.mp4?{period}", headers=headers)
            await response.content.readexactly(1000)
            response.close()
            assert (await st.get("/health")).status == 200
            while st.gate.viewers:  # noqa: ASYNC110
                await asyncio.sleep(0)  # the rest of the answer is given up
            assert st.outcomes() == ["opened", "closed"]

    run(scenario())
    assert caplog.records == []


@given(st_.recursive(
    st_.none() | st_.booleans() | st_.integers() | st_.text(max_size=8) | st_.floats(allow_nan=False),
    lambda inner: st_.lists(inner, max_size=3) | st_.dictionaries(
        st_.sampled_from(["from_us", "to_us", "mode", "streams", "slot", "camera", "stream", "ticket", "every_us"]),
        inner, max_size=9),
    max_leaves=12,
))  # fmt: skip
def test_any_body_is_read_or_refused_with_our_own_error(value: object) -> None:
    with contextlib.suppress(RequestInvalid):
        assert parse_body(json.dumps(value).encode()).streams


@given(st_.binary(max_size=60))
def test_any_bytes_are_refused_with_our_own_error(body: bytes) -> None:
    with pytest.raises(Error, match="cannot be answered"):
        parse_body(body)
