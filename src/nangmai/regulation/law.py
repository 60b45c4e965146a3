"""Law packs: what the law demands of every text, as data (`law_packs/*.yaml`), and where a text goes below it.

Owns the three kinds of rules and their judging. A rule that was not checked against the law's own text says so
(`checked: false`); it is told like any other, and whoever shows it has to show that too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal

from nangmai.base.errors import Error, Kind
from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.model import ANYONE, Mode, Norm, ParameterMissing, Regulation
from nangmai.regulation.parameters import PARAMETERS, Value
from nangmai.regulation.shape import BOTH_LANGUAGES, Items, Scalar, Shape, Table, Text, read_shaped

FORM = "nangmai.law/1"
Kinds = Literal["outside", "anyone"]
_BOUNDS = ("at_least", "at_most", "equals", "stated")


class LawPackUnknown(Error):
    """There is no law pack {law}. Known are: {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True)
class ParameterRule:
    """A parameter has a floor, a ceiling, a fixed value, or has to be stated."""

    parameter: str
    bound: Literal["at_least", "at_most", "equals", "stated"]
    value: Value


@dataclass(frozen=True)
class MustRule:
    """A norm about one of these acts has to be there, naming `who` and the conditions where the rule does."""

    mode: Mode
    acts: tuple[str, ...]
    who: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeverRule:
    """No norm may permit these acts to people from outside or to anyone, save under one of the conditions."""

    acts: tuple[str, ...]
    to: tuple[Kinds, ...]
    save_when: tuple[str, ...] = ()


@dataclass(frozen=True)
class LawRule:
    """One thing the law demands."""

    id: str
    source: str
    article: str
    title: Title
    is_checked: bool
    demand: ParameterRule | MustRule | NeverRule


@dataclass(frozen=True)
class LawPack:
    """The law of one country and year."""

    id: str
    title: Title
    rules: tuple[LawRule, ...]


@dataclass(frozen=True)
class Breach:
    """Where a text goes below a rule."""

    rule: LawRule
    clause: str  #: empty: the text as a whole
    facts: Mapping[str, str]

    @property
    def message(self) -> Title:
        """The sentence in both languages: what the law demands, and what the text says."""
        vi, en = _SAYS[self.facts["says"]]
        where = f"{self.rule.source}, {self.rule.article}"
        titles = [_titled(name) for name in self.facts["name"].split(", ")]
        in_vi, in_en = (dict(self.facts) | {"name": ", ".join(words)} for words in zip(*titles, strict=True))
        return Title(
            f"{self.rule.title.vi} ({where}): {vi.format(**in_vi)}",
            f"{self.rule.title.en} ({where}): {en.format(**in_en)}",
        )

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "rule": self.rule.id,
            "source": self.rule.source,
            "article": self.rule.article,
            "checked": self.rule.is_checked,
            "clause": self.clause,
            "facts": dict(self.facts),
            "message": self.message._asdict(),
        }


_SAYS = {
    "unstated": Title("quy chế chưa nêu “{name}”", "the text does not state “{name}”"),
    "below": Title("“{name}” là {value}, phải từ {demanded} trở lên", "“{name}” is {value}, and at least {demanded}"),
    "above": Title("“{name}” là {value}, không được quá {demanded}", "“{name}” is {value}, and at most {demanded}"),
    "other": Title("“{name}” là {value}, phải là {demanded}", "“{name}” is {value}, and has to be {demanded}"),
    "missing": Title("thiếu quy tắc về “{name}”", "no norm says so (“{name}”)"),
    "permitted": Title("quy tắc {norm} cho phép “{name}”", "the norm {norm} permits “{name}”"),
}


def _titled(name: str) -> Title:
    """A parameter or an act as people read it."""
    known = PARAMETERS.get(name) or ACTS.get(name)
    return known.title if known else Title(name, name)


def breaches(regulation: Regulation, pack: LawPack) -> list[Breach]:
    """Every rule the text goes below, in the order of the pack."""
    return [breach for rule in pack.rules for breach in _breaches(regulation, rule)]


@cache
def packs() -> Mapping[str, LawPack]:
    """All packs that come with the product, by id."""
    folder = files("nangmai.regulation") / "law_packs"
    found = (
        read(path.read_text(encoding="utf-8"), path.name) for path in folder.iterdir() if path.name[-5:] == ".yaml"
    )
    return {pack.id: pack for pack in found}


def pack(law: str) -> LawPack:
    """The pack of an id."""
    if law not in packs():
        raise LawPackUnknown(law=law, known=", ".join(sorted(packs())))
    return packs()[law]


# --- judging ------------------------------------------------------------------------------------------------------


