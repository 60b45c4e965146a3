"""The conditions a norm may name, each with its one meaning, in Cedar.

`{replay_minutes}` and the like are parameters of the version. A condition reads `principal`, `resource` and `context`;
what they carry is in `cedar.py`. Instruments are papers that somebody with the right to do so has given; situations are
how things stand. The remedy is what a person can do where the condition is missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from nangmai.regulation.acts import Title

if TYPE_CHECKING:
    from nangmai.regulation.model import Regulation

_PARAMETER = re.compile(r"\{(\w+)\}")
Remedy = Literal["ask_board", "acknowledge", "step_up", "file_matter", "state_purpose", "none"]


class Condition(NamedTuple):
    """One condition."""

    id: str
    kind: Literal["instrument", "situation"]
    cedar: str
    title: Title  #: as it follows "only" in a refusal
    remedy: Remedy = "none"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters its text reads."""
        return tuple(_PARAMETER.findall(self.cedar))

    def filled(self, regulation: Regulation) -> str:
        """The Cedar text with what the version states: numbers, `true` and `false`."""
        return _PARAMETER.sub(lambda found: str(regulation.parameter(found[1])).lower(), self.cedar)


def _instrument(name: str, vi: str, en: str, remedy: Remedy = "ask_board") -> Condition:
    return Condition(f"with_{name}", "instrument", f'context.instruments.contains("{name}")', Title(vi, en), remedy)


_CONDITIONS = (
    _instrument("direction", "khi có ý kiến chỉ đạo của Ban giám hiệu", "under a direction of the board"),
    _instrument("order", "khi có lệnh của Ban giám hiệu", "under an order of the board"),
    _instrument("grant", "khi được Ban giám hiệu cho phép", "with the board's permission"),
    _instrument("consent", "khi có sự đồng ý của người được ghi hình", "with the consent of those recorded"),
    _instrument("maintenance_order", "khi có phiếu duyệt bảo trì", "under a signed maintenance order"),
    _instrument("supervision", "khi có người của trường giám sát", "accompanied by the school's own staff", "none"),
    _instrument("second_person", "khi có người thứ hai cùng mở", "together with a second person", "none"),
    _instrument("emergency", "khi có nguy hiểm đến tính mạng", "when life is in danger", "none"),
    Condition("on_shift", "situation", "context.on_shift", Title("trong ca trực của mình", "during the own shift")),
    Condition(
        "in_own_area",
        "situation",
        "principal.areas.isEmpty() || resource.area_path.containsAny(principal.areas)",
        Title("trong khu vực được giao", "in the area assigned"),
        "ask_board",
    ),
    Condition(
        "within_replay",
        "situation",
        "context.age_s <= {replay_minutes} * 60",
        Title("trong thời gian xem lại nhanh", "within the replay window"),
        "ask_board",
    ),
    Condition(
        "within_break_glass",
        "situation",
        "context.age_s <= {break_glass_minutes} * 60",
        Title("trong khoảng thời gian khẩn cấp", "within the emergency window"),
    ),
    Condition(
        "for_quality_check",
        "situation",
        'context.purpose == "quality_check"',
        Title("để kiểm tra chất lượng hình ảnh", "for a quality check"),
        "state_purpose",
    ),
    Condition(
        "for_carried_purpose",
        "situation",
        "resource.purposes.contains(context.purpose)",
        Title("đúng mục đích của camera", "for a purpose the camera carries"),
        "state_purpose",
    ),
    Condition(
        "stepped_up",
        "situation",
        "context.stepped_up",
        Title("sau khi xác thực lần hai", "after a second proof of identity"),
        "step_up",
    ),
    Condition(
        "is_own",
        "situation",
        "context.is_own",
        Title("đối với việc của chính mình", "in one's own matter"),
    ),
    Condition(
        "not_involved",
        "situation",
        "!context.is_involved",
        Title("khi không liên quan đến vụ việc", "when not involved in the case"),
    ),
    Condition(
        "not_issuer",
        "situation",
        "!context.is_issuer",
        Title("khi không phải người ra lệnh", "when not the one who ordered it"),
    ),
    Condition(
        "named_executor",
        "situation",
        "context.is_named",
        Title("khi được nêu tên trong lệnh", "when named in the order"),
    ),
    Condition("owed", "situation", "context.owed", Title("khi đang có nghĩa vụ đó", "while it is owed as a duty")),
    Condition(
        "accepted_camera",
        "situation",
        "resource.in_service",
        Title("với camera đã được nghiệm thu", "with an accepted camera"),
    ),
    Condition("audio_allowed", "situation", "{audio}", Title("khi quy chế cho phép ghi âm", "when sound is allowed")),
    Condition(
        "analytics_allowed",
        "situation",
        "{analytics}",
        Title("khi quy chế cho phép nhận dạng, phân tích", "when recognition is allowed"),
    ),
    Condition(
        "remote_allowed",
        "situation",
        "{remote_access}",
        Title("khi quy chế cho phép xem từ bên ngoài", "when viewing from outside is allowed"),
    ),
    Condition(
        "acknowledged",
        "situation",
        "principal.acknowledged",
        Title("sau khi ký nhận quy chế", "after acknowledging the regulation"),
        "acknowledge",
    ),
)

CONDITIONS: dict[str, Condition] = {condition.id: condition for condition in _CONDITIONS}
