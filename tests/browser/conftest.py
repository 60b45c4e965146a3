"""One browser and one set of pages for the tests of a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.client_page import Browser, chromium
from browser.client_stage import Pages
from browser.school import School
from integration.running import running

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages()


@pytest.fixture(scope="module")
def school(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The web plane alone, on a school that was set up by the services."""
    folder = tmp_path_factory.mktemp("school")
    path = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH", ""))))
    given = {"NANGMAI_DATA_DIR": str(folder), "NANGMAI_HOSTS": "localhost 127.0.0.1 testserver", "PYTHONPATH": path}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NANGMAI_", "DJANGO_"))}
    subprocess.run([sys.executable, str(TESTS / "browser/scene.py")], env=kept | given, check=True)
    with running("web", "--listen", "127.0.0.1:0", cwd=folder, environment=given) as web:
        address = web.wait_for("nangmai web: ").partition("nangmai web: ")[2].strip()
        school = School(browser, address.replace("127.0.0.1", "localhost"))
        yield school
        school.close()
