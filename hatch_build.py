"""Build hook of the package: translations are compiled, and the client's TypeScript is built from its sources.

The client is left alone when `NANGMAI_SKIP_CLIENT=1` is set, or when the built files are there and the sources are not.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientBuildHook(BuildHookInterface[Any]):
    """Runs tools/build_client.py before the wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        self._compile_translations(root)
        if os.environ.get("NANGMAI_SKIP_CLIENT") == "1" or not (root / "client" / "package.json").exists():
            return
        path = root / "tools" / "build_client.py"
        spec = importlib.util.spec_from_file_location("build_client", path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(f"{path} is missing: the source package is incomplete.")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.run_task("build")

    @staticmethod
    def _compile_translations(root: Path) -> None:
        sys.path.insert(0, str(root / "src"))
        try:
            from nangmai.web.ui.catalogues import compile_stale_catalogues
        finally:
            sys.path.pop(0)
        compile_stale_catalogues()
