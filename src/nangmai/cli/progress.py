"""A progress bar on standard error for commands that take a while; silent when nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Count = Callable[[int], None]


@contextmanager
def progress(label: str) -> Iterator[tuple[Count, Count]]:
    """Two callables: how much there is to do, and how much has just been done."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def total(count: int) -> None:
            bar.length = max(1, count)

        yield total, bar.update
