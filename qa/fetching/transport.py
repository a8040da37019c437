"""One GET over HTTP, with limits on time, size and redirects.

The standard library's client, because the connection must go to an address that was checked; others resolve
the name again. Knows nothing of articles.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin

from qa import __version__
from qa.errors import FetchError
from qa.fetching import addresses
from qa.fetching.addresses import Place

AGENT = "qa"  # by what robots.txt may name this program
MAX_BYTES = 8_000_000  # of a response
SECONDS = 30.0  # for each request
REDIRECTS = 5
CHUNK = 65_536  # bytes
ACCEPT = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5"
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    url: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names in small letters
    body: bytes


@dataclass(frozen=True, slots=True)
class Transport:
    """How to connect: limits, and what must be true of each address before it is requested."""

    allow_private: bool = False
    max_bytes: int = MAX_BYTES
    seconds: float = SECONDS
    resolve: addresses.Resolve = field(default=addresses.resolve)

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        before: Callable[[Place], None] = lambda _: None,
    ) -> Response:
        """Request an address and follow redirects to http or https; each is checked like the first.

        `before` is called for each address and may raise FetchError. Raises FetchError where there is no
        answer in time, or it is larger than `max_bytes`.
        """
        for _ in range(REDIRECTS + 1):
            place = addresses.place_of(url)
            found = addresses.checked(place, allow_private=self.allow_private, resolve=self.resolve)
            before(place)
            response = self._request(place, found, headers or {})
            if response.status not in _MOVED or "location" not in response.headers:
                return response
            try:
                url = urljoin(place.url, response.headers["location"])
            except ValueError as error:  # "http://["
                raise FetchError(f"{place.url} redirects to no address. Save the page yourself.") from error
        raise FetchError(f"{place.url} redirects more than {REDIRECTS} times. Check the address.")

    def _request(self, place: Place, found: list[str], headers: Mapping[str, str]) -> Response:
        ends = time.monotonic() + self.seconds
        sent = {
            "Accept": ACCEPT,
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": f"{AGENT}/{__version__}",
            **headers,
        }
        try:
            with _Connected(place, found, ends) as connection:
                connection.request("GET", place.target, headers=sent)
                answer = connection.getresponse()
                names = {name.lower(): value for name, value in answer.getheaders()}
                return Response(place.url, answer.status, names, self._body(place, answer, names, ends))
        except FetchError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= ends:
                raise _late(place) from error
            raise FetchError(
                f"{place.url} could not be fetched ({_reason(error)}). Try again later."
            ) from error

    def _body(
        self, place: Place, answer: http.client.HTTPResponse, names: Mapping[str, str], ends: float
    ) -> bytes:
        if answer.status in _MOVED:
            return b""
        if names.get("content-encoding", "identity").lower() != "identity":
            raise FetchError(
                f"{place.url} is sent compressed although that was not asked for. Save the page."
            )
        body = bytearray()
        while chunk := answer.read1(CHUNK):
            body += chunk
            if len(body) > self.max_bytes:
                raise FetchError(
                    f"{place.url} is larger than {self.max_bytes / 1e6:.0f} MB. Save the article's text."
                )
        if time.monotonic() >= ends or answer.length:  # cut off by the time limit, or by the server
            raise _late(place) if time.monotonic() >= ends else http.client.IncompleteRead(bytes(body))
        return bytes(body)


def _late(place: Place) -> FetchError:
    return FetchError(f"{place.url} did not answer in time. Try again later.")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


class _Connected:
    """A connection to one of some checked addresses, cut off when its time is over."""

    def __init__(self, place: Place, found: list[str], ends: float) -> None:
        self._place, self._found, self._ends = place, found, ends
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, ends - time.monotonic()), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> http.client.HTTPConnection:
        self._timer.start()
        try:
            self._socket = self._connected()
            if self._place.scheme == "https":
                self._socket = _encrypted(self._socket, self._place.host)
        except BaseException:
            self._timer.cancel()
            if self._socket is not None:
                self._socket.close()
            raise
        connection = http.client.HTTPConnection(self._place.host, self._place.port)
        # with the port of the scheme, the name alone is sent as Host
        connection.default_port = addresses.PORTS[self._place.scheme]
        connection.sock = self._socket
        return connection

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._socket is not None:
            self._socket.close()

    def _connected(self) -> socket.socket:
        last: OSError = OSError("no address")
        for address in self._found:
            try:
                return socket.create_connection(
                    (address, self._place.port), timeout=max(0.1, self._ends - time.monotonic())
                )
            except OSError as error:
                last = error
        raise last

    def _cut(self) -> None:
        """End the connection however slowly it goes on; who reads from it gets an error or the end."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _encrypted(plain: socket.socket, host: str) -> socket.socket:
    """TLS with the system's certificates."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
