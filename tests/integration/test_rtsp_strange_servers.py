"""Whatever answers at the address, the outcome is one clear error."""

from __future__ import annotations

import asyncio
import datetime
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration.rtsp_support import Listener, in_loop, listen
from nangmai.base.clock import SystemClock
from nangmai.base.errors import Error
from nangmai.devices.errors import (
    CameraAnsweredNonsense,
    CameraClosed,
    CameraSilent,
    CameraSpeaksOtherwise,
    CameraUnreachable,
    CodecUnsupported,
    MediaStalled,
    TlsFailed,
    TlsUntrusted,
)
from nangmai.devices.probe import probe
from nangmai.devices.source import HostLimits, open_source
from nangmai.media.rtsp_session import CameraRefusedPassword
from nangmai.simulator import Camera, Recipe, Simulator, make_clip

MJPEG = b"v=0\r\nm=video 0 RTP/AVP 26\r\na=control:track1\r\n"
H264 = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"


@asynccontextmanager
async def server(reply: Callable[[bytes], bytes | None], greeting: bytes = b"") -> AsyncIterator[str]:
    """Answers each request; None closes the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(greeting)
            while request := await reader.readuntil(b"\r\n\r\n"):
                answer = reply(request)
                if answer is None:
                    break
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"rtsp://u:secret@127.0.0.1:{listening.sockets[0].getsockname()[1]}/s"


def describing(description: bytes) -> Callable[[bytes], bytes]:
    def reply(request: bytes) -> bytes:
        body = description if request.startswith(b"DESCRIBE") else b""
        cseq = request.split(b"CSeq: ")[1].split(b"\r\n")[0]
        return b"RTSP/1.0 200 OK\r\nSession: 1\r\nCSeq: %s\r\nContent-Length: %d\r\n\r\n%s" % (cseq, len(body), body)

    return reply


@pytest.mark.parametrize(
    ("reply", "greeting", "error"),
    [
        (lambda request: b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", b"", CameraSpeaksOtherwise),
        (lambda request: b"", b"SSH-2.0-OpenSSH_9.2\r\n", CameraSpeaksOtherwise),
        (lambda request: b"\x00" * 1000, b"", CameraSpeaksOtherwise),
        (lambda request: b"RTSP/1.0 200 OK\r\nX: " + b"y" * 40_000, b"", CameraAnsweredNonsense),
        (lambda request: b"", b"", CameraSilent),
        (lambda request: b"RTSP/1.0 100 Continue\r\n\r\n", b"", CameraSilent),
        (lambda request: b"RTSP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nv=0", b"", CameraSilent),
        (lambda request: b"$\x00\xff\xff", b"", CameraSilent),
        (lambda request: None, b"", CameraClosed),
        (describing(MJPEG), b"", CodecUnsupported),
        (describing(H264), b"", MediaStalled),
    ],
)
@in_loop
async def test_each_stranger_is_named(
    reply: Callable[[bytes], bytes | None], greeting: bytes, error: type[Error]
) -> None:
    async with server(reply, greeting) as url:
        with pytest.raises(error) as raised:
            await probe(url, timeout_s=1)
    assert type(raised.value) is error
    assert "secret" not in str(raised.value)
    assert "127.0.0.1" in str(raised.value)


@in_loop
async def test_a_camera_without_sequence_numbers_in_its_answers_is_understood() -> None:
    def reply(request: bytes) -> bytes:
        return describing(MJPEG)(request).replace(b"CSeq", b"X-Nothing")

    async with server(reply) as url:
        with pytest.raises(CodecUnsupported, match="JPEG"):
            await probe(url, timeout_s=2)


@in_loop
async def test_a_wrong_password_is_tried_once_however_many_streams_share_it() -> None:
    tried = 0

    def reply(request: bytes) -> bytes:
        nonlocal tried
        tried += b"Authorization" in request
        cseq = request.split(b"CSeq: ")[1].split(b"\r\n")[0]
        return b'RTSP/1.0 401 Unauthorized\r\nCSeq: %s\r\nWWW-Authenticate: Digest realm="r", nonce="%d"\r\n\r\n' % (
            cseq,
            tried,
        )

    async with server(reply) as url:
        hosts, listeners = HostLimits(), [Listener() for _ in range(6)]
        sources = [
            open_source(url, transport="tcp", audio=False, events=listener, hosts=hosts, clock=SystemClock())
            for listener in listeners
        ]
        for source in sources:
            source.start()
        for listener in listeners:
            assert isinstance(await listener.error(), CameraRefusedPassword)
            assert listener.state_names == ["connecting", "refused"]
        for source in sources:
            await source.stop()
    assert tried == 1


@in_loop
async def test_nobody_at_the_address_is_unreachable() -> None:
    async with server(lambda request: None) as url:
        pass
    with pytest.raises(CameraUnreachable, match="nothing listens"):
        await probe(url, timeout_s=2)
    with pytest.raises(CameraUnreachable, match="not known"):
        await probe("rtsp://no-such-camera.invalid/s", timeout_s=5)


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A certificate that a camera signed for itself, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "IPC-1234")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + signed.public_bytes(serialization.Encoding.PEM)
    (folder / "camera.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "camera.pem")
    return context, signed.fingerprint(hashes.SHA256()).hex()


@in_loop
async def test_a_cameras_own_certificate_is_trusted_by_its_fingerprint_alone(tmp_path: Path) -> None:
    context, fingerprint = certificate(tmp_path)
    camera = Camera("cam", make_clip(Recipe()), user="u", password="secret")
    async with Simulator([camera], tls=context) as simulator:
        url = simulator.url("cam")
        with pytest.raises(TlsUntrusted) as untrusted:
            await probe(url)
        assert f"#sha256={fingerprint}" in str(untrusted.value)
        with pytest.raises(TlsUntrusted, match="not the one in the address"):
            await probe(f"{url}#sha256={'00' * 32}")
        assert (await probe(f"{url}#sha256={fingerprint}"))["video"]["codec"] == "h264"
        listener = Listener()
        source = listen(f"{url}#sha256={fingerprint}", listener)
        await listener.until(lambda: len(listener.pictures) >= 5)
        await source.stop()


@in_loop
async def test_tls_where_there_is_none_is_one_clear_error() -> None:
    async with server(lambda request: None, b"RTSP? No TLS here. " * 10) as url:
        with pytest.raises((TlsFailed, CameraUnreachable)):
            await probe(url.replace("rtsp://", "rtsps://"), timeout_s=3)


def test_the_command_gives_one_sentence_and_an_exit_code() -> None:
    command = [sys.executable, "-c", "from nangmai.cli import main; main()", "probe"]
    done = subprocess.run([*command, "http://u:secret@127.0.0.1:1/"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "rtsp://" in done.stderr
    assert "secret" not in done.stderr
    assert done.stdout == ""
    done = subprocess.run([*command, "--json", "rtsp://127.0.0.1:1/"], capture_output=True, text=True, check=False)
    assert done.returncode == 8
    assert '"error": "port_closed"' in done.stdout
