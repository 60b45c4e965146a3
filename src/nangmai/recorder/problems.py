"""What keeps a stream from being recorded when the camera itself says nothing wrong. What sources report is theirs."""

from __future__ import annotations

from typing import ClassVar

from nangmai.base.errors import Error, Kind


class NoKeyPicture(Error):
    """No key picture has come for more than {seconds} s; shorten its interval in the camera's settings."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class ArchiveTakesNothing(Error):
    """The archive does not take pictures: its disk is full, has failed, or is too slow."""

    kind: ClassVar[Kind] = Kind.EXHAUSTED


class CameraSwitchedOff(Error):
    """This camera is switched off in the recorder's file; write `enabled = true` there to record it."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class CameraAbsent(Error):
    """This camera is not there: the recorder's file only names it, and nothing is expected of it."""

    kind: ClassVar[Kind] = Kind.PRECONDITION