def _breaches(regulation: Regulation, rule: LawRule) -> Iterator[Breach]:
    demand = rule.demand
    if isinstance(demand, ParameterRule):
        yield from _parameter_breaches(regulation, rule, demand)
    elif isinstance(demand, MustRule):
        if not any(_fulfils(norm, demand) for norm in regulation.norms):
            yield Breach(rule, "", {"says": "missing", "name": ", ".join(demand.acts)})
    else:
        for norm in regulation.norms:
            if permitted := _wrongly_permitted(norm, demand, regulation):
                facts = {"says": "permitted", "norm": norm.id, "name": ", ".join(permitted)}
                yield Breach(rule, norm.clause, facts)


def _parameter_breaches(regulation: Regulation, rule: LawRule, demand: ParameterRule) -> Iterator[Breach]:
    name = demand.parameter
    try:
        value = regulation.parameters[name] if demand.bound == "stated" else regulation.parameter(name)
    except (KeyError, ParameterMissing):
        yield Breach(rule, "", {"says": "unstated", "name": name})
        return
    if (says := _compared(value, demand)) is not None:
        facts = {"says": says, "name": name, "value": str(value), "demanded": str(demand.value)}
        clauses = [clause.id for clause in regulation.clauses if f"{{{name}}}" in clause.text.vi]
        yield Breach(rule, clauses[0] if clauses else "", facts)


def _compared(value: Value, demand: ParameterRule) -> str | None:
    if demand.bound == "stated":
        return None
    if demand.bound == "equals" or not (type(value) is int and type(demand.value) is int):
        return None if value == demand.value and type(value) is type(demand.value) else "other"
    if demand.bound == "at_least":
        return "below" if value < demand.value else None
    return "above" if value > demand.value else None


def _fulfils(norm: Norm, demand: MustRule) -> bool:
    return (
        norm.mode == demand.mode
        and not set(demand.acts).isdisjoint(norm.acts)
        and set(demand.who) <= set(norm.who)
        and set(demand.unless) <= set(norm.unless)
    )


def _wrongly_permitted(norm: Norm, demand: NeverRule, regulation: Regulation) -> list[str]:
    if norm.mode != "permit" or not set(norm.when).isdisjoint(demand.save_when):
        return []
    outside = {role.id for role in regulation.roles if role.is_outside} if "outside" in demand.to else set()
    named = outside | ({ANYONE} if "anyone" in demand.to else set())
    return [] if named.isdisjoint(norm.who) else [act for act in norm.acts if act in demand.acts]


# --- the file -----------------------------------------------------------------------------------------------------

_ACT_NAMES = Items(Text(choices=tuple(ACTS)), least=1)
_FIELDS: dict[str, Shape] = {
    "id": Text(r"[a-z0-9_]+", meaning="a short name"),
    "source": Text(),
    "article": Text(),
    "title": BOTH_LANGUAGES,
    "checked": Scalar((bool,)),
    "parameter": Table(
        {
            "id": Text(choices=tuple(PARAMETERS)),
            "at_least": Scalar((int,)),
            "at_most": Scalar((int,)),
            "equals": Scalar(),
            "stated": Scalar((bool,)),
        },
        needed=("id",),
        one_of=_BOUNDS,
    ),
    "must": Table(
        {
            "mode": Text(choices=("permit", "forbid", "oblige")),
            "acts": _ACT_NAMES,
            "who": Items(Text()),
            "unless": Items(Text()),
        },
        needed=("mode", "acts"),
    ),
    "never": Table(
        {
            "acts": _ACT_NAMES,
            "to": Items(Text(choices=("outside", "anyone")), least=1),
            "save_when": Items(Text()),
        },
        needed=("acts", "to"),
    ),
}
_RULE = Table(_FIELDS, needed=("id", "source", "article", "title", "checked"), one_of=("parameter", "must", "never"))
_PACK = Table(
    {"form": Text(choices=(FORM,)), "id": Text(), "title": BOTH_LANGUAGES, "rules": Items(_RULE, least=1)},
    needed=("form", "id", "title", "rules"),
)


def read(text: str, where: str) -> LawPack:
    """A pack from its YAML."""
    plain = read_shaped(text, _PACK, where)
    return LawPack(plain["id"], Title(**plain["title"]), tuple(map(_rule, plain["rules"])))


def _rule(plain: Mapping[str, Any]) -> LawRule:
    return LawRule(
        plain["id"], plain["source"], plain["article"], Title(**plain["title"]), plain["checked"], _demand(plain)
    )


def _demand(plain: Mapping[str, Any]) -> ParameterRule | MustRule | NeverRule:
    if "parameter" in plain:
        bound = next(name for name in _BOUNDS if name in plain["parameter"])
        return ParameterRule(plain["parameter"]["id"], bound, plain["parameter"][bound])  # type: ignore[arg-type]
    if "must" in plain:
        must = plain["must"]
        return MustRule(must["mode"], tuple(must["acts"]), tuple(must.get("who", [])), tuple(must.get("unless", [])))
    never = plain["never"]
    return NeverRule(tuple(never["acts"]), tuple(never["to"]), tuple(never.get("save_when", [])))
