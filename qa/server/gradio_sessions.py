"""Bounds on what one client makes Gradio hold: streams, and unread results of events.

Gradio keeps the messages of a session until somebody reads them, whatever their number and size, and it keeps
2,000 sessions. This wrapper stands between `qa.server.gradio_requests`, whose checks it relies on, and
Gradio's application. It imports nothing of Gradio.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from qa.server.asgi import App, Message, Receive, Scope, Send
from qa.server.gradio_stops import without_errors
from qa.server.proxies import client_key

JOIN, DATA, HEARTBEAT = "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/heartbeat/"
MAX_HEARTBEATS = 100  # of a client; each open page has one, and works without it
MAX_STREAMS = 40  # of events, of a client; a page has one while it waits for an answer
MAX_UNREAD = 8  # events of a session whose results have not been read
MAX_UNREAD_OF_CLIENT = 32  # of a client; with a chat of 450 kB each, about 20 MB
UNREAD_SECONDS = 60.0  # after which an unread session is dropped
AGAIN = 5  # seconds after which a client may retry
_SSE = (b"content-type", b"text/event-stream; charset=utf-8")
# As Gradio says it, which then cuts the connection off and logs a traceback; the page connects again.
_UNKNOWN = {
    "msg": "unexpected_error",
    "event_id": None,
    "message": "404: Not Found",
    "success": False,
    "session_not_found": True,
}


class Queue(Protocol):
    """What is used of Gradio's `Queue`."""

    @property
    def pending_messages_per_session(self) -> MutableMapping[str, Any]: ...

    @property
    def pending_event_ids_session(self) -> MutableMapping[str, set[str]]:
        """Events that were joined and whose result has not been read."""

    async def clean_events(self, *, session_hash: str) -> None: ...


@dataclass(slots=True)
class _Session:
    client: str
    joining: int = 0  # requests to join that are being passed on
    streams: int = 0
    expiry: asyncio.TimerHandle | None = None


class _Full(Exception):
    pass


class BoundedSessions:
    """ASGI app that passes to Gradio's `app` what does not exceed the bounds."""

    def __init__(
        self, app: App, queue: Callable[[], Queue], *, unread_seconds: float = UNREAD_SECONDS
    ) -> None:
        """`queue`: finds Gradio's queue, which mounting may replace."""
        self._app = app
        self._queue = queue
        self._unread_seconds = unread_seconds
        self._sessions: dict[str, _Session] = {}
        self._heartbeats: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()
        self._drops: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = client_key((scope.get("client") or ("",))[0])
        path = scope["path"]
        try:
            if path == JOIN:
                await self._join(client, scope, receive, send)
            elif path == DATA:
                with _place(self._streams, client, MAX_STREAMS):
                    await self._read(scope, receive, send)
            elif path.startswith(HEARTBEAT):
                with _place(self._heartbeats, client, MAX_HEARTBEATS):
                    await self._app(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        except _Full:
            await _refuse(send)

    async def _join(self, client: str, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()  # the whole body, as `CheckedGradio` wrote it
        name = json.loads(message["body"])["session_hash"]
        if self._unread(name) >= MAX_UNREAD or self._unread_of(client) >= MAX_UNREAD_OF_CLIENT:
            raise _Full
        session = self._sessions.setdefault(name, _Session(client))
        session.joining += 1
        try:
            await self._app(scope, _again(message, receive), send)
        finally:
            session.joining -= 1
            self._watch(name, session)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = parse_qs(scope["query_string"].decode("latin-1"))["session_hash"][0]
        session = self._sessions.get(name)
        if session is None and name not in self._queue().pending_messages_per_session:
            await _answer(send, 200, f"data: {json.dumps(_UNKNOWN)}\n\n".encode(), _SSE)
            return
        session = session or self._sessions.setdefault(name, _Session(""))
        session.streams += 1
        self._watch(name, session)
        try:
            await self._app(scope, receive, without_errors(send))
        finally:
            session.streams -= 1
            self._watch(name, session)

    def _unread(self, name: str) -> int:
        session = self._sessions.get(name)
        waiting = len(self._queue().pending_event_ids_session.get(name, ()))
        return waiting + (session.joining if session else 0)

    def _unread_of(self, client: str) -> int:
        return sum(self._unread(name) for name, session in self._sessions.items() if session.client == client)

    def _watch(self, name: str, session: _Session) -> None:
        """Forget a session that holds nothing, and let an unread one expire."""
        if session.streams or session.joining:
            if session.expiry:
                session.expiry.cancel()
                session.expiry = None
        elif not self._unread(name):
            self._forget(name, session)
        elif session.expiry is None:
            loop = asyncio.get_running_loop()
            session.expiry = loop.call_later(self._unread_seconds, self._expire, name, session)

    def _forget(self, name: str, session: _Session) -> None:
        if session.expiry:
            session.expiry.cancel()
        self._sessions.pop(name, None)

    def _expire(self, name: str, session: _Session) -> None:
        task = asyncio.get_running_loop().create_task(self._drop(name, session))
        self._drops.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._drops.discard)

    async def _drop(self, name: str, session: _Session) -> None:
        """Have Gradio forget a session, as it does where a page goes away, and its results too."""
        session.expiry = None
        queue = self._queue()
        for _ in range(2):  # an event may begin to run while the first call takes others from the queue
            await queue.clean_events(session_hash=name)
        if session.streams or session.joining:
            return
        queue.pending_messages_per_session.pop(name, None)
        queue.pending_event_ids_session.pop(name, None)
        self._forget(name, session)


@contextmanager
def _place(taken: Counter[str], client: str, most: int) -> Iterator[None]:
    """One of `most` places of a client. Raises _Full."""
    if taken[client] >= most:
        raise _Full
    taken[client] += 1
    try:
        yield
    finally:
        taken[client] -= 1
        if not taken[client]:
            del taken[client]


def _again(first: Message, receive: Receive) -> Receive:
    """`receive` that gives a message that was read already, and then what comes after it."""
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(send: Send) -> None:
    body = b'{"error": "Too much of yours is open or unread; try again in a moment."}'
    retry = (b"retry-after", str(AGAIN).encode())
    await _answer(send, 503, body, (b"content-type", b"application/json"), retry)


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
