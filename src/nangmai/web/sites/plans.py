"""Floor plans as files below the data folder, named by the SHA-256 of their bytes.

What was uploaded is never served: the picture is decoded, bounded and written anew as PNG, so that nothing but pixels
gets in.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import IO, ClassVar, NamedTuple

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from nangmai.base.errors import Error, Kind
from nangmai.web.environment import write_private

LARGEST_BYTES = 12 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 3000  #: what a plan is reduced to
FORMATS = ("PNG", "JPEG", "WEBP")


class PlanTooLarge(Error):
    """The file is too large: a floor plan may have {most} at most. Save it smaller, then upload it again."""

    kind: ClassVar[Kind] = Kind.INVALID


class PlanUnreadable(Error):
    """This file is no picture that can be read. Save the floor plan as PNG, JPEG or WebP, then upload it again."""

    kind: ClassVar[Kind] = Kind.INVALID


class Plan(NamedTuple):
    """A plan that was kept."""

    sha256: str
    width: int
    height: int


def path(sha256: str) -> Path:
    """Where the plan lies."""
    return Path(settings.DATA_DIR) / "plans" / f"{sha256}.png"


def keep(file: IO[bytes]) -> Plan:
    """Check and store an uploaded picture; the same picture is stored once."""
    content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise PlanTooLarge(most=f"{LARGEST_BYTES // (1024 * 1024)} MB")
    image = _decoded(content)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    sha256 = hashlib.sha256(written.getvalue()).hexdigest()
    write_private(path(sha256), written.getvalue())
    return Plan(sha256, image.width, image.height)


def _decoded(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > LARGEST_PIXELS:
                raise PlanTooLarge(most=f"{LARGEST_PIXELS // 1_000_000} megapixel")
            return ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PlanUnreadable from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PlanTooLarge(most=f"{LARGEST_PIXELS // 1_000_000} megapixel") from error
