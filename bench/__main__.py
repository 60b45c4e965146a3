"""Run the benchmarks and write `bench/results/<claim>.json`; ends with 1 when a claim does not hold."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import sys
import time
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent


def claim_names() -> list[str]:
    """Every module of this folder that offers `run`."""
    modules = sorted(path for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))
    return [path.stem for path in modules if "\ndef run(" in path.read_text(encoding="utf-8")]


def run_claim(name: str, *, quick: bool) -> dict[str, Any]:
    """Run one module and keep its result."""
    run = importlib.import_module(f"bench.{name}").run
    takes_quick = "quick" in inspect.signature(run).parameters
    began = time.monotonic()
    result: dict[str, Any] = run(quick=quick) if takes_quick else run()
    result["took_seconds"] = round(time.monotonic() - began, 1)
    if not quick:
        results = _FOLDER / "results"
        results.mkdir(exist_ok=True)
        text = json.dumps(result, indent=2, ensure_ascii=False, sort_keys=True)
        (results / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return result


def print_result(name: str, result: dict[str, Any]) -> bool:
    """One line a claim; whether all hold."""
    claims: dict[str, dict[str, Any]] = result.get("claims", {})
    print(f"{name} ({result['took_seconds']} s)")
    for sentence, claim in claims.items():
        mark = "holds" if claim["holds"] else "short" if claim.get("goal") else "FAILS"
        print(f"  {mark}  {sentence}: {claim['measured']} (limit {claim['limit']})")
    if not claims:
        print("  " + json.dumps(result, ensure_ascii=False)[:400])
    return all(claim["holds"] or claim.get("goal") for claim in claims.values())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("claims", nargs="*", help=f"{', '.join(claim_names())}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="shorter runs, nothing is written")
    options = parser.parse_args()
    if unknown := set(options.claims) - set(claim_names()):
        parser.error(f"no such claim: {', '.join(sorted(unknown))}; there are {', '.join(claim_names())}")
    held = True
    for name in options.claims or claim_names():
        held &= print_result(name, run_claim(name, quick=options.quick))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
