"""Decisions of the shipped regulation, allowed and refused, one after another in one process.

The questions go over all roles and acts in the circumstances of a working day, drawn anew for each: people of none to
two assignments, on shift or not, with a paper or without. Run alone for its figures as JSON:
`python -m bench.decide [--questions 6000]`.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from importlib.resources import files
from typing import Any

from nangmai.base.units import us_from_datetime
from nangmai.regulation.acts import ACTS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.decisions import Decision, Regulations
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.form import read
from nangmai.regulation.model import Regulation

LIMIT_MS = 1.0
_PAPERS = [name.removeprefix("with_") for name, condition in CONDITIONS.items() if condition.kind == "instrument"]
_AREAS = ("gate", "yard", "kitchen", "class-1", "class-2")


def run(*, quick: bool = False, questions: int = 6000) -> dict[str, Any]:
    """Ask, and give the milliseconds of a question by its answer."""
    text = files("nangmai.demonstration").joinpath("regulation.yaml").read_text(encoding="utf-8")
    regulation = read(text, "regulation.yaml")
    regulations = Regulations([regulation])
    at_us = us_from_datetime(regulation.in_force_from)
    began = time.perf_counter()
    regulations.at(at_us)
    compile_ms = (time.perf_counter() - began) * 1000
    chance = random.Random(1)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(questions // 10 if quick else questions):
        person, act, thing, facts = _question(regulation, chance)
        began = time.perf_counter()
        decision: Decision = regulations.decide(person, act, thing, facts, at_us)
        taken[decision.is_allowed].append((time.perf_counter() - began) * 1000)
    allowed, refused = _figures(taken[True]), _figures(taken[False])
    return {
        "norms": len(regulation.norms),
        "compile_ms": round(compile_ms, 1),
        "allowed": allowed,
        "refused": refused,
        "claims": {
            "a decision with the shipped regulation, allowed, median ms": _claim(allowed["p50_ms"]),
            "a decision with the shipped regulation, refused, median ms": _claim(refused["p50_ms"]),
        },
    }


def _question(regulation: Regulation, chance: random.Random) -> tuple[Person, str, Thing, Facts]:
    roles = chance.sample([role.id for role in regulation.roles], chance.choice((0, 1, 1, 1, 2)))
    holdings = tuple(
        Holding(f"a-{number}", role, frozenset(chance.sample(_AREAS, chance.randint(0, 2))))
        for number, role in enumerate(roles)
    )
    purposes = [purpose.id for purpose in regulation.purposes]
    act = chance.choice(list(ACTS.values()))
    thing = Thing(act.thing, "x", frozenset({chance.choice(_AREAS), "school"}), frozenset(chance.sample(purposes, 2)))
    facts = Facts(
        instruments=frozenset(chance.sample(_PAPERS, chance.choice((0, 0, 1, 2)))),
        on_shift=chance.random() < 0.7,
        age_s=chance.choice((None, 60, 600, 90_000)),
        purpose=chance.choice([*purposes, "quality_check"]),
        is_stepped_up=chance.random() < 0.7,
    )
    return Person("1", holdings, regulation.version), act.id, thing, facts


def _figures(taken_ms: list[float]) -> dict[str, float]:
    ordered = sorted(taken_ms)
    return {
        "questions": len(ordered),
        "p50_ms": round(statistics.median(ordered), 3),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 3),
    }


def _claim(measured_ms: float) -> dict[str, Any]:
    return {"measured": measured_ms, "limit": LIMIT_MS, "holds": measured_ms <= LIMIT_MS}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=6000)
    print(json.dumps(run(questions=parser.parse_args().questions), indent=2))


if __name__ == "__main__":
    main()
