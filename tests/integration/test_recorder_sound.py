"""Sound is recorded and heard only while the regulation says so: a camera that sends AAC, a recorder, a web plane."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import av
from aiohttp import web

from integration.rtsp_support import in_loop
from integration.web_plane import KEY, WebPlane, until, web_plane
from nangmai.archive.records import SegmentView
from nangmai.base.units import US_PER_S
from nangmai.protocol.keys import key_id
from nangmai.protocol.tickets import Right, Ticket, issue_ticket
from nangmai.recorder.config import load_config
from nangmai.recorder.node import Node
from nangmai.simulator import Camera, Recipe, Simulator

NAME = "cam-01.main"


@asynccontextmanager
async def recorder(folder: Path, camera: str, port: int | None) -> AsyncIterator[Node]:
    control = f'[control]\nurl = "http://127.0.0.1:{port}"\nenrolment = "s3cret"\n' if port else ""
    path = folder / "nvr.toml"
    path.write_text(
        '[recorder]\nname = "nvr-1"\narchive = ["archive"]\nlisten = "127.0.0.1:0"\nflush_seconds = 0.5\n'
        f'{control}[[camera]]\nid = "cam-01"\nname = "Cổng chính"\nmain = "{camera}"\naudio = true\n',
        encoding="utf-8",
    )
    node = Node(load_config(path))
    await node.start()
    try:
        yield node
    finally:
        await node.stop()


def segments(node: Node) -> list[tuple[SegmentView, bool]]:
    """All segments, oldest first, and whether each has a sound track."""
    index = node.archive.index
    found = list(index.segments(NAME, 0, node.clock.wall_us() + US_PER_S))
    inits = {segment.init_id: index.init(segment.init_id) for segment in found}
    return [(one, bool(init and init.audio)) for one in found if (init := inits[one.init_id]) and one.fragments]


def ends_with(node: Node, *, sound: bool) -> bool:
    found = segments(node)
    return bool(found) and found[-1][1] is sound and len(found[-1][0].fragments) >= 2


def ticket(node: Node, right: Right) -> str:
    now_s = node.clock.wall_us() // US_PER_S
    period = (None, None) if right == "live" else (0, (now_s + 1) * US_PER_S)
    claims = Ticket("t-1", "nvr-1", "7", "Bảo", right, ("cam-01",), now_s, now_s + 300, *period, "")
    return issue_ticket(KEY, key_id(KEY.public_key()), claims)


async def heard(node: Node, session: aiohttp.ClientSession) -> tuple[set[bool], bool]:
    """Whether what is played, and what is exported, of the whole archive has a sound track with samples."""
    now_us = node.clock.wall_us()
    base = f"http://127.0.0.1:{node.port}"

    async def get(right: Right, path: str) -> bytes:
        headers = {"Authorization": f"Bearer {ticket(node, right)}"}
        async with session.get(base + path, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    played = set()
    for segment, _has_sound in segments(node):
        init = await get("playback", f"/playback/cam-01/main/init/{segment.init_id}.mp4")
        last = len(segment.fragments) - 1
        units = await get("playback", f"/playback/cam-01/main/{segment.seq}/0-{last}.m4s")
        played.add(_sounds(init + units))
    exported = await get("export", f"/export/cam-01/main.mp4?from={now_us - 600 * US_PER_S}&to={now_us}")
    return played, _sounds(exported)


def _sounds(movie: bytes) -> bool:
    with av.open(io.BytesIO(movie)) as container:
        return bool(container.streams.audio) and any(packet.size for packet in container.demux(audio=0))


async def told(plane: WebPlane, node: Node, *, audio: bool) -> None:
    plane.audio = audio
    await until(lambda: node.has_sound is audio)


@in_loop
async def test_sound_follows_the_regulation_from_silence_to_sound_and_back(tmp_path: Path) -> None:
    async with Simulator([Camera("cam", Recipe(audio="aac", seconds=2))]) as simulator, web_plane() as plane:
        url = simulator.url("cam")
        async with recorder(tmp_path, url, plane.port) as node, aiohttp.ClientSession() as session:
            await until(lambda: plane.reports and ends_with(node, sound=False))
            node.tickets.open(ticket(node, "live"), "live", "cam-01", "main")  # who is watched asks every second
            assert not node.has_sound  # the file asks for sound, the regulation does not
            await told(plane, node, audio=True)
            await until(lambda: ends_with(node, sound=True))
            assert await heard(node, session) == ({False, True}, True)
            await told(plane, node, audio=False)
            await until(lambda: ends_with(node, sound=False))
            assert await heard(node, session) == ({False}, False)  # nor that of earlier segments
            plane.audio = True
            await until(lambda: node.has_sound)
        plane.answer = lambda: web.Response(status=503)
        async with recorder(tmp_path, url, plane.port) as node:
            assert node.has_sound  # what was allowed last, known before anything could be asked


@in_loop
async def test_a_recorder_with_a_web_plane_that_never_answered_takes_no_sound_and_one_alone_obeys_its_file(
    tmp_path: Path,
) -> None:
    async with Simulator([Camera("cam", Recipe(audio="aac", seconds=2))]) as simulator:
        async with recorder(tmp_path, simulator.url("cam"), 1) as node:
            await until(lambda: ends_with(node, sound=False))
        async with recorder(tmp_path, simulator.url("cam"), None) as node:
            await until(lambda: ends_with(node, sound=True))
