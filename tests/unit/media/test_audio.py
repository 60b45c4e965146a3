"""Sound arrives frame by frame with its times, and other readers understand how it is described."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from nangmai.media.aac import aac_parameters, low_complexity_config, read_config, read_esds
from nangmai.media.bits import BitstreamInvalid
from nangmai.media.depacketize import depacketizer
from nangmai.media.g711 import g711_parameters
from nangmai.media.isobmff import Sample, TrackRun, fragment_header, init_segment
from nangmai.media.isobmff.movie import parse_init
from nangmai.media.opus import opus_parameters, packet_samples
from nangmai.media.picture import AudioFrame, AudioParameters
from nangmai.media.sdp import MediaDescription
from unit.media.clips import Camera, receive_audio

SENDER = Camera("h264", payload_type=97, first_number=65_530, first_time=0xFFFFFF00)
HBR = {"mode": "AAC-hbr", "sizelength": "13", "indexlength": "3", "indexdeltalength": "3"}


def coded_sound(codec: str, rate: int, frames: int = 20) -> tuple[list[bytes], bytes]:
    """A tone from one of PyAV's encoders: its packets and extradata."""
    context: Any = av.CodecContext.create(codec, "w")
    context.sample_rate, context.layout, context.time_base = rate, "mono", Fraction(1, rate)
    context.format = {"aac": "fltp", "libopus": "s16", "pcm_alaw": "s16", "pcm_mulaw": "s16"}[codec]
    context.open()
    size = context.frame_size or rate // 50
    packets = []
    for number in range(frames):
        wave = np.sin(np.arange(number * size, (number + 1) * size) * 0.05)
        samples = wave.astype(np.float32) if codec == "aac" else (wave * 9000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format=context.format.name, layout="mono")
        frame.sample_rate, frame.pts = rate, number * size
        packets += context.encode(frame)
    packets += context.encode(None)
    return [bytes(packet) for packet in packets], bytes(context.extradata or b"")


def aac_description(config: str = "", **fmtp: str) -> MediaDescription:
    return MediaDescription("audio", "MPEG4-GENERIC", 97, 16_000, 1, fmtp={**HBR, "config": config, **fmtp})


def au_payload(*units: bytes) -> bytes:
    headers = b"".join((len(unit) << 3).to_bytes(2, "big") for unit in units)
    return (16 * len(units)).to_bytes(2, "big") + headers + b"".join(units)


def decoded(frames: list[AudioFrame]) -> list[Any]:
    """Write the frames as a fragment of their own and decode it with PyAV."""
    parameters = frames[0].parameters
    samples = [Sample(len(frame.data), frame.samples, 0, True) for frame in frames]
    movie = init_segment(None, parameters) + fragment_header(1, None, TrackRun(0, samples))
    movie += b"".join(frame.data for frame in frames)
    with av.open(io.BytesIO(movie)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.sample_rate, stream.codec_context.channels) == (
            parameters.sample_rate,
            parameters.channels,
        )
        return list(container.decode(audio=0))


def test_aac_arrives_one_and_several_units_a_packet() -> None:
    units, config = coded_sound("aac", 16_000)
    for together in (1, 3):
        groups = [units[at : at + together] for at in range(0, len(units), together)]
        packets = [
            SENDER.packet(SENDER.first_number + n, SENDER.first_time + n * together * 1024, au_payload(*group), True)
            for n, group in enumerate(groups)
        ]
        got, made = receive_audio(aac_description(config.hex()), packets)
        assert [frame.data for frame in got] == units
        assert [frame.pts - got[0].pts for frame in got] == [n * 1024 for n in range(len(units))]
        assert {frame.samples for frame in got} == {1024}
        assert (made.stats.lost, made.stats.malformed) == (0, 0)
    assert sum(frame.samples for frame in decoded(got)) >= (len(units) - 2) * 1024


def test_a_unit_larger_than_a_packet_is_put_together() -> None:
    unit = bytes(range(256)) * 3
    payload = au_payload(unit)
    parts = [payload[:4] + unit[at : at + 200] for at in range(0, len(unit), 200)]
    packets = [SENDER.packet(n, 0, part, n == len(parts) - 1) for n, part in enumerate(parts)]
    got, _ = receive_audio(aac_description("1408"), packets)
    assert [frame.data for frame in got] == [unit]
    got, made = receive_audio(aac_description("1408"), packets[:1] + packets[2:])
    assert got == []
    assert made.stats.lost == 1


def test_an_adts_header_left_in_is_taken_off() -> None:
    unit = bytes(range(50))
    size = len(unit) + 7
    adts = bytes((0xFF, 0xF1, 0x60, 0x40 | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC))
    got, _ = receive_audio(aac_description("1408"), [SENDER.packet(1, 0, au_payload(adts + unit), True)])
    assert [frame.data for frame in got] == [unit]


def test_constant_sizes_and_no_au_headers_at_all_are_understood() -> None:
    payload = bytes(range(60))
    got, _ = receive_audio(aac_description("1408", constantsize="20"), [SENDER.packet(1, 0, payload, True)])
    assert [frame.data for frame in got] == [payload[:20], payload[20:40], payload[40:]]
    bare = aac_description("1408", sizelength="0")
    got, _ = receive_audio(bare, [SENDER.packet(1, 0, payload, True)])
    assert [frame.data for frame in got] == [payload]


