"""What is said and done once in the history, by the day: data for stories.py."""

from __future__ import annotations

import dataclasses

from nangmai.web.demonstration.school import HEAD, OFFICER
from nangmai.web.footage.policies import Right


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """What somebody asks the board for."""

    by: str
    camera: str  #: by its name
    purpose: str
    reason: str
    answer: str
    is_given: bool = True


REQUESTS = {
    1: Look("baove3", "Sân chơi", "P1", "Một trẻ ngã ở cầu trượt lúc 9 giờ, cần xem lại diễn biến.", "Đồng ý."),
    6: Look(OFFICER, "Hành lang A", "P3", "Hình bị sọc từ đêm qua, cần xem lại để xác định lỗi.", "Đồng ý."),
    9: Look(
        "bophan",
        "Lớp Mầm 1",
        "P2",
        "Phụ huynh báo thất lạc áo khoác của con, muốn xem lại lớp học.",
        "Không đồng ý: tìm đồ dùng cá nhân không thuộc mục đích của camera. Đề nghị hỏi tại văn phòng.",
        is_given=False,
    ),
    13: Look(HEAD, "Cổng chính", "P1", "Có xe lạ đỗ trước cổng nhiều ngày, cần xem lại giờ đến.", "Đồng ý."),
    21: Look("baove", "Nhà xe", "P1", "Xe đạp của phụ huynh bị đổ, vỡ đèn.", "Đồng ý."),
    26: Look("nhabep", "Cửa nhận hàng nhà bếp", "P2", "Đối chiếu giờ giao thực phẩm với phiếu nhận.", "Đồng ý."),
    33: Look(
        "trangtin",
        "Sân khấu ngoài trời",
        "P2",
        "Xin hình ảnh ngày hội để đăng trang thông tin điện tử.",
        "Không đồng ý: hình ảnh camera không dùng để đăng tin.",
        is_given=False,
    ),
    41: Look(HEAD, "Tường rào bắc, đoạn 1", "P1", "Có người trèo rào đêm qua theo báo cáo ca trực.", "Đồng ý."),
    47: Look("baove2", "Sân trước", "P1", "Hai phụ huynh va chạm xe trong sân.", "Đồng ý."),
    55: Look(OFFICER, "Phòng máy chủ", "P3", "Máy lạnh dừng ban đêm, cần biết ai đã vào.", "Đồng ý."),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What a guard reports."""

    severity: str
    camera: str
    what: str
    minutes: int  #: until it is reported
    text: str  #: what the board directs
    conclusion: str


INCIDENTS = {
    1: Seen("P2", "Cổng phụ", "Cổng phụ để mở sau giờ đón trẻ.", 12, "Khóa cổng, nhắc người phụ trách.", "Đã nhắc."),
    13: Seen(
        "P1",
        "Cổng chính",
        "Người lạ hỏi đón trẻ, không có trong danh sách.",
        6,
        "Giữ trẻ tại lớp, mời về văn phòng và gọi phụ huynh.",
        "Là người nhà mới được ủy quyền; đã bổ sung danh sách.",
    ),
    27: Seen("P2", "Sân chơi", "Xích đu lỏng chốt.", 72, "Rào khu vực, gọi thợ trong ngày.", "Đã thay chốt."),
    46: Seen("P2", "Nhà xe", "Mất mũ bảo hiểm của giáo viên.", 35, "Hỏi lại các lớp trước.", "Đã tìm thấy."),
    60: Seen("P1", "Bếp", "Khói ở khu bếp, báo động.", 4, "Ngắt gas, sơ tán phòng ăn.", "Chập ổ cắm, đã sửa."),
}

#: day, who, what they tried, what they say of it; empty: they leave it at the refusal
REFUSALS = (
    (2, "cntt", Right.PLAYBACK, ""),
    (3, "baove2", Right.LIVE, "Ca trước gọi tôi vào hỗ trợ khi có đông khách nhưng tôi chưa đến giờ nhận ca."),
    (5, "ketoan", Right.LIVE, ""),
    (11, "baove4", Right.LIVE, ""),
    (16, "bophan", Right.LIVE, "Giáo viên cần biết sân chơi còn trống hay không trước khi đưa trẻ ra."),
    (24, "baove", Right.PLAYBACK, "Báo cáo mức P2 trong 60 phút là quá lâu khi trẻ đang ở trường."),
    (36, "cntt", Right.PLAYBACK, ""),
    (44, "vanthu", Right.LIVE, ""),
    (52, "baove3", Right.LIVE, "Người thay ca đột xuất không mở được camera cho đến khi lịch trực được sửa."),
    (59, "bophan", Right.PLAYBACK, ""),
)
TOPICS = ("Người ngoài ca trực", "Nhu cầu của lớp học", "Thời hạn báo cáo", "Thay ca đột xuất")
