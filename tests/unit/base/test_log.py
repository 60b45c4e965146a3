import logging

import pytest

from nangmai.base.clock import ManualClock
from nangmai.base.log import RepeatLimiter, mask_secrets
from nangmai.base.units import US_PER_S


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("rtsp://admin:s3cret@10.0.0.5/x", "rtsp://***@10.0.0.5/x"),
        ("rtsp://admin:p@ss@10.0.0.5/x", "rtsp://***@10.0.0.5/x"),
        ("GET /live?ticket=eyJh.b.c&x=1", "GET /live?ticket=***&x=1"),
        ("Authorization: Bearer eyJh.b.c", "Authorization: Bearer ***"),
        ("rtsp://10.0.0.5/x", "rtsp://10.0.0.5/x"),
    ],
)
def test_secrets_are_masked(text: str, masked: str) -> None:
    assert mask_secrets(text) == masked


def test_a_failing_camera_logs_once_a_minute_and_counts_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    limiter = RepeatLimiter(60, clock)
    logger = logging.getLogger("nangmai.test")
    for _ in range(5):
        limiter.log(logger, logging.WARNING, "cam-01", "no signal")
    clock.advance(61 * US_PER_S)
    limiter.log(logger, logging.WARNING, "cam-01", "no signal")
    assert [record.getMessage() for record in caplog.records] == ["no signal", "no signal (and 4 more like it)"]
