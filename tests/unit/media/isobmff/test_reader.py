"""A file cut or spoilt anywhere still tells where its whole units end."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.isobmff import FragmentScanner, cut_at_key, scan_file
from nangmai.media.isobmff.boxes import box
from unit.media.isobmff.movies import END, IDENTITY, SEAL, movie, pictures_of

PARTS = movie(pictures_of("h264"), per_unit=4, sealed=True)
FILE = b"".join(PARTS)
ENDS = list(accumulate(map(len, PARTS)))
END_BOX_BYTES = 8 + 16 + 2


def scan(data: bytes, seal: bytes | None = SEAL):  # type: ignore[no-untyped-def]
    return scan_file(lambda offset, size: data[offset : offset + size], len(data), seal)


def test_a_whole_file_is_read_to_its_end() -> None:
    found = scan(FILE)
    assert found.damage is None
    assert found.whole_size == len(FILE)
    assert [unit.offset for unit in found.units] == ENDS[:-1]
    assert [unit.seal.content[0] for unit in found.units] == [1, 2, 3, 4, 5, 6]
    assert [unit.fragment.sequence for unit in found.units] == [1, 2, 3, 4, 5, 6]
    assert found.head.extra(IDENTITY).content == b"{}"  # noqa: S610
    assert found.head.extra(END) is None  # noqa: S610
    assert [extra.usertype for extra in found.tail] == [END]


def test_a_unit_tells_where_its_key_picture_lies() -> None:
    for unit in scan(FILE).units:
        run = unit.fragment.run(1)
        start = unit.offset + unit.data_offset
        nal_size = int.from_bytes(FILE[start : start + 4], "big")
        assert 0 < nal_size < run.samples[0].size
        assert unit.key_size == (run.samples[0].size if run.samples[0].is_key else 0)
        assert unit.reference.media_time == run.base_decode_time
    assert [unit.key_size > 0 for unit in scan(FILE).units] == [True, False] * 3


@given(st.integers(0, len(FILE)))
def test_a_file_cut_anywhere_ends_with_its_last_whole_unit(size: int) -> None:
    found = scan(FILE[:size])
    boundaries = [0, *ENDS[:-1], ENDS[-1] - END_BOX_BYTES, len(FILE)]
    if size < ENDS[0]:
        assert found.units == []
        assert found.whole_size <= size
        return
    assert found.whole_size == max(end for end in boundaries if end <= size)
    assert (found.damage is None) == (found.whole_size == size)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_spoilt_byte_never_makes_units_reach_beyond_the_file(at: int, change: int) -> None:
    data = FILE[:at] + bytes((FILE[at] ^ change,)) + FILE[at + 1 :]
    found = scan(data)
    assert found.whole_size <= len(data)
    assert all(0 < unit.data_offset < unit.media_size <= unit.size for unit in found.units)
    assert sum(unit.size for unit in found.units) <= len(data)


@pytest.mark.parametrize(
    ("rest", "damage"),
    [
        (b"\0" * 500, "cannot hold|reaches beyond|expected"),
        (box(b"mdat", b"x"), "where a fragment is expected"),
        (box(b"moof") + box(b"free") + box(b"mdat"), "where an mdat is expected"),
        (box(b"prft", bytes(24)) + box(b"mdat"), "where a moof is expected"),
        (PARTS[1][: -8 - 16 - 40] + box(b"uuid", END, b"{}"), "without its seal"),
        (box(b"uuid", b"short"), "without its usertype"),
    ],
    ids=str,
)
def test_what_stands_behind_the_last_whole_unit_is_described(rest: bytes, damage: str) -> None:
    import re

    before = b"".join(PARTS[:3])
    found = scan(before + rest)
    assert found.whole_size == len(before)
    assert re.search(damage, found.damage)


def test_samples_that_lie_outside_their_mdat_are_damage() -> None:
    unit = PARTS[1]
    at = unit.index(b"trun") + 12
    spoilt = unit[:at] + (5).to_bytes(4, "big") + unit[at + 4 :]
    found = scan(PARTS[0] + spoilt)
    assert "outside its mdat" in found.damage
    assert found.units == []


def test_a_file_without_seals_is_read_as_it_is() -> None:
    data = b"".join(movie(pictures_of("h265"), audio=True))
    found = scan(data, seal=None)
    assert (found.damage, found.whole_size, len(found.units)) == (None, len(data), 3)
    assert all(unit.size == unit.media_size for unit in found.units)


@pytest.mark.parametrize("data", [b"", b"\0", b"not an mp4 file at all, really", box(b"ftyp", b"isom"), box(b"moof")])
def test_a_file_that_is_something_else_has_no_head(data: bytes) -> None:
    found = scan(data)
    assert found.head is None
    assert found.damage is not None
    assert found.whole_size == 0


def test_units_come_one_by_one() -> None:
    reads: list[int] = []

    def read(offset: int, size: int) -> bytes:
        reads.append(size)
        return FILE[offset : offset + size]

    scanner = iter(FragmentScanner(read, len(FILE), SEAL))
    next(scanner)
    assert sum(reads) < ENDS[0] + 2000  # the head and one moof, no samples


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 1, range(0, 1)),
        (0, 1 << 40, range(0, 6)),
        (8 * 3600, 9 * 3600, range(2, 3)),
        (15 * 3600, 17 * 3600, range(2, 5)),
        (-5, 1, range(0, 1)),
        (5, 5, range(0, 1)),
        (-9, 0, range(0)),
    ],
)
def test_a_cut_begins_with_a_key_picture(start: int, end: int, expected: range) -> None:
    assert cut_at_key(scan(FILE).units, start, end) == expected
