"""What /proc tells about a process and its children."""

from __future__ import annotations

import os
import subprocess
import sys

from nangmai.simulator.bench.meter import cpu_seconds, family, machine_busy_seconds, unique_bytes


def test_children_belong_to_the_family_and_their_cost_counts() -> None:
    grandchild = "sum(n*n for n in range(3_000_000)); x = bytearray(30_000_000); print('done', flush=True); input()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        members = family([process.pid])
        assert process.pid in members
        assert len(members) == 2
        assert cpu_seconds(members) > cpu_seconds([process.pid])
        assert unique_bytes(members) > 30_000_000 > unique_bytes([process.pid])
        process.communicate(b"\n")


def test_a_process_that_is_gone_costs_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert family([process.pid]) == set()
    assert cpu_seconds([process.pid]) == 0
    assert unique_bytes([process.pid]) == 0


def test_the_machine_is_at_least_as_busy_as_this_process() -> None:
    assert machine_busy_seconds() >= cpu_seconds([os.getpid()])
