"""A recorder as web sees it: a key, a name, and reports in the agreed form."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from nangmai.base.clock import SystemClock
from nangmai.protocol.identity import recorder_token
from nangmai.protocol.keys import public_key_text
from nangmai.protocol.messages import CameraState, HealthState, Report, StreamState, TicketUse
from nangmai.web.sites import services


def stream(state: str = "recording", **fields: Any) -> StreamState:
    """A stream that works, unless told otherwise."""
    defaults: dict[str, Any] = {
        "state": state,
        "since_us": 1_790_000_000_000_000,
        "message": "",
        "codec": "h264",
        "width": 1280,
        "height": 720,
        "fps": 15.0,
        "bitrate_bps": 800_000,
        "oldest_us": 1_790_000_000_000_000,
        "newest_us": 1_790_000_600_000_000,
        "clock_offset_us": 0,
        "lost_packets": 0,
        "reconnects": 0,
    }
    return StreamState(**(defaults | fields))


def camera(camera_id: str = "cam-01", name: str = "Cổng chính", state: str = "recording") -> CameraState:
    """A camera with both streams."""
    return CameraState(
        camera_id, name, "Cổng trường", {"main": stream(state), "sub": stream(state, width=640, height=360)}
    )


@dataclasses.dataclass
class FakeRecorder:
    """Signs and sends reports through the real endpoint."""

    name: str = "nvr-1"
    key: Ed25519PrivateKey = dataclasses.field(default_factory=Ed25519PrivateKey.generate)
    secret: str = ""

    def enrol(self) -> FakeRecorder:
        """Be expected by web."""
        self.secret = services.enrol(name=self.name)
        return self

    def report(
        self, *cameras: CameraState, uses: tuple[TicketUse, ...] = (), checkpoints: tuple[str, ...] = ()
    ) -> Report:
        """A report of a recorder in order."""
        return Report(
            version=1,
            recorder=self.name,
            boot_id="boot",
            sent_us=SystemClock().wall_us(),
            public_key=public_key_text(self.key.public_key()),
            health=HealthState("ok", "in order"),
            cameras=cameras,
            uses=uses,
            volumes=(),
            checkpoints=checkpoints,
        )

    def send(self, report: Report | None = None, **headers: str) -> Any:
        """POST it; the answer of web."""
        token = recorder_token(self.key, self.name, SystemClock().wall_us())
        sent = {"Authorization": f"Bearer {token}", "X-Nangmai-Enrolment": self.secret} | headers
        body = json.dumps((report or self.report(camera())).to_json())
        return Client().post("/control/exchange", body, content_type="application/json", headers=sent)
