"""`nangmai regulation` shows the matrix and the effect of an amendment, to people and to programs."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from nangmai.cli.regulation import FileUnreadable, command, load
from nangmai.regulation.acts import ACTS
from nangmai.regulation.shape import FileMalformed

SHIPPED = files("nangmai.demonstration").joinpath("regulation.yaml").read_text(encoding="utf-8")


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def amended(folder: Path, *changes: tuple[str, str]) -> Path:
    text = SHIPPED
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "new.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    path = tmp_path / "old.yaml"
    path.write_text(SHIPPED, encoding="utf-8")
    return path


def test_the_matrix_of_the_shipped_text_is_printed_without_a_file() -> None:
    lines = run("matrix", "--language", "en").splitlines()
    assert "  1  Principal" in lines
    (live,) = [line for line in lines if line.startswith("Live view ")]
    assert live.split()[2:15] == ["Y", "Y", "Y", "Y", "Y", "-", "-", "-", "-", "O", "-", "-", "-"]
    assert live.endswith("Đ4.1 Đ7.1 Đ8.2")
    assert len({len(line) for line in lines if line.startswith("  ") and line.split()[-1] == "13"}) == 1


def test_the_matrix_speaks_vietnamese_first() -> None:
    text = run("matrix")
    assert "Xem trực tiếp" in text
    assert "Người không có vai trò" in text


def test_the_matrix_is_json_for_programs(shipped: Path) -> None:
    found = json.loads(run("matrix", shipped, "--json"))
    assert found["number"] == "139/QĐ-MNNM"
    assert [act["act"] for act in found["acts"]] == list(ACTS)
    (replay,) = [act for act in found["acts"] if act["act"] == "replay.view"]
    assert replay["cells"]["guard"] == {
        "answer": "allow",
        "clauses": ["Đ7.1"],
        "conditions": ["on_shift", "within_replay"],
    }


def test_an_amendment_is_told_in_sentences(tmp_path: Path, shipped: Path) -> None:
    new = amended(
        tmp_path,
        ("retention_min_days: 20", "retention_min_days: 30"),
        ("replay_minutes: 30", "replay_minutes: 10"),
        ("            when: [for_quality_check]", "            when: [for_quality_check, with_direction]"),
    )
    assert run("diff", shipped, new).splitlines() == [
        "Quyền",
        "  Nhân viên công nghệ thông tin chỉ còn được Xem trực tiếp để kiểm tra chất lượng hình ảnh, "
        "khi có ý kiến chỉ đạo của Ban giám hiệu (Đ8.2)",
        "Thông số",
        "  Lưu trữ ít nhất: 20 ngày → 30 ngày",
        "  Thời gian xem lại nhanh: 30 phút → 10 phút",
        "Quy tắc",
        "  Sửa quy tắc Đ8.2/quality_live (Đ8.2)",
    ]


def test_an_amendment_is_json_for_programs(tmp_path: Path, shipped: Path) -> None:
    new = amended(tmp_path, ("replay_minutes: 30", "replay_minutes: 10"))
    found: dict[str, Any] = json.loads(run("diff", shipped, new, "--json"))
    (effect,) = found.pop("parameters")
    assert (effect["subject"], effect["sentence"]["en"]) == ("replay_minutes", "Replay window: 30 minutes → 10 minutes")
    assert set(found) == {"rights", "duties", "norms", "bindings", "texts", "frame"}
    assert not any(found.values())


def test_nothing_changes_between_a_text_and_itself(shipped: Path) -> None:
    assert run("diff", shipped, shipped, "--language", "en") == "Nothing changes.\n"


def test_what_is_no_regulation_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileUnreadable, match="UTF-8"):
        run("matrix", path)
    path.write_text("form: something else", encoding="utf-8")
    with pytest.raises(FileMalformed):
        run("matrix", path)


def checked(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(command, ["check", *(str(argument) for argument in arguments)], catch_exceptions=False)
    return result.exit_code, result.output


def test_a_text_without_a_fault_passes(shipped: Path) -> None:
    exit_code, output = checked(shipped)
    assert exit_code == 0
    norms = len(load(shipped).norms)
    assert f"0 faults, 0 warnings, 0 breaches of vn-2026; {norms} of {norms} norms bound (100 %)." in output
    assert checked() == (exit_code, output)


def test_what_is_wrong_with_a_text_is_told_to_programs(tmp_path: Path) -> None:
    path = amended(
        tmp_path,
        ("  complaint_days: 30", "  complaint_days: 60"),
        ("  replay_minutes: 30", "  replay_minutes: 3000"),
        ("term: {ends_on: 2023-05-31}\n", ""),
        ("            bound: {evidenced: watch_coverage}\n", ""),
    )
    exit_code, output = checked(path, "--json")
    report = json.loads(output)
    assert exit_code == 1
    assert [fault["code"] for fault in report["faults"]] == ["parameter_out_of_bounds"]
    assert [warning["code"] for warning in report["warnings"]] == ["expiry_missing"]
    norms = len(load(path).norms)
    assert report["coverage"] == {"norms": norms, "bound": norms - 1, "percent": 99, "unbound": ["Đ7.1/watch"]}
    assert [(breach["rule"], breach["clause"]) for breach in report["breaches"]] == [("complaints_are_decided", "Đ3.2")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("who: [guard]\n            trigger: visitor", "who: [wizard]\n            trigger: visitor"), "Đ3.1: "),
        (("            bound: {evidenced: watch_coverage}\n", ""), "unbound  Đ7.1/watch"),
        (("  complaint_days: 30", "  complaint_days: 60"), "law      Đ3.2: "),
        (("law: vn-2026", "law: atlantis"), "There is no law pack atlantis."),
    ],
)
def test_each_kind_of_flaw_fails_the_check_and_is_told_to_people(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    exit_code, output = checked(amended(tmp_path, change), "--language", "en")
    assert exit_code == 1
    assert told in output


def test_a_warning_alone_does_not_fail_the_check(tmp_path: Path) -> None:
    exit_code, output = checked(amended(tmp_path, ("term: {ends_on: 2023-05-31}\n", "")))
    assert exit_code == 0
    assert "warning  139/QĐ-MNNM: Quy chế không nêu thời hạn áp dụng." in output


def test_a_rule_that_is_not_compared_with_the_law_is_told_as_such(tmp_path: Path) -> None:
    path = amended(tmp_path, ("oblige: [breach.notify]", "oblige: [camera.care]"))
    assert "(this rule is not yet compared with the law)" in checked(path, "--language", "en")[1]
