"""Opens what FFmpeg's libraries can open (RTMP, HTTP, files, …) and turns their errors into ours."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import ClassVar

import av
import av.error
from av.container import InputContainer

from nangmai.base.errors import Error, Kind
from nangmai.base.log import mask_secrets
from nangmai.devices.errors import (
    CameraAnsweredNonsense,
    CameraSilent,
    CameraUnreachable,
    CodecUnsupported,
    SourceUnreadable,
)
from nangmai.devices.ffmpeg.reading import VideoReader
from nangmai.media.rtsp_session import CameraRefused, CameraRefusedPassword, StreamNotFound

#: FFmpeg's own log is a stream of hints for its developers; what matters comes as an exception.
av.logging.set_level(av.logging.PANIC)

_FILE_URL = re.compile(r"(?i)^(?:file:|(?![a-z][a-z0-9+.-]*:))")
_CODECS = ("h264", "hevc")


class FileNotThere(Error):
    """{url}: there is no such file, or it may not be read."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


def is_file(url: str) -> bool:
    """Whether it is a file rather than something live: files are paced by their own timestamps, and they end."""
    return _FILE_URL.match(url) is not None


def open_container(url: str, timeout_s: float) -> InputContainer:
    """Open for reading; reads that take longer than `timeout_s` fail."""
    options = {"rtsp_transport": "tcp"} if url.lower().startswith("rtsp") else {}
    with mapped_errors(url, timeout_s):
        return av.open(url, mode="r", options=options, timeout=(timeout_s, timeout_s))


def video_reader(container: InputContainer, url: str) -> tuple[av.VideoStream, VideoReader]:
    """The first video that can be recorded."""
    for stream in container.streams.video:
        if stream.codec_context.name in _CODECS:
            extradata = bytes(stream.codec_context.extradata or b"")
            time_base = Fraction(stream.time_base or Fraction(1, 90_000))
            return stream, VideoReader(stream.codec_context.name, extradata, time_base)
    names = [stream.codec_context.name.upper() for stream in container.streams.video]
    raise CodecUnsupported(url=mask_secrets(url), offered=", ".join(names) or "no video")


@contextmanager
def mapped_errors(url: str, timeout_s: float) -> Iterator[None]:
    """Whatever FFmpeg raises leaves as one of our sentences."""
    shown = mask_secrets(url)
    try:
        yield
    except (av.error.HTTPUnauthorizedError, PermissionError) as error:
        if isinstance(error, av.error.HTTPUnauthorizedError):
            raise CameraRefusedPassword(url=shown) from None
        raise FileNotThere(url=shown) from None
    except av.error.HTTPForbiddenError:
        raise CameraRefused(url=shown, reason="the user lacks the right") from None
    except av.error.HTTPNotFoundError:
        raise StreamNotFound(url=shown) from None
    except FileNotFoundError:
        raise (FileNotThere if is_file(url) else StreamNotFound)(url=shown) from None
    except av.error.ProtocolNotFoundError:
        raise SourceUnreadable(url=shown, reason="its protocol is not known") from None
    except (av.error.InvalidDataError, av.error.DemuxerNotFoundError):
        raise CameraAnsweredNonsense(url=shown, reason="what it sends is no video that can be read") from None
    except (av.error.ExitError, TimeoutError):
        raise CameraSilent(url=shown, seconds=f"{timeout_s:g}") from None
    except (ConnectionError, av.error.FFmpegError, OSError) as error:
        raise CameraUnreachable(url=shown, reason=_reason(error)) from None


def _reason(error: Exception) -> str:
    if getattr(error, "errno", None) == errno.EIO:  # all that FFmpeg says of a name that does not resolve
        return "its name is not known, or it broke off"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
