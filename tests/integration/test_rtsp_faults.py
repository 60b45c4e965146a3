"""Our client against simulated cameras that misbehave: it says what is wrong, and comes back."""

from __future__ import annotations

import asyncio

import pytest

from integration.rtsp_support import Listener, in_loop, listen
from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.devices.errors import CameraClosed, CameraUnreachable, MediaStalled, TooManyRedirects
from nangmai.devices.limits import HostLimits
from nangmai.devices.probe import probe
from nangmai.devices.source import open_source
from nangmai.media.rtsp_session import CameraBusy, CameraRefused, CameraRefusedPassword, StreamNotFound
from nangmai.media.sdp import SdpUnusable
from nangmai.simulator import Camera, Clip, Recipe, Simulator, make_clip


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip(Recipe())


async def playing(simulator: Simulator, name: str = "cam", transport: str = "tcp", stall_s: float = 10) -> tuple:  # type: ignore[type-arg]
    listener = Listener()
    source = listen(simulator.url(name), listener, transport, stall_s=stall_s)
    await listener.until(lambda: len(listener.pictures) >= 2)
    return listener, source


@in_loop
async def test_a_stall_is_noticed_and_outlived(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        listener, source = await playing(simulator, stall_s=1)
        stall = simulator.camera("cam").fault("stall")
        assert isinstance(await listener.error(), MediaStalled)
        simulator.camera("cam").lift(stall)
        await listener.until(lambda: listener.states[-1][0] == "streaming")
        await source.stop()


@in_loop
async def test_a_half_open_connection_is_given_up(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        listener, source = await playing(simulator, stall_s=1)
        simulator.camera("cam").fault("half_open")
        assert isinstance(await listener.error(), MediaStalled)
        await listener.until(lambda: listener.states[-1][0] == "streaming")
        await source.stop()


@pytest.mark.parametrize("reset", [True, False])
@in_loop
async def test_a_closed_connection_is_opened_again(clip: Clip, reset: bool) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        listener, source = await playing(simulator)
        simulator.camera("cam").fault("kill", reset=reset)
        assert isinstance(await listener.error(), CameraClosed)
        await listener.until(lambda: listener.states[-1][0] == "streaming")
        assert source.stats.reconnects == 1
        await source.stop()


@in_loop
async def test_a_camera_that_is_off_is_waited_for(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        listener, source = await playing(simulator)
        reboot = simulator.camera("cam").fault("reboot")
        await listener.until(lambda: any(isinstance(error, CameraUnreachable) for _, error in listener.states))
        simulator.camera("cam").lift(reboot)
        await listener.until(lambda: listener.states[-1][0] == "streaming")
        await source.stop()


@in_loop
async def test_garbage_between_frames_is_got_past_without_a_new_connection(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        listener, source = await playing(simulator)
        simulator.camera("cam").fault("garbage", rate=0.5)
        await listener.until(lambda: source.stats.resyncs >= 3 and len(listener.pictures) >= 15)
        await source.stop()
        assert listener.state_names == ["connecting", "streaming"]


@in_loop
async def test_sessions_are_kept_alive_though_the_nonce_ages(clip: Clip) -> None:
    camera = Camera("cam", clip, user="u", password="p", session_timeout_s=2)
    async with Simulator([camera]) as simulator:
        listener, source = await playing(simulator)
        simulator.camera("cam").fault("stale_nonce")
        await asyncio.sleep(4.5)  # more than two of the camera's time-outs
        await source.stop()
        assert listener.state_names == ["connecting", "streaming"]


@in_loop
async def test_stopping_says_goodbye(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        _, source = await playing(simulator)
        assert len(simulator.camera("cam").sessions) == 1
        await source.stop()
        assert simulator.camera("cam").sessions == []


@pytest.mark.parametrize("auth", ["digest", "digest-sha256", "basic"])
@in_loop
async def test_a_wrong_password_makes_a_source_refused_and_quiet(clip: Clip, auth: str) -> None:
    camera = Camera("cam", clip, user="u", password="right", auth=auth)  # type: ignore[arg-type]
    async with Simulator([camera]) as simulator:
        report = await probe(simulator.url("cam"))
        assert report["video"]["codec"] == "h264"
        hosts, listeners = HostLimits(), [Listener() for _ in range(5)]
        url = simulator.url("cam").replace("right", "wrong")
        sources = [
            open_source(url, transport="tcp", audio=False, events=listener, hosts=hosts, clock=SystemClock())
            for listener in listeners
        ]
        for source in sources:
            source.start()
        for listener in listeners:
            error = await listener.error()
            assert isinstance(error, CameraRefusedPassword)
            assert "wrong" not in str(error)
            assert listener.state_names == ["connecting", "refused"]
        for source in sources:
            await source.stop()


@pytest.mark.parametrize(
    ("status", "error", "state"),
    [
        (403, CameraRefused, "refused"),
        (404, StreamNotFound, "no_signal"),
        (453, CameraBusy, "no_signal"),
        (503, CameraBusy, "no_signal"),
    ],
)
@in_loop
async def test_a_refusal_tells_its_reason(clip: Clip, status: int, error: type[Exception], state: str) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        simulator.camera("cam").fault("refuse", status=status)
        listener = Listener()
        source = listen(simulator.url("cam"), listener)
        assert type(await listener.error()) is error
        assert listener.states[-1][0] == state
        await source.stop()


@pytest.mark.parametrize("defect", ["no_sprop", "broken_lines"])
@in_loop
async def test_a_sloppy_description_does_no_harm(clip: Clip, defect: str) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        simulator.camera("cam").fault("wrong_sdp", defect=defect)
        assert (await probe(simulator.url("cam")))["video"]["codec"] == "h264"


@pytest.mark.parametrize("defect", ["no_video", "not_sdp"])
@in_loop
async def test_a_useless_description_is_one_clear_error(clip: Clip, defect: str) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        simulator.camera("cam").fault("wrong_sdp", defect=defect)
        with pytest.raises(SdpUnusable):
            await probe(simulator.url("cam"))


@in_loop
async def test_a_redirect_is_followed_and_a_circle_is_not(clip: Clip) -> None:
    async with Simulator([Camera("a", clip), Camera("b", clip)]) as simulator:
        simulator.camera("a").fault("redirect", url=simulator.url("b"))
        assert (await probe(simulator.url("a")))["video"]["codec"] == "h264"
        simulator.camera("b").fault("redirect", url=simulator.url("a"))
        with pytest.raises(TooManyRedirects):
            await probe(simulator.url("a"))


@in_loop
async def test_udp_puts_packets_back_in_order(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        simulator.camera("cam").fault("reorder", rate=0.2)
        listener, source = await playing(simulator, transport="udp")
        await listener.until(lambda: len(listener.pictures) >= 20)
        assert source.stats.lost == 0
        assert not any(picture.is_damaged for picture in listener.pictures)
        await source.stop()


@in_loop
async def test_the_cameras_clock_is_measured(clip: Clip) -> None:
    async with Simulator([Camera("cam", clip)]) as simulator:
        simulator.camera("cam").fault("ntp_skew", by_seconds=30.0)
        listener, source = await playing(simulator)
        await listener.until(lambda: source.stats.clock_offset_us is not None)
        offset_us = source.stats.clock_offset_us
        assert offset_us is not None
        assert abs(offset_us - 30 * US_PER_S) < US_PER_S
        await source.stop()
