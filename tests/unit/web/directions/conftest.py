"""A recorder with two cameras, a guard who asks and a principal who answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.web.accounts.models import User
from nangmai.web.directions import services
from nangmai.web.directions.models import Asked, Direction
from nangmai.web.sites.models import Camera
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role

HOUR_US = 3600 * US_PER_S


@dataclasses.dataclass
class Board:
    """Who asks, who answers, about what."""

    guard: User
    principal: User
    cameras: list[Camera]
    span: tuple[int, int]

    @property
    def later(self) -> datetime:
        return timezone.now() + timedelta(hours=1)

    def ask(self, **other: Any) -> Asked:
        given: dict[str, Any] = {
            "person": self.guard, "act": "playback.view", "cameras": self.cameras[:1], "span": self.span,
            "purpose": "P1", "reason": "Có người trèo rào lúc nửa đêm",
        }  # fmt: skip
        return services.ask(**given | other)

    def give(self, **other: Any) -> Direction:
        given: dict[str, Any] = {
            "by": self.principal, "person": self.guard, "cameras": self.cameras[:1], "span": self.span,
            "purpose": "P1", "text": "Xem lại hàng rào phía sau", "until_at": self.later, "is_stepped_up": True,
        }  # fmt: skip
        return services.give(**given | other)


@pytest.fixture
def board(make_user: Callable[..., User]) -> Board:
    recorder = FakeRecorder().enrol()
    assert recorder.send(recorder.report(camera("cam-01"), camera("cam-02"))).status_code == 200
    now_us = SystemClock().wall_us()
    cameras = list(Camera.objects.order_by("camera_id"))
    return Board(make_user(Role.GUARD), make_user(Role.PRINCIPAL), cameras, (now_us - 9 * HOUR_US, now_us - HOUR_US))
