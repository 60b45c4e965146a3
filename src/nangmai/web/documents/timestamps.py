"""Asks a time stamp authority over HTTP (RFC 3161, section 3.4); signing.py uses it where one is configured."""

from __future__ import annotations

import asyncio
import ssl
import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

WAIT_S = 10
MAX_BYTES = 1 << 20


class TimeAuthority(TimeStamper):
    """One authority by its address."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One question, one answer."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> tsp.TimeStampResp:
        if not self._url.startswith(("http://", "https://")):
            raise TimestampRequestError("its address must start with http:// or https://")
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(self._url, question, headers)  # noqa: S310 - looked at above
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S, context=ssl.create_default_context()) as answer:  # noqa: S310
                kind, body = answer.headers.get_content_type(), answer.read(MAX_BYTES)
        except OSError as error:
            raise TimestampRequestError(str(error)) from error
        if kind != "application/timestamp-reply":
            raise TimestampRequestError(f"the answer is {kind}, no time stamp")
        try:
            return tsp.TimeStampResp.load(body)
        except ValueError as error:
            raise TimestampRequestError("the answer cannot be read") from error
