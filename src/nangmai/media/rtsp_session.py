"""What an RTSP client says, from OPTIONS to TEARDOWN (RFC 2326 §10, appendix A), without any input or output.

Each exchange is a generator: it yields the request to send and is sent the response. Whoever drives it owns the
connection, the clock and the order of messages; this module owns sign-in, redirects, sessions and track URLs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from nangmai.base.errors import Error, Kind
from nangmai.media.auth import Authenticator, choose_challenge, parse_challenges
from nangmai.media.rtsp import Headers, Request, Response, RtspUrl, Transport, parse_session, parse_transport
from nangmai.media.sdp import MediaDescription, SessionDescription, parse_sdp, resolve_control

T = TypeVar("T")
Exchange = Generator[Request, Response, T]

USER_AGENT = "nangmai"
DEFAULT_TIMEOUT_S = 60  #: RFC 2326 §12.37
LONGEST_KEEP_ALIVE_S = 60
REDIRECTS = frozenset({301, 302, 303, 307})


class CameraRefused(Error):
    """{url} does not allow this: {reason}."""

    kind: ClassVar[Kind] = Kind.DENIED


class CameraRefusedPassword(CameraRefused):
    """{url} refused the user name or password; correct them in the configuration."""


class CameraWantsPassword(CameraRefused):
    """{url} asks for a password; write it as rtsp://user:password@host/…"""


class StreamNotFound(Error):
    """{url}: the camera knows no stream at this path."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class CameraBusy(Error):
    """{url}: the camera has no room for another viewer ({status} {reason}); close other connections to it."""

    kind: ClassVar[Kind] = Kind.EXHAUSTED


class TransportRefused(Error):
    """{url}: the camera does not send over {transport}; try another transport (tcp, udp, ffmpeg)."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class RequestRefused(Error):
    """{url} answered {method} with {status} {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class SessionLost(Error):
    """{url}: the camera has forgotten the session."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Track:
    """A medium that the server has agreed to send, and how."""

    media: MediaDescription
    uri: str
    transport: Transport


@dataclass(frozen=True, slots=True)
class Prepared:
    """All tracks are set up; `ClientSession.play` starts them."""

    tracks: tuple[Track, ...]
    description: SessionDescription
    server: str  #: the Server header, or the description's tool


class _Redirect(Exception):
    def __init__(self, location: str) -> None:
        super().__init__()
        self.location = location


