"""A mail server for a test: takes messages over SMTP (RFC 5321) on a socket of its own, or refuses every recipient."""

from __future__ import annotations

import contextlib
import dataclasses
import socketserver
import threading
from collections.abc import Iterator
from typing import ClassVar


@dataclasses.dataclass
class Message:
    """What was delivered."""

    recipients: list[str]
    content: bytes


@dataclasses.dataclass
class Server:
    """Where it listens, and what came."""

    port: int
    messages: list[Message]


@contextlib.contextmanager
def mail_server(*, refuses: bool) -> Iterator[Server]:
    """Until the block ends."""
    delivered: list[Message] = []

    class Conversation(socketserver.StreamRequestHandler):
        answers: ClassVar = {
            "EHLO": "250 test",
            "HELO": "250 test",
            "MAIL": "250 ok",
            "RSET": "250 ok",
            "NOOP": "250 ok",
        }

        def handle(self) -> None:
            recipients: list[str] = []
            self._say("220 test")
            while line := self.rfile.readline().decode("ascii").strip():
                verb = line[:4].upper()
                if verb == "QUIT":
                    self._say("221 bye")
                    return
                if verb == "RCPT":
                    recipients.append(line.partition("<")[2].partition(">")[0])
                    self._say("550 nobody of that name" if refuses else "250 ok")
                elif verb == "DATA":
                    self._say("354 go on")
                    delivered.append(Message(recipients, self._content()))
                    self._say("250 taken")
                else:
                    self._say(self.answers.get(verb, "502 not here"))

        def _content(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b".") else line)
            return b"".join(lines)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode("ascii"))

    with socketserver.TCPServer(("127.0.0.1", 0), Conversation) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Server(server.server_address[1], delivered)
        finally:
            server.shutdown()
            thread.join(60)
