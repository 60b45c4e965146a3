"""What a text may leave open, and a version states with a signature: names, units, types and bounds of sense.

A law pack may bound a parameter further (`law.py`). There is no settings page for any of these.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from nangmai.regulation.acts import Title

Value = int | bool | str


#: the bound of a figure that has none of its own
MOST = 1_000_000


class Parameter(NamedTuple):
    """One choice."""

    id: str
    type: Literal["integer", "boolean", "choice"]
    unit: str
    title: Title
    default: Value | None = None  #: None: a version has to state it
    least: int = 0
    most: int = MOST
    choices: tuple[str, ...] = ()


_PARAMETERS = (
    Parameter(
        "retention_min_days", "integer", "d", Title("Lưu trữ ít nhất", "Footage is kept at least"), least=1, most=3650
    ),
    Parameter(
        "retention_max_days", "integer", "d", Title("Lưu trữ nhiều nhất", "Footage is kept at most"), least=1, most=3650
    ),
    Parameter(
        "required_cameras", "integer", "", Title("Số camera phải có", "Cameras required"), default=0, most=100_000
    ),
    Parameter(
        "required_recorders", "integer", "", Title("Số đầu ghi phải có", "Recorders required"), default=0, most=10_000
    ),
    Parameter(
        "replay_minutes", "integer", "min", Title("Thời gian xem lại nhanh", "Replay window"), default=0, most=1440
    ),
    Parameter(
        "break_glass_minutes",
        "integer",
        "min",
        Title("Thời gian xem lại khẩn cấp", "Emergency window"),
        default=0,
        most=1440,
    ),
    Parameter(
        "ratify_hours", "integer", "h", Title("Thời hạn phê chuẩn khẩn cấp", "Emergency ratified within"), default=24
    ),
    Parameter(
        "report_p1_minutes", "integer", "min", Title("Báo cáo tình huống P1 trong", "P1 reported within"), default=15
    ),
    Parameter(
        "report_p2_minutes", "integer", "min", Title("Báo cáo tình huống P2 trong", "P2 reported within"), default=60
    ),
    Parameter(
        "absence_minutes",
        "integer",
        "min",
        Title("Báo vắng trực sau", "Unmanned watch told after"),
        default=10,
        least=1,
    ),
    Parameter(
        "shift_max_hours",
        "integer",
        "h",
        Title("Ca trực dài nhất", "A shift lasts at most"),
        default=12,
        least=1,
        most=24,
    ),
    Parameter(
        "shift_rest_hours",
        "integer",
        "h",
        Title("Nghỉ giữa hai ca ít nhất", "Rest between shifts"),
        default=12,
        most=48,
    ),
    Parameter(
        "handover_minutes", "integer", "min", Title("Thời gian giao ca", "Handover lasts"), default=10, least=1, most=60
    ),
    Parameter(
        "presence_per_hour",
        "integer",
        "1/h",
        Title("Số lần điểm danh mỗi giờ", "Presence confirmed"),
        default=3,
        most=60,
    ),
    Parameter(
        "acknowledge_days", "integer", "d", Title("Thời hạn ký nhận quy chế", "Acknowledged within"), default=7, least=1
    ),
    Parameter(
        "hold_days", "integer", "d", Title("Phong tỏa khi có đề nghị", "A hold on request lasts"), default=14, least=1
    ),
    Parameter(
        "complaint_days",
        "integer",
        "d",
        Title("Giải quyết khiếu nại trong", "A complaint is decided within"),
        default=30,
        least=1,
    ),
    Parameter(
        "complaint_window_days",
        "integer",
        "d",
        Title("Giữ dữ liệu sau quyết định", "Footage is held after a decision for"),
        default=90,
    ),
    Parameter(
        "answer_working_days",
        "integer",
        "working d",
        Title("Trả lời chủ thể dữ liệu trong", "A data subject is answered within"),
        default=2,
        least=1,
    ),
    Parameter(
        "clock_offset_seconds", "integer", "s", Title("Lệch giờ cho phép", "Clock offset allowed"), default=2, least=1
    ),
    Parameter(
        "completeness_percent",
        "integer",
        "%",
        Title("Mức ghi hình đầy đủ", "Recording is complete from"),
        default=99,
        most=100,
    ),
    Parameter("audio", "boolean", "", Title("Ghi âm", "Sound is recorded"), default=False),
    Parameter(
        "analytics", "boolean", "", Title("Nhận dạng, phân tích tự động", "Automatic recognition"), default=False
    ),
    Parameter("remote_access", "boolean", "", Title("Xem từ bên ngoài", "View from outside"), default=False),
    Parameter(
        "on_term_end",
        "choice",
        "",
        Title("Khi hết thời hạn của quy chế", "When the term ends"),
        default="continue_with_warning",
        choices=("continue_with_warning", "readonly"),
    ),
)

PARAMETERS: dict[str, Parameter] = {parameter.id: parameter for parameter in _PARAMETERS}
