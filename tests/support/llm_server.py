"""A fake language model: an OpenAI-compatible endpoint on loopback that answers as a test tells it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HELD = 20.0  # seconds that a request may hang before a test counts as failed
Answering = Callable[["Handler"], None]


@dataclass(slots=True)
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(slots=True)
class FakeModel:
    """What the server does, and what it was asked."""

    answering: Answering
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)  # ends `hang`
    gone: threading.Event = field(default_factory=threading.Event)  # a client closed its connection
    url: str = ""

    @property
    def prompt(self) -> str:
        """All that the model was told last."""
        return "\n".join(message["content"] for message in self.requests[-1].body["messages"])


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    model: FakeModel

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.model.requests.append(Request(self.path, dict(self.headers), body))
        self.close_connection = True
        try:
            self.model.answering(self)
        except (BrokenPipeError, ConnectionResetError):
            self.model.gone.set()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def reply(self, status: int, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, value: object) -> None:
        self.raw(f"data: {json.dumps(value)}\n\n".encode())

    def piece(self, text: str, finish: str | None = None) -> None:
        self.event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})

    def hang(self) -> None:
        """Say nothing until the test is over or the client is gone."""
        self.connection.settimeout(0.05)
        for _ in range(int(HELD / 0.05)):
            if self.model.released.is_set():
                return
            try:
                if self.connection.recv(1) == b"":
                    self.model.gone.set()
                    return
            except TimeoutError:
                continue


def saying(*pieces: str, finish: str = "stop") -> Answering:
    """An endpoint that streams these pieces."""

    def answer(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            handler.piece(piece)
        handler.piece("", finish)
        handler.raw(b"data: [DONE]\n\n")

    return answer


@contextmanager
def serving(answering: Answering) -> Iterator[FakeModel]:
    """A server on loopback for the block."""
    model = FakeModel(answering)
    handler = type("Bound", (Handler,), {"model": model})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        try:
            yield model
        finally:
            model.released.set()
            server.shutdown()
            thread.join(5)
