"""What a recorder reports of a camera is read in the person's language."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

import nangmai.devices
import nangmai.media
from nangmai.base.errors import Error
from nangmai.devices import errors
from nangmai.media import rtsp_session
from nangmai.media.sdp import SdpUnusable
from nangmai.recorder import problems
from nangmai.web.sites.reported import PHRASES, SENTENCES, in_words

#: made by whoever reads or joins recorded files; no source meets them
OF_FILES = "nangmai.media.isobmff."


def _reportable() -> Iterator[type[Error]]:
    """Every error that a source or ingest can give as the reason of a state."""
    for package in (nangmai.devices, nangmai.media):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    waiting = list(Error.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        is_ours = kind.__module__.startswith(("nangmai.devices.", "nangmai.media.", problems.__name__))
        if is_ours and not kind.__module__.startswith(OF_FILES):
            yield kind


def _phrases() -> Iterator[str]:
    """The words that these packages put into `reason` and `offered`."""
    for package in (nangmai.devices, nangmai.media):
        for path in Path(package.__path__[0]).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg in ("reason", "offered"):
                    texts = [leaf for leaf in ast.walk(node.value) if isinstance(leaf, ast.Constant)]
                    yield from (
                        text.value for text in texts if isinstance(text.value, str) and " " in text.value.strip(", ")
                    )


REPORTABLE = {kind.code: kind for kind in _reportable()}


def test_every_error_that_a_source_or_ingest_can_report_is_in_the_table_as_it_says_it() -> None:
    assert {code: kind.template() for code, kind in REPORTABLE.items()} == SENTENCES


def test_no_two_errors_share_a_code() -> None:
    assert len(REPORTABLE) == len(list(_reportable()))


def test_every_reason_that_these_errors_are_given_in_words_is_known() -> None:
    found = set(_phrases())
    assert len(found) > 10
    assert found - PHRASES == set()


@pytest.mark.parametrize("text", [*SENTENCES.values(), *sorted(PHRASES)])
def test_every_sentence_has_a_vietnamese_form(text: str) -> None:
    with translation.override("vi"):
        assert translation.gettext(text) != text


@pytest.mark.parametrize(
    ("error", "vietnamese"),
    [
        (
            errors.PortClosed(url="rtsp://***@10.0.0.9/1", port=554),
            "Không kết nối được tới rtsp://***@10.0.0.9/1: không có gì trả lời ở cổng 554.",
        ),
        (
            errors.CameraUnreachable(url="rtsp://cam/1", reason="no route to host"),
            "Không kết nối được tới rtsp://cam/1: không có đường tới máy đó.",
        ),
        (
            errors.CameraUnreachable(url="rtsp://cam/1", reason="a reason of tomorrow"),
            "Không kết nối được tới rtsp://cam/1: a reason of tomorrow.",
        ),
        (
            rtsp_session.CameraRefusedPassword(url="rtsp://{url}/1"),
            "rtsp://{url}/1 từ chối tên đăng nhập hoặc mật khẩu; hãy sửa lại trong tệp cấu hình.",
        ),
        (
            SdpUnusable(reason="it names no media"),
            "Không dùng được bản mô tả luồng mà camera gửi: không nêu luồng hình hay tiếng nào.",
        ),
        (
            problems.NoKeyPicture(seconds=10),
            "Không có hình khóa nào trong hơn 10 giây; hãy rút ngắn khoảng cách hình khóa trong cài đặt của camera.",
        ),
    ],
)
def test_a_problem_is_said_in_both_languages(error: Error, vietnamese: str) -> None:
    with translation.override("en"):
        assert in_words(error.code, error.told_facts) == str(error)
    with translation.override("vi"):
        assert in_words(error.code, error.told_facts) == vietnamese


@pytest.mark.parametrize(
    "stream",
    [
        {"message": "<b>something</b> new", "code": "brand_new", "facts": {}},
        {"message": "<b>something</b> new", "code": "port_closed", "facts": {"other": "1"}},
        {"message": "<b>something</b> new"},  # of a recorder that gives no code yet
    ],
)
def test_a_page_shows_the_english_message_marked_so_where_it_has_no_words_of_its_own(stream: dict[str, str]) -> None:
    with translation.override("vi"):
        assert _shown(stream) == '<span lang="en">&lt;b&gt;something&lt;/b&gt; new</span>'


def test_facts_are_text_on_a_page_never_markup() -> None:
    with translation.override("vi"):
        shown = _shown({"message": "", "code": "camera_closed", "facts": {"url": "rtsp://<b>/1"}})
    assert shown == "<span>rtsp://&lt;b&gt;/1 đã ngắt kết nối.</span>"


def _shown(stream: dict[str, object]) -> str:
    return Template("{% load reported %}{{ stream|reported }}").render(Context({"stream": stream}))
