"""How a norm is bound to the system: what refuses (guards) and what proves (checks), by name.

The names are the contract with the planes: a norm bound to a name outside these tables is a fault, and web's tests
assert that every name here is implemented. Whoever implements one adds its line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from nangmai.regulation.acts import Title

#: what makes a norm impossible to break, and where
GUARDS: Mapping[str, Title] = {
    "decision": Title(
        "mọi trang, nút bấm và dịch vụ đều hỏi quy chế trước khi thực hiện",
        "every page, button and service asks decide() first",
    ),
    "ticket": Title(
        "xem dữ liệu hình ảnh phải có vé truy cập, vé chỉ được cấp theo quy chế",
        "footage needs a ticket, and tickets come from decide()",
    ),
    "retention": Title(
        "đầu ghi không xóa dữ liệu chưa đủ hạn và không giữ dữ liệu quá hạn mà không bị phong tỏa",
        "the recorder deletes nothing below the floor and keeps nothing above the ceiling that is not held",
    ),
    "no_deletion": Title(
        "không có thao tác, trang hay giao diện nào xóa được dữ liệu, hồ sơ",
        "no act, page or interface deletes footage or records",
    ),
    "ledger": Title(
        "hành vi và mục sổ cái được ghi cùng lúc, sổ cái không thể bị sửa mà không lộ",
        "the act and its entry are one transaction, and the log is a Merkle tree",
    ),
    "assignment": Title(
        "vai trò không có phân công còn hiệu lực thì không có quyền",
        "a role without an assignment in force grants nothing",
    ),
    "acknowledgement": Title(
        "chưa ký nhận quy chế hiện hành thì không được xem dữ liệu",
        "no footage before the version in force is acknowledged",
    ),
    "step_up": Title("ký phải xác thực danh tính lần hai", "a signature needs a second proof of identity"),
    "responsible_unit": Title(
        "mỗi camera có một bộ phận phụ trách, không nêu thì là tổ bảo vệ",
        "each camera has one responsible unit, security where none is named",
    ),
    "purpose": Title("từ chối mục đích không phải của camera", "a purpose that the camera does not carry is refused"),
    "versions": Title(
        "hai bản quy chế không có hiệu lực cùng lúc, hành vi xét theo bản có hiệu lực tại thời điểm đó",
        "versions cannot overlap, and an act is judged by the one in force at its moment",
    ),
    "law_pack": Title(
        "không ký được bản quy chế trái bộ quy định pháp luật",
        "a version that goes below the law pack cannot be signed",
    ),
    "audio_off": Title("không ghi âm trừ khi quy chế cho phép", "sound is not recorded unless the version says so"),
    "recusal": Title(
        "người không được tham gia vụ việc thì không được xem tài liệu của vụ việc",
        "a person recused from a case is refused its material",
    ),
    "delegation": Title(
        "ủy quyền hết thời hạn hoặc ngoài phạm vi thì không có quyền",
        "a delegation out of its period or scope grants nothing",
    ),
    "matter": Title(
        "việc bị từ chối được ghi sổ vấn đề phát sinh chỉ với một lần bấm",
        "a refused act can be filed as a matter with one press",
    ),
}

#: the acts a guard can refuse or sees to; a guard that is not listed stands before every act
GUARDED: Mapping[str, frozenset[str]] = {
    "ticket": frozenset({"live.view", "replay.view", "playback.view", "still.view", "extraction.execute"}),
    "retention": frozenset({"footage.keep", "footage.dispose", "footage.delete"}),
    "no_deletion": frozenset({"footage.delete", "record.delete"}),
    "ledger": frozenset({"record.keep", "record.delete", "record.witness"}),
    "acknowledgement": frozenset(
        {"live.view", "replay.view", "playback.view", "still.view", "extraction.execute", "regulation.acknowledge"}
    ),
    "responsible_unit": frozenset({"camera.care"}),
    "purpose": frozenset(
        {"live.view", "replay.view", "playback.view", "extraction.request", "extraction.order", "request.decide"}
    ),
    "versions": frozenset({"amendment.sign"}),
    "law_pack": frozenset({"law.keep", "amendment.sign"}),
    "audio_off": frozenset({"audio.record"}),
    "delegation": frozenset({"delegation.sign"}),
    "matter": frozenset({"matter.file"}),
}

#: the events a duty may wait for
TRIGGERS: Mapping[str, Title] = {
    "authority.asked": Title(
        "cơ quan có thẩm quyền yêu cầu cung cấp dữ liệu", "a competent authority has asked for footage"
    ),
    "camera.failed": Title(
        "camera ngừng hoạt động hoặc hình ảnh không còn đạt", "a camera has stopped, or its picture is no longer good"
    ),
    "camera.installed": Title("camera lắp xong, chờ nghiệm thu", "a camera is installed and waits for its acceptance"),
    "complaint.accepted": Title("khiếu nại được thụ lý", "a complaint is accepted"),
    "complaint.lodged": Title("có khiếu nại", "a complaint has come"),
    "data.breached": Title("dữ liệu cá nhân bị lộ, lọt", "personal data got where it must not be"),
    "emergency.used": Title("dữ liệu được xem trong trường hợp khẩn cấp", "footage was seen in an emergency"),
    "evidence.submitted": Title("có người nộp chứng cứ", "somebody has brought evidence"),
    "extraction.ordered": Title("Ban giám hiệu ra lệnh trích xuất", "the board has ordered an extraction"),
    "extraction.sealed": Title("bản trích xuất được niêm phong", "an extraction is sealed"),
    "incident.directed": Title("Ban giám hiệu có ý kiến chỉ đạo xử lý", "the board has directed what is done"),
    "incident.minuted": Title("biên bản vụ việc được lập", "the minutes of an incident are written"),
    "incident.observed_p1": Title("phát hiện tình huống mức P1", "an incident of the first degree is observed"),
    "incident.observed_p2": Title("phát hiện tình huống mức P2", "an incident of the second degree is observed"),
    "incident.observed_p3": Title("phát hiện tình huống mức P3", "an incident of the third degree is observed"),
    "incident.reported": Title("vụ việc được báo cáo Ban giám hiệu", "an incident is reported to the board"),
    "legal_basis.repealed": Title("một căn cứ pháp lý hết hiệu lực", "a legal basis is repealed"),
    "matter.filed": Title("có vấn đề phát sinh được ghi sổ", "a matter outside the regulation is filed"),
    "matters.reported": Title(
        "các vấn đề phát sinh được báo cáo Hiệu trưởng", "the matters are reported to the principal"
    ),
    "regulation.in_force": Title("một bản quy chế có hiệu lực", "a version has come into force"),
    "request.lodged": Title("có người đề nghị được cho phép", "somebody has asked for permission"),
    "term.ending": Title("còn 30 ngày là hết thời hạn áp dụng", "the term ends in 30 days"),
    "visitor.arrived": Title("có khách đến", "a visitor has come"),
    "watch.no_show": Title("ca trực không có người nhận đúng giờ", "a shift is not taken in time"),
    "watch.unconfirmed": Title("người trực không điểm danh đúng hạn", "who is on watch does not confirm it in time"),
    "watch.unmanned": Title("không có người trực", "nobody is on watch"),
}

#: what shows, from data, whether a norm is kept
CHECKS: Mapping[str, Title] = {
    "retention_floor": Title(
        "số camera có dữ liệu đủ thời hạn tối thiểu và dự báo",
        "cameras whose oldest footage reaches the floor, and the forecast",
    ),
    "retention_ceiling": Title(
        "dữ liệu quá thời hạn tối đa mà không bị phong tỏa", "footage older than the ceiling that no hold explains"
    ),
    "camera_count": Title("số camera đang sử dụng so với số phải có", "cameras in service against the number required"),
    "recorder_count": Title("số đầu ghi đã đăng ký và đang báo cáo", "recorders enrolled and reporting"),
    "completeness": Title(
        "thời gian đã ghi so với thời gian phải ghi, theo camera và ngày",
        "seconds recorded against seconds due, by camera and day",
    ),
    "obstruction": Title("khoảng trống ghi hình không do ai ra lệnh", "gaps whose cause nobody has ordered"),
    "clock_offset": Title("camera lệch giờ quá mức cho phép", "cameras whose clock is off by more than allowed"),
    "watch_coverage": Title("số phút trong tuần không có người trực", "minutes of the week without anybody on watch"),
    "duties_on_time": Title(
        "nhiệm vụ của khoản này đã xong, đang mở và quá hạn", "duties of this clause done, open and overdue"
    ),
    "acknowledgements": Title(
        "số người đã ký nhận quy chế hiện hành", "people who have acknowledged the version in force"
    ),
    "assignments_signed": Title("phân công có chữ ký của Ban giám hiệu", "assignments with the board's signature"),
    "legal_bases": Title("căn cứ pháp lý còn hiệu lực", "legal bases that are in force"),
    "term": Title("số ngày còn lại của thời hạn áp dụng", "days until the term of the regulation ends"),
    "ledger_whole": Title(
        "lần kiểm tra sổ cái gần nhất và kết quả", "the last time the ledger was verified, and what was found"
    ),
    "checkpoints": Title(
        "số giờ có mốc xác nhận của từng đầu ghi", "hours for which each recorder's checkpoint has come"
    ),
    "matters_open": Title("vấn đề phát sinh đã tổng hợp, đã báo cáo, còn mở", "matters collected, reported and open"),
    "extraction_register": Title(
        "bản trích xuất có số, người giữ và lần rà soát tiếp theo", "extractions with number, custodian and next review"
    ),
    "notices": Title("khu vực có camera đã có biển thông báo", "areas with cameras that have a notice"),
    "unauthorised_views": Title("lượt dùng vé bị đầu ghi từ chối", "uses of tickets that recorders refused"),
    "published_text": Title(
        "quy chế hiện hành được công khai, có giá trị băm trong sổ cái",
        "the text in force is public, with its hash in the ledger",
    ),
}
