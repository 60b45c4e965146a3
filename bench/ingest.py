"""The recorder's cost beside one ffmpeg per camera and a C loop; 78 cameras on two cores with the simulator."""

from __future__ import annotations

from typing import Any

from nangmai.simulator.bench.ingest import Load, run_ingest

FFMPEG_CPU_SHARE, FFMPEG_MEMORY_SHARE, FLOOR_CPU_SHARE = 1 / 3, 1 / 2, 2.0


def run(quick: bool = False) -> dict[str, Any]:
    """Both loads, all sides in turn."""
    seconds, rounds = (10.0, 1) if quick else (30.0, 2)
    usual = run_ingest(Load(cameras=32, seconds=seconds), rounds=rounds)
    many = run_ingest(Load(cameras=78, seconds=seconds), sides=("recorder",))
    ratios = usual["ratios"]
    claims = {
        "nothing is lost of 32 cameras": _at_most(usual["sides"]["recorder"]["lost"], 0),
        "nothing is lost of 78 cameras": _at_most(many["sides"]["recorder"]["lost"], 0),
        "CPU of recorder and simulator with 78 cameras, percent of one core": _at_most(
            many["sides"]["recorder"]["cpu_percent"] + many["sides"]["recorder"]["simulator_cpu_percent"], 200
        ),
    }
    for key, sentence, limit in (
        ("cpu_recorder_to_ffmpeg", "CPU over that of ffmpeg", FFMPEG_CPU_SHARE),
        ("memory_recorder_to_ffmpeg", "unique memory over that of ffmpeg", FFMPEG_MEMORY_SHARE),
        ("cpu_recorder_to_floor", "CPU over that of a C loop (goal)", FLOOR_CPU_SHARE),
    ):
        if key in ratios:
            claims[sentence] = _at_most(ratios[key], limit) | {"goal": "goal" in sentence}
    return {"claims": claims, "cameras_32": usual, "cameras_78": many}


def _at_most(measured: float, limit: float) -> dict[str, Any]:
    return {"limit": round(limit, 3), "measured": round(measured, 3), "holds": measured <= limit}
