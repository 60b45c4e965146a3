"""From a simulated camera's RTSP to a viewer: the real node, its real gate and archive, real HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import av
from aiohttp import ClientSession, WSMsgType
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.base.units import US_PER_S
from nangmai.media.isobmff import parse_prft
from nangmai.protocol.keys import key_id, public_key_text
from nangmai.protocol.tickets import Right, Ticket, issue_ticket
from nangmai.recorder.config import load_config
from nangmai.recorder.node import Node
from nangmai.simulator import Camera, Recipe, running
from nangmai.simulator.barcode import read_barcode

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CAMERAS = ("h264", "h265", "reordered")


@asynccontextmanager
async def recording(folder: Path) -> AsyncIterator[tuple[Node, ClientSession, str]]:
    """A node that records three simulated cameras, a client, and the node's address."""
    (folder / "web.pub").write_text(public_key_text(KEY.public_key()), encoding="ascii")
    sources = [
        Camera("h264", Recipe(seconds=2)),
        Camera("h265", Recipe(codec="h265", seconds=2)),
        Camera("reordered", Recipe(seconds=2, b_frames=2)),
    ]
    with running(sources) as simulator:
        tables = "".join(
            f'[[camera]]\nid = "{name}"\nname = "{name}"\nmain = "{simulator.url(name)}"\n' for name in CAMERAS
        )
        path = folder / "nangmai.toml"
        path.write_text(
            '[recorder]\nname = "nvr-1"\narchive = ["archive"]\nlisten = "127.0.0.1:0"\nflush_seconds = 1.0\n'
            f'[tickets]\nkeys = ["web.pub"]\n{tables}',
            encoding="utf-8",
        )
        node = Node(load_config(path))
        await node.start()
        try:
            async with ClientSession() as client:
                yield node, client, f"http://127.0.0.1:{node.port}"
        finally:
            await node.stop()


def ticket(node: Node, right: Right) -> str:
    now_us = node.clock.wall_us()
    period = () if right == "live" else (now_us - 3600 * US_PER_S, now_us + 3600 * US_PER_S)
    now_s = now_us // US_PER_S
    claims = Ticket("t-1", "nvr-1", "7", "Bảo", right, CAMERAS, now_s, now_s + 600, *period)
    return issue_ticket(KEY, key_id(KEY.public_key()), claims)


async def watched(client: ClientSession, base: str, node: Node, seconds: int) -> dict[int, list[bytes]]:
    """What a page gets that watches all cameras, until each has so many seconds of pictures."""
    payloads: dict[int, list[bytes]] = {slot: [] for slot in range(len(CAMERAS))}
    async with asyncio.timeout(60), client.ws_connect(f"{base}/live", max_msg_size=0) as socket:
        for slot, camera in enumerate(CAMERAS):
            message = {"op": "subscribe", "slot": slot, "camera": camera, "stream": "main"}
            await socket.send_str(json.dumps(message | {"ticket": ticket(node, "live")}))
        while min(len(found) for found in payloads.values()) < seconds * 10 + 1:
            received = await socket.receive()
            assert received.type in (WSMsgType.TEXT, WSMsgType.BINARY)
            at, data = 0, received.data if received.type is WSMsgType.BINARY else b""
            while at < len(data):
                slot, length = struct.unpack_from(">HI", data, at)
                payloads[slot].append(data[at + 6 : at + 6 + length])
                at += 6 + length
    return payloads


def numbers(data: bytes) -> list[int | None]:
    """The numbers burnt into the pictures."""
    with av.open(io.BytesIO(data)) as container:
        return [read_barcode(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


async def fetched(client: ClientSession, address: str, token: str) -> bytes:
    async with client.get(address, headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status == 200, await response.text()
        return await response.read()


def assert_consecutive(found: list[int | None]) -> None:
    """No picture is missing, doubled or out of order; the clips begin anew every two seconds."""
    first = found[0]
    assert first is not None
    assert found == [(first + place) % 20 for place in range(len(found))]


def test_what_a_camera_sends_is_watched_played_back_and_exported(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with recording(tmp_path) as (node, client, base):
            live = await watched(client, base, node, seconds=5)
            for slot in range(len(CAMERAS)):
                assert live[slot][0][4:8] == b"ftyp"
                shown = numbers(b"".join(live[slot]))[
                    :-4
                ]  # where it was cut off, pictures shown earlier may be missing
                assert len(shown) > 40
                assert_consecutive(shown)
                delay_us = node.clock.wall_us() - parse_prft(live[slot][-1][8:32]).wall_us
                assert 0 <= delay_us < 30 * US_PER_S
            token, now_us = ticket(node, "export"), node.clock.wall_us()
            for camera in CAMERAS:
                stream = f"{base}/playback/{camera}/main"
                period = f"from={now_us - 60 * US_PER_S}&to={now_us}"
                index = json.loads(await fetched(client, f"{stream}/index?{period}", token))
                (segment,) = index["segments"]
                assert segment["open"]
                count = len(segment["fragments"])
                init = await fetched(client, f"{stream}/init/{segment['init']}.mp4", token)
                units = await fetched(client, f"{stream}/{segment['seq']}/0-{count - 1}.m4s", token)
                played = numbers(init + units)
                assert len(played) == sum(fragment[5] for fragment in segment["fragments"])
                assert_consecutive(played)
                exported = await fetched(client, f"{base}/export/{camera}/main.mp4?{period}", token)
                assert numbers(exported)[: len(played)] == played
                key = await fetched(client, f"{stream}/{segment['seq']}/0.key.m4s", token)
                assert numbers(init + key) == played[:1]
                still = await fetched(client, f"{stream}.jpg?at={segment['start_us'] + 1}", token)
                assert still[:2] == b"\xff\xd8"
            await used(node)

    asyncio.run(scenario())


async def used(node: Node) -> None:
    """The uses are in the outbox on their way to web."""
    uses: list[dict[str, Any]] = [use for _, use in node.archive.index.ticket_uses()]
    opened = {(use["right"], use["camera"]) for use in uses if use["outcome"] == "opened"}
    assert opened == {(right, camera) for right in ("live", "export") for camera in CAMERAS}


def test_a_stream_gathers_in_the_kernel_until_somebody_watches(tmp_path: Path) -> None:
    async def until(is_met: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not is_met():  # noqa: ASYNC110 what is waited for has no event
                await asyncio.sleep(0.05)

    async def scenario() -> None:
        async with recording(tmp_path) as (node, client, base):
            stream: Any = next(stream for stream in node.streams if stream.name == "h264.main")

            def least_bytes() -> int:
                peer = stream._source._client._connection.transport.get_extra_info("socket")
                return int(peer.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT))

            await until(lambda: stream.state().state == "recording" and least_bytes() > 1)
            async with client.ws_connect(f"{base}/live") as live:
                message = {"op": "subscribe", "slot": 0, "camera": "h264", "stream": "main"}
                await live.send_str(json.dumps(message | {"ticket": ticket(node, "live")}))
                async with asyncio.timeout(60):
                    while (await live.receive()).type is not WSMsgType.BINARY:
                        pass
                assert least_bytes() == 1
            before = stream.stats.bytes
            await until(lambda: least_bytes() > 1)
            await until(lambda: stream.stats.bytes > before + 3 * least_bytes())

    asyncio.run(scenario())
