"""The papers this product prints: which template draws a kind, in which register it is numbered, what it is called.

One table. What goes into a paper is built by the app that owns its template (`<app>/papers.py`).
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.base.errors import Error, Kind


class PaperUnknown(Error):
    """There is no paper of the kind {kind}. The kinds are listed in the documents app."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


@dataclasses.dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper. Papers with one symbol share one number register a year (Decree 30/2020/NĐ-CP, Article 15)."""

    id: str
    template: str  #: below the web package, read by Typst
    symbol: str  #: of Appendix III of the decree; empty: an internal form without a number
    title: Promise


PAPERS: dict[str, Paper] = {
    paper.id: paper
    for paper in (
        Paper(
            "regulation_decision",
            "regulation/templates/regulation/issuing_decision.typ",
            "QĐ",
            _("Decision that issues a regulation"),
        ),
        Paper(
            "regulation_comparison",
            "regulation/templates/regulation/comparison.typ",
            "",
            _("Comparison table of an amendment"),
        ),
        Paper(
            "regulation_text",
            "regulation/templates/regulation/public_text.typ",
            "",
            _("Regulation in force, for everybody"),
        ),
        Paper(
            "camera_notice",
            "regulation/templates/regulation/camera_notice.typ",
            "",
            _("Sign at the cameras of an area"),
        ),
        Paper(
            "acknowledgement_register",
            "regulation/templates/regulation/acknowledgements.typ",
            "",
            _("Sign-off register of the regulation"),
        ),
        Paper(
            "assignment_decision",
            "people/templates/people/assignment_decision.typ",
            "QĐ",
            _("Decision that assigns duties"),
        ),
        Paper(
            "matters_report",
            "matters/templates/matters/consolidated_report.typ",
            "BC",
            _("Report of matters outside the regulation"),
        ),
        Paper(
            "handover_minutes",
            "watch/templates/watch/handover_minutes.typ",
            "BB",
            _("Minutes of a handover of the watch"),
        ),
        Paper(
            "checkpoint_slip",
            "documents/templates/documents/checkpoint_slip.typ",
            "",
            _("Ledger checkpoint on paper"),
        ),
    )
}


def paper(kind: str) -> Paper:
    """The kind, or `PaperUnknown`."""
    try:
        return PAPERS[kind]
    except KeyError as error:
        raise PaperUnknown(kind=kind) from error
