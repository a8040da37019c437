"""The checks of every request: an ASGI wrapper around the whole application.

It checks host, origin, size and password of a request, sets security headers, and chooses the page's
language; `qa.server.gradio_requests` decides what may reach Gradio. It is plain ASGI because a middleware
that buffers responses would delay streamed answers. Knows nothing of articles.
"""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import re
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from qa.i18n.wording import COOKIE, page_language, words
from qa.server.asgi import App, Message, Receive, Scope, Send
from qa.server.passwords import WINDOW, Passwords
from qa.service.changes import MAX_UPLOAD
from qa.templating import html

MAX_BODY = 512_000  # bytes; a long conversation takes a tenth of it
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 (compared with, not bound to)
ANY_IP = "IP"  # in the set of accepted names (lower case): any IP address
TITLE = "qa-page-title"  # placeholder in the page for its title in the reader's language
COOKIE_AGE = 365 * 24 * 3600  # seconds

# 'unsafe-eval' because Gradio compiles the scripts of its components; the nonce blocks inline handlers such
# as onerror.
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'none'; "
    "form-action 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}
UPLOAD = "/api/v1/files"  # path for uploads
PUBLIC = ("/healthz", "/readyz")  # no password needed: they only report yes or no
CHALLENGE = (b"www-authenticate", b'Basic realm="qa", charset="UTF-8"')
_PREVIEW = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^<>]*>')
_SCRIPT = re.compile(rb"<script(?=[\s>])")
_LENGTH = re.compile(r"[0-9]{1,15}")


