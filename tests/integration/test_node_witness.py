"""Two installations of their own, each with its database and key: one keeps the other's checkpoints in its ledger."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from integration.running import free_port, running


def environment(folder: Path, site: str, **more: str) -> dict[str, str]:
    return {"NANGMAI_DATA_DIR": str(folder / site), "NANGMAI_SITE": site, "NANGMAI_HOSTS": "127.0.0.1", **more}


def tick(folder: Path, given: dict[str, str], *turns: str) -> None:
    """Some turns of an installation's clock, in a process of its own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("NANGMAI_")}
    command = [sys.executable, "-m", "nangmai", "web", "manage", "tick", *turns]
    done = subprocess.run(command, cwd=folder, env=clean | given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def rows(folder: Path, site: str, query: str) -> list[tuple[Any, ...]]:
    """What an installation's own database says."""
    with contextlib.closing(sqlite3.connect(folder / site / "nangmai.sqlite3")) as database:
        return database.execute(query).fetchall()


def test_an_installation_keeps_the_checkpoints_of_another(tmp_path: Path) -> None:
    (tmp_path / "school-a").mkdir()
    (tmp_path / "school-b").mkdir()
    ports = free_port(), free_port()
    first = environment(tmp_path, "school-a", NANGMAI_RECORDERS="nvr-1=s3cret-of-a-test")  # the first entry
    with running("web", "--listen", f"127.0.0.1:{ports[0]}", cwd=tmp_path, environment=first) as web:
        web.wait_for("nangmai web: http://")
        with urllib.request.urlopen(f"http://127.0.0.1:{ports[0]}/ledger/key", timeout=60) as answer:
            key = json.load(answer)
    second = environment(tmp_path, "school-b", NANGMAI_WITNESS_FOR=f"{key['origin']}={key['key']}")
    with running("web", "--listen", f"127.0.0.1:{ports[1]}", cwd=tmp_path, environment=second) as web:
        web.wait_for("nangmai web: http://")
        told = first | {"NANGMAI_WITNESS_NODE": f"http://127.0.0.1:{ports[1]}"}
        tick(tmp_path, told, "ledger.checkpoint", "ledger.witnesses")
    (kept,) = rows(tmp_path, "school-b", "SELECT body FROM ledger_entry WHERE act = 'checkpoint.witnessed'")
    (newest,) = rows(tmp_path, "school-a", "SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
    said = json.loads(kept[0])
    assert (said["actor"], said["facts"]["note"]) == (f"node:{key['origin']}", newest[0])
    assert rows(tmp_path, "school-a", "SELECT kind, outcome FROM ledger_witness") == [("node", "done")]
