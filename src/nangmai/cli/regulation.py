"""`nangmai regulation`: what is wrong with a regulation, what it allows, and what an amendment changes."""

from __future__ import annotations

import sys
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import ClassVar, Literal

import click

from nangmai.base.errors import Error, Kind
from nangmai.cli import print_json
from nangmai.regulation import law, validate
from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.effect import Effect
from nangmai.regulation.effects import Effects, effects
from nangmai.regulation.form import read
from nangmai.regulation.law import Breach
from nangmai.regulation.matrix import Row, matrix
from nangmai.regulation.model import ANYONE, Regulation

Language = Literal["vi", "en"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MARKS = {"allow": "Y", "order": "O", "deny": "-"}
_language = click.option(
    "--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Of titles and sentences."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


class FileUnreadable(Error):
    """{path} cannot be read: {reason}. A regulation is a YAML file in UTF-8."""

    kind: ClassVar[Kind] = Kind.INVALID


@click.group("regulation")
def command() -> None:
    """What a regulation says, allows and changes."""


@command.command("check")
@click.argument("file", type=_FILE, required=False)
@_language
@_as_json
def check(file: Path | None, language: Language, as_json: bool) -> None:
    """Find what is wrong: faults, norms that nothing binds, and where the text goes below the law.

    Without FILE, with the regulation of the demonstration school. Exits with 0 only when there is no fault, every norm
    is bound, and no rule of the law pack is broken. Warnings are for the writer to weigh.
    """
    regulation = load(file)
    found = validate.faults(regulation)
    faults = [fault for fault in found if fault.severity == "fault"]
    breaches = law.breaches(regulation, law.pack(regulation.law)) if regulation.law in law.packs() else []
    coverage = validate.coverage(regulation)
    if as_json:
        print_json(
            {
                "faults": [fault.as_dict() for fault in faults],
                "warnings": [fault.as_dict() for fault in found if fault.severity == "warning"],
                "coverage": coverage.as_dict(),
                "breaches": [breach.as_dict() for breach in breaches],
            }
        )
    else:
        for fault in found:
            click.echo(f"{fault.severity:8} {fault.clause or regulation.number}: {_said(fault.message, language)}")
        _print_breaches(regulation, breaches, language)
        for norm in coverage.unbound:
            click.echo(f"unbound  {norm}")
        click.echo(
            f"{regulation.number}: {len(faults)} faults, {len(found) - len(faults)} warnings, {len(breaches)} breaches "
            f"of {regulation.law}; {coverage.bound} of {coverage.norms} norms bound ({coverage.percent} %)."
        )
    if faults or breaches or coverage.percent < 100:
        sys.exit(1)


@command.command("matrix")
@click.argument("file", type=_FILE, required=False)
@_language
@_as_json
def show_matrix(file: Path | None, language: Language, as_json: bool) -> None:
    """Every act by every role: allowed, under an order, or refused, with the clauses.

    Without FILE, of the regulation of the demonstration school.
    """
    regulation = load(file)
    rows = matrix(regulation)
    if as_json:
        print_json(
            {
                "number": regulation.number,
                "version": regulation.version,
                "acts": [{"act": row.act, "title": ACTS[row.act].title._asdict(), **asdict(row)} for row in rows],
            }
        )
    else:
        _print_matrix(regulation, rows, language)


@command.command("diff")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@_language
@_as_json
def show_diff(old: Path, new: Path, language: Language, as_json: bool) -> None:
    """What the regulation NEW changes of OLD: rights, parameters, duties, norms, bindings, words, frame."""
    found = effects(load(old), load(new))
    if as_json:
        print_json({section: [_plain(effect) for effect in listed] for section, listed in _sections(found).items()})
    else:
        _print_effects(found, language)


def load(file: Path | None) -> Regulation:
    """The regulation of a file, or the demonstration school's."""
    if file is None:
        shipped = files("nangmai.demonstration").joinpath("regulation.yaml")
        return read(shipped.read_text(encoding="utf-8"), "the demonstration's regulation")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(path=file, reason=error) from error
    return read(text, str(file))


def _said(title: Title, language: Language) -> str:
    return title.vi if language == "vi" else title.en


def _print_breaches(regulation: Regulation, breaches: list[Breach], language: Language) -> None:
    unchecked = Title(
        " (quy định này chưa được đối chiếu với văn bản gốc)", " (this rule is not yet compared with the law)"
    )
    for breach in breaches:
        doubt = "" if breach.rule.is_checked else _said(unchecked, language)
        click.echo(f"law      {breach.clause or regulation.number}: {_said(breach.message, language)}{doubt}")


def _print_matrix(regulation: Regulation, rows: list[Row], language: Language) -> None:
    anyone = Title("Người không có vai trò", "A person without a role")
    columns = {role.id: role.title for role in regulation.roles} | {ANYONE: anyone}
    for number, title in enumerate(columns.values(), 1):
        click.echo(f"{number:3}  {_said(title, language)}")
    rows = [row for row in rows if not row.is_duty_only]
    wide = max(len(_said(ACTS[row.act].title, language)) for row in rows)
    click.echo("\n" + " " * wide + "".join(f"{number:4}" for number in range(1, len(columns) + 1)))
    for row in rows:
        marks = "".join(f"{_MARKS[row.cells[role].answer]:>4}" for role in columns)
        granting = [clause for cell in row.cells.values() if cell.answer != "deny" for clause in cell.clauses]
        refusing = [clause for cell in row.cells.values() for clause in cell.clauses]
        clauses = " ".join(dict.fromkeys(granting or refusing))
        click.echo(f"{_said(ACTS[row.act].title, language):{wide}}{marks}   {clauses}")
    legend = Title(
        "Y được phép, O khi có lệnh hoặc cho phép, - không", "Y allowed, O under an order or grant, - refused"
    )
    click.echo("\n" + _said(legend, language))


_HEADINGS = {
    "rights": Title("Quyền", "Rights"),
    "parameters": Title("Thông số", "Parameters"),
    "duties": Title("Nhiệm vụ", "Duties"),
    "norms": Title("Quy tắc", "Norms"),
    "bindings": Title("Cách bảo đảm", "Bindings"),
    "texts": Title("Lời văn", "Words"),
    "frame": Title("Thời hạn, căn cứ, vai trò, mục đích", "Term, bases, roles, purposes"),
}


def _sections(found: Effects) -> dict[str, tuple[Effect, ...]]:
    return {section: getattr(found, section) for section in _HEADINGS}


def _plain(effect: Effect) -> dict[str, object]:
    return {**asdict(effect), "sentence": effect.sentence._asdict()}


def _print_effects(found: Effects, language: Language) -> None:
    if not found:
        click.echo(_said(Title("Không có gì thay đổi.", "Nothing changes."), language))
    for section, listed in _sections(found).items():
        if listed:
            click.echo(_said(_HEADINGS[section], language))
            for effect in listed:
                click.echo(f"  {_said(effect.sentence, language)}")
