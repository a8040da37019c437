"""What a server answers while it is loading: a page that reloads itself, not a refused connection."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from qa.i18n.wording import page_language, words
from qa.server.security import HEADERS
from qa.templating import environment

POLL = 0.05  # seconds between two checks whether the server is ready
PATIENCE = 1.0  # seconds for one client to send its request
MAX_REQUEST = 16_384  # bytes
AGAIN = 1  # seconds after which a client may retry
_END = b"\r\n\r\n"
TEMPLATES = Path(__file__).with_name("templates")


class LoadingPage:
    """Respond on a listening socket while the context lasts; `step` names the current step."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._step = "loading_page"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._answer_all, name="loading", daemon=True)

    def step(self, key: str) -> None:
        """Change the message; `key` selects the text."""
        self._step = key

    def __enter__(self) -> LoadingPage:
        self._listening.setblocking(False)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _answer_all(self) -> None:
        while not self._ended.is_set():
            if select.select([self._listening], [], [], POLL)[0]:
                with suppress(OSError):  # the client has gone
                    self._answer(self._listening.accept()[0])

    def _answer(self, client: socket.socket) -> None:
        with client:
            # for the whole request, or a slow client would hold up the server
            until = time.monotonic() + PATIENCE
            request = b""
            while _END not in request and len(request) < MAX_REQUEST:
                client.settimeout(max(until - time.monotonic(), 0.001))
                if not (piece := client.recv(4096)):
                    return
                request += piece
            client.sendall(response(request, self._step))
            client.shutdown(socket.SHUT_WR)


def response(request: bytes, step: str) -> bytes:
    """The full response: a page for a browser, JSON for a program; status 503."""
    headers = {}
    for line in request.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    language = page_language(headers)
    if "text/html" in headers.get("accept", ""):
        kind, body = "text/html", _page(step, language)
    else:
        kind, body = "application/json", json.dumps({"error": words("en")[step]})
    data = body.encode()
    lines = [
        b"HTTP/1.1 503 Service Unavailable",
        f"content-type: {kind}; charset=utf-8".encode(),
        f"content-length: {len(data)}".encode(),
        f"retry-after: {AGAIN}".encode(),
        b"cache-control: no-store",
        b"content-security-policy: default-src 'none'; style-src 'unsafe-inline'",
        *(name + b": " + value for name, value in HEADERS.items()),
        b"connection: close",
    ]
    return b"\r\n".join(lines) + _END + data


def _page(step: str, language: str) -> str:
    template = environment(TEMPLATES).get_template("loading.html")
    return template.render(text=words(language), language=language, step=step, again=AGAIN)
