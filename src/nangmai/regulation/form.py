"""The file form of a regulation: YAML in and out, its JSON Schema, its hash.

Owns how each part is written. Never judges the content: an act nobody knows is read here and found in `validate.py`,
so that all faults of a text can be told together. The form is described in docs/design/regulation.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from nangmai.base.canonical import canonical_json
from nangmai.regulation.acts import Title
from nangmai.regulation.model import (
    Article,
    Bound,
    BoundBy,
    Clause,
    Escalation,
    LegalBasis,
    Mode,
    Norm,
    Purpose,
    Regulation,
    RoleDefinition,
)
from nangmai.regulation.shape import (
    BOTH_LANGUAGES,
    Complaint,
    Entries,
    FileMalformed,
    Inline,
    Items,
    Optional,
    Scalar,
    Table,
    Text,
    read_shaped,
    write_yaml,
)

FORM = "nangmai.regulation/1"
MODES: tuple[Mode, ...] = ("permit", "forbid", "oblige")
_BINDINGS: tuple[BoundBy, ...] = ("enforced", "evidenced", "attested")

_NAMES = Items(Text())
_DATE = Text(r"\d{4}-\d{2}-\d{2}", meaning="a date such as 2022-12-30")
_MOMENT = Text(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})",
    meaning="a moment with its zone such as 2022-12-30T08:00:00+07:00",
)
_DURATION = Text(r"\S+", meaning="an ISO 8601 duration such as P3M, or with a parameter, PT{report_p1_minutes}M")
_ID = Text(r"[^\s{}]+", meaning="an id without spaces")

NORM = Table(
    {
        "id": Text(r"[^\s{}/]+/[a-z0-9_]+", meaning="the clause's id, a slash and a short name, such as Đ7.1/live"),
        "permit": Items(Text(), least=1),
        "forbid": Items(Text(), least=1),
        "oblige": Items(Text(), least=1),
        "who": Items(Text(), least=1),
        "when": _NAMES,
        "unless": _NAMES,
        "trigger": Text(r"\S+", meaning="an event such as incident.observed"),
        "every": _DURATION,
        "within": _DURATION,
        "escalate": Items(
            Table({"after": _DURATION, "to": Items(Text(), least=1)}, needed=("after", "to")),
        ),
        "then": _NAMES,
        "bound": Table(
            {"enforced": Text(), "evidenced": Text(), "attested": Text(), "every": _DURATION},
            together={"attested": "every", "every": "attested"},
        ),
        "fulfils": _NAMES,
    },
    needed=("id", "who"),
    one_of=MODES,
)
_CLAUSE = Table({"id": _ID, "text": BOTH_LANGUAGES, "norms": Items(NORM)}, needed=("id", "text"))
_ARTICLE = Table(
    {"id": _ID, "title": BOTH_LANGUAGES, "clauses": Items(_CLAUSE, least=1)}, needed=("id", "title", "clauses")
)
_ROLE = Table(
    {"id": _ID, "title": BOTH_LANGUAGES, "is_board": Scalar((bool,)), "is_outside": Scalar((bool,))},
    needed=("id", "title"),
)
_LEGAL_BASIS = Table(
    {
        "number": Text(),
        "date": _DATE,
        "issuer": Text(),
        "status": Text(choices=("in_force", "amended", "repealed")),
        "title": BOTH_LANGUAGES,
    },
    needed=("number", "date", "issuer", "title"),
)
REGULATION = Table(
    {
        "form": Text(choices=(FORM,)),
        "number": Text(),
        "title": BOTH_LANGUAGES,
        "issuer": BOTH_LANGUAGES,
        "signed_on": _DATE,
        "in_force": Table({"from": _MOMENT, "until": Optional(_MOMENT)}, needed=("from",)),
        "term": Optional(Table({"ends_on": _DATE}, needed=("ends_on",))),
        "law": Text(),
        "legal_bases": Items(_LEGAL_BASIS),
        "purposes": Items(Table({"id": _ID, "title": BOTH_LANGUAGES}, needed=("id", "title"))),
        "roles": Items(_ROLE, least=1),
        "parameters": Entries(Scalar()),
        "articles": Items(_ARTICLE, least=1),
    },
    needed=(
        *("form", "number", "title", "issuer", "signed_on", "in_force", "law", "roles"),
        *("parameters", "articles"),
    ),
)


def read(text: str, where: str) -> Regulation:
    """The regulation a YAML text says; raises `FileMalformed` with all that is wrong with its form."""
    plain = read_shaped(text, REGULATION, where)
    found = list(_unreal_dates(plain))
    if found:
        raise FileMalformed(where=where, complaints=found)
    regulation = _regulation(plain)
    return replace(regulation, content_hash=content_hash(regulation))


def write(regulation: Regulation) -> str:
    """The text of a regulation; `read` gives back an equal one."""
    return write_yaml(plain_form(regulation))


def content_hash(regulation: Regulation) -> str:
    """SHA-256 over the canonical JSON of the content: the same for every way of writing the same thing."""
    return hashlib.sha256(canonical_json(plain_form(regulation))).hexdigest()


def schema() -> dict[str, Any]:
    """The form as JSON Schema 2020-12; `schema.json` beside this module is its published text."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:nangmai:regulation:1",
        "title": "A regulation of nangmai",
        **REGULATION.schema(),
    }


