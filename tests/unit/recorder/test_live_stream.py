"""Pictures that nobody watches are kept without being placed; whoever comes later sees the same as if they had been."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.picture import Picture
from nangmai.recorder.live import LivePicture, LiveStream
from unit.recorder.pictures import INTERVAL_90K, INTERVAL_US, PARAMETERS

JUMPS = st.one_of(st.just(0), st.integers(-(2**33), -400_000), st.integers(400_000, 2**33))  #: of the camera's clock


class Onlooker:
    """Subscribes from the beginning, so that every picture is placed at once."""

    def on_announcement(self, announcement: object) -> None: ...
    def on_picture(self, picture: LivePicture) -> None: ...
    def on_status(self, status: object) -> None: ...


def picture(number: int, gop: int, depth: int, jump_90k: int = 0) -> Picture:
    parameters = PARAMETERS if depth == 0 else dataclasses.replace(PARAMETERS, reorder_depth=depth)
    swap = {1: 1, 2: -1}.get(number % 3, 0) if depth else 0
    pts_90k = (number + swap) * INTERVAL_90K + jump_90k
    parameters = _SAME.setdefault(depth, parameters)
    return Picture(pts_90k, bytes(50), number % gop == 0, number * INTERVAL_US, parameters, False)


_SAME: dict[int, object] = {}  # depacketisers hand out one object until the parameters change


def seen(stream: LiveStream) -> list[tuple[int, int, int, bool]]:
    return [(live.dts, live.cts_offset, live.wall_us, live.is_key) for live in stream.gop()]


@given(st.integers(1, 200), st.integers(3, 40), st.sampled_from([0, 1]), JUMPS, st.integers(0, 200))
def test_a_late_viewer_gets_the_same_gop_as_if_somebody_had_always_watched(
    count: int, gop: int, depth: int, jump_90k: int, jump_at: int
) -> None:
    watched, unwatched = LiveStream("c", "main"), LiveStream("c", "main")
    watched.subscribe(Onlooker())
    for number in range(count):
        for stream in (watched, unwatched):
            stream.publish(picture(number, gop, depth, jump_90k if number >= jump_at else 0), number)
    assert [entry[1:] for entry in seen(unwatched)] == [entry[1:] for entry in seen(watched)]
    times, others = ([entry[0] for entry in seen(stream)] for stream in (unwatched, watched))
    assert [time - times[0] for time in times] == [other - others[0] for other in others]
    assert unwatched.is_gop_whole == watched.is_gop_whole


def test_a_gop_that_is_too_long_is_not_kept_though_nobody_watches() -> None:
    stream = LiveStream("c", "main", gop_limit_bytes=1000)
    for number in range(100):
        stream.publish(picture(number, 1000, 0), number)
        assert len(stream._unseen) <= 20
    assert len(stream.gop()) == 1
    assert not stream.is_gop_whole


def test_a_viewer_in_the_middle_of_a_gop_gets_what_follows() -> None:
    stream, arrived = LiveStream("c", "main"), []

    class Viewer(Onlooker):
        def on_picture(self, picture: LivePicture) -> None:
            arrived.append(picture.wall_us)

    for number in range(30):
        stream.publish(picture(number, 50, 0), number)
    assert len(stream.gop()) == 30
    stream.subscribe(Viewer())
    for number in range(30, 60):
        stream.publish(picture(number, 50, 0), number)
    assert arrived == list(range(30, 60))
