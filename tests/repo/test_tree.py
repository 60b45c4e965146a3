"""The tree keeps its own promises: no secrets of a machine in it, no file that tries to be everything."""

import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOME_PATHS = re.compile(r"(?<![\w.])/(?:home|root|Users)/[\w.-]+")


def tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def test_no_tracked_file_names_a_home_directory() -> None:
    guilty = [
        path.relative_to(ROOT)
        for path in tracked("*.py", "*.ts", "*.md", "*.toml", "*.html", "*.css", "Makefile", ".ci/run")
        if path != Path(__file__) and HOME_PATHS.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_files_stay_short_enough_to_read() -> None:
    lengths = [
        len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked("src/**/*.py")
        if "migrations" not in path.parts
    ]
    assert statistics.quantiles(lengths, n=20)[-1] <= 400
    assert max(lengths) <= 600


def test_broad_excepts_stand_only_at_borders() -> None:
    broad = sum(
        len(re.findall(r"except Exception\b", path.read_text(encoding="utf-8"))) for path in tracked("src/**/*.py")
    )
    assert broad <= 16


OTHER_CLOCKS = re.compile(
    r"timezone\.now\b|SystemClock|auto_now|(?<!date)time\.time\b|localdate\(\)|localtime\(\)|date\.today|datetime\.now"
)


def test_the_web_plane_asks_one_clock() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked("src/nangmai/web/**/*.py")
        if "migrations" not in path.parts and (found := OTHER_CLOCKS.search(path.read_text(encoding="utf-8")))
    ]
    assert guilty == [], "nangmai.base.clock.utc_now and wall_us are what can be moved"
