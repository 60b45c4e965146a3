"""The recorder's figures for Prometheus, read from the parts themselves whenever somebody asks: recording pays nothing.

Names follow https://prometheus.io/docs/practices/naming/. No address, no name of a camera or person: ids alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nangmai.devices.contract import SourceStats
from nangmai.recorder.ingest import StreamIngest

STATES = ("recording", "waiting_for_key_picture", "connecting", "no_signal", "refused", "disk", "off")


class StreamParts(Protocol):
    """What the figures of one stream come from."""

    @property
    def camera_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def ingest(self) -> StreamIngest: ...
    @property
    def stats(self) -> SourceStats: ...


class Metrics:
    """Holds the registry that `/metrics` prints."""

    def __init__(self, streams: Sequence[StreamParts], node: Callable[[], Iterable[Metric]]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_StreamCollector(streams))
        self.registry.register(_NodeCollector(node))


class _NodeCollector(Collector):
    def __init__(self, node: Callable[[], Iterable[Metric]]) -> None:
        self._node = node

    def collect(self) -> Iterable[Metric]:
        return self._node()

    def describe(self) -> Iterable[Metric]:
        return ()


#: name -> (what it says, how it is read)
_COUNTERS: dict[str, tuple[str, Callable[[StreamParts], float]]] = {
    "nangmai_pictures": ("Pictures that became part of a fragment", lambda s: s.ingest.counters.pictures),
    "nangmai_dropped_pictures": ("Pictures that were not recorded", lambda s: s.ingest.counters.dropped_pictures),
    "nangmai_recorded_bytes": ("Bytes handed to the archive", lambda s: s.ingest.counters.bytes),
    "nangmai_fragments": ("Fragments handed to the archive", lambda s: s.ingest.counters.fragments),
    "nangmai_damaged_fragments": ("Fragments with lost packets", lambda s: s.ingest.counters.damaged_fragments),
    "nangmai_segments": ("Segments begun", lambda s: s.ingest.counters.segments),
    "nangmai_timestamp_jumps": ("Jumps of the camera's timestamps", lambda s: s.ingest.counters.jumps),
    "nangmai_received_bytes": ("Bytes that came from the camera", lambda s: s.stats.bytes),
    "nangmai_packets": ("RTP packets that came from the camera", lambda s: s.stats.packets),
    "nangmai_lost_packets": ("RTP packets that did not come", lambda s: s.stats.lost),
    "nangmai_reconnects": ("Connections after the first", lambda s: s.stats.reconnects),
}


class _StreamCollector(Collector):
    def __init__(self, streams: Sequence[StreamParts]) -> None:
        self._streams = streams

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        labels = ["camera", "stream"]
        for name, (meaning, read) in _COUNTERS.items():
            counter = CounterMetricFamily(name, meaning, labels=labels)
            for stream in self._streams:
                counter.add_metric([stream.camera_id, stream.kind], read(stream))
            yield counter
        state = GaugeMetricFamily("nangmai_stream_state", "1 for the state a stream is in", labels=[*labels, "state"])
        offset = GaugeMetricFamily("nangmai_clock_offset_seconds", "Camera's clock minus the server's", labels=labels)
        for stream in self._streams:
            for name in STATES:
                state.add_metric([stream.camera_id, stream.kind, name], float(stream.ingest.state == name))
            offset_us = stream.stats.clock_offset_us
            if offset_us is not None:
                offset.add_metric([stream.camera_id, stream.kind], offset_us / 1e6)
        yield state
        yield offset