class ClientSession:
    """One client's side of one session on one connection."""

    def __init__(
        self,
        url: RtspUrl,
        *,
        choose: Callable[[SessionDescription], Sequence[MediaDescription]],
        offer: Callable[[int, MediaDescription], str],
        transport: str = "tcp",
    ) -> None:
        """`choose` picks the media to set up, the indispensable first; `offer` writes the Transport of the n-th."""
        self.url = url
        self.timeout_s = DEFAULT_TIMEOUT_S
        self.is_proven = False  #: the server has accepted our credentials, or wants none
        self._choose = choose
        self._offer = offer
        self._transport = transport
        self._authenticator = Authenticator(url.credentials)
        self._cseq = 0
        self._session = ""
        self._aggregate = url.request_uri
        self._public: set[str] = set()
        self._server = ""

    @property
    def keep_alive_s(self) -> float:
        """How long to wait between keep-alives: half of what the server allows."""
        return min(LONGEST_KEEP_ALIVE_S, max(1.0, self.timeout_s / 2))

    def prepare(self) -> Exchange[Prepared | RtspUrl]:
        """OPTIONS, DESCRIBE, SETUP per track; a URL when the server sends us elsewhere."""
        try:
            yield from self._options()
            description, base = yield from self._describe()
            tracks = yield from self._setup_all(description, base)
            self._aggregate = resolve_control(base, description.control)
        except _Redirect as redirect:
            return self.url.redirected(redirect.location)
        return Prepared(tracks, description, self._server or description.tool)

    def play(self) -> Exchange[None]:
        """PLAY on the whole session. Media may arrive before the answer, so receivers have to be in place."""
        response = yield from self._request("PLAY", self._aggregate, ("Range", "npt=0.000-"))
        self._demand("PLAY", response)

    def keep_alive(self) -> Exchange[None]:
        """One request that keeps the session alive: GET_PARAMETER where it is offered, else OPTIONS."""
        method = "GET_PARAMETER" if "GET_PARAMETER" in self._public else "OPTIONS"
        response = yield from self._request(method, self._aggregate)
        if response.status == 454:
            raise SessionLost(url=str(self.url))
        if method == "GET_PARAMETER" and response.status >= 400:
            self._public.discard("GET_PARAMETER")

    def teardown(self) -> Request | None:
        """The farewell; None when there is no session to end."""
        return self._build("TEARDOWN", self._aggregate, ()) if self._session else None

    # -- the steps

    def _options(self) -> Exchange[None]:
        response = yield self._build("OPTIONS", self.url.request_uri, ())
        self._note(response)
        if response.status == 401:  # answered with the next request: one failed sign-in less on the camera's count
            self._answer_challenge(response, None)
        elif response.status in REDIRECTS:
            self._demand("OPTIONS", response)

    def _describe(self) -> Exchange[tuple[SessionDescription, str]]:
        uri = self.url.request_uri
        response = yield from self._request("DESCRIBE", uri, ("Accept", "application/sdp"))
        self._demand("DESCRIBE", response)
        self.is_proven = True
        description = parse_sdp(response.body)
        return description, _base(response, description, uri)

    def _setup_all(self, description: SessionDescription, base: str) -> Exchange[tuple[Track, ...]]:
        tracks: list[Track] = []
        for media in self._choose(description):
            index = len(tracks)
            uri = resolve_control(base, media.control)
            response = yield from self._request("SETUP", uri, ("Transport", self._offer(index, media)))
            if index and response.status >= 400:
                continue  # sound that the camera describes and does not give is no reason to lose the pictures
            self._demand("SETUP", response)
            tracks.append(Track(media, uri, self._agreed(response, index)))
        return tuple(tracks)

    def _agreed(self, response: Response, index: int) -> Transport:
        value = response.headers.get("transport")
        wants_tcp = self._transport == "tcp"
        asked = Transport(is_tcp=wants_tcp, channels=(2 * index, 2 * index + 1) if wants_tcp else None)
        if not value:
            return asked
        agreed = parse_transport(value)
        if agreed.is_tcp != wants_tcp:
            raise TransportRefused(url=str(self.url), transport=self._transport)
        if wants_tcp and agreed.channels is None:
            return asked
        return agreed

    # -- one request

    def _request(self, method: str, uri: str, *extra: tuple[str, str]) -> Exchange[Response]:
        for _ in range(3):
            nonce = self._authenticator.nonce
            response = yield self._build(method, uri, extra)
            self._note(response)
            if response.status != 401:
                return response
            self._answer_challenge(response, nonce)
        raise CameraRefusedPassword(url=str(self.url))

    def _build(self, method: str, uri: str, extra: Sequence[tuple[str, str]]) -> Request:
        self._cseq += 1
        fields = [("CSeq", str(self._cseq)), ("User-Agent", USER_AGENT)]
        authorization = self._authenticator.header(method, uri)
        if authorization:
            fields.append(("Authorization", authorization))
        if self._session:
            fields.append(("Session", self._session))
        return Request(method, uri, Headers([*fields, *extra]))

    def _note(self, response: Response) -> None:
        """Take from any response what it tells in passing: methods, server, session."""
        if response.status < 400:
            self._public.update(re.findall(r"[A-Z_]+", response.headers.get("public").upper()))
            session, timeout_s = parse_session(response.headers.get("session"))
            self._session = session or self._session
            self.timeout_s = timeout_s or self.timeout_s
        self._server = self._server or response.headers.get("server")[:200]

    def _answer_challenge(self, response: Response, used_nonce: str | None) -> None:
        """Prepare to answer a 401; refuse to try the same password twice: cameras lock out."""
        if self.url.credentials is None:
            raise CameraWantsPassword(url=str(self.url))
        challenge = choose_challenge(parse_challenges(response.headers.all("www-authenticate")))
        if used_nonce is not None:
            is_renewed = challenge.scheme == "digest" and challenge.nonce != used_nonce
            if not (is_renewed and (challenge.is_stale or self.is_proven)):
                raise CameraRefusedPassword(url=str(self.url))
        self._authenticator.take(challenge)

    def _demand(self, method: str, response: Response) -> None:
        """Map a status that is no success to the error, or the redirect, that it means."""
        status, url = response.status, str(self.url)
        if status in REDIRECTS and method != "PLAY" and response.headers.get("location"):
            raise _Redirect(response.headers.get("location"))
        if status < 300:
            return
        if status == 403:
            raise CameraRefused(url=url, reason="the user lacks the right, or the camera has locked it out")
        if status in (404, 410):
            raise StreamNotFound(url=url)
        if status in (453, 503):
            raise CameraBusy(url=url, status=status, reason=response.reason)
        if status == 461:
            raise TransportRefused(url=url, transport=self._transport)
        raise RequestRefused(url=url, method=method, status=status, reason=response.reason)


def _base(response: Response, description: SessionDescription, uri: str) -> str:
    """What relative controls hang on (RFC 2326 §C.1.1); values that are no URL are passed over."""
    candidates = (response.headers.get("content-base"), response.headers.get("content-location"), description.control)
    for candidate in candidates:
        if re.match(r"(?i)rtsps?://[^/\s]", candidate):
            return _without_userinfo(candidate.strip())
    return uri


def _without_userinfo(uri: str) -> str:
    return re.sub(r"(?i)^(rtsps?://)[^/?]*@", r"\1", uri)


def reply_to(request: Request) -> Response:
    """Our answer to a request of the server's own (RFC 2326 §10.1, §10.9)."""
    headers = Headers([("CSeq", request.headers.get("cseq", "0")), ("User-Agent", USER_AGENT)])
    if request.method in ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER"):
        return Response(200, "OK", Headers([*headers, ("Public", "OPTIONS, GET_PARAMETER, SET_PARAMETER")]))
    return Response(405, "Method Not Allowed", headers)
