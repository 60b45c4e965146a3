"""Logging: one form for every process, secrets masked, a failing camera never floods the log."""

from __future__ import annotations

import logging
import re
import sys

from nangmai.base.clock import Clock, SystemClock
from nangmai.base.units import US_PER_S

_URL_CREDENTIALS = re.compile(r"(?<=://)[^/\s\"']+@")
_AUTHORIZATION = re.compile(r"(?i)(authorization:\s*\w+\s+|[?&](?:ticket|token|password)=)[^\s&\"']+")


def mask_secrets(text: str) -> str:
    """The text with passwords in URLs, authorization headers and tickets replaced by `***`."""
    return _AUTHORIZATION.sub(r"\1***", _URL_CREDENTIALS.sub("***@", text))


class MaskingFormatter(logging.Formatter):
    """Formats as usual, then masks: nothing that passes through can leak a password."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_secrets(super().format(record))


def setup_logging(level: str = "INFO") -> None:
    """Log to standard error, as a service manager expects it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


class RepeatLimiter:
    """Lets one log line per key through every `interval_s`, and counts what it held back (recorder rule 24)."""

    def __init__(self, interval_s: float = 60, clock: Clock | None = None) -> None:
        self._interval_us = int(interval_s * US_PER_S)
        self._clock = clock or SystemClock()
        self._seen: dict[str, tuple[int, int]] = {}

    def log(self, logger: logging.Logger, level: int, key: str, message: str) -> None:
        """Log `message` unless one with the same key went out just now."""
        now_us = self._clock.mono_us()
        last_us, held_back = self._seen.get(key, (-self._interval_us, 0))
        if now_us - last_us < self._interval_us:
            self._seen[key] = (last_us, held_back + 1)
            return
        self._seen[key] = (now_us, 0)
        logger.log(
            level,
            "%s (and %d more like it)" if held_back else "%s",
            *((message, held_back) if held_back else (message,)),
        )
