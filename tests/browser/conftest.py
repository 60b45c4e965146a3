"""One browser and one set of pages for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.client_page import Browser, chromium
from browser.client_stage import Pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages()
