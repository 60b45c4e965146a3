"""What can be wrong with a text: a fault's form, and what each says in both languages.

Owns codes and sentences. What is wrong with a given text is found by `validate.py` and `norm_faults.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from nangmai.regulation.acts import Title

Severity = Literal["fault", "warning"]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `code` is a key of `MESSAGES`, the facts fill its braces."""

    clause: str  #: empty: the text as a whole
    code: str
    facts: dict[str, str]
    severity: Severity = "fault"  #: a warning is for the writer to weigh, a fault keeps the text from being signed

    @property
    def message(self) -> Title:
        """The sentence in both languages."""
        return Title(*(template.format(**self.facts) for template in MESSAGES[self.code]))

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "clause": self.clause,
            "code": self.code,
            "severity": self.severity,
            "facts": self.facts,
            "message": self.message._asdict(),
        }


def fault(clause: str, code: str, **facts: object) -> Fault:
    """A fault whose facts are told as text."""
    return Fault(clause, code, {name: str(value) for name, value in facts.items()})


def warning(clause: str, code: str, **facts: object) -> Fault:
    """A warning whose facts are told as text."""
    return Fault(clause, code, {name: str(value) for name, value in facts.items()}, "warning")


MESSAGES: dict[str, Title] = {
    "act_unknown": Title(
        "Quy tắc {norm} nêu hành vi {name}, hệ thống không có hành vi này.",
        "The norm {norm} names the act {name}, which the product does not know.",
    ),
    "condition_unknown": Title(
        "Quy tắc {norm} nêu điều kiện {name}, hệ thống không có điều kiện này.",
        "The norm {norm} names the condition {name}, which the product does not know.",
    ),
    "role_unknown": Title(
        "Quy tắc {norm} nêu chức danh {name}, quy chế không có chức danh này.",
        "The norm {norm} names the role {name}, which is not among the roles.",
    ),
    "trigger_unknown": Title(
        "Quy tắc {norm} chờ sự kiện {name}, hệ thống không có sự kiện này.",
        "The norm {norm} waits for the event {name}, which the product does not know.",
    ),
    "guard_unknown": Title(
        "Quy tắc {norm} dựa vào cơ chế ngăn chặn {name}, hệ thống không có cơ chế này.",
        "The norm {norm} is bound to the guard {name}, which does not exist.",
    ),
    "check_unknown": Title(
        "Quy tắc {norm} dựa vào phép kiểm tra {name}, hệ thống không có phép kiểm tra này.",
        "The norm {norm} is bound to the check {name}, which does not exist.",
    ),
    "guard_cannot_refuse": Title(
        "Quy tắc {norm} dựa vào cơ chế {name}, nhưng cơ chế này không ngăn được hành vi {act}.",
        "The norm {norm} is bound to the guard {name}, which cannot refuse {act}.",
    ),
    "duty_without_right": Title(
        "Quy tắc {norm} buộc {name} làm {act}, nhưng quy chế không cho {name} quyền làm việc đó.",
        "The norm {norm} obliges {name} to {act}, and no norm gives {name} the right to it.",
    ),
    "attester_outside": Title(
        "Quy tắc {norm} giao cho {name} xác nhận, nhưng đây là người ngoài trường.",
        "The norm {norm} is attested by {name}, who is from outside.",
    ),
    "id_repeated": Title("Mã {name} được dùng hai lần.", "The id {name} is used twice."),
    "role_reserved": Title(
        "Mã chức danh {name} dành riêng cho hệ thống; hãy chọn mã khác.",
        "The role id {name} has a meaning of its own; choose another.",
    ),
    "clause_outside_article": Title(
        "Khoản {name} không thuộc {article}: mã phải bắt đầu bằng {article} và dấu chấm.",
        "The clause {name} is not below {article}: its id begins with {article} and a dot.",
    ),
    "norm_outside_clause": Title(
        "Quy tắc {norm} không thuộc khoản {name}: mã phải bắt đầu bằng {name} và dấu gạch chéo.",
        "The norm {norm} is not below the clause {name}: its id begins with {name} and a slash.",
    ),
    "others_misplaced": Title(
        "Quy tắc {norm}: chỉ quy tắc cấm mới được dùng “others”, và dùng một mình.",
        "The norm {norm}: only a forbid may say “others”, and then nobody else.",
    ),
    "part_misplaced": Title(
        "Quy tắc {norm}: “{name}” không dùng cho quy tắc {mode}.",
        "The norm {norm}: “{name}” has no meaning in a norm that says {mode}.",
    ),
    "deadline_missing": Title(
        "Quy tắc {norm} được kiểm tra theo thời hạn nhưng không nêu thời hạn (within hoặc every).",
        "The norm {norm} is checked by its deadline, and states none (within or every).",
    ),
    "deadline_without_start": Title(
        "Quy tắc {norm} có thời hạn nhưng không có gì bắt đầu thời hạn đó (trigger, every, hoặc then).",
        "The norm {norm} has a deadline that nothing starts (a trigger, every, or another norm's then).",
    ),
    "opens_no_duty": Title(
        "Quy tắc {norm} mở ra {name}, nhưng đó không phải là một nghĩa vụ trong quy chế.",
        "The norm {norm} opens {name}, which is no duty of this text.",
    ),
    "norm_overridden": Title(
        "Quy tắc {norm} không bao giờ có tác dụng: {name} luôn cấm hành vi {act}.",
        "The norm {norm} never has an effect: {name} always forbids {act}.",
    ),
    "parameter_unknown": Title("Thông số {name} không có trong hệ thống.", "There is no parameter {name}."),
    "parameter_unstated": Title("Chưa nêu thông số {name}.", "The parameter {name} has to be stated."),
    "parameter_mistyped": Title(
        "Thông số {name} phải là {type}, không phải {value}.", "The parameter {name} is {type}, not {value}."
    ),
    "parameter_out_of_bounds": Title(
        "Thông số {name} là {value}, phải từ {least} đến {most}.",
        "The parameter {name} is {value}; it goes from {least} to {most}.",
    ),
    "parameter_not_a_choice": Title(
        "Thông số {name} là {value}, phải là một trong: {choices}.",
        "The parameter {name} is {value}; it is one of: {choices}.",
    ),
    "placeholder_unknown": Title(
        "Nội dung nhắc đến thông số {name}, nhưng không có thông số này.",
        "The text names the parameter {name}, which does not exist.",
    ),
    "retention_inverted": Title(
        "Thời hạn lưu trữ tối thiểu ({least} ngày) dài hơn tối đa ({most} ngày).",
        "Footage is to be kept {least} days at least, and {most} days at most.",
    ),
    "duration_unclear": Title(
        "Quy tắc {norm}: không đọc được khoảng thời gian {value} ở “{name}”. Viết như P3M, P20D, PT15M.",
        "The norm {norm}: the duration {value} at “{name}” cannot be read. Write P3M, P20D or PT15M.",
    ),
    "duration_empty": Title(
        "Quy tắc {norm}: khoảng thời gian ở “{name}” bằng không.", "The norm {norm}: the duration at “{name}” is zero."
    ),
    "interval_empty": Title(
        "Quy chế hết hiệu lực ({until}) trước khi có hiệu lực ({since}).",
        "The regulation ends ({until}) before it begins ({since}).",
    ),
    "in_force_before_signature": Title(
        "Quy chế có hiệu lực ({since}) trước ngày ký ({signed_on}).",
        "The regulation is in force ({since}) before it is signed ({signed_on}).",
    ),
    "term_before_start": Title(
        "Thời hạn của quy chế kết thúc ({ends_on}) trước khi có hiệu lực ({since}).",
        "The term ends ({ends_on}) before the regulation is in force ({since}).",
    ),
    "law_unknown": Title("Không có gói pháp luật {name}.", "There is no law pack {name}."),
    "board_missing": Title(
        "Không có chức danh nào thuộc Ban giám hiệu (is_board).", "No role belongs to the board (is_board)."
    ),
    "text_empty": Title("{name} chưa có nội dung ({language}).", "{name} has no text ({language})."),
    "legal_basis_repealed": Title("Căn cứ {name} đã hết hiệu lực.", "The legal basis {name} is repealed."),
    "legal_basis_missing": Title("Quy chế không nêu căn cứ nào.", "The regulation names no legal basis."),
    "purpose_missing": Title("Quy chế không nêu mục đích sử dụng hình ảnh.", "The regulation names no purpose."),
    "maximum_missing": Title(
        "Không có quy tắc nào giới hạn thời gian lưu trữ tối đa.", "No norm limits how long footage is kept."
    ),
    "expiry_missing": Title(
        "Quy chế không nêu thời hạn áp dụng.", "The regulation does not say until when it applies."
    ),
    "deadline_undefined": Title(
        "Quy tắc {norm} không nêu thời hạn: thế nào là kịp thời?",
        "The norm {norm} states no deadline: what is in time?",
    ),
    "word_undefined": Title(
        "Khoản này viết “{name}” mà không quy tắc nào nêu thời hạn.",
        "This clause says “{name}”, and none of its norms states a deadline.",
    ),
}