def schema_text() -> str:
    """What stands in `schema.json`."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


# --- reading ------------------------------------------------------------------------------------------------------


def _unreal_dates(plain: Mapping[str, Any]) -> list[Complaint]:
    texts = {"signed_on": plain["signed_on"], "in_force.from": plain["in_force"]["from"]}
    texts["in_force.until"] = plain["in_force"].get("until") or "2000-01-01"
    texts["term.ends_on"] = (plain.get("term") or {}).get("ends_on") or "2000-01-01"
    texts |= {f"legal_bases[{number}].date": base["date"] for number, base in enumerate(plain.get("legal_bases", []))}
    return [Complaint(path, f"{text} is not in the calendar") for path, text in texts.items() if not _is_real(text)]


def _is_real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _title(plain: Mapping[str, str]) -> Title:
    return Title(plain["vi"], plain["en"])


def _regulation(plain: Mapping[str, Any]) -> Regulation:
    until = plain["in_force"].get("until")
    term = plain.get("term")
    return Regulation(
        number=plain["number"],
        title=_title(plain["title"]),
        issuer=_title(plain["issuer"]),
        signed_on=date.fromisoformat(plain["signed_on"]),
        in_force_from=datetime.fromisoformat(plain["in_force"]["from"]),
        in_force_until=datetime.fromisoformat(until) if until else None,
        term_ends_on=date.fromisoformat(term["ends_on"]) if term else None,
        law=plain["law"],
        roles=tuple(
            RoleDefinition(
                role["id"], _title(role["title"]), role.get("is_board", False), role.get("is_outside", False)
            )
            for role in plain["roles"]
        ),
        articles=tuple(
            Article(article["id"], _title(article["title"]), tuple(map(_clause, article["clauses"])))
            for article in plain["articles"]
        ),
        parameters=dict(plain["parameters"]),
        purposes=tuple(Purpose(purpose["id"], _title(purpose["title"])) for purpose in plain.get("purposes", [])),
        legal_bases=tuple(
            LegalBasis(
                base["number"],
                date.fromisoformat(base["date"]),
                base["issuer"],
                _title(base["title"]),
                base.get("status", "in_force"),
            )
            for base in plain.get("legal_bases", [])
        ),
    )


def _clause(plain: Mapping[str, Any]) -> Clause:
    norms = tuple(_norm(norm, plain["id"]) for norm in plain.get("norms", []))
    return Clause(plain["id"], _title(plain["text"]), norms)


def _norm(plain: Mapping[str, Any], clause: str) -> Norm:
    mode = next(mode for mode in MODES if mode in plain)
    bound = plain.get("bound", {})
    return Norm(
        id=plain["id"],
        clause=clause,
        mode=mode,
        acts=tuple(plain[mode]),
        who=tuple(plain["who"]),
        when=tuple(plain.get("when", [])),
        unless=tuple(plain.get("unless", [])),
        bound=tuple(
            Bound(by, bound[by], bound["every"] if by == "attested" else "") for by in _BINDINGS if by in bound
        ),
        trigger=plain.get("trigger", ""),
        every=plain.get("every", ""),
        within=plain.get("within", ""),
        escalate=tuple(Escalation(step["after"], tuple(step["to"])) for step in plain.get("escalate", [])),
        then=tuple(plain.get("then", [])),
        fulfils=tuple(plain.get("fulfils", [])),
    )


# --- writing ------------------------------------------------------------------------------------------------------


def plain_form(regulation: Regulation) -> dict[str, Any]:
    """The content as tables, lists and scalars, in the order of the file; what is empty is left out."""
    until, term = regulation.in_force_until, regulation.term_ends_on
    interval = Inline({"from": regulation.in_force_from.isoformat(), "until": until.isoformat() if until else None})
    return {
        "form": FORM,
        "number": regulation.number,
        "title": regulation.title._asdict(),
        "issuer": regulation.issuer._asdict(),
        "signed_on": regulation.signed_on.isoformat(),
        "in_force": interval,
        "term": Inline(ends_on=term.isoformat()) if term else None,
        "law": regulation.law,
        "legal_bases": [_plain_basis(base) for base in regulation.legal_bases],
        "purposes": [{"id": purpose.id, "title": purpose.title._asdict()} for purpose in regulation.purposes],
        "roles": [_plain_role(role) for role in regulation.roles],
        "parameters": dict(regulation.parameters),
        "articles": [
            {
                "id": article.id,
                "title": article.title._asdict(),
                "clauses": [_plain_clause(clause) for clause in article.clauses],
            }
            for article in regulation.articles
        ],
    }


def _plain_basis(base: LegalBasis) -> dict[str, Any]:
    return {
        "number": base.number,
        "date": base.date.isoformat(),
        "issuer": base.issuer,
        "status": base.status,
        "title": base.title._asdict(),
    }


def _plain_role(role: RoleDefinition) -> dict[str, Any]:
    flags = {"is_board": role.is_board, "is_outside": role.is_outside}
    return {"id": role.id, "title": role.title._asdict()} | {name: True for name, is_set in flags.items() if is_set}


def _plain_clause(clause: Clause) -> dict[str, Any]:
    norms = {"norms": [_plain_norm(norm) for norm in clause.norms]} if clause.norms else {}
    return {"id": clause.id, "text": clause.text._asdict()} | norms


def _plain_norm(norm: Norm) -> dict[str, Any]:
    bound = Inline({bound.by: bound.name for bound in norm.bound})
    bound |= next(({"every": bound.every} for bound in norm.bound if bound.every), {})
    parts: dict[str, Any] = {
        "id": norm.id,
        norm.mode: list(norm.acts),
        "who": list(norm.who),
        "when": list(norm.when),
        "unless": list(norm.unless),
        "trigger": norm.trigger,
        "every": norm.every,
        "within": norm.within,
        "escalate": [Inline(after=step.after, to=list(step.to)) for step in norm.escalate],
        "then": list(norm.then),
        "bound": Inline(bound),
        "fulfils": list(norm.fulfils),
    }
    return {name: value for name, value in parts.items() if value}
