"""What telling interleaved frames apart costs: nanoseconds a frame besides the push itself.

First in memory, a tight loop over the connection's own `buffer_updated` with a push that does nothing, less the cost of
calling that push; then over a loopback socket with the event loop of the recorder, where CPU includes the system calls
and the kernel's copy. Each figure is the best of several passes, so that other load on the machine disturbs it little.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import uvloop

from nangmai.devices.rtsp.connection import Connection

FRAME_BYTES = 1412
READ_BYTES = 64 * 1024
SENDER = """
import socket, sys
port, megabytes, size = map(int, sys.argv[1:])
frames = (b"$\\0" + size.to_bytes(2, "big") + bytes(size)) * 46
with socket.create_connection(("127.0.0.1", port)) as out:
    for _ in range(megabytes * 1024 * 1024 // len(frames)):
        out.sendall(frames)
"""


def _push(view: memoryview, start: int, end: int, now_us: int) -> None:
    """The cheapest receiver."""


def _now_us() -> int:
    return time.monotonic_ns() // 1000


async def _pass_in_memory(frames: int) -> float:
    connection = Connection(_now_us, lambda message: None)
    connection.attach(0, _push, lambda: None)
    frame = b"$\0" + FRAME_BYTES.to_bytes(2, "big") + bytes(FRAME_BYTES)
    per_read = READ_BYTES // len(frame)
    data = frame * per_read
    spent_ns = 0
    for _ in range(frames // per_read):
        connection.get_buffer(0)[: len(data)] = data
        begun = time.perf_counter_ns()
        connection.buffer_updated(len(data))
        spent_ns += time.perf_counter_ns() - begun
    return spent_ns / (frames // per_read * per_read)


def _bare_push_ns(frames: int) -> float:
    push, view = _push, memoryview(b"")
    begun = time.perf_counter_ns()
    for number in range(frames):
        push(view, number, number, 1)
    return (time.perf_counter_ns() - begun) / frames


async def _over_loopback(megabytes: int) -> tuple[float, int]:
    """CPU nanoseconds a frame of this process, and frames."""
    frames = 0
    done = asyncio.get_running_loop().create_future()

    class Counting(Connection):
        def connection_lost(self, error: Exception | None) -> None:
            super().connection_lost(error)
            done.set_result(self.received_bytes)

    def make() -> Connection:
        connection = Counting(_now_us, lambda message: None)
        connection.attach(0, _push, lambda: None)
        return connection

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    arguments = (str(port), str(megabytes), str(FRAME_BYTES))
    sender = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, *arguments)
    begun = time.process_time_ns()
    received_bytes = await done
    spent_ns = time.process_time_ns() - begun
    server.close()
    await sender.wait()
    frames = received_bytes // (FRAME_BYTES + 4)
    return spent_ns / frames, frames


def run(quick: bool = False) -> dict[str, Any]:
    """The figures and the claim."""
    passes = 5 if quick else 30
    frames = 20_000
    with_push_ns = min(asyncio.run(_pass_in_memory(frames)) for _ in range(passes))
    bare_ns = min(_bare_push_ns(frames) for _ in range(passes))
    loopback_ns = min(uvloop.run(_over_loopback(50 if quick else 400))[0] for _ in range(1 if quick else 5))
    besides_ns = with_push_ns - bare_ns
    return {
        "frame_bytes": FRAME_BYTES,
        "ns_per_frame_with_empty_push": round(with_push_ns, 1),
        "ns_per_frame_besides_push": round(besides_ns, 1),
        "cpu_ns_per_frame_over_loopback": round(loopback_ns, 1),
        "percent_of_a_core_at_22000_frames_a_second": round(22_000 * loopback_ns / 1e7, 2),
        "claims": {
            "a frame costs under 400 ns besides its push": {
                "measured": round(besides_ns, 1),
                "limit": 400,
                "holds": besides_ns < 400,
            }
        },
    }
