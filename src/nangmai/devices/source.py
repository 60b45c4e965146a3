"""Chooses how a source is spoken to. The contract of a source is `devices.contract`."""

from __future__ import annotations

from nangmai.base.clock import Clock
from nangmai.devices.contract import Source, SourceEvents, SourceState, SourceStats, TransportName
from nangmai.devices.ffmpeg.source import FfmpegSource
from nangmai.devices.limits import HostLimits
from nangmai.devices.rtsp.client import Timing
from nangmai.devices.rtsp.source import RtspSource
from nangmai.media.rtsp import parse_url

__all__ = ["HostLimits", "Source", "SourceEvents", "SourceState", "SourceStats", "TransportName", "open_source"]


def open_source(
    url: str,
    *,
    transport: TransportName,
    audio: bool,
    events: SourceEvents,
    hosts: HostLimits,
    clock: Clock,
    stall_s: float = 10.0,
) -> Source:
    """A source that is not started yet; raises `UrlInvalid` when nothing could ever be read from that URL.

    `stall_s` without a packet of video, and the connection is given up.
    """
    if transport == "ffmpeg":
        return FfmpegSource(url, audio=audio, events=events, hosts=hosts, clock=clock, stall_s=stall_s)
    return RtspSource(
        parse_url(url),
        transport=transport,
        audio=audio,
        events=events,
        hosts=hosts,
        clock=clock,
        timing=Timing(stall_s=stall_s),
    )
