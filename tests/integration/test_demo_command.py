"""`nangmai demo`: one command, and cameras are watched live, played back, and everything stops again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import aiohttp

from integration.browsing import Person
from integration.running import Running, running

US_PER_S = 1_000_000
PASSWORD = "nang-mai-2022"


async def until(check: Any) -> Any:
    """Ask again and again; the test's own time-out is the limit."""
    while True:
        value = await check()
        if value:
            return value
        await asyncio.sleep(0.2)


async def first_live_picture(session: aiohttp.ClientSession, url: str, ticket: str) -> bytes:
    """Subscribe as a tile does; the first binary message."""
    async with session.ws_connect(
        f"{url}/recorders/nvr-1/live", protocols=("nangmai.live.1",), max_msg_size=0
    ) as socket:
        wish = {"op": "subscribe", "slot": 0, "camera": "cam-01", "stream": "sub", "mode": "full", "ticket": ticket}
        await socket.send_str(json.dumps(wish))
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                return bytes(message.data)
    raise AssertionError("the live socket closed before a picture came")


def browser() -> aiohttp.ClientSession:
    """Keeps cookies of an address without a name too."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def look_around(url: str, on_watch: str) -> None:
    async with browser() as session:
        guard = Person(session, url)
        await guard.sign_in(on_watch, PASSWORD)

        async def is_recording() -> bool:
            return "state-kept" in await guard.page("/cameras/nvr-1/cam-01")

        await until(is_recording)
        live = await guard.ticket("live")
        picture = await first_live_picture(session, url, live["ticket"])
        assert b"ftyp" in picture[:64] or b"moof" in picture

        now_us = int(time.time() * US_PER_S)
        replay = await guard.ticket("replay", from_us=now_us - 600 * US_PER_S, to_us=now_us + 60 * US_PER_S)
        headers = {"Authorization": f"Bearer {replay['ticket']}"}

        async def segments() -> list[Any]:
            period = f"from={replay['from_us']}&to={int(time.time() * US_PER_S)}"
            address = f"{url}/recorders/nvr-1/playback/cam-01/main/index?{period}"
            async with session.get(address, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
                found: list[Any] = (await answer.json())["segments"]
                return [segment for segment in found if segment["fragments"]]

        segment = (await until(segments))[0]
        address = f"{url}/recorders/nvr-1/playback/cam-01/main/{segment['seq']}/0-0.m4s"
        async with session.get(address, headers=headers) as answer:
            assert answer.status == 200
            assert b"moof" in await answer.read()

        refused = await guard.ticket("playback", from_us=1, to_us=now_us)
        assert (refused["error"], refused["clause"]) == ("refused_unless", "Đ4.1, Đ4.2")
        async with session.get(f"{url}/recorders/nvr-1/metrics") as answer:
            assert answer.status == 404

        async def is_in_the_register() -> bool:
            return "cam-01" in await guard.page("/footage/mine")

        await until(is_in_the_register)


async def revoked_stream_closes(url: str) -> None:
    async with browser() as session:
        board = Person(session, url)
        await board.sign_in("hieutruong", PASSWORD)
        ticket = (await board.ticket("live"))["ticket"]
        async with session.ws_connect(
            f"{url}/recorders/nvr-1/live", protocols=("nangmai.live.1",), max_msg_size=0
        ) as it:
            wish = {"op": "subscribe", "slot": 7, "camera": "cam-01", "stream": "sub", "mode": "full", "ticket": ticket}
            await it.send_str(json.dumps(wish))
            while (await it.receive()).type is not aiohttp.WSMsgType.BINARY:
                pass
            await board.sign_out()
            async for message in it:
                if message.type is aiohttp.WSMsgType.TEXT and "error" in json.loads(message.data):
                    assert json.loads(message.data)["slot"] == 7
                    return
        raise AssertionError("the stream went on after signing out")


async def recording_goes_on_without_web(demo: Running, url: str) -> None:
    before = demo.children()
    os.kill(before["web"], signal.SIGKILL)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/recorders/nvr-1/health") as answer:
            assert (await answer.json())["recording"] == 2

        async def is_back() -> bool:
            async with session.get(f"{url}/account/sign-in") as answer:
                return answer.status == 200

        await until(is_back)
    after = demo.children()
    assert after["recorder"] == before["recorder"]
    assert after["web"] != before["web"]


def test_the_demonstration_from_start_to_end(tmp_path: Path) -> None:
    with running("demo", "--cameras", "2", "--no-history", "--port", "0", "--data", "data", cwd=tmp_path) as demo:
        url = demo.wait_for("http://127.0.0.1:").strip()
        demo.wait_for("Ctrl-C stops everything")
        assert f"baove          {PASSWORD}" in demo.output
        on_watch = re.search(r"^  (\w+) .*đang trực\)$", demo.output, re.MULTILINE)
        assert on_watch, demo.output
        asyncio.run(asyncio.wait_for(look_around(url, on_watch[1]), 120))
        asyncio.run(asyncio.wait_for(revoked_stream_closes(url), 60))
        asyncio.run(asyncio.wait_for(recording_goes_on_without_web(demo, url), 60))
        children = demo.children()
        assert set(children) == {"demo", "recorder", "web", "gateway"}
        assert demo.stop(signal.SIGINT) == 0
        assert not [pid for pid in children.values() if Path(f"/proc/{pid}").exists()]
        assert "killed" not in demo.output
        assert demo.lines[-1] == "Stopped."


def test_a_port_that_is_taken_is_one_clear_sentence(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(
            "demo", "--cameras", "1", "--no-history", "--port", str(port), "--data", "data", cwd=tmp_path
        ) as demo:
            assert demo.process.wait(60) != 0
            demo.wait_for(f"127.0.0.1:{port} cannot be used")
    assert "Traceback" not in demo.output
