"""Fragmented files made of coded clips, the way ingest makes them."""

from __future__ import annotations

from collections.abc import Sequence

from nangmai.media.g711 import g711_parameters
from nangmai.media.isobmff import DecodeOrder, Sample, TrackRun, fragment_header, init_segment, prft
from nangmai.media.isobmff.boxes import box
from nangmai.media.picture import Picture
from unit.media.clips import Camera, Codec, clip, receive

SEAL = b"seal" * 4
IDENTITY = b"iden" * 4
END = b"end!" * 4
PICTURE_90K = 3600
AUDIO = g711_parameters("pcma", 8000, 1)
AUDIO_SAMPLES = 320  #: as long as a picture


def pictures_of(codec: Codec, b_frames: int = 0, **options: str | int) -> list[Picture]:
    source = clip(codec, b_frames=b_frames, **options)  # type: ignore[arg-type]
    return receive(codec, Camera(codec).packets(source.pictures))[0]


def samples_of(pictures: Sequence[Picture]) -> tuple[list[int], list[Sample]]:
    """Decode times from 0, and the samples."""
    parameters = pictures[0].parameters
    assert parameters is not None
    order = DecodeOrder(parameters.reorder_depth, PICTURE_90K)
    times = [order.push(picture.pts_90k) for picture in pictures]
    ends = [*times[1:], times[-1] + PICTURE_90K]
    samples = [
        Sample(len(picture.data), end - time, picture.pts_90k - time, picture.is_key)
        for picture, time, end in zip(pictures, times, ends, strict=True)
    ]
    return [time - times[0] for time in times], samples


def movie(pictures: Sequence[Picture], *, per_unit: int = 8, audio: bool = False, sealed: bool = False) -> list[bytes]:
    """The head of a file and its units, the last with the end box where the file is sealed."""
    parameters = pictures[0].parameters
    assert parameters is not None
    head = init_segment(parameters, AUDIO if audio else None)
    parts = [head + (box(b"uuid", IDENTITY, b"{}") if sealed else b"")]
    times, samples = samples_of(pictures)
    for number, at in enumerate(range(0, len(pictures), per_unit), 1):
        some = samples[at : at + per_unit]
        sound = [Sample(AUDIO_SAMPLES, AUDIO_SAMPLES, 0, True)] * len(some)
        unit = prft(1_790_000_000_000_000 + at, times[at])
        unit += fragment_header(
            number, TrackRun(times[at], some), TrackRun(at * AUDIO_SAMPLES, sound) if audio else None
        )
        unit += b"".join(picture.data for picture in pictures[at : at + per_unit])
        unit += b"\xd5" * AUDIO_SAMPLES * len(some) if audio else b""
        parts.append(unit + (box(b"uuid", SEAL, bytes([number]) * 40) if sealed else b""))
    if sealed:
        parts[-1] += box(b"uuid", END, b"{}")
    return parts
