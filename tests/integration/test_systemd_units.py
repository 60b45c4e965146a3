"""The units of docs/how-to/run-with-systemd.md, as systemd itself reads them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from nangmai.cli import nangmai

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "run-with-systemd.md").read_text(encoding="utf-8")
PROGRAMME = "/opt/nangmai/.venv/bin/nangmai"
BLOCKS: list[str] = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
MAIN = BLOCKS[0]


def units() -> list[str]:
    """The whole unit, and what it becomes with each of the shorter blocks."""
    service, install = MAIN.split("[Install]")
    others = re.sub(r"ExecStart=.*\n", "", service)
    starts = [block if "ExecStart" in block else f"{block}ExecStart={PROGRAMME} web\n" for block in BLOCKS[1:]]
    return [MAIN, *(f"{others}\n{start}\n[Install]{install}" for start in starts)]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", units(), ids=range(len(BLOCKS)))
def test_systemd_finds_nothing_to_say(unit: str, tmp_path: Path) -> None:
    programme = shutil.which("true")
    assert programme
    path = tmp_path / "nangmai.service"
    path.write_text(unit.replace(PROGRAMME, programme).replace("User=nangmai", "User=root"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert [line for line in done.stderr.splitlines() if "nangmai.service" in line] == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", re.findall(rf"ExecStart={PROGRAMME} (.*)", PAGE))
def test_what_a_unit_starts_is_a_command_with_those_options(line: str) -> None:
    words = shlex.split(line)
    options = {word for word in words if word.startswith("--")}
    told = CliRunner().invoke(nangmai, [words[0], "--help"]).output
    assert {option for option in options if option not in told} == set()
