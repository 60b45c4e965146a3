"""What goes into the papers of a regulation: its issuing decision, the comparison of two texts, the sign-off register.

Takes regulations and plain rows, gives the data that `documents.services` prints. Reads no database.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from nangmai.regulation.effect import Effect
from nangmai.regulation.effects import Effects, sentences
from nangmai.regulation.model import Article, LegalBasis, Regulation
from nangmai.web.documents.wording import date_words, sentence_start

#: an article of the regulation proper, such as `Đ7`; any other id is a part without a number
_NUMBERED = re.compile(r"Đ(\d+)")
_IN_BRACES = re.compile(r"\{(\w+)\}")


class SignOff(NamedTuple):
    """One line of the sign-off register; an empty moment: not signed yet."""

    name: str
    role: str
    moment: str = ""
    proof: str = ""


def issuing_decision(
    regulation: Regulation,
    *,
    authority: str,
    issuer: str,
    proposal: str = "",
    recipients: Sequence[str] = (),
    replaces: str = "",
    begins: datetime.datetime | None = None,
) -> dict[str, Any]:
    """The decision with the regulation enclosed.

    `authority` decides (`Hiệu trưởng Trường …`), `issuer` is how the enclosure names it, `replaces` the number of the
    decision that ends, `begins` the moment from which the regulation counts where that is not the signature. Articles
    before the first numbered one are the decision's own (Decree 30/2020/NĐ-CP, form 1.3).
    """
    title = _after_kind(regulation.title.vi)
    own, enclosed = _parts(regulation)
    decides = [f"Ban hành kèm theo Quyết định này Quy chế {title}."]
    decides += [filled(clause.text.vi, regulation) for article in own for clause in article.clauses]
    if begins is not None:
        moment = f"{begins:%H} giờ {begins:%M} phút {date_words(begins.date())}"
        decides.append(f"Quy chế ban hành kèm theo Quyết định này có hiệu lực kể từ {moment}.")
    if replaces:
        decides.append(f"Quyết định này thay thế Quyết định số {replaces}.")
    return {
        "subject": f"Về việc ban hành Quy chế {title}",
        "recipients": list(recipients),
        "paper": {
            "authority": authority,
            "grounds": [_ground(basis) for basis in regulation.legal_bases if basis.status != "repealed"],
            "proposal": proposal,
            "decides": decides,
            "regulation": {
                "kind": "Quy chế",
                "title": sentence_start(title),
                "issuer": issuer,
                "articles": [_article(article, regulation) for article in enclosed],
            },
        },
    }


def public_text(regulation: Regulation) -> dict[str, Any]:
    """The whole text as anybody may take it home, the decision's own articles first."""
    own, enclosed = _parts(regulation)
    return {
        "subject": sentence_start(_after_kind(regulation.title.vi)),
        "recipients": [],
        "paper": {
            "kind": "Quy chế",
            "number": regulation.number,
            "signed": date_words(regulation.signed_on),
            "articles": [_article(article, regulation) for article in (*own, *enclosed)],
        },
    }


def camera_notice(
    regulation: Regulation, *, area: str, purposes: Iterable[str], contact: str, institution: str
) -> dict[str, Any]:
    """What hangs where there are cameras: what for, how long, who answers, where to complain."""
    words = {purpose.id: purpose.title.vi for purpose in regulation.purposes}
    least, most = regulation.parameter("retention_min_days"), regulation.parameter("retention_max_days")
    return {
        "subject": f"Khu vực có camera giám sát: {area}",
        "recipients": [],
        "paper": {
            "area": area,
            "lines": [
                ["Mục đích", "; ".join(words[one] for one in purposes if one in words) or "; ".join(words.values())],
                ["Thời gian lưu trữ", f"Tối thiểu {least} ngày, tối đa {most} ngày"],
                ["Đơn vị kiểm soát dữ liệu", institution],
                ["Liên hệ, khiếu nại", contact or institution],
            ],
            "grounds": f"Quy chế số {regulation.number} {date_words(regulation.signed_on)}",
        },
    }


