"""What pages contain: language, theme, headers, configuration of the elements, empty states."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nangmai.protocol.messages import CameraState, TicketUse
from unit.web.recorders import FakeRecorder, camera, stream
from unit.web.roles import Role


def element_config(page: str) -> dict[str, Any]:
    match = re.search(r'<(?:video-wall|sync-player) data-config="([^"]*)"', page)
    assert match
    config: dict[str, Any] = json.loads(html.unescape(match[1]))
    return config


def test_pages_are_vietnamese_whatever_the_browser_prefers() -> None:
    page = Client(headers={"Accept-Language": "de, en;q=0.5"}).get("/account/sign-in")
    assert '<html lang="vi"' in page.content.decode()
    assert "Đăng nhập" in page.content.decode()


def test_the_language_switch_is_kept_and_leads_back() -> None:
    client = Client()
    answer = client.post("/ui/language", {"language": "en", "next": "/account/sign-in?next=/watch"})
    assert answer["Location"] == "/account/sign-in?next=/watch"
    assert "Sign in" in client.get("/account/sign-in").content.decode()
    assert client.post("/ui/language", {"language": "xx", "next": "//evil.example"})["Location"] == "/"
    assert '<html lang="vi"' in client.get("/account/sign-in").content.decode()


@pytest.mark.parametrize(("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("auto", "auto"), ("<b>", "auto")])
def test_the_theme_switch_is_kept(chosen: str, kept: str) -> None:
    client = Client()
    client.post("/ui/theme", {"theme": chosen})
    assert f'data-theme="{kept}"' in client.get("/account/sign-in").content.decode()


def test_every_page_binds_the_browser() -> None:
    answer = Client().get("/account/sign-in")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_forged_host_cannot_widen_the_policy() -> None:
    answer = Client().get("/account/sign-in", headers={"Host": "evil.example; script-src *"})
    assert answer.status_code == 400
    assert "evil" not in answer.get("Content-Security-Policy", "")


def test_templates_have_no_inline_script_style_or_handler() -> None:
    from nangmai.web.ui.extraction import PACKAGE

    for path in PACKAGE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text), path.name


def test_the_wall_is_given_cameras_rights_and_texts(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(
        recorder.report(camera(), CameraState("cam-02", "Bếp", "", {"main": stream("no_signal", codec=None)}))
    )
    config = element_config(sign_in(Role.GUARD).get("/watch").content.decode())
    first, second = config["cameras"]
    assert (first["id"], first["recorder"], first["base"]) == ("cam-01", "nvr-1", "/recorders/nvr-1")
    assert first["streams"]["sub"] == {"codec": "h264", "width": 640, "height": 360}
    assert (second["state"], "sub" in second["streams"]) == ("no_signal", False)
    assert config["ticket_url"] == "/footage/ticket"
    assert config["may"] == {"live": True, "replay": True, "playback": False, "export": False, "register": False}
    assert config["viewer"] == {"name": "guard"}
    assert config["texts"]["play"] == "Phát"
    assert config["zone"] == "Asia/Ho_Chi_Minh"


def test_review_opens_what_the_address_says_and_ignores_nonsense(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01"), camera("cam-02")))
    client = sign_in()
    page = client.get("/watch/review?camera=nvr-1/cam-02&camera=nvr-1/cam-99&at=1790000000000000").content.decode()
    config = element_config(page)
    assert (config["selected"], config["at_us"]) == (["nvr-1/cam-02"], 1790000000000000)
    config = element_config(client.get("/watch/review?camera=%3Cb%3E&at=now").content.decode())
    assert (config["selected"], config["at_us"], config["range"]) == (["nvr-1/cam-01"], None, None)


@pytest.mark.parametrize(
    ("asked", "expected"), [("in=5&out=9", [5, 9]), ("in=9&out=5", None), ("in=5", None), ("in=-1&out=x", None)]
)
def test_review_opens_a_marked_range_that_makes_sense(
    sign_in: Callable[..., Client], asked: str, expected: list[int] | None
) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01")))
    assert element_config(sign_in().get(f"/watch/review?{asked}").content.decode())["range"] == expected


def test_the_cameras_page_names_what_needs_somebody_before_the_list(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01"), camera("cam-02", state="no_signal", name="Nhà xe")))
    page = sign_in().get("/cameras/").content.decode()
    needs = page[page.index('class="needs"') : page.index("<table")]
    assert "Nhà xe" in needs
    assert "/cameras/nvr-1/cam-02" in needs
    assert "cam-01" not in needs


def test_names_from_recorders_are_escaped(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera(name='"><script>alert(1)</script>')))
    client = sign_in()
    for path in ("/cameras/", "/cameras/nvr-1/cam-01", "/watch", "/watch/review"):
        assert "<script>alert" not in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/cameras/", "/watch", "/watch/review", "/footage/register", "/footage/mine"])
def test_an_empty_page_teaches(sign_in: Callable[..., Client], path: str) -> None:
    assert 'class="empty"' in sign_in().get(path).content.decode()


def test_the_list_names_trouble_first(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01"), camera("cam-02", state="no_signal")))
    client = sign_in(Role.AREA_UNIT)
    client.cookies["nangmai_language"] = "en"
    page = client.get("/cameras/").content.decode()
    assert "1 camera needs you" in page
    assert "1 of 2 are recording." in page


def test_the_list_is_searched_by_name_and_refreshed_in_part(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01", "Cổng chính"), camera("cam-02", "Bếp")))
    part = sign_in().get("/cameras/?q=BẾP", headers={"X-Partial": "1"}).content.decode()
    assert "Bếp" in part
    assert "Cổng chính" not in part
    assert "<html" not in part


def test_those_who_answer_for_a_camera_see_its_health_and_not_its_picture(sign_in: Callable[..., Client]) -> None:
    FakeRecorder().enrol().send()
    page = sign_in(Role.AREA_UNIT).get("/cameras/nvr-1/cam-01").content.decode()
    assert "<video-wall" not in page
    assert "1280×720" in page
    assert "Đ6" in page


def test_a_camera_that_never_was_is_not_found(sign_in: Callable[..., Client]) -> None:
    answer = sign_in().get("/cameras/nvr-1/cam-99")
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("vi", "rtsp://h/1 từ chối tên đăng nhập hoặc mật khẩu; hãy sửa lại trong tệp cấu hình."),
        ("en", "rtsp://h/1 refused the user name or password; correct them in the configuration."),
    ],
)
def test_a_camera_page_says_what_is_wrong_in_the_persons_language(
    sign_in: Callable[..., Client], language: str, sentence: str
) -> None:
    problem = {"message": "English.", "code": "camera_refused_password", "facts": {"url": "rtsp://h/1"}}
    told = CameraState("cam-01", "Bếp", "", {"main": stream("refused", **problem), "sub": stream("refused", **problem)})
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(told))
    client = sign_in(Role.AREA_UNIT)
    client.cookies["nangmai_language"] = language
    page = client.get("/cameras/nvr-1/cam-01").content.decode()
    assert page.count(sentence) == 2
    assert "English." not in page


def test_the_register_says_why_a_look_was_refused(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    use = TicketUse(
        1, "j", "guard", "live", "cam-01", "main", None, None, 1_790_000_000_000_000, 0, "refused", "ticket_expired"
    )
    recorder.send(recorder.report(camera(), uses=(use,)))
    board = sign_in().get("/footage/register").content.decode()
    assert "vé truy cập đã hết hạn" in board
    assert "ticket_expired" not in board


def test_the_register_shows_who_watched_what(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    guard = sign_in(Role.GUARD)
    use = TicketUse(
        1, "j", "guard", "live", "cam-01", "main", None, None, 1_790_000_000_000_000, 1_500_000, "closed", ""
    )
    recorder.send(recorder.report(camera(), uses=(use,)))
    board = sign_in().get("/footage/register").content.decode()
    assert "xem trực tiếp" in board
    assert "1,5 MB" in board
    assert "nvr-1 · cam-01" in guard.get("/footage/mine").content.decode()
    assert "nvr-1 / cam-01" not in sign_in(Role.FINANCE).get("/footage/mine").content.decode()
