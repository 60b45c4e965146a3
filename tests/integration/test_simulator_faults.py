"""Each fault shows on the wire as its name says, and the camera behaves again afterwards."""

from __future__ import annotations

import asyncio

import pytest

from integration.rtsp_support import in_loop
from integration.simulator_wire import Wire, connected
from nangmai.simulator import Camera, Recipe, Simulator, stamps

SMALL = Recipe(seconds=1, gop_seconds=0.5)
LARGE = Recipe(codec="h265", width=640, height=360, seconds=1, gop_seconds=0.5)


def counters(frames: list[tuple[int, bytes]]) -> list[int]:
    return [stamp.counter for channel, packet in frames if channel == 0 for stamp in stamps(packet)]


async def playing(wire: Wire) -> None:
    await wire.play()
    assert counters(await wire.receive(1))


@in_loop
async def test_a_stalled_camera_answers_but_sends_nothing_and_goes_on_later() -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator, connected(simulator.url("cam")) as wire:
        await playing(wire)
        stall = simulator.camera("cam").fault("stall")
        await wire.receive(0.1)
        assert await wire.receive(0.5) == []
        assert (await wire.ask("GET_PARAMETER"))[0] == 200
        simulator.camera("cam").lift(stall)
        assert counters(await wire.receive(1))


@in_loop
async def test_a_fault_ends_by_itself_after_its_seconds() -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator, connected(simulator.url("cam")) as wire:
        await playing(wire)
        simulator.camera("cam").fault("stall", seconds=0.3)
        assert simulator.camera("cam").conditions.is_stalled
        assert counters(await wire.receive(2))
        assert not simulator.camera("cam").conditions.is_stalled


@in_loop
async def test_a_hung_camera_accepts_and_never_answers() -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator:
        simulator.camera("cam").fault("hang")
        async with connected(simulator.url("cam")) as wire:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await wire.ask("DESCRIBE")


@in_loop
async def test_a_half_open_connection_is_silent_and_open_while_new_ones_work() -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator, connected(simulator.url("cam")) as wire:
        await playing(wire)
        simulator.camera("cam").fault("half_open")
        await wire.receive(0.1)
        assert await wire.receive(0.5) == []
        wire.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n")
        assert not await wire.is_closed(0.5)
        async with connected(simulator.url("cam")) as other:
            await playing(other)


@pytest.mark.parametrize("reset", [True, False])
@in_loop
async def test_killed_connections_close(reset: bool) -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator, connected(simulator.url("cam")) as wire:
        await playing(wire)
        simulator.camera("cam").fault("kill", reset=reset)
        assert await wire.is_closed(2)
        assert simulator.camera("cam").sessions == []


@in_loop
async def test_a_camera_reboots_behind_a_closed_port_into_another_resolution() -> None:
    cameras = [Camera("cam", SMALL, other={"other": LARGE}), Camera("neighbour", SMALL)]
    async with Simulator(cameras, own_ports=True) as simulator:
        url = simulator.url("cam")
        async with connected(url) as wire, connected(simulator.url("neighbour")) as neighbour:
            await playing(wire)
            await playing(neighbour)
            simulator.camera("cam").fault("reboot", seconds=1, clip="other")
            assert await wire.is_closed(2)
            with pytest.raises(ConnectionRefusedError):
                await connected(url).__aenter__()
            assert counters(await neighbour.receive(1.5))
        async with connected(url) as again:
            await asyncio.sleep(0.6)
            assert "H265/90000" in (await again.ask("DESCRIBE"))[2]
            await playing(again)