def comparison(old: Regulation, new: Regulation, effects: Effects, *, recipients: Sequence[str] = ()) -> dict[str, Any]:
    """What stood and what stands, clause by clause, with what it does to rights, parameters and duties."""
    ids = dict.fromkeys(clause.id for version in (old, new) for clause in version.clauses)
    rows = [row for clause_id in ids if (row := _compared(clause_id, old, new, effects)) is not None]
    found = (*effects.rights, *effects.parameters, *effects.duties, *effects.frame)
    return {
        "subject": f"Nội dung sửa đổi, bổ sung Quy chế {_after_kind(new.title.vi)}",
        "recipients": list(recipients),
        "paper": {
            "introduction": [f"So sánh bản số {old.number} {date_words(old.signed_on)} với bản sửa đổi, bổ sung:"],
            "rows": rows,
            "effects": _told(found, old, new),
        },
    }


def acknowledgements(
    regulation: Regulation, rows: Iterable[SignOff], *, until: datetime.date, recipients: Sequence[str] = ()
) -> dict[str, Any]:
    """Who has read the regulation and signed for it."""
    listed = list(rows)
    signed = sum(bool(row.moment) for row in listed)
    return {
        "subject": f"Quy chế {_after_kind(regulation.title.vi)}",
        "recipients": list(recipients),
        "paper": {
            "introduction": [
                f"Ban hành kèm theo Quyết định số {regulation.number} {date_words(regulation.signed_on)}. "
                f"Tình hình ký nhận tính đến {date_words(until)}:"
            ],
            "rows": [{**row._asdict(), "moment": row.moment or "Chưa ký nhận"} for row in listed],
            "total": len(listed),
            "signed": signed,
            "open": len(listed) - signed,
        },
    }


def ground_of(regulation: Regulation) -> str:
    """How a paper names the regulation it rests on."""
    return f"Quy chế ban hành kèm theo Quyết định số {regulation.number} {date_words(regulation.signed_on)}"


def clause_words(clause_id: str) -> str:
    """`Đ7.1` → `Khoản 1 Điều 7`; any other id stands for itself."""
    article, _, number = clause_id.partition(".")
    is_numbered = _NUMBERED.fullmatch(article)
    return f"Khoản {number} Điều {is_numbered[1]}" if is_numbered and number else clause_id


def filled(text: str, regulation: Regulation) -> str:
    """The text with the values of its parameters in their places; a percent sign stays on the line of its figure."""
    return _IN_BRACES.sub(lambda found: str(regulation.parameter(found[1])), text).replace(" %", "\u00a0%")


def _told(effects: Iterable[Effect], old: Regulation, new: Regulation) -> list[str]:
    """The sentences in Vietnamese, several roles in one where the same happens to them; an arrow is a word on paper."""
    return [sentence.vi.replace("→", "thành") for sentence in sentences(effects, old, new)]


def _after_kind(title: str) -> str:
    """`Quy chế quản lý …` → `quản lý …`."""
    return title.removeprefix("Quy chế ")


def _parts(regulation: Regulation) -> tuple[list[Article], list[Article]]:
    numbered = [at for at, article in enumerate(regulation.articles) if _NUMBERED.fullmatch(article.id)]
    first = numbered[0] if numbered else 0
    return list(regulation.articles[:first]), list(regulation.articles[first:])


def _article(article: Article, regulation: Regulation) -> dict[str, Any]:
    number = _NUMBERED.fullmatch(article.id)
    return {
        "number": number[1] if number else "",
        "title": article.title.vi,
        "clauses": [filled(clause.text.vi, regulation) for clause in article.clauses],
    }


def _ground(basis: LegalBasis) -> str:
    number = f"số {basis.number}" if basis.number[:1].isdigit() else basis.number
    about = basis.title.vi[:1].lower() + basis.title.vi[1:]
    return f"Căn cứ văn bản {number} {date_words(basis.date)} của {basis.issuer} về {about}"


def _wording(regulation: Regulation, clause_id: str) -> str:
    """A clause as the version says it; empty where it has none of that id."""
    return next((filled(one.text.vi, regulation) for one in regulation.clauses if one.id == clause_id), "")


def _compared(clause_id: str, old: Regulation, new: Regulation, effects: Effects) -> dict[str, str] | None:
    before, after = (_wording(version, clause_id) for version in (old, new))
    found = (*effects.rights, *effects.parameters, *effects.duties, *effects.bindings)
    told = _told((effect for effect in found if clause_id in effect.clauses), old, new)
    if before == after and not told:
        return None
    return {
        "clause": clause_words(clause_id),
        "before": before or "(chưa có)",
        "after": after or "(bãi bỏ)" if before != after else "(giữ nguyên lời văn)",
        "effect": "; ".join(told),
    }
