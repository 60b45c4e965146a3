"""Fragments joined into one file keep every picture, every time and every gap."""

from __future__ import annotations

import io
from itertools import pairwise

import av
import pytest

from nangmai.media.isobmff import init_segment, scan_file
from nangmai.media.isobmff.boxes import walk
from nangmai.media.isobmff.join import JoinedMovie, NothingToJoin
from unit.media.clips import Codec
from unit.media.isobmff.movies import SEAL, movie, pictures_of


def add(joined: JoinedMovie, data: bytes, start_90k: int) -> None:
    """Add a whole sealed file."""
    found = scan_file(lambda offset, size: data[offset : offset + size], len(data), SEAL)
    assert found.head is not None
    joined.add_segment(found.head.init, start_90k)
    for unit in found.units:
        joined.add_unit(data[unit.offset : unit.offset + unit.data_offset], data, unit.offset)


def written(joined: JoinedMovie) -> bytes:
    head = joined.head()
    media = b"".join(chunk.source[chunk.offset : chunk.offset + chunk.size] for chunk in joined.chunks)
    assert len(media) == joined.media_bytes
    return head + media


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("audio", [False, True])
def test_two_segments_with_a_gap_become_one_movie(codec: Codec, b_frames: int, audio: bool) -> None:
    pictures = pictures_of(codec, b_frames)
    segment = b"".join(movie(pictures, audio=audio, sealed=True))
    joined = JoinedMovie(1_790_000_000_000_000)
    gap_90k = 3 * 90_000
    second_90k = len(pictures) * 3600 + gap_90k
    add(joined, segment, 0)
    add(joined, segment, second_90k)
    data = written(joined)

    assert [found.type for found in walk(data)] == [b"ftyp", b"moov", b"mdat"]
    with av.open(io.BytesIO(data)) as container:
        assert container.metadata["creation_time"].startswith("2026-09-21")
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert [bytes(packet) for packet in packets] == [picture.data for picture in pictures] * 2
    with av.open(io.BytesIO(data)) as container:
        shown = [frame.pts for frame in container.decode(video=0) if frame.pts is not None]
    steps = [b - a for a, b in pairwise(shown)]
    assert steps.count(3600) == 2 * len(pictures) - 2
    assert steps[len(pictures) - 1] == 3600 + gap_90k
    if audio:
        with av.open(io.BytesIO(data)) as container:
            heard = list(container.decode(audio=0))
        assert sum(frame.samples for frame in heard) == 2 * 320 * len(pictures)
        assert heard[len(pictures)].pts == second_90k * 8000 // 90_000


def test_segments_of_different_sizes_keep_their_own_descriptions() -> None:
    small, large = pictures_of("h264"), pictures_of("h264", width=320, height=192)
    joined = JoinedMovie()
    add(joined, b"".join(movie(small, sealed=True)), 0)
    add(joined, b"".join(movie(large, sealed=True)), 90_000)
    with av.open(io.BytesIO(written(joined))) as container:
        sizes = [frame.width for frame in container.decode(video=0)]
    assert sizes == [160] * len(small) + [320] * len(large)


def test_the_same_parameters_are_described_once() -> None:
    data = b"".join(movie(pictures_of("h264"), sealed=True))
    once, thrice = JoinedMovie(), JoinedMovie()
    add(once, data, 0)
    for number in range(3):
        add(thrice, data, number * 90_000)
    assert once.head().count(b"avc1") == thrice.head().count(b"avc1")


def test_a_movie_without_pictures_is_refused() -> None:
    joined = JoinedMovie()
    with pytest.raises(NothingToJoin, match="no pictures in this range"):
        joined.head()
    joined.add_segment(init_segment(pictures_of("h264")[0].parameters, None), 0)
    with pytest.raises(NothingToJoin):
        joined.head()


def test_a_movie_of_more_than_4_gib_has_wide_offsets() -> None:
    data = b"".join(movie(pictures_of("h264"), sealed=True))
    found = scan_file(lambda offset, size: data[offset : offset + size], len(data), SEAL)
    unit = found.units[0]
    head = bytearray(data[unit.offset : unit.offset + unit.data_offset])
    at = head.index(b"trun") + 20
    head[at : at + 4] = (0xF000_0000).to_bytes(4, "big")  # the first picture claims 3.75 GiB
    joined = JoinedMovie()
    assert found.head is not None
    joined.add_segment(found.head.init, 0)
    joined.add_unit(bytes(head), data, unit.offset)
    joined.add_unit(bytes(head), data, unit.offset)
    made = joined.head()
    assert b"co64" in made
    assert b"stco" not in made
    mdat = made[-16:]
    assert mdat[:8] == b"\0\0\0\1mdat"
    assert int.from_bytes(mdat[8:], "big") == 16 + joined.media_bytes > 7 << 30
