"""The recorder's file: its form is a contract, and every mistake in it gets one sentence with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.config import ConfigInvalid
from nangmai.recorder.config import RecorderConfig, load_config
from nangmai.recorder.config_page import config_page

EXAMPLE = """
[recorder]
name = "nvr-1"
archive = ["./archive"]        # one or more volumes
listen = "127.0.0.1:8601"
flush_seconds = 4              # recovery point after a power cut
[retention]
min_days = 20
max_days = 30
[[camera]]
id = "cam-01"
name = "Cổng chính"
main = "rtsp://user:password@127.0.0.1:8554/cam-01"
sub = "rtsp://127.0.0.1:8554/cam-01-sub"      # optional
audio = false
transport = "tcp"              # tcp | udp | ffmpeg
"""
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "recorder-config.md"


def load(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> RecorderConfig:
    path = tmp_path / "nvr.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, environment)


def test_the_example_of_the_contract_loads(tmp_path: Path) -> None:
    config = load(tmp_path, EXAMPLE)
    assert config.recorder.name == "nvr-1"
    assert config.address == ("127.0.0.1", 8601)
    assert config.recorder.flush_seconds == 4
    assert (config.retention.min_days, config.retention.max_days) == (20, 30)
    (camera,) = config.camera
    assert camera.name == "Cổng chính"
    assert dict(camera.urls()) == {
        "main": "rtsp://user:password@127.0.0.1:8554/cam-01",
        "sub": "rtsp://127.0.0.1:8554/cam-01-sub",
    }
    assert config.control is None


def test_relative_folders_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    config = load(tmp_path, EXAMPLE.replace('["./archive"]', '["./archive", "/mnt/b"]\nstate = "s"'))
    assert config.volumes == [(tmp_path / "archive").resolve(), Path("/mnt/b")]
    assert config.state == (tmp_path / "s").resolve()


def test_the_web_plane_may_come_from_the_environment_but_the_file_goes_first(tmp_path: Path) -> None:
    environment = {"NANGMAI_CONTROL_URL": "http://127.0.0.1:8001", "NANGMAI_CONTROL_ENROLMENT": "s"}
    control = load(tmp_path, EXAMPLE, environment).control
    assert control is not None
    assert (control.url, control.enrolment) == ("http://127.0.0.1:8001", "s")
    control = load(tmp_path, EXAMPLE + '[control]\nurl = "https://web"\n', environment).control
    assert control is not None
    assert (control.url, control.enrolment) == ("https://web", None)


def test_the_tables_of_the_supervisor_are_skipped(tmp_path: Path) -> None:
    assert load(tmp_path, EXAMPLE + "[web]\nanything = 1\n[gateway]\n")


CAMERA = '[[camera]]\nid = "{id}"\nname = "n"\nmain = "{main}"\n'


def camera(id: str = "cam-02", main: str = "rtsp://h/x", more: str = "") -> str:
    return EXAMPLE + CAMERA.format(id=id, main=main) + more + "\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[recorder", "is not TOML"),
        ("", "'recorder' is missing"),
        (EXAMPLE.replace("archive", "archiv"), "unknown key 'archiv'; did you mean 'archive'"),
        (EXAMPLE.replace("[[camera]]", "[[cameras]]"), "unknown key 'cameras'; did you mean 'camera'"),
        (EXAMPLE + 'colour = "red"', "camera[0]: unknown key 'colour'"),
        (EXAMPLE.replace('["./archive"]', "[]"), "archive: must not be empty"),
        (EXAMPLE.replace('["./archive"]', '"./archive"'), "archive: must be a list"),
        (EXAMPLE.replace('["./archive"]', '["a", "./a/"]'), "archive[1]: the folder"),
        (EXAMPLE.replace('"nvr-1"', '"../x"'), "name: '../x' must be"),
        (EXAMPLE.replace(":8601", ""), "listen: '127.0.0.1' must be an address and a port"),
        (EXAMPLE.replace(":8601", ":99999"), "listen: "),
        (EXAMPLE.replace("flush_seconds = 4", "flush_seconds = 0"), "flush_seconds: must be from 0.5 to 60, not 0"),
        (EXAMPLE.replace("flush_seconds = 4", "flush_seconds = true"), "flush_seconds: must be a number"),
        (EXAMPLE.replace("min_days = 20", "min_days = 31"), "retention: min_days (31) must not be above max_days (30)"),
        (EXAMPLE.replace("min_days = 20", "min_days = nan"), "min_days: must be from 0 to 36500"),
        (EXAMPLE.replace("max_days = 30", "max_days = inf"), "max_days: must be from 0 to 36500"),
        (EXAMPLE + "max_days = 5\n", "camera[0]: min_days (20) must not be above max_days (5)"),
        (EXAMPLE.replace('"tcp"', '"http"'), "camera[0]: transport: must be one of tcp, udp, ffmpeg"),
        (EXAMPLE.replace('name = "Cổng chính"', 'name = ""'), "camera[0]: name: must not be empty"),
        (camera(id="CAM-01"), "camera[1]: id: 'CAM-01' is already the id of camera[0]"),
        (camera(id="a/b"), "camera[1]: id: 'a/b' must be"),
        (camera(id="a.b"), "camera[1]: id: 'a.b' must be"),
        (camera(main="cam/1"), "camera[1]: main: 'cam/1' must begin with rtsp:// or rtsps://"),
        (camera(main="http://u:secret@h/x"), "'http://***@h/x' is not rtsp:// or rtsps://; other"),
        (camera(main="gopher://h", more='transport = "ffmpeg"'), "camera[1]: main: "),
        (camera(main="rtsp:///x"), "names no host"),
        (camera(main="rtsp://h:port/x"), "is not an address"),
        (camera(more='sub = "ftp://u:secret@h"'), "camera[1]: sub: 'ftp://***@h' must begin"),
        (EXAMPLE + '[control]\nurl = "web:8001"\n', "control: url: 'web:8001' must be an http"),
        (EXAMPLE + '[control]\nenrolment = "s"\n', "control: the key 'url' is missing"),
        (EXAMPLE + '[tickets]\nkeys = "a.pub"\n', "tickets: keys: must be a list"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_key_and_without_secrets(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        load(tmp_path, text)
    assert complaint in str(caught.value)
    assert str(tmp_path / "nvr.toml") in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="cannot be read: No such file"):
        load_config(tmp_path / "nvr.toml")


@given(st.text(max_size=30))
def test_any_text_as_address_loads_or_is_refused_with_our_own_error(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        quoted = "".join(
            c if c.isalnum() and c.isascii() else f"\\u{ord(c):04x}" if ord(c) < 65536 else "" for c in text
        )
        try:
            config = load(Path(folder), camera(main=quoted))
        except ConfigInvalid:
            return
        assert config.camera[1].main.startswith("rtsp")


def test_ffmpeg_opens_the_other_addresses(tmp_path: Path) -> None:
    for url in ("rtmp://h/live", "http://h/mjpeg", "file:///clips/a.mp4"):
        assert load(tmp_path, camera(main=url, more='transport = "ffmpeg"')).camera[1].main == url


def test_the_reference_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == config_page(), "run python -m nangmai.recorder.config_page > that file"
