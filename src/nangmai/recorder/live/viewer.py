"""One viewer: many streams over one socket, each with a bounded queue of its own.

Frames are written straight to the transport (RFC 6455 §5.2, unmasked, uncompressed), so that a viewer costs no task
and no wait. What the transport does not take stays in the queues; a queue that is full is emptied and its stream goes
on with the next key picture. Never blocks, never waits for a viewer.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections import deque
from typing import Any, ClassVar, Literal

from nangmai.base.clock import Clock
from nangmai.base.units import US_PER_S
from nangmai.recorder.live.stream import Announcement, LivePicture, LiveStream, StreamStatus

Mode = Literal["full", "key"]

COALESCE_S = 0.010  #: how long pictures of many streams wait for one another, to share a message
FEW_SLOTS = 4  #: up to so many streams nothing is won by waiting
CONGESTED_S = 0.010  #: how soon a transport that took no more is looked at again
HIGH_WATER_BYTES = 512 << 10  #: with so much unsent nothing more is handed to the transport
MESSAGE_BYTES = 256 << 10  #: a message is closed when it has grown to this
QUEUE_LIMIT_BYTES = 4 << 20
QUEUE_LIMIT_US = 2 * US_PER_S
STALLED_US = 10 * US_PER_S
PONG_US = 30 * US_PER_S
OPCODE_TEXT, OPCODE_BINARY, OPCODE_PING, OPCODE_PONG = 0x1, 0x2, 0x9, 0xA

_HEADER = struct.Struct(">HI")
_LENGTH16 = struct.Struct(">BBH")
_LENGTH64 = struct.Struct(">BBQ")


def frame_header(opcode: int, length: int) -> bytes:
    """The header of a final, unmasked frame (RFC 6455 §5.2)."""
    if length < 126:
        return bytes((0x80 | opcode, length))
    if length < 1 << 16:
        return _LENGTH16.pack(0x80 | opcode, 126, length)
    return _LENGTH64.pack(0x80 | opcode, 127, length)


class Slot:
    """One stream of one viewer: its queue, and what it may see of the stream."""

    __slots__ = ("_burst", "_queue", "_queued_bytes", "_viewer", "dropped", "is_ready", "mode", "number", "sent_bytes",
                 "stream", "waits_for_key")  # fmt: skip

    def __init__(self, viewer: Viewer, number: int, stream: LiveStream, mode: Mode) -> None:
        self.number = number
        self.stream = stream
        self.mode: Mode = mode
        self.sent_bytes = 0
        self.dropped = 0
        self.is_ready = False
        self.waits_for_key = True
        self._viewer = viewer
        self._queue: deque[LivePicture | Announcement] = deque()
        self._queued_bytes = 0
        self._burst = 0  # how many items at the head of the queue came from the cache: they do not count as delay

    def open(self) -> None:
        """Send what a decoder needs to show the present, then follow the stream."""
        self.stream.subscribe(self)
        self._viewer.send_json(self._status_message(self.stream.status))
        if self.stream.announcement:
            self.on_announcement(self.stream.announcement)
            self._fill_from_cache()

    def close(self) -> None:
        """Follow the stream no more; what was not sent yet is dropped."""
        self.stream.unsubscribe(self)
        self._clear()

    def change_mode(self, mode: Mode) -> None:
        """From key pictures alone to all pictures the cached GOP is sent again; the other way nothing is."""
        if mode == self.mode:
            return
        self._clear()
        self.mode = mode
        if mode == "full":
            self._fill_from_cache()

    def on_announcement(self, announcement: Announcement) -> None:
        self._clear()
        self.waits_for_key = True
        self._append(announcement)
        self._burst = 1

    def on_picture(self, picture: LivePicture) -> None:
        if picture.is_key:
            self.waits_for_key = False
        elif self.mode == "key":
            return
        elif self.waits_for_key:
            self.dropped += 1
            return
        if self._is_full(picture):
            self._drop(picture)
            if not picture.is_key:
                return
        self._queued_bytes += picture.size
        self._append(picture)

    def on_status(self, status: StreamStatus) -> None:
        self._viewer.send_json(self._status_message(status))

    def take(self, message: Message) -> bool:
        """Move queued items into `message`; true when the queue is empty then."""
        queue, is_key_mode = self._queue, self.mode == "key"
        if self.dropped and queue:
            self._viewer.send_json({"slot": self.number, "dropped": self.dropped})
            self.dropped = 0
        before = message.size
        while queue and message.size < MESSAGE_BYTES:
            item = queue.popleft()
            if self._burst:
                self._burst -= 1
            elif isinstance(item, LivePicture):
                self._queued_bytes -= item.size
            if isinstance(item, LivePicture):
                message.add(self.number, item.key_head() if is_key_mode else item.head(), item.data)
            else:
                self._viewer.send_json(self._announcement_message(item))
                message.add(self.number, item.init, b"")
        self.sent_bytes += message.size - before
        return not queue

    def _fill_from_cache(self) -> None:
        pictures = self.stream.gop()
        if self.mode == "key":
            pictures = pictures[:1]
        for picture in pictures:
            self._append(picture)
        self._burst += len(pictures)
        self.waits_for_key = not (pictures and self.stream.is_gop_whole)

    def _append(self, item: LivePicture | Announcement) -> None:
        self._queue.append(item)
        if not self.is_ready:
            self.is_ready = True
            self._viewer.wake(self)

    def _is_full(self, picture: LivePicture) -> bool:
        if self._queued_bytes > QUEUE_LIMIT_BYTES:
            return True
        if self._burst or not self._queue:
            return False
        oldest = self._queue[0]
        return isinstance(oldest, LivePicture) and picture.received_us - oldest.received_us > QUEUE_LIMIT_US

    def _drop(self, picture: LivePicture) -> None:
        """Empty the queue: what waits is too old to be worth sending; the next key picture decodes without it."""
        announcement = next((item for item in self._queue if isinstance(item, Announcement)), None)
        self.dropped += sum(isinstance(item, LivePicture) for item in self._queue) + (not picture.is_key)
        self._clear()
        self.waits_for_key = not picture.is_key
        if announcement is not None:
            self._append(announcement)
            self._burst = 1

    def _clear(self) -> None:
        self._queue.clear()
        self._queued_bytes = 0
        self._burst = 0

    def _announcement_message(self, announcement: Announcement) -> dict[str, Any]:
        video = announcement.parameters
        return {
            "slot": self.number,
            "mime": announcement.mime,
            "codec": video.codec,
            "width": video.width,
            "height": video.height,
            "fps": video.fps,
            "stream": self.stream.kind,
        }

    def _status_message(self, status: StreamStatus) -> dict[str, Any]:
        problem = status.problem
        return {
            "slot": self.number,
            "state": status.state,
            "since_us": status.since_us,
            "message": str(problem) if problem else "",
            "code": problem.code if problem else "",
            "facts": problem.told_facts if problem else {},
        }


class Message:
    """A binary message being put together: parts that are joined once."""

    __slots__ = ("parts", "size")

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, slot: int, head: bytes, data: bytes) -> None:
        """Append a payload, given as two pieces, with its header `[u16 slot][u32 length]`."""
        length = len(head) + len(data)
        self.parts += (_HEADER.pack(slot, length), head, data)
        self.size += _HEADER.size + length


class Viewer:
    """One open socket. All methods are called in the loop's thread."""

    slots_limit: ClassVar[int] = 256

    def __init__(self, transport: asyncio.WriteTransport, clock: Clock) -> None:
        self.slots: dict[int, Slot] = {}
        self.written_bytes = 0
        self._transport = transport
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._ready: deque[Slot] = deque()
        self._timer: asyncio.Handle | None = None
        self._drained_bytes = 0
        self._progress_us = self._pong_us = clock.mono_us()

    def open_slot(self, number: int, stream: LiveStream, mode: Mode) -> Slot:
        """Watch `stream` under `number`; whatever had that number before is closed."""
        self.close_slot(number)
        slot = self.slots[number] = Slot(self, number, stream, mode)
        slot.open()
        return slot

    def close_slot(self, number: int) -> Slot | None:
        """Stop watching; returns what was open under `number`."""
        slot = self.slots.pop(number, None)
        if slot is not None:
            slot.close()
        return slot

    def close(self) -> None:
        """Let go of every stream; the socket itself belongs to who made it."""
        for number in list(self.slots):
            self.close_slot(number)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def send_json(self, message: dict[str, Any]) -> None:
        """Send a text message at once, ahead of pictures that wait."""
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        self._write(frame_header(OPCODE_TEXT, len(text)) + text)

    def send_control(self, opcode: int, payload: bytes) -> None:
        """Send a ping or pong (RFC 6455 §5.5); `payload` holds at most 125 bytes."""
        self._write(frame_header(opcode, len(payload)) + payload)

    def on_pong(self) -> None:
        """The viewer has read everything up to one of our pings."""
        self._pong_us = self._progress_us = self._clock.mono_us()

    def is_stalled(self) -> bool:
        """Whether the viewer has read nothing for 10 s. To be asked every few seconds; sends a ping each time."""
        now_us = self._clock.mono_us()
        drained_bytes = self.written_bytes - self._transport.get_write_buffer_size()
        if drained_bytes > self._drained_bytes:
            self._drained_bytes = drained_bytes
            self._progress_us = now_us
        self.send_control(OPCODE_PING, b"")
        return now_us - self._progress_us > STALLED_US or now_us - self._pong_us > PONG_US

    def wake(self, slot: Slot) -> None:
        """`slot` has something to send."""
        self._ready.append(slot)
        if self._timer is None:
            if len(self.slots) <= FEW_SLOTS:
                self._timer = self._loop.call_soon(self._flush)
            else:
                self._timer = self._loop.call_later(COALESCE_S, self._flush)

    def _flush(self) -> None:
        self._timer = None
        if self._transport.is_closing():
            return
        ready = self._ready
        while ready:
            if self._transport.get_write_buffer_size() > HIGH_WATER_BYTES:
                self._timer = self._loop.call_later(CONGESTED_S, self._flush)
                return
            self._send_message()

    def _send_message(self) -> None:
        message, ready = Message(), self._ready
        while ready and message.size < MESSAGE_BYTES:
            slot = ready[0]
            if slot.take(message):
                slot.is_ready = False
                ready.popleft()
        if message.size:
            self._write(b"".join((frame_header(OPCODE_BINARY, message.size), *message.parts)))

    def _write(self, frame: bytes) -> None:
        if not self._transport.is_closing():
            self.written_bytes += len(frame)
            self._transport.write(frame)