@in_loop
async def test_on_a_shared_port_a_camera_that_is_off_drops_its_callers_alone() -> None:
    async with Simulator([Camera("cam", SMALL), Camera("neighbour", SMALL)]) as simulator:
        simulator.camera("cam").fault("reboot")
        async with connected(simulator.url("cam")) as wire:
            wire.writer.write(f"DESCRIBE {wire.url} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
            assert await wire.is_closed(2)
        async with connected(simulator.url("neighbour")) as other:
            await playing(other)


@in_loop
async def test_a_switch_is_announced_by_in_band_sets_at_a_key_picture() -> None:
    cameras = [Camera("cam", SMALL, other={"other": LARGE})]
    async with Simulator(cameras) as simulator, connected(simulator.url("cam")) as wire:
        await playing(wire)
        simulator.camera("cam").fault("switch", clip="other")
        frames = await wire.receive(2)
        found = counters(frames)
        assert found == list(range(found[0], found[0] + len(found)))
        sets = simulator.camera("cam").clip.parameter_sets
        packets = [packet[12:] for channel, packet in frames if channel == 0]
        assert [packets.count(nal) > 0 for nal in sets] == [True] * 3


@in_loop
async def test_wrong_answers_come_when_asked_for() -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator, connected(simulator.url("cam")) as wire:
        camera = simulator.camera("cam")
        for status in (401, 453, 503, 404):
            camera.fault("refuse", status=status)
            answered, headers, _ = await wire.ask("DESCRIBE")
            assert answered == status
            assert ("www-authenticate" in headers) is (status == 401)
        camera.clear()
        camera.fault("redirect", url="rtsp://192.0.2.9/x")
        answered, headers, _ = await wire.ask("DESCRIBE")
        assert (answered, headers["location"]) == (302, "rtsp://192.0.2.9/x")
        camera.clear()
        camera.fault("wrong_sdp", defect="not_sdp")
        assert "html" in (await wire.ask("DESCRIBE"))[2]
        camera.clear()
        assert (await wire.ask("DESCRIBE"))[2].startswith("v=0")


@in_loop
async def test_rtp_info_is_right_missing_or_invented() -> None:
    async with Simulator([Camera("cam", SMALL)]) as simulator:
        for form, expected in (("right", True), ("missing", None), ("invented", False)):
            if form != "right":
                simulator.camera("cam").fault("wrong_rtp_info", form=form)
            async with connected(simulator.url("cam")) as wire:
                await wire.ask("SETUP", f"{wire.url}/trackID=0", Transport="RTP/AVP/TCP;interleaved=0-1")
                _, headers, _ = await wire.ask("PLAY")
                first = (await wire.receive(1.2))[0][1]
            told = headers.get("rtp-info")
            assert (told is None) is (expected is None)
            if told is not None:
                assert (f"seq={int.from_bytes(first[2:4], 'big')};" in told + ";") is expected


@in_loop
async def test_a_silent_session_is_ended_and_a_kept_one_is_not() -> None:
    async with Simulator([Camera("cam", SMALL, session_timeout_s=1)]) as simulator:
        url = simulator.url("cam")
        async with connected(url) as silent, connected(url) as lively:
            await silent.play()
            await lively.play()
            for _ in range(8):
                await lively.ask("GET_PARAMETER")
                await asyncio.sleep(0.4)
            assert await silent.is_closed(1)
            assert not await lively.is_closed(0.2)


@in_loop
async def test_unknown_things_get_the_status_that_names_them() -> None:
    async with Simulator([Camera("cam", SMALL, transports=("tcp",), max_sessions=1)]) as simulator:
        url = simulator.url("cam")
        async with connected(url) as wire:
            assert (await wire.ask("DESCRIBE", url + "-gone"))[0] == 404
            assert (await wire.ask("RECORD"))[0] == 405
            assert (await wire.ask("PLAY"))[0] == 454
            assert (await wire.ask("SETUP", f"{url}/trackID=5", Transport="RTP/AVP/TCP;interleaved=0-1"))[0] == 404
            assert (await wire.ask("SETUP", f"{url}/trackID=0", Transport="RTP/AVP;client_port=5000-5001"))[0] == 461
            await wire.play()
            async with connected(url) as other:
                answered, _, _ = await other.ask("SETUP", f"{url}/trackID=0", Transport="RTP/AVP/TCP;interleaved=0-1")
                assert answered == 453
            assert (await wire.ask("TEARDOWN"))[0] == 200
            assert simulator.camera("cam").sessions == []


@in_loop
async def test_a_client_that_stops_reading_delays_nobody() -> None:
    heavy = Recipe(width=640, height=360, seconds=1, gop_seconds=0.5, noise=12, quality=1)
    async with Simulator([Camera("cam", heavy)]) as simulator:
        url = simulator.url("cam")
        async with connected(url) as stuck, connected(url) as other:
            await stuck.play()
            await other.play()
            frames = await other.receive(6)
            found = counters(frames)
            assert found == list(range(found[0], found[0] + len(found)))
            dropped = [session.counts.dropped for session in simulator.camera("cam").sessions]
            assert sorted(dropped)[0] == 0
            assert sorted(dropped)[1] > 0


@in_loop
async def test_a_client_that_starts_amid_a_long_gop_gets_what_comes() -> None:
    long = Recipe(width=192, height=108, fps=5, seconds=20, gop_seconds=20)
    cameras = [Camera("cam", long, starts="now", phase=0.5)]
    async with Simulator(cameras) as simulator, connected(simulator.url("cam")) as wire:
        await wire.play()
        frames = await wire.receive(1)
        assert counters(frames)
        sets = simulator.camera("cam").clip.parameter_sets
        assert not any(packet[12:] in sets for _, packet in frames)
