"""The half minute that codes belong to stands still during a test."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from nangmai.web.accounts import factors


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now()
    monkeypatch.setattr(factors, "timezone", SimpleNamespace(now=lambda: moment))
