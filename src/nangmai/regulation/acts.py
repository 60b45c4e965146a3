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
    Act("replay.view", "camera", Title("Xem lại nhanh", "Instant replay"), True),
    Act("playback.view", "camera", Title("Xem lại", "Playback"), True),
    Act("still.view", "camera", Title("Xem ảnh nghiệm thu", "Acceptance still"), True),
    Act("extraction.request", "camera", Title("Đề nghị trích xuất", "Request an extraction")),
    Act("extraction.order", "camera", Title("Ký lệnh trích xuất", "Order an extraction")),
    Act("extraction.execute", "camera", Title("Thực hiện trích xuất", "Carry out an extraction"), True),
    Act("extraction.witness", "camera", Title("Chứng kiến trích xuất", "Witness an extraction")),
    Act("extraction.register", "camera", Title("Quản lý hồ sơ trích xuất", "Keep the extraction register")),
    Act("hold.place", "camera", Title("Phong tỏa dữ liệu", "Place a hold")),
    Act("hold.release", "camera", Title("Gỡ phong tỏa", "Release a hold")),
    Act("footage.delete", "camera", Title("Xóa dữ liệu ghi hình", "Delete footage"), True),
    Act("footage.publish", "camera", Title("Công bố hình ảnh", "Publish pictures"), True),
    Act("footage.record", "camera", Title("Ghi hình liên tục", "Record without gaps")),
    Act("footage.keep", "camera", Title("Lưu trữ dữ liệu ghi hình", "Keep footage")),
    Act("footage.dispose", "camera", Title("Hủy dữ liệu hết hạn lưu trữ", "Dispose of expired footage")),
    Act("recording.limit", "camera", Title("Ngừng hoặc hạn chế ghi hình", "Stop or limit recording")),
    Act("camera.health", "camera", Title("Xem tình trạng camera", "See a camera's health")),
    Act("camera.propose", "camera", Title("Đề xuất thay đổi cấu hình camera", "Propose a camera change")),
    Act("camera.approve", "camera", Title("Duyệt thay đổi cấu hình camera", "Approve a camera change")),
    Act("camera.change", "camera", Title("Thay đổi cấu hình camera", "Change a camera")),
    Act("camera.accept", "camera", Title("Nghiệm thu camera", "Accept a camera")),
    Act("camera.provide", "camera", Title("Bố trí camera", "Provide the cameras")),
    Act("camera.care", "camera", Title("Bảo quản camera và thiết bị", "Care for cameras and devices")),
    Act("site.arrange", "area", Title("Phân định khu vực, bộ phận phụ trách", "Arrange areas and responsible units")),
    Act("site.chart", "area", Title("Lập sơ đồ camera, ghi số kênh đầu ghi", "Chart cameras and recorders")),
    Act("camera.inspect", "camera", Title("Kiểm tra vị trí, chất lượng hình ảnh", "Inspect position and picture")),
    Act("camera.obstruct", "camera", Title("Phá hoại, cản trở camera", "Damage or obstruct a camera")),
    Act("clock.keep", "camera", Title("Giữ đúng giờ", "Keep the right time")),
    Act("notice.post", "camera", Title("Đặt thông báo có camera", "Post a camera notice")),
    Act("audio.record", "camera", Title("Ghi âm", "Record sound"), True),
    Act("analytics.enable", "camera", Title("Bật nhận dạng, phân tích", "Enable recognition"), True),
    Act("remote.view", "camera", Title("Xem từ xa", "View from outside"), True),
    Act("request.lodge", "request", Title("Gửi đơn xin phép", "Ask for permission")),
    Act("request.decide", "request", Title("Quyết định đơn xin phép", "Decide a request")),
    Act("letter.see", "request", Title("Xem đơn, thư đến", "See letters that have come")),
    Act("authority.answer", "request", Title("Trả lời cơ quan có thẩm quyền", "Answer a competent authority")),
    Act("visitor.notify", "person", Title("Thông báo cho khách về camera", "Tell visitors of the cameras")),
    Act("incident.report", "incident", Title("Báo cáo tình huống", "Report an incident")),
    Act("incident.see", "incident", Title("Xem các vụ việc", "See incidents")),
    Act("incident.receive", "incident", Title("Tiếp nhận báo cáo tình huống", "Receive a report")),
    Act("incident.direct", "incident", Title("Chỉ đạo xử lý", "Direct what is done")),
    Act("incident.close", "incident", Title("Kết thúc vụ việc", "Close an incident")),
    Act("incident.locate", "incident", Title("Ghi địa điểm trong khuôn viên", "Locate an incident on the premises")),
    Act("incident.support", "incident", Title("Phối hợp xử lý thông tin", "Support the handling of an incident")),
    Act("minutes.write", "incident", Title("Lập biên bản", "Write minutes")),
    Act("person.notify", "incident", Title("Thông báo cho người bị xem xét", "Tell the person under consideration")),
    Act("emergency.ratify", "incident", Title("Phê chuẩn việc xem khẩn cấp", "Ratify an emergency view")),
    Act("complaint.lodge", "complaint", Title("Khiếu nại", "Lodge a complaint")),
    Act("complaint.decide", "complaint", Title("Giải quyết khiếu nại", "Decide a complaint")),
    Act("evidence.submit", "complaint", Title("Đưa ra bằng chứng", "Bring evidence")),
    Act("evidence.receipt", "complaint", Title("Cấp phiếu tiếp nhận bằng chứng", "Give a receipt for evidence")),
    Act("budget.lead", "money", Title("Chủ trì đề xuất, kiểm tra kinh phí", "Lead and check the spending")),
    Act("budget.need", "money", Title("Đề xuất nhu cầu kinh phí", "Propose a need")),
    Act("budget.quote", "money", Title("Báo giá", "Quote")),
    Act("budget.approve", "money", Title("Phê duyệt kinh phí", "Approve the spending")),
    Act("spending.check", "money", Title("Kiểm tra, giám sát sử dụng kinh phí", "Check the spending")),
    Act("assignment.sign", "person", Title("Phân công nhiệm vụ", "Assign duties")),
    Act("delegation.sign", "person", Title("Ủy quyền", "Delegate")),
    Act("people.see", "person", Title("Xem phân công", "See who is assigned")),
    Act("roster.propose", "shift", Title("Lập lịch trực", "Draw up the roster")),
    Act("roster.approve", "shift", Title("Duyệt lịch trực", "Approve the roster")),
    Act("roster.amend", "shift", Title("Duyệt đổi ca trực", "Approve a swap of shifts")),
    Act("shift.take", "shift", Title("Nhận ca trực", "Take a shift")),
    Act("watch.keep", "shift", Title("Trực theo dõi 24/24", "Keep the watch")),
    Act("matter.file", "matter", Title("Ghi vấn đề ngoài quy chế", "File a matter outside the regulation")),
    Act("matter.collect", "matter", Title("Tổng hợp vấn đề phát sinh", "Collect matters")),
    Act("matter.report", "matter", Title("Báo cáo vấn đề phát sinh", "Report matters")),
    Act("amendment.suggest", "regulation", Title("Góp ý sửa đổi quy chế", "Suggest an amendment")),
    Act("amendment.propose", "regulation", Title("Chủ trì đề xuất sửa đổi", "Propose an amendment")),
    Act("amendment.consider", "regulation", Title("Xem xét sửa đổi, bổ sung", "Consider an amendment")),
    Act("amendment.sign", "regulation", Title("Ký ban hành quy chế", "Sign the regulation")),
    Act("regulation.read", "regulation", Title("Đọc quy chế", "Read the regulation")),
    Act("regulation.acknowledge", "regulation", Title("Ký nhận quy chế", "Acknowledge the regulation")),
    Act("regulation.publish", "regulation", Title("Công khai quy chế", "Publish the regulation")),
    Act("law.keep", "regulation", Title("Không thấp hơn pháp luật", "Keep to the law")),
    Act("legal_basis.review", "regulation", Title("Rà soát căn cứ pháp lý", "Review the legal bases")),
    Act("compliance.see", "regulation", Title("Xem tình hình thực hiện", "See the compliance board")),
    Act("compliance.report", "regulation", Title("Báo cáo tình hình thực hiện", "Report on compliance")),
    Act("attestation.sign", "regulation", Title("Xác nhận thực hiện", "Attest")),
    Act("ledger.read", "record", Title("Đọc sổ cái", "Read the ledger")),
    Act("views.read", "record", Title("Xem sổ theo dõi xem hình", "Read the register of views")),
    Act("views.review", "record", Title("Rà soát sổ theo dõi xem hình", "Review the register of views")),
    Act("record.keep", "record", Title("Ghi sổ cái", "Keep the ledger")),
    Act("record.witness", "record", Title("Gửi mốc xác nhận", "Have checkpoints witnessed")),
    Act("breach.notify", "record", Title("Thông báo vi phạm dữ liệu cá nhân", "Notify a breach of personal data")),
    Act("record.delete", "record", Title("Xóa nhật ký", "Delete records")),
    Act("document.read", "document", Title("Xem mọi văn bản", "Read all documents")),
    Act("document.issue", "document", Title("Ban hành, hủy bỏ văn bản", "Issue and annul documents")),
    Act("document.sign", "document", Title("Ký văn bản", "Sign a document")),
    Act("system.see", "recorder", Title("Xem tình trạng hệ thống", "See the system's state")),
    Act("recorder.provide", "recorder", Title("Bố trí đầu ghi", "Provide the recorders")),
    Act("technology.receive", "recorder", Title("Tiếp nhận, chuyển giao công nghệ", "Receive technology")),
    Act("maintenance.lead", "recorder", Title("Chủ trì bảo trì, bảo dưỡng", "Lead maintenance")),
    Act("maintenance.execute", "recorder", Title("Thực hiện bảo trì, sửa chữa", "Maintain and repair")),
    Act("credentials.open", "recorder", Title("Mở mật khẩu niêm phong", "Open sealed credentials")),
)

ACTS: dict[str, Act] = {act.id: act for act in _ACTS}

#: kinds of things acts are done to
THINGS = tuple(sorted({act.thing for act in _ACTS}))

#: what goes on when the term of a text has ended and it says `on_term_end: readonly`: reading, keeping what there is,
#: the watch and what may not wait, and the way to a new text. Every other act stops, also one added to the table later.
AFTER_TERM = frozenset(
    (
        *("regulation.read", "regulation.acknowledge", "people.see", "compliance.see", "ledger.read", "views.read"),
        *("document.read", "incident.see", "letter.see", "camera.health", "system.see"),
        *("footage.record", "footage.keep", "footage.dispose", "hold.place", "record.keep", "record.witness"),
        *("clock.keep", "camera.care", "camera.provide", "recorder.provide", "law.keep"),
        *("live.view", "watch.keep", "shift.take", "incident.report", "incident.receive", "breach.notify"),
        *("complaint.lodge", "evidence.submit", "evidence.receipt", "request.lodge", "authority.answer"),
        *("matter.file", "matter.collect", "matter.report", "legal_basis.review"),
        *("amendment.suggest", "amendment.propose", "amendment.consider", "amendment.sign", "regulation.publish"),
        *("document.issue", "document.sign"),
    )
)
