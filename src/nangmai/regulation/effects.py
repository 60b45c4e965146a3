"""What changes between two versions, in sentences a principal can read: rights, parameters, duties, norms, bindings.

Rights are compared by the matrices, so by what the compiled policies answer, not by how the norms are worded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.bindings import CHECKS, GUARDS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.durations import in_words
from nangmai.regulation.duties import DutyRule, rules
from nangmai.regulation.effect import Change, Effect, cited, effect, grouped
from nangmai.regulation.frame_effects import frame_effects, text_effects
from nangmai.regulation.matrix import Cell, acts_that_may_differ, matrix
from nangmai.regulation.model import ANYONE, Bound, Norm, Regulation
from nangmai.regulation.parameters import PARAMETERS, Parameter, Value

_ANYONE = Title("Người không có vai trò", "A person without a role")
_UNITS = {
    "d": Title("ngày", "days"),
    "working d": Title("ngày làm việc", "working days"),
    "h": Title("giờ", "hours"),
    "min": Title("phút", "minutes"),
    "s": Title("giây", "seconds"),
    "1/h": Title("lần/giờ", "times an hour"),
}


@dataclass(frozen=True, slots=True)
class Effects:
    """All that changes."""

    rights: tuple[Effect, ...]
    parameters: tuple[Effect, ...]
    duties: tuple[Effect, ...]
    norms: tuple[Effect, ...]
    bindings: tuple[Effect, ...]
    texts: tuple[Effect, ...]  #: clauses worded differently
    frame: tuple[Effect, ...]  #: term, legal bases, roles, purposes, headings

    def __bool__(self) -> bool:
        parts = (self.rights, self.parameters, self.duties, self.norms, self.bindings, self.texts, self.frame)
        return any(parts)


def effects(old: Regulation, new: Regulation) -> Effects:
    """What the new version changes."""
    return Effects(
        rights=tuple(_rights(old, new)),
        parameters=tuple(_parameters(old, new)),
        duties=tuple(_duties(old, new)),
        norms=tuple(_norms(old, new)),
        bindings=tuple(_bindings(old, new)),
        texts=tuple(text_effects(old, new)),
        frame=tuple(frame_effects(old, new)),
    )


def _rights(old: Regulation, new: Regulation) -> Iterator[Effect]:
    titles = _role_titles(old, new)
    acts = acts_that_may_differ(old, new)
    rows = zip(matrix(old, acts), matrix(new, acts), strict=True) if acts else ()
    for before_row, after_row in rows:
        for role, title in titles.items():
            # whom a version does not know is anyone to it
            before = before_row.cells.get(role, before_row.cells[ANYONE])
            after = after_row.cells.get(role, after_row.cells[ANYONE])
            change = _right_change(before, after)
            if change is not None:
                act = ACTS[after_row.act]
                clauses = before.clauses if change == "lost" else after.clauses
                sentence = cited(_right_sentence(change, title, act.title, before, after), clauses)
                yield Effect(change, act.id, sentence, clauses, role)


def sentences(found: Iterable[Effect], old: Regulation, new: Regulation) -> list[Title]:
    """What changes as people read it: several roles to whom the same happens are one sentence."""
    return grouped(found, _role_titles(old, new))


def _role_titles(old: Regulation, new: Regulation) -> dict[str, Title]:
    return {role.id: role.title for role in (*old.roles, *new.roles)} | {ANYONE: _ANYONE}


def _right_change(before: Cell, after: Cell) -> Change | None:
    changes: dict[tuple[str, str], Change] = {
        ("deny", "allow"): "gained",
        ("deny", "order"): "gained",
        ("allow", "deny"): "lost",
        ("order", "deny"): "lost",
        ("order", "allow"): "widened",
        ("allow", "order"): "narrowed",
    }
    if before.answer != after.answer:
        return changes[before.answer, after.answer]
    if before.answer == "deny" or set(before.conditions) == set(after.conditions):
        return None
    if set(before.conditions) > set(after.conditions):
        return "widened"
    return "narrowed" if set(before.conditions) < set(after.conditions) else "conditions"


def _right_sentence(change: Change, role: Title, act: Title, before: Cell, after: Cell) -> Title:
    was, now = _conditions(before), _conditions(after)
    if change == "gained":
        return Title(f"{role.vi} được {act.vi}{_spaced(now.vi)}", f"{role.en} gains {act.en}{_spaced(now.en)}")
    if change == "lost":
        return Title(f"{role.vi} mất quyền {act.vi}", f"{role.en} loses {act.en}")
    if change == "narrowed":
        return Title(f"{role.vi} chỉ còn được {act.vi} {now.vi}", f"{role.en} keeps {act.en} only {now.en}")
    if change == "widened" and not after.conditions:
        return Title(f"{role.vi} được {act.vi} không kèm điều kiện", f"{role.en} gets {act.en} without conditions")
    return Title(
        f"{role.vi} được {act.vi} {now.vi}, trước đây {was.vi or 'không kèm điều kiện'}",
        f"{role.en} gets {act.en} {now.en}, until now {was.en or 'without conditions'}",
    )


def _conditions(cell: Cell) -> Title:
    titles = [CONDITIONS[name].title for name in cell.conditions]
    return Title(", ".join(title.vi for title in titles), ", ".join(title.en for title in titles))


def _parameters(old: Regulation, new: Regulation) -> Iterator[Effect]:
    for parameter in PARAMETERS.values():
        before, after = old.parameter(parameter.id), new.parameter(parameter.id)
        if before != after:
            was, now = _value(parameter, before), _value(parameter, after)
            title = parameter.title
            sentence = Title(f"{title.vi}: {was.vi} → {now.vi}", f"{title.en}: {was.en} → {now.en}")
            yield Effect("changed", parameter.id, sentence, _naming(parameter.id, new))


def _naming(parameter: str, regulation: Regulation) -> tuple[str, ...]:
    """The clauses that speak of a parameter."""
    return tuple(clause.id for clause in regulation.clauses if f"{{{parameter}}}" in clause.text.vi)


def _value(parameter: Parameter, value: Value) -> Title:
    if isinstance(value, bool):
        return Title("có", "yes") if value else Title("không", "no")
    unit = _UNITS.get(parameter.unit, Title(parameter.unit, parameter.unit))
    return Title(f"{value} {unit.vi}".rstrip(), f"{value} {unit.en}".rstrip())


def _duties(old: Regulation, new: Regulation) -> Iterator[Effect]:
    before, after = ({rule.norm: rule for rule in rules(version)} for version in (old, new))
    for norm, rule in after.items():
        duty = _duty(rule, new)
        if norm not in before:
            yield effect("added", norm, rule.clause, f"Thêm nhiệm vụ: {duty.vi}", f"New duty: {duty.en}")
        elif before[norm] != rule:
            was = _duty(before[norm], old)
            vi, en = (
                f"Nhiệm vụ thay đổi: {duty.vi}; trước đây: {was.vi}",
                f"Duty changed: {duty.en}; until now: {was.en}",
            )
            yield effect("changed", norm, rule.clause, vi, en)
    for norm in before.keys() - after.keys():
        duty = _duty(before[norm], old)
        clause = before[norm].clause
        yield effect("removed", norm, clause, f"Bỏ nhiệm vụ: {duty.vi}", f"Duty ended: {duty.en}")


def _duty(rule: DutyRule, regulation: Regulation) -> Title:
    """Who has to do what, how soon, how often, and whom it goes to when it is late."""
    acts = [ACTS[act].title for act in rule.acts]
    vi = f"{_people(rule.who, regulation).vi}: {', '.join(act.vi for act in acts)}"
    en = f"{_people(rule.who, regulation).en}: {', '.join(act.en for act in acts)}"
    if rule.within:
        vi, en = f"{vi} trong {in_words(rule.within).vi}", f"{en} within {in_words(rule.within).en}"
    if rule.every:
        vi, en = f"{vi}, mỗi {in_words(rule.every).vi}", f"{en}, every {in_words(rule.every).en}"
    for after, to in rule.escalate:
        late, people = in_words(after), _people(to, regulation)
        vi, en = f"{vi}, chậm {late.vi} thì chuyển {people.vi}", f"{en}, {late.en} late it goes to {people.en}"
    return Title(vi, en)


def _people(roles: tuple[str, ...], regulation: Regulation) -> Title:
    known = regulation.role_by_id
    titles = [known[role].title if role in known else Title(role, role) for role in roles]
    return Title(", ".join(title.vi for title in titles), ", ".join(title.en for title in titles))


def _norms(old: Regulation, new: Regulation) -> Iterator[Effect]:
    for norm in new.norms:
        if norm.id not in old.norm_by_id:
            yield effect("added", norm.id, norm.clause, f"Thêm quy tắc {norm.id}", f"New norm {norm.id}")
        elif _meaning(old.norm_by_id[norm.id]) != _meaning(norm):
            yield effect("changed", norm.id, norm.clause, f"Sửa quy tắc {norm.id}", f"Norm {norm.id} changed")
    for norm in old.norms:
        if norm.id not in new.norm_by_id:
            yield effect("removed", norm.id, norm.clause, f"Bỏ quy tắc {norm.id}", f"Norm {norm.id} ended")


def _meaning(norm: Norm) -> Norm:
    return replace(norm, bound=(), fulfils=())


def _bindings(old: Regulation, new: Regulation) -> Iterator[Effect]:
    for norm in new.norms:
        before = old.norm_by_id.get(norm.id)
        if before is not None and set(before.bound) != set(norm.bound):
            was, now = _bounds(before.bound, old), _bounds(norm.bound, new)
            vi = f"Cách bảo đảm quy tắc {norm.id}: {was.vi} → {now.vi}"
            yield effect("changed", norm.id, norm.clause, vi, f"How norm {norm.id} is kept: {was.en} → {now.en}")


def _bounds(bounds: tuple[Bound, ...], regulation: Regulation) -> Title:
    words = {
        "enforced": Title("hệ thống chặn", "enforced"),
        "evidenced": Title("dữ liệu chứng minh", "evidenced"),
        "attested": Title("người xác nhận", "attested"),
    }
    named = [(words[bound.by], _bound(bound, regulation)) for bound in bounds]
    return Title(
        ", ".join(f"{word.vi} ({name.vi})" for word, name in named) or "không",
        ", ".join(f"{word.en} ({name.en})" for word, name in named) or "nothing",
    )


def _bound(bound: Bound, regulation: Regulation) -> Title:
    """The guard or the check in its sentence, or the role and how often."""
    known = {"enforced": GUARDS, "evidenced": CHECKS}.get(bound.by, {})
    if bound.by != "attested":
        return known.get(bound.name, Title(bound.name, bound.name))
    who, often = _people((bound.name,), regulation), in_words(bound.every)
    return Title(f"{who.vi}, mỗi {often.vi}", f"{who.en}, every {often.en}")


def _spaced(text: str) -> str:
    return f" {text}" if text else ""
