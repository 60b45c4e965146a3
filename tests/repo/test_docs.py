import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from nangmai.cli import COMMANDS, nangmai

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    broken = [
        target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_reference_of_commands_is_current() -> None:
    generator = runpy.run_path(str(ROOT / "tools" / "generate_reference.py"))
    assert generator["PAGE"].read_text(encoding="utf-8") == generator["commands_page"](), (
        "run .venv/bin/python tools/generate_reference.py"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(nangmai, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 3