def hosts_for(address: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Host names accepted by a server bound to `address`.

    `names`: further names. A server on all addresses also accepts any IP address and the machine's own name,
    but no other: a foreign name that resolves to the machine may belong to a website that wants to read it
    (DNS rebinding).
    """
    named = tuple(name.lower() for name in names)
    if address in ANY_ADDRESS:
        machine = socket.gethostname().lower()
        return tuple(dict.fromkeys((*LOOPBACK, ANY_IP, machine, f"{machine}.local", *named)))
    bound = f"[{address}]" if ":" in address else address
    return tuple(dict.fromkeys((*LOOPBACK, bound, *named)))


class RequestChecks:
    """ASGI app that passes only requests to `app` that pass all checks."""

    def __init__(
        self,
        app: App,
        *,
        hosts: tuple[str, ...] = LOOPBACK,
        max_body: int = MAX_BODY,
        uploads: bool = False,
        max_upload: int = MAX_UPLOAD,
        passwords: Passwords | None = None,
        head: Callable[[str], str] = lambda language: "",
    ) -> None:
        """`hosts`: accepted host names without port, empty for any; `max_body`: bytes; `max_upload`: bytes of
        an uploaded file, if `uploads` are allowed; `passwords`: None lets everyone in; `head`: the HTML that
        ends the page's head, by language.
        """
        self._app = app
        self._hosts = hosts
        self._max_body = max_body
        self._uploads = uploads
        self._max_upload = max_upload
        self._passwords = passwords
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # "lifespan" is the server's own; the page uses no web sockets
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _refuse(send, *refusal)
            return
        if scope["path"] not in PUBLIC and not await self._is_authorised(scope, headers, send):
            return
        nonce = secrets.token_urlsafe(16)
        receive = _with_size_limit(receive, self._limit(scope))
        if scope["path"] == "/" and scope["method"] == "GET":
            # compressed HTML could not be edited
            uncompressed = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
            language = page_language(headers, scope["query_string"].decode("latin-1"))
            zipped = "gzip" in headers.get("accept-encoding", "")
            page = _Page(_secured(send, nonce), nonce, language, self._head(language), zipped=zipped)
            await self._app({**scope, "headers": uncompressed}, receive, page.send)
        else:
            await self._app(scope, receive, _secured(send, nonce))

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._answers_to(_host_name(host)):
            return (
                421,
                "This server does not accept requests for that host name. Start it with --name to allow it.",
            )
        origins = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == b"origin"]
        if scope["method"] not in ("GET", "HEAD") and not all(_is_from(origin, host) for origin in origins):
            return 403, "Requests from other websites are not allowed."
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length) or int(length) > self._limit(scope):
            return 413, "The request is too large."
        return None

    def _answers_to(self, name: str) -> bool:
        return not self._hosts or name in self._hosts or (ANY_IP in self._hosts and _is_ip(name))

    def _limit(self, scope: Scope) -> int:
        """Maximum bytes of a request body."""
        return self._max_upload if self._uploads and scope["path"] == UPLOAD else self._max_body

    async def _is_authorised(self, scope: Scope, headers: Mapping[str, str], send: Send) -> bool:
        """Whether the request has a valid password, if one is required; otherwise a response is sent."""
        credentials = headers.get("authorization", "")
        if self._passwords is None or self._passwords.knows(credentials):
            return True
        client = scope.get("client") or ("",)
        verdict = await asyncio.to_thread(self._passwords.check, client[0], credentials)
        if verdict == "limited":
            wait = (b"retry-after", str(int(WINDOW)).encode())
            await _refuse(send, 429, "Too many wrong passwords. Wait a minute and try again.", wait)
        elif verdict == "wrong":
            await _refuse(send, 401, "A name and password are required.", CHALLENGE)
        return verdict == "right"


def _is_from(origin: str, host: str) -> bool:
    """Whether this origin is our own; a malformed one is not."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


def _host_name(host: str) -> str:
    return re.sub(r":[0-9]*$", "", host).lower()


def _is_ip(name: str) -> bool:
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        return ipaddress.ip_address(bare).version == (4 if bare is name else 6)
    except ValueError:
        return False


async def _refuse(send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": [*headers, *more]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _with_size_limit(receive: Receive, limit: int) -> Receive:
    """`receive` that ends a body that grows over the limit without having declared its length."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return {"type": "http.disconnect"} if received > limit else message

    return counted


def _secured(send: Send, nonce: str) -> Send:
    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = {**HEADERS, b"content-security-policy": POLICY.format(nonce=nonce).encode()}
            rest = [pair for pair in message["headers"] if pair[0].lower() not in added]
            message = {**message, "headers": [*rest, *added.items()]}
        await send(message)

    return secured


class _Page:
    """Collect the page's HTML, fill it in, and send it."""

    def __init__(self, send: Send, nonce: str, language: str, head: str, *, zipped: bool) -> None:
        self._send = send
        self._nonce = nonce
        self._language = language
        self._head = head
        self._zipped = zipped
        self._start: Message = {}
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._completed(bytes(self._body))
        if self._zipped:  # nothing secret is in it that an attacker could add text to
            body = gzip.compress(body, compresslevel=6)
        rest = [pair for pair in self._start["headers"] if pair[0].lower() != b"content-length"]
        cookie = f"{COOKIE}={self._language}; Path=/; Max-Age={COOKIE_AGE}; SameSite=Lax"
        added = [
            (b"content-length", str(len(body)).encode()),
            (b"vary", b"accept-language, cookie, accept-encoding"),
            (b"set-cookie", cookie.encode()),
            *([(b"content-encoding", b"gzip")] if self._zipped else []),
        ]
        await self._send({**self._start, "headers": [*rest, *added]})
        await self._send({"type": "http.response.body", "body": body})

    def _completed(self, body: bytes) -> bytes:
        """Fill in title, language and head, and add the nonce to the page's own scripts.

        Gradio takes its language from the browser, so the chosen one replaces it. Its previews for social
        networks name Gradio and load a picture from elsewhere; the head has the page's own.
        """
        text = words(self._language)
        start, config, rest = body.partition(b"<script>window.gradio_config")
        body = _PREVIEW.sub(b"", start) + config + rest
        body = body.replace(b"</head>", self._head.encode() + b"</head>", 1)
        shell = f'<p id="loading" role="status">{html(text["loading_page"])}</p>'
        shell += f"<noscript><p>{html(text['no_script'])}</p></noscript>"
        body = body.replace(b"<gradio-app", shell.encode() + b"<gradio-app", 1)
        pin = f'Object.defineProperty(navigator,"language",{{get:()=>"{self._language}"}})'
        body = body.replace(b"<head>", f"<head><script>{pin}</script>".encode(), 1)
        body = body.replace(b'lang="en"', f'lang="{self._language}"'.encode(), 1)
        body = body.replace(TITLE.encode(), html(text["title"]).encode())
        return _SCRIPT.sub(f'<script nonce="{self._nonce}"'.encode(), body)
