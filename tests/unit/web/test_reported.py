"""What a recorder reports of a camera is read in the person's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from nangmai.base.errors import Error
from nangmai.devices import errors
from nangmai.devices.ffmpeg.opening import FileNotThere
from nangmai.media import rtsp_session
from nangmai.media.sdp import SdpUnusable
from nangmai.recorder import ingest
from nangmai.web.sites.reported import REASONS, SENTENCES, in_words

SOURCE = Path(ingest.__file__).read_text(encoding="utf-8")
TEMPLATES = {
    value.template()
    for module in (errors, rtsp_session)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, Error)
} | {SdpUnusable.template(), FileNotThere.template()}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_one_that_a_recorder_says(sentence: str) -> None:
    said_by_ingest = all(part in SOURCE for part in sentence.replace("{seconds}", "\0").split("\0"))
    assert sentence in TEMPLATES or (said_by_ingest and "{url}" not in sentence)


@pytest.mark.parametrize("sentence", [*SENTENCES, *REASONS])
def test_every_sentence_has_a_vietnamese_form(sentence: str) -> None:
    with translation.override("vi"):
        words = translation.gettext(sentence)
    assert words != sentence
    assert words.count("{") == sentence.count("{")


@pytest.mark.parametrize(
    ("error", "vietnamese"),
    [
        (
            errors.CameraUnreachable(url="rtsp://***@10.0.0.9/1", reason="nothing listens on port 554"),
            "Không kết nối được tới rtsp://***@10.0.0.9/1: không có gì trả lời ở cổng 554.",
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
            SdpUnusable(reason="it names no video"),
            "Không dùng được bản mô tả luồng mà camera gửi: it names no video.",
        ),
    ],
)
def test_a_known_sentence_is_said_in_both_languages(error: Error, vietnamese: str) -> None:
    with translation.override("en"):
        assert in_words(str(error)) == str(error)
    with translation.override("vi"):
        assert in_words(str(error)) == vietnamese


def test_a_page_marks_what_nobody_has_translated() -> None:
    template = Template("{% load reported %}{{ message|reported }}")
    with translation.override("vi"):
        assert template.render(Context({"message": "<b>something</b> new"})) == (
            '<span lang="en">&lt;b&gt;something&lt;/b&gt; new</span>'
        )
        assert "đã ngắt kết nối" in template.render(Context({"message": "rtsp://<b>/1 closed the connection."}))
        assert "<b>" not in template.render(Context({"message": "rtsp://<b>/1 closed the connection."}))
