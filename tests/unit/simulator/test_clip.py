"""Files are read without decoding; what cannot be served is said in one sentence."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from nangmai.simulator.bitstream import is_parameter_set
from nangmai.simulator.clip import Clip, ClipUnusable, open_clip
from nangmai.simulator.studio import Recipe, clip_path, make_clip


def test_times_rise_and_start_with_a_key_picture(clip: Clip) -> None:
    times = [picture.dts_90k for picture in clip.pictures]
    assert times == [9000 * number for number in range(20)]
    assert clip.duration_90k == 20 * 9000
    assert [number for number, picture in enumerate(clip.pictures) if picture.is_key] == [0, 10]


def test_parameter_sets_are_kept_beside_the_pictures(clip: Clip) -> None:
    assert len(clip.parameter_sets) == (2 if clip.codec == "h264" else 3)
    assert not any(is_parameter_set(clip.codec, nal) for picture in clip.pictures for nal in picture.nals)


def test_pictures_with_b_frames_keep_their_order_of_decoding(clips_folder: Path) -> None:
    clip = make_clip(Recipe(width=192, height=108, seconds=2, b_frames=2, preset="veryfast"))
    shown = [picture.pts_90k for picture in clip.pictures]
    assert shown != sorted(shown)
    assert all(picture.pts_90k >= picture.dts_90k for picture in clip.pictures)
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize(("audio", "rate", "samples"), [("aac", 16_000, 1024), ("pcma", 8_000, 160)])
def test_sound_is_read(clips_folder: Path, audio: str, rate: int, samples: int) -> None:
    clip = make_clip(Recipe(width=192, height=108, seconds=2, audio=audio))  # type: ignore[arg-type]
    assert clip.audio is not None
    assert (clip.audio.codec, clip.audio.sample_rate, clip.audio.frame_samples) == (audio, rate, samples)
    assert abs(len(clip.audio.frames) * samples / rate - 2) < 0.2


def test_a_file_that_is_no_media_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no film")
    with pytest.raises(ClipUnusable, match=r"notes\.mp4"):
        open_clip(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClipUnusable, match=r"gone\.mp4"):
        open_clip(tmp_path / "gone.mp4")


def test_a_codec_that_cameras_do_not_send_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        container.mux(stream.encode(None))
    with pytest.raises(ClipUnusable, match="its video is mpeg4"):
        open_clip(path)


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts"])
def test_any_container_gives_the_same_pictures(clip: Clip, clips_folder: Path, tmp_path: Path, container: str) -> None:
    original = clip_path(Recipe(codec=clip.codec, width=192, height=108, seconds=2, audio="aac"))
    copy = tmp_path / "copy"
    with av.open(str(original)) as source, av.open(str(copy), "w", format=container) as target:
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    again = open_clip(copy)
    slices = [picture.nals[-1] for picture in again.pictures]
    assert slices == [picture.nals[-1] for picture in clip.pictures]
    assert set(again.parameter_sets) == set(clip.parameter_sets)
