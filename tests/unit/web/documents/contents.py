"""One of every kind of paper, as the apps that own them would have it printed."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from importlib.resources import files
from typing import Any

from nangmai.regulation.effects import effects
from nangmai.regulation.form import read
from nangmai.regulation.model import Regulation
from nangmai.web.documents.checkpoint_slip import checkpoint_slip
from nangmai.web.documents.typesetting import qr_svg
from nangmai.web.documents.wording import capacity
from nangmai.web.matters.papers import ReportedMatter, consolidated_report
from nangmai.web.people.papers import AssignedDuty, assignment_decision
from nangmai.web.regulation.papers import (
    SignOff,
    acknowledgements,
    camera_notice,
    comparison,
    issuing_decision,
    public_text,
)
from nangmai.web.watch.papers import Side, handover_minutes

DAY = datetime.date(2026, 2, 5)
HEAD = {
    "governing_body": "Ủy ban nhân dân quận Long Biên",
    "institution": "Trường Mầm non Nắng Mai",
    "abbreviation": "MNNM",
    "place": "Long Biên",
}
PRINCIPAL = "Hiệu trưởng Trường Mầm non Nắng Mai"
#: prints of what stands elsewhere: no number, no signer, and the address of what they repeat
SHEETS = ("regulation_text", "camera_notice")
ADDRESS = "https://camera.example.vn/public/regulation"
NOTE = "nangmai.ledger/mnnm\n1024\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— nangmai.ledger/mnnm 0Nk4qQ==\n"


def shipped() -> Regulation:
    """The regulation that comes with the product."""
    return read(files("nangmai.demonstration").joinpath("regulation.yaml").read_text("utf-8"), "regulation.yaml")


def amended() -> Regulation:
    """The same with a longer retention and a shorter replay."""
    old = shipped()
    return dataclasses.replace(old, parameters={**old.parameters, "retention_min_days": 30, "replay_minutes": 10})


@functools.cache
def data_of(kind: str) -> dict[str, Any]:
    """The data of a kind."""
    recipients = ["Như Điều 3", "UBND quận (để báo cáo)", "Lưu: VT, hồ sơ camera"]
    if kind == "regulation_decision":
        return issuing_decision(
            shipped(),
            authority=PRINCIPAL,
            issuer=PRINCIPAL,
            proposal="Theo đề nghị của tổ trưởng tổ bảo vệ",
            recipients=recipients,
        )
    if kind == "regulation_comparison":
        return comparison(shipped(), amended(), effects(shipped(), amended()))
    if kind == "regulation_text":
        return public_text(shipped())
    if kind == "camera_notice":
        return camera_notice(
            shipped(),
            area="Dãy B / Hành lang tầng 1",
            purposes=["P1", "P2"],
            contact="Văn phòng nhà trường, 024 3872 0000",
            institution="Trường Mầm non Nắng Mai",
        )
    if kind == "acknowledgement_register":
        rows = [
            SignOff("Nguyễn Thị Hồng Hạnh", "Phó hiệu trưởng", "05/02/2026 08:15", "Khóa truy cập"),
            SignOff("Đỗ Văn Bằng", "Nhân viên bảo vệ"),
        ]
        return acknowledgements(shipped(), rows, until=DAY)
    if kind == "assignment_decision":
        duties = [
            AssignedDuty("Đỗ Văn Bằng", "Nhân viên bảo vệ: trực theo ca, báo cáo tình huống", "Cổng chính", DAY),
            AssignedDuty("Lê Thị Thu", "Nhân viên công nghệ thông tin", "", DAY, datetime.date(2026, 5, 31)),
        ]
        grounds = ["Căn cứ Điều 1 Quy chế ban hành kèm theo Quyết định số 139/QĐ-MNNM ngày 30 tháng 12 năm 2022"]
        return assignment_decision(duties, authority=PRINCIPAL, grounds=grounds, recipients=recipients)
    if kind == "matters_report":
        rows = [
            ReportedMatter(
                DAY, "Phụ huynh đề nghị xem lại hình ảnh qua điện thoại", "Đỗ Văn Bằng", "Đã trình Hiệu trưởng"
            )
        ]
        return consolidated_report(
            rows,
            addressee=PRINCIPAL,
            begin=datetime.date(2026, 1, 1),
            end=DAY,
            proposals=["Bổ sung quy định về đơn điện tử."],
        )
    if kind == "handover_minutes":
        seven, nineteen = (datetime.datetime(2026, 2, 5, hour, tzinfo=datetime.UTC) for hour in (0, 12))
        return handover_minutes(
            at=nineteen,
            place="Phòng trực",
            outgoing=Side("Đỗ Văn Bằng", seven, nineteen),
            incoming=Side("Lê Thị Thu", nineteen, nineteen + datetime.timedelta(hours=12)),
            rows=["Camera Bếp (nvr-1/cam-02): mất tín hiệu, từ 05/02/2026 17:42:10."],
            note="Cổng phụ đã khóa, chìa khóa ở bàn trực.",
            reason="",
            checkpoint=NOTE,
            recipients=["Người giao ca, người nhận ca", "Lưu: VT, hồ sơ trực"],
        )
    return checkpoint_slip(NOTE, at=datetime.datetime(2026, 2, 5, 5, tzinfo=datetime.UTC))


def content(kind: str, **changes: Any) -> dict[str, Any]:
    """What the template is given, without a database."""
    symbol = {
        "regulation_decision": "QĐ",
        "assignment_decision": "QĐ",
        "matters_report": "BC",
        "handover_minutes": "BB",
    }.get(kind, "")
    signer = {
        "field": "signer-1",
        "capacity": list(capacity("Phó Hiệu trưởng", "KT", of="Hiệu trưởng")),
        "name": "Nguyễn Thị Hồng Hạnh",
    }
    base = {
        "letterhead": HEAD,
        "symbol": symbol,
        "number": f"07/{symbol}-MNNM" if symbol else "",
        "date": DAY.isoformat(),
    }
    if kind in SHEETS:
        base |= {"check": {"address": ADDRESS, "qr": qr_svg(ADDRESS), "code": "0123 4567 89ab cdef"}, "signers": []}
    return {"check": None, "signers": [signer], **base, "is_draft": False, **data_of(kind), **changes}
