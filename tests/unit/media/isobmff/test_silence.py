"""A movie made silent has the same size and the same pictures, and no sound to be heard or dug out."""

from __future__ import annotations

import io

import av
import pytest

from nangmai.media.isobmff import silent_init, silent_units
from unit.media.clips import Codec
from unit.media.isobmff.movies import movie, pictures_of

SOUND = b"\xd5" * 64


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("sealed", [False, True])
def test_a_silent_movie_keeps_its_pictures_and_its_size(codec: Codec, sealed: bool) -> None:
    pictures = pictures_of(codec)
    head, *units = movie(pictures, audio=True, sealed=sealed)
    quiet = [silent_init(head), silent_units(b"".join(units))]
    assert [len(part) for part in quiet] == [len(head), sum(map(len, units))]
    assert SOUND in b"".join(units)
    assert SOUND not in quiet[1]
    with av.open(io.BytesIO(b"".join(quiet))) as container:
        assert not container.streams.audio
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert packets == [picture.data for picture in pictures]


def test_a_movie_without_sound_is_left_as_it_is() -> None:
    head, *units = movie(pictures_of("h264"))
    assert silent_init(head) == head
    assert silent_units(b"".join(units)) == b"".join(units)
