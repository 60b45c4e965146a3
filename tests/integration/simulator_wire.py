"""A bare RTSP client on a TCP connection, for tests of the simulator: shares nothing with ours."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

Answer = tuple[int, dict[str, str], str]


@dataclass
class Wire:
    """One connection; frames that arrive between answers are kept."""

    url: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    frames: list[tuple[int, bytes]]
    session: str = ""
    sequence: int = 0

    async def ask(self, method: str, url: str = "", **headers: str) -> Answer:
        """Send a request and read its answer."""
        self.sequence += 1
        lines = [f"{method} {url or self.url} RTSP/1.0", f"CSeq: {self.sequence}"]
        lines += [f"Session: {self.session}"] if self.session else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.answer()

    async def answer(self) -> Answer:
        """The next answer; media before it is kept."""
        while (first := await self.reader.readexactly(1)) == b"$":
            await self._frame()
        head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = (await self.reader.readexactly(int(headers.get("content-length", 0)))).decode(errors="replace")
        if "session" in headers:
            self.session = headers["session"].partition(";")[0]
        return int(lines[0].split()[1]), headers, body

    async def _frame(self) -> None:
        header = await self.reader.readexactly(3)
        self.frames.append((header[0], await self.reader.readexactly(int.from_bytes(header[1:], "big"))))

    async def play(self, channel: int = 0) -> None:
        """SETUP of the video and PLAY."""
        transport = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        status, _, _ = await self.ask("SETUP", f"{self.url}/trackID=0", Transport=transport)
        assert status == 200
        status, _, _ = await self.ask("PLAY")
        assert status == 200

    async def receive(self, seconds: float) -> list[tuple[int, bytes]]:
        """The frames of the next `seconds`, with those kept before."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    assert await self.reader.readexactly(1) == b"$"
                    await self._frame()
            except TimeoutError:
                break
        frames, self.frames = self.frames, []
        return frames

    async def is_closed(self, seconds: float = 5) -> bool:
        """Whether the other side closes the connection within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while await self.reader.read(1 << 16):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True


@asynccontextmanager
async def connected(url: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """A connection to the camera of the URL."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=tls)
    try:
        yield Wire(re.sub(r"//[^@/]*@", "//", url), reader, writer, [])
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except OSError:  # reset, or media behind the end of TLS
            return
