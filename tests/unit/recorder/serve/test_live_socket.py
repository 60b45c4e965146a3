"""The live socket, over a real connection."""

from __future__ import annotations

import asyncio
import itertools
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from nangmai.base.units import US_PER_S
from nangmai.devices.errors import PortClosed
from nangmai.media.isobmff import parse_moof, parse_prft
from nangmai.media.isobmff.boxes import walk
from unit.recorder.serve.stand import STEP_US, Stand, clip, run, stand


def payloads(message: bytes) -> list[tuple[int, bytes]]:
    """What a binary message holds, by slot."""
    found, offset = [], 0
    while offset < len(message):
        slot, length = struct.unpack_from(">HI", message, offset)
        found.append((slot, message[offset + 6 : offset + 6 + length]))
        offset += 6 + length
    return found


class Page:
    """A page that watches."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.texts: list[dict[str, Any]] = []
        self.payloads: list[tuple[int, bytes]] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send_str(json.dumps(message))

    async def until(self, enough: Any) -> None:
        """Read until `enough()`."""
        while not enough():
            message = await asyncio.wait_for(self.socket.receive(), 10)
            if message.type is WSMsgType.TEXT:
                self.texts.append(json.loads(message.data))
            elif message.type is WSMsgType.BINARY:
                self.payloads += payloads(message.data)
            else:
                raise AssertionError(f"unexpected {message}")

    async def text(self, **having: Any) -> dict[str, Any]:
        """The first text message with these fields."""

        def found() -> list[dict[str, Any]]:
            return [text for text in self.texts if having.items() <= text.items()]

        await self.until(found)
        return found()[0]

    def pictures(self, slot: int = 0) -> list[bytes]:
        return [payload for number, payload in self.payloads if number == slot and payload[4:8] == b"prft"]


async def watch(st: Stand, **message: Any) -> Page:
    socket = await st.client.ws_connect("/live", protocols=("nangmai.live.1",))
    page = Page(socket)
    subscription = {"op": "subscribe", "slot": 0, "camera": "cam-01", "stream": "main", "ticket": st.ticket("live")}
    await page.say(**(subscription | message))
    return page


def test_a_page_gets_init_the_gop_so_far_and_then_each_picture(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(1.4)
            page = await watch(st)
            await page.until(lambda: len(page.pictures()) == 4)
            assert page.socket.protocol == "nangmai.live.1"
            announced = await page.text(codec="h264")
            assert announced | {"mime": ""} == {
                "slot": 0, "mime": "", "codec": "h264", "width": 160, "height": 96, "fps": 10.0, "stream": "main"
            }  # fmt: skip
            assert announced["mime"].startswith('video/mp4; codecs="avc1.')
            assert page.payloads[0][1][4:8] == b"ftyp"
            st.record(0.1)
            await page.until(lambda: len(page.pictures()) == 5)
            expected = [picture.data for picture in clip()[10:15]]
            assert [payload[payload.index(b"mdat") + 4 :] for payload in page.pictures()] == expected
            await page.socket.close()

    run(scenario())


def test_a_fragment_tells_when_its_picture_was_received(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(0.3)
            page = await watch(st)
            await page.until(lambda: len(page.pictures()) == 3)
            moments, times = [], []
            for payload in page.pictures():
                boxes = {found.type: found for found in walk(payload)}
                reference = parse_prft(payload[boxes[b"prft"].payload : boxes[b"prft"].end])
                moof = parse_moof(payload[boxes[b"moof"].start : boxes[b"moof"].end])
                assert reference.media_time == moof.runs[0].base_decode_time
                moments.append(reference.wall_us)
                times.append(moof.runs[0].base_decode_time)
            assert moments == [st.start_us + n * STEP_US for n in range(3)]
            assert [after - before for before, after in itertools.pairwise(times)] == [9000, 9000]
            await page.socket.close()

    run(scenario())


def test_nothing_is_shown_without_a_fitting_ticket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(0.3)
            page = await watch(st, ticket="")
            assert (await page.text(slot=0))["error"] == "ticket_missing"
            other = {"op": "subscribe", "camera": "cam-01", "stream": "main"}
            await page.say(**other, slot=1, ticket=st.ticket("playback"))
            assert (await page.text(slot=1))["error"] == "ticket_too_narrow"
            await page.say(**other, slot=2, ticket=st.ticket("live", cameras=("cam-02",)))
            assert (await page.text(slot=2))["error"] == "ticket_too_narrow"
            await page.say(**other, slot=3, ticket=st.ticket("live", expires_s=st.clock.wall_us() // US_PER_S - 60,
                                                             issued_s=st.clock.wall_us() // US_PER_S - 90))  # fmt: skip
            assert (await page.text(slot=3))["error"] == "ticket_expired"
            st.record(0.3)
            await page.say(op="unsubscribe", slot=9)
            await page.say(op="nonsense", slot=9)
            await page.text(error="request_invalid")
            assert page.payloads == []
            assert st.outcomes() == ["refused"] * 3
            await page.socket.close()

    run(scenario())


def test_an_unknown_camera_is_not_found_with_a_ticket_and_denied_without(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            page = await watch(st, camera="cam-99", ticket=st.ticket("live"))
            assert (await page.text(slot=0))["error"] == "ticket_too_narrow"
            await page.say(op="subscribe", slot=1, camera="cam-99", stream="main",
                           ticket=st.ticket("live", cameras=("cam-99",)))  # fmt: skip
            assert (await page.text(slot=1))["error"] == "not_found"
            assert st.outcomes() == ["refused", "opened", "closed"]
            await page.socket.close()

    run(scenario())


def test_a_ticket_that_ends_closes_its_slot_and_a_renewed_one_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(0.3)
            page = await watch(st)
            await page.say(op="subscribe", slot=1, camera="cam-01", stream="main", ticket=st.ticket("live"))
            await page.until(lambda: len(page.pictures(1)) == 3)
            st.clock.advance(500 * US_PER_S)
            await page.say(op="renew", slot=1, ticket=st.ticket("live", id="ticket-2"))
            await page.say(op="mode", slot=77, mode="key")
            await page.text(slot=77, error="not_found")
            st.clock.advance(200 * US_PER_S)
            st.gate.tick()
            assert (await page.text(slot=0, error="ticket_expired"))["message"]
            before = len(page.pictures(0))
            st.record(0.5)
            await page.until(lambda: len(page.pictures(1)) == 8)
            assert len(page.pictures(0)) == before
            assert [(use["ticket_id"], use["outcome"]) for use in st.uses] == [
                ("ticket-1", "opened"), ("ticket-2", "opened"), ("ticket-1", "closed")]  # fmt: skip
            await page.socket.close()

    run(scenario())


def test_the_state_of_a_stream_is_told_and_a_use_ends_with_its_bytes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(0.3)
            page = await watch(st)
            await page.text(slot=0, state="recording")
            st.ingest().on_state("no_signal", PortClosed(url="rtsp://h/1", port=554))
            told = await page.text(slot=0, state="no_signal")
            assert told["since_us"] == st.clock.wall_us()
            assert told["message"] == "rtsp://h/1 cannot be reached: nothing listens on port 554."
            assert (told["code"], told["facts"]) == ("port_closed", {"url": "rtsp://h/1", "port": "554"})
            await page.until(lambda: len(page.pictures()) == 3)
            await page.say(op="unsubscribe", slot=0)
            await page.say(op="unsubscribe", slot="x")
            await page.text(error="request_invalid")
            sent = sum(len(payload) + 6 for _, payload in page.payloads)
            assert st.outcomes() == ["opened", "closed"]
            assert st.uses[1]["bytes"] == sent
            assert st.node.hub.stream("cam-01", "main").viewers == 0
            await page.socket.close()

    run(scenario())


def test_in_key_mode_only_key_pictures_come_and_each_lasts_a_gop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(1.5)
            page = await watch(st, mode="key")
            await page.until(page.pictures)
            st.record(1.5)
            await page.until(lambda: len(page.pictures()) == 2)
            durations = []
            for payload in page.pictures():
                moof = next(found for found in walk(payload) if found.type == b"moof")
                sample = parse_moof(payload[moof.start : moof.end]).runs[0].samples[0]
                assert sample.is_key
                durations.append(sample.duration)
            assert durations == [90_000, 90_000]
            await page.say(op="mode", slot=0, mode="full")
            await page.until(lambda: len(page.pictures()) == 12)
            await page.socket.close()

    run(scenario())


@pytest.mark.parametrize(
    "message",
    ["", "nonsense", "[]", '{"op":"subscribe"}', '{"op":"subscribe","slot":true}', '{"op":"subscribe","slot":70000}',
     '{"op":"mode","slot":0,"mode":"fast"}', '{"slot":0}', "[" * 5000,
     '{"op":"subscribe","slot":0,"camera":5,"stream":"main"}', '{"op":"subscribe","slot":0,"camera":"c","stream":"x"}'],
    ids=range(11),
)  # fmt: skip
def test_a_wrong_message_gets_one_clear_answer_and_the_socket_goes_on(tmp_path: Path, message: str) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(0.3)
            page = Page(await st.client.ws_connect("/live"))
            await page.socket.send_str(message)
            assert (await page.text(error="request_invalid"))["message"]
            await page.say(op="subscribe", slot=0, camera="cam-01", stream="main", ticket=st.ticket("live"))
            await page.until(lambda: len(page.pictures()) == 3)
            await page.socket.close()

    run(scenario())


def test_pages_are_told_when_the_recorder_stops(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.ingest()
            page = await watch(st)
            await page.text(slot=0, state="waiting_for_key_picture")
            stopping = asyncio.create_task(st.client.server.close())
            with pytest.raises(AssertionError, match="1001"):
                await page.until(lambda: False)
            await page.socket.close()
            await stopping

    run(scenario())
