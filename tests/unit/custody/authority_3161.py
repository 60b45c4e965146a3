"""A time-stamp authority of its own (RFC 3161) behind HTTP, and a witness that only listens."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Answer = Callable[[bytes], tuple[int, bytes]]


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An address, and what was posted to it: path and body."""
    posted: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, body))
            status, content = answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", posted
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()


class Authority:
    """Signs what it is asked to, or something else; with a certificate that a certifying authority issued for it."""

    def __init__(
        self,
        *,
        is_for_stamps: bool = True,
        is_critical: bool = True,
        days: int = 1,
        names_certificate: bool = True,
        is_issued_by_ca: bool = True,
    ) -> None:
        self.now = datetime.datetime.now(datetime.UTC)
        self._names_certificate = names_certificate
        self._key, root_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = _certificate("Root of a test", root_key, None, self.now, 1, [(x509.BasicConstraints(True, None), True)])
        usage = ExtendedKeyUsageOID.TIME_STAMPING if is_for_stamps else ExtendedKeyUsageOID.SERVER_AUTH
        extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.ExtendedKeyUsage([usage]), is_critical)]
        issuer = (root, root_key if is_issued_by_ca else self._key)
        made = _certificate("Authority of a test", self._key, issuer, self.now, days, extensions)
        self.trusted = (root,)
        self.pem = root.public_bytes(serialization.Encoding.PEM)
        self._certificate = asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))

    def token(self, content: bytes) -> bytes:
        """The TimeStampToken of a content."""
        imprint = {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": hashlib.sha256(content).digest(),
        }
        asked = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 5, "cert_req": True})
        return bytes(tsp.TimeStampResp.load(self.answer(asked.dump()))["time_stamp_token"].dump())

    def answer(self, body: bytes, *, nonce: int | None = None, digest: bytes | None = None) -> bytes:
        """TimeStampResp (RFC 3161 §2.4.2)."""
        asked = tsp.TimeStampReq.load(body)
        imprint = asked["message_imprint"].native
        stated = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.3.6.1.4.1.99999.1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": digest or imprint["hashed_message"],
                },
                "serial_number": 1,
                "gen_time": datetime.datetime.now(datetime.UTC).replace(microsecond=0),
                "nonce": asked["nonce"].native if nonce is None else nonce,
            }
        )
        return bytes(
            tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self._signed(stated)}).dump()
        )

    def refuse(self) -> bytes:
        """A rejection."""
        return bytes(tsp.TimeStampResp({"status": {"status": "rejection"}}).dump())

    def _signed(self, stated: tsp.TSTInfo) -> cms.ContentInfo:
        content = stated.dump()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(content)
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]}),
                *([self._named()] if self._names_certificate else []),
            ]
        )
        signature = self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": {
                            "issuer": self._certificate.issuer,
                            "serial_number": self._certificate.serial_number,
                        }
                    }
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signature": signature,
            }
        )
        return cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": {
                    "version": "v3",
                    "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                    "encap_content_info": {
                        "content_type": "tst_info",
                        "content": core.ParsableOctetString(content),
                    },
                    "certificates": [self._certificate],
                    "signer_infos": [signer],
                },
            }
        )

    def _named(self) -> cms.CMSAttribute:
        """SigningCertificateV2 (RFC 5816)."""
        named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(self._certificate.dump()).digest()})
        return cms.CMSAttribute(
            {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [named]})]}
        )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    now: datetime.datetime,
    days: int,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=3))
        .not_valid_after(now + datetime.timedelta(days=days))
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())
