"""The description is right, or wrong in exactly the way that was asked for."""

from __future__ import annotations

import base64
import re

from nangmai.simulator.clip import Clip
from nangmai.simulator.sdp import describe


def test_a_right_description_carries_the_parameter_sets(clip: Clip) -> None:
    text = describe(clip, "cam")
    found = re.findall(r"sprop-[a-z-]+=([^;\r]+)", text)
    sets = [base64.b64decode(value) for values in found for value in values.split(",")]
    assert sorted(sets) == sorted(clip.parameter_sets)
    assert text.count("\r\n") == text.count("\n")


def test_sound_is_described_with_its_configuration(clip: Clip) -> None:
    assert clip.audio is not None
    text = describe(clip, "cam")
    assert "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1" in text
    assert f"config={clip.audio.config.hex()}" in text


def test_each_defect_is_what_its_name_says(clip: Clip) -> None:
    assert "sprop" not in describe(clip, "cam", "no_sprop")
    assert "m=video" not in describe(clip, "cam", "no_video")
    assert "192.0.2.1" in describe(clip, "cam", "wrong_control")
    assert not describe(clip, "cam", "not_sdp").startswith("v=")
    broken = describe(clip, "cam", "broken_lines").split("\r\n")
    assert set(describe(clip, "cam").split("\r\n")) < set(broken)
    assert any(not re.match(r"[a-z]=.", line) for line in broken)
