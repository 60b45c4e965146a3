"""Eight processes write a thousand acts each into one ledger, on SQLite and on PostgreSQL: one chain, nothing lost.

Run: python -m bench.ledger [--processes 8] [--each 1000] [--database sqlite|postgresql]. Every act is a commit that is
on the disk when it returns, and a third of them disclose something. The end is judged by `nangmai verify ledger`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench._machine import watched

ROOT = Path(__file__).resolve().parent.parent
WITH_POSTGRESQL = ROOT / "tools/with-postgresql"
DATABASES = ("sqlite", "postgresql")


def run(quick: bool = False) -> dict[str, Any]:
    """Both databases."""
    each = 100 if quick else 1000
    results = {name: in_a_process(name, 8, each) for name in DATABASES}
    claims = {
        f"{name}: 8 processes x {each} acts make one chain": {
            "measured": f"{result['entries']} entries, {result['forks']} forks, {result['appends_per_second']}/s",
            "limit": f"{8 * each} entries, 0 forks",
            "holds": result["holds"],
        }
        for name, result in results.items()
    }
    return {"claims": claims, "databases": results}


def in_a_process(database: str, processes: int, each: int) -> dict[str, Any]:
    """Measure one database, with a PostgreSQL started for it where it needs one."""
    command = [sys.executable, "-m", "bench.ledger", "--database", database]
    command += ["--processes", str(processes), "--each", str(each)]
    prefix = [str(WITH_POSTGRESQL), "--durable"] if database == "postgresql" else []
    environment = {name: value for name, value in os.environ.items() if name != "NANGMAI_DATABASE_URL"}
    done = subprocess.run(
        [*prefix, *command], cwd=ROOT, env=environment | {"CI": "true"}, stdout=subprocess.PIPE, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure(processes: int, each: int) -> dict[str, Any]:
    """In the database of the environment, which has to be empty."""
    with tempfile.TemporaryDirectory(prefix="nangmai-ledger-") as folder:
        os.environ["NANGMAI_DATA_DIR"] = folder
        _manage("migrate", "--verbosity", "0")
        go = Path(folder, "go")
        command = [sys.executable, "-m", "bench.ledger", "--worker", str(go), "--each", str(each)]
        workers = [
            subprocess.Popen([*command, "--number", str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for number in range(processes)
        ]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()  # it is ready
        with watched() as load:
            began = time.monotonic()
            go.touch()
            codes = [worker.wait() for worker in workers]
            took_s = time.monotonic() - began
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.close()
        result = _judged(Path(folder, "export"), processes, each)
    result["workers_failed"] = sum(code != 0 for code in codes)
    result["holds"] = result["holds"] and not result["workers_failed"]
    return result | {
        "appends_per_second": round(processes * each / took_s, 1),
        "seconds": round(took_s, 1),
        "load": load,
    }


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "nangmai", "web", "manage", *arguments], cwd=ROOT, check=True)


def _judged(export: Path, processes: int, each: int) -> dict[str, Any]:
    """What stands in the database, by the command that a stranger would use."""
    _setup()
    from nangmai.web.ledger import services
    from nangmai.web.ledger.models import Entry, LedgerHead

    seqs = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    told = {(row.said.facts["process"], row.said.facts["act"]) for row in Entry.objects.filter(act="bench.act")}
    wanted = {(process, act) for process in range(processes) for act in range(each)}
    size = LedgerHead.objects.get().size
    services.export(export)
    verify = [sys.executable, "-m", "nangmai", "verify", "ledger", str(export), "--json"]
    report = json.loads(subprocess.run(verify, cwd=ROOT, stdout=subprocess.PIPE, check=False).stdout)
    forks = sum(seq != number for number, seq in enumerate(seqs))
    return {
        "database": _vendor(),
        "processes": processes,
        "each": each,
        "entries": len(told),
        "lost": len(wanted - told),
        "forks": forks,
        "verified": report["holds"],
        "holds": told == wanted and not forks and report["holds"] and size == len(seqs),
    }


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


def _setup() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nangmai.web.settings")
    django.setup()


def work(go: Path, process: int, each: int) -> None:
    """One process: so many acts, each a commit of its own."""
    _setup()
    from django.db import connection

    from nangmai.web.ledger.services import append

    connection.ensure_connection()
    print("ready", flush=True)
    while not go.exists():
        time.sleep(0.001)
    for act in range(each):
        append(
            act="bench.act",
            actor=f"p-{process}",
            thing=f"camera:nvr-1/cam-{act % 78:02}",
            clauses=("Đ7.1",),
            facts={"process": process, "act": act},
            personal={"reason": "lý do"} if act % 3 == 0 else None,
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--each", type=int, default=1000)
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked.worker, asked.number, asked.each)
    elif asked.database:
        print(json.dumps(measure(asked.processes, asked.each), indent=2))
    else:
        for name in DATABASES:
            print(json.dumps(in_a_process(name, asked.processes, asked.each), indent=2))


if __name__ == "__main__":
    main()
