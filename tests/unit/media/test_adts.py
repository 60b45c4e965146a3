"""AAC frames with a header of their own (ADTS): it says what the configuration would, and is nothing else."""

from __future__ import annotations

import contextlib
import io

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.aac import adts_config, adts_header_bytes, low_complexity_config
from nangmai.media.bits import BitstreamInvalid


def adts_frames(rate: int, layout: str) -> list[bytes]:
    """What an encoder nobody here wrote puts into an ADTS stream."""
    written = io.BytesIO()
    with av.open(written, "w", format="adts") as container:
        stream = container.add_stream("aac", rate=rate, layout=layout)
        channels = 1 if layout == "mono" else 2
        for number in range(4):
            samples = (np.sin(np.arange(1024 * channels) / 20) * 8000).astype(np.int16)[None, :]
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
            frame.sample_rate, frame.pts = rate, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data, frames = written.getvalue(), []
    while data:
        size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        frames.append(data[:size])
        data = data[size:]
    return frames


@pytest.mark.parametrize(("rate", "layout"), [(8000, "mono"), (16000, "mono"), (44100, "stereo"), (48000, "stereo")])
def test_a_header_says_what_the_configuration_would(rate: int, layout: str) -> None:
    frames = adts_frames(rate, layout)
    expected = low_complexity_config(rate, 1 if layout == "mono" else 2)
    assert len(frames) >= 4
    for frame in frames:
        assert adts_header_bytes(frame) == 7
        assert adts_config(frame) == expected


def test_what_is_no_single_whole_frame_has_no_header() -> None:
    frame = adts_frames(16000, "mono")[0]
    assert adts_header_bytes(frame[:-1]) == adts_header_bytes(frame + b"\0") == adts_header_bytes(frame[7:]) == 0
    two_blocks = frame[:6] + bytes((frame[6] | 1,)) + frame[7:]
    assert adts_header_bytes(two_blocks) == 0
    with_checksum = bytearray(frame[:7] + b"\0\0" + frame[7:])
    with_checksum[1] &= 0xFE
    size = len(with_checksum)
    with_checksum[4], with_checksum[5] = size >> 3 & 0xFF, (size & 7) << 5 | with_checksum[5] & 0x1F
    assert adts_header_bytes(bytes(with_checksum)) == 9


@given(st.binary(max_size=40), st.booleans())
def test_any_bytes_are_read_or_refused_with_our_own_error(data: bytes, is_framed: bool) -> None:
    size = len(data) + 7
    frame = bytes((0xFF, 0xF1, data[0] if data else 0, size >> 11, size >> 3 & 0xFF, (size & 7) << 5, 0)) + data
    frame = frame if is_framed else data
    if adts_header_bytes(frame):
        with contextlib.suppress(BitstreamInvalid):
            adts_config(frame)
