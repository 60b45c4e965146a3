"""Which of the media that a camera describes are taken."""

from __future__ import annotations

from collections.abc import Sequence

from nangmai.devices.errors import CodecUnsupported
from nangmai.media.depacketize import depacketizer
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.sdp import MediaDescription, SdpWithoutVideo, SessionDescription


def choose_tracks(description: SessionDescription, *, audio: bool, url: str) -> Sequence[MediaDescription]:
    """The first video that can be recorded and, if wanted, the first sound; metadata and the rest stay out."""
    videos = list(description.media_of("video"))
    if not videos:
        kinds = ", ".join(sorted({media.kind for media in description.media}))
        raise SdpWithoutVideo(kinds=kinds)
    video = _first_supported(videos)
    if video is None:
        offered = ", ".join(media.encoding or f"payload type {media.payload_type} without a name" for media in videos)
        raise CodecUnsupported(url=url, offered=offered)
    sound = _first_supported(list(description.media_of("audio"))) if audio else None
    return (video, sound) if sound else (video,)


def _first_supported(media: Sequence[MediaDescription]) -> MediaDescription | None:
    return next((one for one in media if depacketizer(one, _nowhere) is not None), None)


def _nowhere(unit: Picture | AudioFrame) -> None:
    """Nothing is delivered while choosing."""