@pytest.mark.parametrize("payload", [b"\0", b"\0\x20\0", au_payload(bytes(9))[:2] + b"\xff\xff" * 3, b"\xff\xff"])
def test_broken_au_headers_are_counted(payload: bytes) -> None:
    got, made = receive_audio(aac_description("1408"), [SENDER.packet(1, 0, payload, False)] * 1)
    assert got == []
    assert made.stats.malformed <= 1


def test_a_camera_that_gives_no_configuration_is_taken_to_send_low_complexity() -> None:
    got, _ = receive_audio(aac_description(""), [SENDER.packet(1, 0, au_payload(b"abcdefgh"), True)])
    parameters = got[0].parameters
    assert (parameters.codec, parameters.sample_rate, parameters.channels) == ("aac", 16_000, 1)
    assert parameters.codecs == "mp4a.40.2"


def test_aac_that_cannot_be_described_is_not_recorded() -> None:
    description = MediaDescription("audio", "MPEG4-GENERIC", 97, 12_345, 1, fmtp=HBR)
    assert depacketizer(description, lambda unit: None) is None


@pytest.mark.parametrize(
    ("specific", "rate", "channels", "samples", "kind"),
    [
        ("1408", 16_000, 1, 1024, 2),
        ("1190", 48_000, 2, 1024, 2),
        ("1194", 48_000, 2, 960, 2),
        ("2b098800", 24_000, 1, 1024, 5),
        ("17800fa008", 8_000, 1, 1024, 2),
    ],
)
def test_audio_specific_configurations_are_read(
    specific: str, rate: int, channels: int, samples: int, kind: int
) -> None:
    config = read_config(bytes.fromhex(specific))
    assert (config.sample_rate, config.channels, config.frame_samples, config.object_type) == (
        rate,
        channels,
        samples,
        kind,
    )


@pytest.mark.parametrize("specific", ["", "14", "1688", "14f8", "1780000008"])
def test_broken_audio_specific_configurations_are_errors(specific: str) -> None:
    with pytest.raises(BitstreamInvalid):
        read_config(bytes.fromhex(specific))


def test_an_esds_without_configuration_is_an_error() -> None:
    with pytest.raises(BitstreamInvalid, match="without AudioSpecificConfig"):
        read_esds(b"\x03\x80\x80\x80\x05\0\0\0\x06\x01")


@pytest.mark.parametrize(("encoding", "encoder"), [("PCMA", "pcm_alaw"), ("PCMU", "pcm_mulaw")])
def test_g711_plays_elsewhere(encoding: str, encoder: str) -> None:
    frames, _ = coded_sound(encoder, 8_000)
    packets = [
        SENDER.packet(SENDER.first_number + n, SENDER.first_time + n * 160, frame, False)
        for n, frame in enumerate(frames)
    ]
    got, _ = receive_audio(MediaDescription("audio", encoding, 97, 8_000, 1), packets)
    assert [frame.data for frame in got] == frames
    assert [frame.pts - got[0].pts for frame in got] == [n * 160 for n in range(len(frames))]
    heard = decoded(got)
    assert sum(frame.samples for frame in heard) == 160 * len(frames)
    assert max(int(abs(frame.to_ndarray()).max()) for frame in heard) > 8_000


def test_opus_plays_elsewhere() -> None:
    frames, _ = coded_sound("libopus", 48_000)
    packets = [SENDER.packet(n, n * 960, frame, True) for n, frame in enumerate(frames)]
    got, _ = receive_audio(MediaDescription("audio", "OPUS", 97, 48_000, 2), packets)
    assert [frame.data for frame in got] == frames
    assert {frame.samples for frame in got} == {960}
    assert got[0].parameters.codecs == "opus"
    assert sum(frame.samples for frame in decoded(got)) == 960 * len(frames)


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"", 0),
        (b"\x00", 480),
        (b"\x18\0", 2880),
        (b"\x79\0", 1920),
        (b"\xfb\x03", 2880),
        (b"\xfb", 0),
        (b"\x1b\x3f", 0),
        (b"\xf8", 960),
        (b"\xe0", 120),
    ],
)
def test_the_length_of_an_opus_packet_is_read_from_its_first_bytes(packet: bytes, samples: int) -> None:
    assert packet_samples(packet) == samples


def test_opus_packets_without_length_are_counted() -> None:
    got, made = receive_audio(MediaDescription("audio", "OPUS", 97, 48_000, 2), [SENDER.packet(1, 0, b"\xfb", True)])
    assert got == []
    assert made.stats.malformed == 1


def test_stereo_opus_says_so_in_its_sdp() -> None:
    description = MediaDescription("audio", "OPUS", 97, 48_000, 2, fmtp={"sprop-stereo": "1"})
    got, _ = receive_audio(description, [SENDER.packet(1, 0, b"\xfc\0", True)])
    assert got[0].parameters.channels == 2


@pytest.mark.parametrize(
    "parameters",
    [
        aac_parameters(low_complexity_config(44_100, 2)),
        aac_parameters(read_config(bytes.fromhex("2b098800"))),
        g711_parameters("pcma", 8_000, 1),
        g711_parameters("pcmu", 16_000, 2),
        opus_parameters(1),
        opus_parameters(2),
    ],
    ids=lambda parameters: parameters.codecs,
)
def test_audio_parameters_come_back_from_an_init_segment(parameters: AudioParameters) -> None:
    assert parse_init(init_segment(None, parameters)) == (None, parameters)
