"""The compliance board as a principal opens it, after the two months that the demonstration's school has lived through.

The history is made by the services themselves under a moved clock, which is timed too. Run alone for its figures as
JSON: `python -m bench.board`. The page is asked for through Django's own handler, signed in, with the whole of its
middleware; the database is SQLite on the disk, in a folder of its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CAMERAS, DAYS = 78, 65
LIMIT_MS = 300.0


def run(quick: bool = False) -> dict[str, Any]:
    """In a process of its own, since Django is set up once a process."""
    with tempfile.TemporaryDirectory(prefix="nangmai-board-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "NANGMAI_DATABASE_URL"}
        environment |= {"NANGMAI_DATA_DIR": folder, "NANGMAI_HOSTS": "testserver", "NANGMAI_LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "bench.board", "--worker", "10" if quick else "60"]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    sentence = f"the compliance board with {CAMERAS} cameras and {DAYS} days of history, median ms"
    claim = {"measured": result["p50_ms"], "limit": LIMIT_MS, "holds": result["p50_ms"] < LIMIT_MS}
    return result | {"claims": {sentence: claim}}


def _measured(times: int) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nangmai.web.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    from nangmai.web.accounts.models import User
    from nangmai.web.compliance.models import DailyState
    from nangmai.web.demonstration.history import live_through
    from nangmai.web.demonstration.school import PRINCIPAL
    from nangmai.web.ledger.models import LedgerHead
    from nangmai.web.sites.queries import cameras

    began, cpu_began = time.perf_counter(), time.process_time()
    fleet = live_through(DAYS)
    lived_s, lived_cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    client = Client()
    client.force_login(User.objects.get(username=PRINCIPAL))
    client.get("/regulation/board")
    taken = []
    for _ in range(times):
        fleet.report()  # as recorders do all the time: none is silent when the page is asked for
        began = time.perf_counter()
        answer = client.get("/regulation/board")
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
    ordered = sorted(taken)
    return {
        "cameras": cameras().count(),
        "days": DailyState.objects.values("day").distinct().count(),
        "entries": LedgerHead.objects.get().size,
        "history_s": round(lived_s, 1),
        "history_cpu_s": round(lived_cpu_s, 1),
        "bytes": len(answer.content),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        print(json.dumps(_measured(int(sys.argv[2]))))
    else:
        print(json.dumps(run(), indent=2))
