"""The acts this product knows. A norm can name no other, and what no norm permits is refused.

Owns ids, kinds of things and titles; who may do what is the text's business, never this table's.
"""

from __future__ import annotations

from typing import NamedTuple


class Title(NamedTuple):
    """A name in both languages."""

    vi: str
    en: str


class Act(NamedTuple):
    """Something a person can do to a kind of thing."""

    id: str
    thing: str  #: kind of thing it is done to
    title: Title
    is_footage: bool = False  #: shows, moves or destroys pictures


_ACTS = (
    Act("live.view", "camera", Title("Xem trực tiếp", "Live view"), True),
    Act("replay.view", "camera", Title("Xem lại tức thời", "Instant replay"), True),
    Act("playback.view", "camera", Title("Xem lại", "Playback"), True),
    Act("still.view", "camera", Title("Xem ảnh nghiệm thu", "Acceptance still"), True),
    Act("extraction.request", "camera", Title("Đề nghị trích xuất", "Request an extraction")),
    Act("extraction.order", "camera", Title("Ký lệnh trích xuất", "Order an extraction")),
    Act("extraction.execute", "camera", Title("Thực hiện trích xuất", "Carry out an extraction"), True),
    Act("extraction.witness", "camera", Title("Chứng kiến trích xuất", "Witness an extraction")),
    Act("hold.place", "camera", Title("Phong tỏa dữ liệu", "Place a hold")),
    Act("hold.release", "camera", Title("Gỡ phong tỏa", "Release a hold")),
    Act("footage.delete", "camera", Title("Xóa dữ liệu ghi hình", "Delete footage"), True),
    Act("footage.publish", "camera", Title("Công bố hình ảnh", "Publish pictures"), True),
    Act("recording.limit", "camera", Title("Ngừng hoặc hạn chế ghi hình", "Stop or limit recording")),
    Act("camera.health", "camera", Title("Xem tình trạng camera", "See a camera's health")),
    Act("camera.propose", "camera", Title("Đề xuất thay đổi cấu hình camera", "Propose a camera change")),
    Act("camera.approve", "camera", Title("Duyệt thay đổi cấu hình camera", "Approve a camera change")),
    Act("camera.change", "camera", Title("Thay đổi cấu hình camera", "Change a camera")),
    Act("camera.accept", "camera", Title("Nghiệm thu camera", "Accept a camera")),
    Act("audio.record", "camera", Title("Ghi âm", "Record sound"), True),
    Act("analytics.enable", "camera", Title("Bật nhận dạng, phân tích", "Enable recognition"), True),
    Act("remote.view", "camera", Title("Xem từ xa", "View from outside"), True),
    Act("request.lodge", "request", Title("Gửi đơn xin phép", "Ask for permission")),
    Act("request.decide", "request", Title("Quyết định đơn xin phép", "Decide a request")),
    Act("incident.report", "incident", Title("Báo cáo tình huống", "Report an incident")),
    Act("incident.direct", "incident", Title("Chỉ đạo xử lý", "Direct what is done")),
    Act("incident.close", "incident", Title("Kết thúc vụ việc", "Close an incident")),
    Act("complaint.lodge", "complaint", Title("Khiếu nại", "Lodge a complaint")),
    Act("complaint.decide", "complaint", Title("Giải quyết khiếu nại", "Decide a complaint")),
    Act("evidence.submit", "complaint", Title("Đưa ra bằng chứng", "Bring evidence")),
    Act("budget.lead", "money", Title("Chủ trì đề xuất, kiểm tra kinh phí", "Lead and check the spending")),
    Act("budget.need", "money", Title("Đề xuất nhu cầu kinh phí", "Propose a need")),
    Act("budget.quote", "money", Title("Báo giá", "Quote")),
    Act("budget.approve", "money", Title("Phê duyệt kinh phí", "Approve the spending")),
    Act("assignment.sign", "person", Title("Phân công nhiệm vụ", "Assign duties")),
    Act("delegation.sign", "person", Title("Ủy quyền", "Delegate")),
    Act("people.see", "person", Title("Xem phân công", "See who is assigned")),
    Act("roster.propose", "shift", Title("Lập lịch trực", "Draw up the roster")),
    Act("roster.approve", "shift", Title("Duyệt lịch trực", "Approve the roster")),
    Act("shift.take", "shift", Title("Nhận ca trực", "Take a shift")),
    Act("matter.file", "matter", Title("Ghi vấn đề ngoài quy chế", "File a matter outside the regulation")),
    Act("matter.collect", "matter", Title("Tổng hợp vấn đề phát sinh", "Collect matters")),
    Act("amendment.suggest", "regulation", Title("Góp ý sửa đổi quy chế", "Suggest an amendment")),
    Act("amendment.propose", "regulation", Title("Chủ trì đề xuất sửa đổi", "Propose an amendment")),
    Act("amendment.sign", "regulation", Title("Ký ban hành quy chế", "Sign the regulation")),
    Act("regulation.read", "regulation", Title("Đọc quy chế", "Read the regulation")),
    Act("regulation.acknowledge", "regulation", Title("Ký nhận quy chế", "Acknowledge the regulation")),
    Act("compliance.see", "regulation", Title("Xem tình hình thực hiện", "See the compliance board")),
    Act("attestation.sign", "regulation", Title("Xác nhận thực hiện", "Attest")),
    Act("ledger.read", "record", Title("Đọc sổ cái", "Read the ledger")),
    Act("views.read", "record", Title("Xem sổ theo dõi xem hình", "Read the register of views")),
    Act("record.delete", "record", Title("Xóa nhật ký", "Delete records")),
    Act("document.sign", "document", Title("Ký văn bản", "Sign a document")),
    Act("system.see", "recorder", Title("Xem tình trạng hệ thống", "See the system's state")),
    Act("maintenance.lead", "recorder", Title("Chủ trì bảo trì, bảo dưỡng", "Lead maintenance")),
    Act("maintenance.execute", "recorder", Title("Thực hiện bảo trì, sửa chữa", "Maintain and repair")),
    Act("credentials.open", "recorder", Title("Mở mật khẩu niêm phong", "Open sealed credentials")),
)

ACTS: dict[str, Act] = {act.id: act for act in _ACTS}

#: kinds of things acts are done to
THINGS = tuple(sorted({act.thing for act in _ACTS}))
