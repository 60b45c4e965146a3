"""What can go wrong between us and a camera, each as one sentence. URLs in facts are masked."""

from __future__ import annotations

from typing import ClassVar

from nangmai.base.errors import Error, Kind


class CameraUnreachable(Error):
    """{url} cannot be reached: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class NoConnection(CameraUnreachable):
    """{url} cannot be reached: no connection within {seconds} s."""


class HostUnknown(CameraUnreachable):
    """{url} cannot be reached: the name {host!r} is not known."""


class HostInvalid(CameraUnreachable):
    """{url} cannot be reached: {host!r} is no host name."""


class PortClosed(CameraUnreachable):
    """{url} cannot be reached: nothing listens on port {port}."""


class CameraAnsweredNonsense(Error):
    """{url} does not answer as a camera does: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class CameraSpeaksOtherwise(CameraAnsweredNonsense):
    """{url} does not answer as a camera does: it begins with {first}."""


class CameraSilent(Error):
    """{url} accepted the connection and then did not answer within {seconds} s."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class CameraClosed(Error):
    """{url} closed the connection."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class MediaStalled(Error):
    """{url} has sent no pictures for {seconds} s."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class MediaEnded(Error):
    """{url} has ended."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class CodecUnsupported(Error):
    """{url} offers {offered}, and only H.264 and H.265 can be recorded; change the codec in the camera's settings."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class TooManyRedirects(Error):
    """{url} sends us from one address to the next without end."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class TlsUntrusted(Error):
    """{url} shows a certificate that nobody vouches for ({reason}); if its SHA-256 fingerprint is the camera's own,
    trust it by ending the address with #sha256={fingerprint}"""

    kind: ClassVar[Kind] = Kind.DENIED


class TlsFailed(Error):
    """{url} does not complete a TLS handshake ({reason}); is the address rtsp:// rather than rtsps://?"""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class SourceUnreadable(Error):
    """{url} cannot be read: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class SourceFailed(SourceUnreadable):
    """{url} cannot be read: an unexpected failure ({failure}); the recorder's log has the rest."""
