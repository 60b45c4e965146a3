"""Fifty times `kill -9` at random moments: runs the acceptance test with its long setting.

Run: python -m bench.kill9
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TEST = Path(__file__).parents[1] / "tests" / "acceptance" / "test_recorder_kill.py"


def run(quick: bool = False) -> dict[str, Any]:
    """Every fragment handed to the disk plays and verifies, gaps are right to the second, nothing is overwritten."""
    kills = 5 if quick else 50
    command = [sys.executable, "-m", "pytest", "-q", "-o", "timeout=1800", str(TEST)]
    done = subprocess.run(command, env=os.environ | {"NANGMAI_KILLS": str(kills)}, cwd=TEST.parents[2], check=False)
    return {"claims": {f"{kills} kills": {"limit": 0, "measured": done.returncode, "holds": done.returncode == 0}}}


if __name__ == "__main__":
    sys.exit(0 if all(claim["holds"] for claim in run()["claims"].values()) else 1)
