"""The half minute that codes belong to stands still during a test."""

from __future__ import annotations

import pytest

from nangmai.base.clock import utc_now
from nangmai.web.accounts import factors


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = utc_now()
    monkeypatch.setattr(factors, "utc_now", lambda: moment)
