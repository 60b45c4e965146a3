"""A disk that should be mounted and is not must not look like a new installation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nangmai.archive import mounts
from nangmai.archive.mounts import DiskNotMounted, require_mounted
from nangmai.archive.opening import StateMissing
from nangmai.base.clock import ManualClock
from unit.archive.footage import Camera, files, open_archive


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mount point of the system's table, with nothing mounted there; its name has a blank."""
    path = tmp_path / "my disk"
    path.mkdir()
    (tmp_path / "fstab").write_text(
        "# <file system> <mount point> <type> <options> <dump> <pass>\n"
        "UUID=1 / ext4 defaults 0 1\n\nUUID=2 none swap sw 0 0\nproc /proc proc defaults 0 0\n"
        f"UUID=3 {str(path).replace(' ', chr(92) + '040')} ext4 nofail 0 2\nbroken\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(mounts, "FSTAB", tmp_path / "fstab")
    return path


def test_only_what_lies_on_a_missing_disk_is_refused(disk: Path) -> None:
    for path in (disk, disk / "footage" / "deep"):
        with pytest.raises(DiskNotMounted, match=r"my disk is a disk of its own .* mount it"):
            require_mounted(path)
    for path in (disk.parent, disk.with_name("my disk 2"), Path("/proc/self"), Path("/")):
        require_mounted(path)


def test_a_first_volume_that_is_not_mounted_is_no_new_archive(disk: Path) -> None:
    with pytest.raises(DiskNotMounted):
        open_archive(disk / "footage", ManualClock())
    assert list(disk.iterdir()) == []


def test_another_volume_that_is_not_mounted_fails_and_the_first_records(disk: Path, tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path / "footage", clock, disk)
    assert [volume.state for volume in archive.volumes] == ["ok", "failed"]
    assert "mount it" in archive.volumes[1].reason
    Camera(archive.add_stream("cam-01.main", "cam-01", "main"), clock).segment(2)
    archive.close()
    assert len(files(tmp_path / "footage")) == 1
    assert list(disk.iterdir()) == []


def test_a_state_that_is_gone_is_not_begun_anew_beside_footage(tmp_path: Path) -> None:
    clock = ManualClock()
    open_archive(tmp_path / "one", clock, tmp_path / "two").close()
    shutil.move(tmp_path / "one", tmp_path / "unmounted")
    (tmp_path / "one").mkdir()
    with pytest.raises(StateMissing, match="is that disk mounted"):
        open_archive(tmp_path / "one", clock, tmp_path / "two")
    assert list((tmp_path / "one").iterdir()) == []
    (tmp_path / "one").rmdir()
    shutil.move(tmp_path / "unmounted", tmp_path / "one")
    archive = open_archive(tmp_path / "one", clock, tmp_path / "two")
    assert [volume.state for volume in archive.volumes] == ["ok", "ok"]
    archive.close()


def test_a_machine_without_that_table_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "FSTAB", tmp_path / "none")
    require_mounted(tmp_path)
