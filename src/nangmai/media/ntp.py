"""NTP time, 32.32 bits since 1900 (RFC 5905 §6), as RTCP and `prft` carry it."""

from __future__ import annotations

from nangmai.base.units import US_PER_S

_EPOCH_S = 2_208_988_800  # 1900 to 1970
_U32 = 0xFFFFFFFF


def ntp_from_us(wall_us: int) -> int:
    """The NTP time of a wall time; `us_from_ntp` gives back exactly the same microsecond."""
    seconds, micros = divmod(wall_us, US_PER_S)
    return ((seconds + _EPOCH_S) & _U32) << 32 | ((micros << 32) + US_PER_S - 1) // US_PER_S


def us_from_ntp(ntp: int) -> int:
    """Microseconds since 1970. The era that begins in 2036 is told by the top bit (RFC 4330 §3)."""
    seconds = ntp >> 32
    if not seconds & 0x80000000:
        seconds += 1 << 32
    return (seconds - _EPOCH_S) * US_PER_S + ((ntp & _U32) * US_PER_S >> 32)
