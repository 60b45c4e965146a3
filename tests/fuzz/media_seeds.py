"""Where fuzzing of the media starts from: small inputs that reach deep, made of clips coded on the spot."""

from __future__ import annotations

from fuzz.media_targets import DETACH, MARKED, RAW, SAME_TIME, SEAL, instruction
from nangmai.media.isobmff.boxes import box
from unit.media.clips import Camera, Codec, clip
from unit.media.isobmff.movies import movie, pictures_of

CODECS: tuple[Codec, ...] = ("h264", "h265")


def rtp_seeds() -> list[bytes]:
    """Inputs of `fuzz_rtp`."""
    seeds = []
    for number, codec in enumerate(CODECS):
        pictures = clip(codec, pictures=3, width=64, height=64, gop=2).pictures
        for camera in (Camera(codec, mtu=80), Camera(codec, mtu=400, aggregates=True)):
            out = bytes((number,))
            for picture in pictures:
                payloads = camera.payloads(picture.nals)
                for at, (payload, _) in enumerate(payloads):
                    flags = (SAME_TIME if at else 0) | (MARKED if at == len(payloads) - 1 else DETACH)
                    out += instruction(flags, payload)
            seeds.append(out)
        padded = camera.but(padding=3, first_byte=0x90, header_extra=b"\xab\xac\0\1ext!")
        seeds.append(bytes((number,)) + b"".join(instruction(RAW, packet) for packet in padded.packets(pictures)))
        seeds.append(bytes((number,)) + instruction(MARKED, b"\0\0\0\1".join(pictures[0].nals)))
    seeds.append(b"\3" + instruction(MARKED, b"\0\x20\0\x20\0\x18abcdxyz") + instruction(0, b"\0\x10\1\0abc"))
    seeds.append(b"\4" + instruction(MARKED, b"\x7b\3abc"))
    return seeds


def nal_seeds() -> list[bytes]:
    """NAL units and small boxes, inputs of `fuzz_small_parts`."""
    nals = [nal for codec in CODECS for nal in clip(codec, pictures=1, width=64, height=64).pictures[0].nals]
    files = [b"".join(movie(pictures_of(codec, width=64, height=64)[:1])) for codec in CODECS]
    moofs = [data[data.index(b"moof") - 4 : data.index(b"mdat") - 4] for data in files]
    return [*nals, *moofs, bytes.fromhex("80c80006") + bytes(24), bytes.fromhex("2b098800")]


def mp4_seeds() -> list[bytes]:
    """Inputs of `fuzz_mp4`."""
    seeds = []
    for codec in CODECS:
        pictures = pictures_of(codec, 2, width=64, height=64, pictures=4, gop=2)
        for audio in (False, True):
            parts = movie(pictures, per_unit=2, audio=audio)
            seeds.append(b"".join(parts))
            seeds.append(parts[0] + b"".join(part + box(b"uuid", SEAL, b"x") for part in parts[1:]))
    return seeds
