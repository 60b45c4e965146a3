"""nginx and Caddy as docs/how-to/reverse-proxy.md configures them: the very text of the page, before a real site."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from yarl import URL

from integration.browsing import Person
from integration.rtsp_support import make_clip
from integration.running import free_port, running
from nangmai.gateway.certificates import ensure_certificate

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "reverse-proxy.md"
SECRET = "a-secret-for-the-test"
WAIT_S = 60


class Site(NamedTuple):
    """Web and a recorder, as separate units run them: without a gateway."""

    web: int
    recorder: int
    username: str
    password: str


def block(title: str) -> str:
    """The configuration under a title of the page."""
    found = re.search(rf"## {title}\n```\w*\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, title
    return found[1]


def documented_environment() -> dict[str, str]:
    """What the page says web has to be told."""
    text = PAGE.read_text(encoding="utf-8").replace("cameras.school.example", "localhost")
    return {name: value.strip('"') for name, value in re.findall(r'^(NANGMAI_\w+)=("[^"]*"|\S+)', text, re.MULTILINE)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    clip = make_clip(folder / "clip.mp4", seconds=60)
    web, recorder = free_port(), free_port()
    (folder / "nangmai.toml").write_text(
        f'[recorder]\nname = "nvr-1"\narchive = ["./archive"]\nlisten = "127.0.0.1:{recorder}"\nflush_seconds = 1\n'
        f'[[camera]]\nid = "cam-01"\nname = "Cổng chính"\nmain = "file://{clip}"\ntransport = "ffmpeg"\n',
        encoding="utf-8",
    )
    pages = {
        "NANGMAI_DATA_DIR": str(folder / "data"),
        **documented_environment(),
        "NANGMAI_RECORDERS": f"nvr-1={SECRET}",
    }
    control = {"NANGMAI_CONTROL_URL": f"http://127.0.0.1:{web}", "NANGMAI_CONTROL_ENROLMENT": SECRET}
    with running("web", "manage", "demonstrate", cwd=folder, environment=pages) as people:
        assert people.process.wait(WAIT_S) == 0
        people._reader.join(10)
        person = json.loads(people.output[people.output.index("[") :])[0]
    with (
        running("web", "--listen", f"127.0.0.1:{web}", cwd=folder, environment=pages) as serving,
        running("recorder", "--config", "nangmai.toml", cwd=folder, environment=control),
    ):
        serving.wait_for("nangmai web")
        wait_open(recorder)
        yield Site(web, recorder, person["username"], person["password"])


def wait_open(port: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


def nginx(folder: Path, text: str, port: int) -> list[str]:
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("/var/log/nginx/", f"{folder}/")
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{temporary}\n{text}\n}}\n",
        encoding="utf-8",
    )
    return ["nginx", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"]


def caddy(folder: Path, text: str, port: int) -> list[str]:
    opening = f"localhost:{port} {{\n    tls {folder}/server.crt {folder}/server.key\n"
    text = text.replace("localhost {\n", opening, 1)
    (folder / "Caddyfile").write_text(
        f"{{\n    admin off\n    auto_https disable_redirects\n    storage file_system {folder}/caddy\n}}\n{text}",
        encoding="utf-8",
    )
    return ["caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]


PROXIES = {"nginx": nginx, "Caddy": caddy}


@pytest.fixture(params=PROXIES)
def url(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[str]:
    """The address that the proxy gives the site."""
    if shutil.which(request.param.lower()) is None:
        pytest.skip(f"no {request.param} on this machine")
    ensure_certificate(tmp_path, ["localhost"])
    port = free_port()
    text = block(request.param).replace("cameras.school.example", "localhost")
    text = text.replace("/etc/ssl/cameras", f"{tmp_path}/server")
    for documented, real in ((8601, site.recorder), (8001, site.web)):
        assert f":{documented}" in text
        text = text.replace(f":{documented}", f":{real}")
    command = PROXIES[request.param](tmp_path, text, port)
    with (tmp_path / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"HOME": str(tmp_path)})
    try:
        wait_open(port)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(30)


def session(url: str, folder: Path) -> aiohttp.ClientSession:
    trusting = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting))


async def signed_in(browser: aiohttp.ClientSession, url: str, site: Site) -> Person:
    person = Person(browser, url)
    await person.sign_in(site.username, site.password)
    return person


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 2 * WAIT_S))


def test_a_person_signs_in_watches_live_and_plays_back(url: str, site: Site, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(url, tmp_path) as browser:
            person = await signed_in(browser, url, site)
            recorder = f"{url}/recorders/nvr-1"
            ticket = await eventually(lambda: person.ticket("live"), lambda told: "ticket" in told)
            async with browser.ws_connect(f"{recorder}/live", protocols=("nangmai.live.1",)) as live:
                await live.send_json(
                    {"op": "subscribe", "slot": 0, "camera": "cam-01", "stream": "main", "mode": "full"}
                    | {"ticket": ticket["ticket"]}
                )
                sizes = []
                while len(sizes) < 12:  # more than the GOP so far: pictures go on coming, one by one
                    message = await live.receive(WAIT_S)
                    assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
                    sizes += [len(message.data)] if message.type is aiohttp.WSMsgType.BINARY else []
            now_us = time.time_ns() // 1000
            period = {"from_us": now_us - 3_600_000_000, "to_us": now_us + 600_000_000}
            token = (await person.ticket("playback", **period))["ticket"]
            bearer = {"Authorization": f"Bearer {token}"}
            playback = f"{recorder}/playback/cam-01/main"
            query = f"from={period['from_us']}&to={period['to_us']}"

            async def index() -> dict[str, Any]:
                async with browser.get(f"{playback}/index?{query}", headers=bearer) as answer:
                    assert answer.status == 200, await answer.text()
                    told: dict[str, Any] = await answer.json()
                    return told

            listed = await eventually(index, lambda told: bool(told["segments"]))
            segment = listed["segments"][0]
            fragment = segment["fragments"][0]
            units = f"{playback}/{segment['seq']}/0-0.m4s"
            async with browser.get(units, headers=bearer | {"Range": "bytes=0-9"}) as answer:
                assert (answer.status, len(await answer.read())) == (200, fragment[3])  # the range is in the path
            async with browser.get(f"{playback}/frame?at={segment['start_us']}", headers=bearer) as answer:
                assert answer.headers["Content-Location"] == f"{segment['seq']}/0.key.m4s"
                assert (await answer.read())[4:8] == b"prft"
            body = {"from_us": period["from_us"], "to_us": period["to_us"] - 1_200_000_000, "ticket": token,
                    "streams": [{"slot": 3, "camera": "cam-01", "stream": "main"}]}  # fmt: skip
            body["from_us"] = body["to_us"] - 3_000_000_000
            body["to_us"] = min(period["to_us"], body["from_us"] + 3_600_000_000)
            async with browser.post(f"{recorder}/playback/multi", json=body) as answer:
                assert answer.status == 200
                assert (await answer.read())[:2] == b"\0\3"
            await person.sign_out()

    run(scenario())


async def eventually(ask: Any, is_met: Any) -> dict[str, Any]:
    async with asyncio.timeout(WAIT_S):
        while True:
            told: dict[str, Any] = await ask()
            if is_met(told):
                return told
            await asyncio.sleep(0.2)


def test_figures_stay_inside_and_nobody_says_who_they_are_not(url: str, site: Site, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with session(url, tmp_path) as browser:
            async with browser.get(f"{url}/recorders/nvr-1/health") as answer:
                assert (await answer.json())["recorder"] == "nvr-1"
            for path in ("metrics", "/metrics", "./metrics", "%6detrics", "x/../metrics", "metrics/"):
                async with browser.get(URL(f"{url}/recorders/nvr-1/{path}", encoded=True)) as answer:
                    assert answer.status in (400, 404), path
                    assert b"nangmai_" not in await answer.read()
            async with browser.get(f"{url}/account/sign-in", headers={"X-Forwarded-Proto": "http"}) as answer:
                assert answer.status == 200
                cookies = answer.headers.getall("Set-Cookie", [])
                assert cookies
                assert [cookie for cookie in cookies if "Secure" not in cookie] == []
            async with browser.get(f"{url}/recorders/nvr-1/inventory?ticket=not-one-that-anybody-made") as answer:
                assert (answer.status, (await answer.json())["error"]) == (403, "ticket_malformed")

    run(scenario())
    written = "".join(path.read_text(errors="replace") for path in tmp_path.glob("*.log"))
    assert "not-one-that-anybody-made" not in written
