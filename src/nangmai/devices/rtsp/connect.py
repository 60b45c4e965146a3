"""Opens the connection to a camera, by TCP or TLS, and says in one sentence why it could not.

TLS is verified against the system's authorities. Cameras mostly sign their own certificates: such a one is trusted
by its fingerprint, `rtsps://…#sha256=<hex>`, and then by nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import socket
import ssl
from collections.abc import Callable

from nangmai.devices.errors import (
    CameraUnreachable,
    HostInvalid,
    HostUnknown,
    NoConnection,
    PortClosed,
    TlsFailed,
    TlsUntrusted,
)
from nangmai.devices.rtsp.connection import Connection
from nangmai.media.rtsp import RtspUrl


async def connect(url: RtspUrl, make: Callable[[], Connection], timeout_s: float) -> Connection:
    """A connection whose other end is the camera of `url`, so far as TLS can tell."""
    context = _context(url) if url.scheme == "rtsps" else None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            _, connection = await loop.create_connection(make, url.host, url.port, ssl=context)
    except TimeoutError:
        raise NoConnection(url=str(url), seconds=f"{timeout_s:g}") from None
    except socket.gaierror:
        raise HostUnknown(url=str(url), host=url.host) from None
    except UnicodeError:
        raise HostInvalid(url=str(url), host=url.host) from None
    except ssl.SSLCertVerificationError as error:
        fingerprint = await asyncio.to_thread(_fingerprint, url, timeout_s)
        raise TlsUntrusted(url=str(url), reason=error.verify_message, fingerprint=fingerprint) from None
    except ssl.SSLError as error:
        raise TlsFailed(url=str(url), reason=error.reason or "no reason given") from None
    except ConnectionRefusedError:
        raise PortClosed(url=str(url), port=url.port) from None
    except OSError as error:
        raise CameraUnreachable(url=str(url), reason=_reason(error)) from None
    _check_pin(url, connection)
    return connection


def _context(url: RtspUrl) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if url.pin:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the fingerprint is checked instead, before anything is sent
    return context


def _check_pin(url: RtspUrl, connection: Connection) -> None:
    assert connection.transport is not None
    if not url.pin:
        return
    tls = connection.transport.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    fingerprint = hashlib.sha256(certificate or b"").hexdigest()
    if not hmac.compare_digest(fingerprint, url.pin):
        connection.transport.abort()
        raise TlsUntrusted(
            url=str(url), reason="its fingerprint is not the one in the address", fingerprint=fingerprint
        )


def _fingerprint(url: RtspUrl, timeout_s: float) -> str:
    """The SHA-256 of the certificate that the camera shows; nothing is sent to it."""
    try:
        shown = ssl.get_server_certificate((url.host, url.port), timeout=timeout_s)
    except OSError:
        return "<it could not be read>"
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else (str(error) or "no reason given")
