"""A line with a way to go: passes TCP on, every byte late by half the round trip in each direction."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

CHUNK_BYTES = 64 << 10


@contextmanager
def slow_line(url: str, round_trip_s: float) -> Iterator[str]:
    """The same server, farther away."""
    parts = urlsplit(url)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    port = 0

    async def serve() -> None:
        nonlocal port

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                there = await asyncio.open_connection(parts.hostname, parts.port)
                await asyncio.gather(
                    _pass(reader, there[1], round_trip_s / 2), _pass(there[0], writer, round_trip_s / 2)
                )

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(serve())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    if not ready.wait(10):
        raise TimeoutError(f"the slow line to {url} did not open in 10 s")
    try:
        yield f"{parts.scheme}://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(_cancel_all, loop)
        thread.join(5)


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Keeps order and rate, adds delay: a bucket brigade, not a wait after each piece."""
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def hand_on() -> None:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                writer.close()
                return
            writer.write(piece)
            await writer.drain()

    handing = asyncio.create_task(hand_on())
    while piece := await reader.read(CHUNK_BYTES):
        pieces.put_nowait((loop.time() + delay_s, piece))
    pieces.put_nowait((loop.time() + delay_s, b""))
    await handing
