"""Limits on what clients send: the pace of request bodies, and how many files are received at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from anyio import CapacityLimiter
from starlette.requests import ClientDisconnect

from qa.errors import Busy

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_SECONDS = 20.0  # for a body, and a second more for each
BODY_RATE = 32_000  # bytes; slower clients are cut off
UPLOADS = 2  # files whose bodies are held at once, 64 MB each and twice that while they are put together
UPLOADS_WAITING = 16  # that wait for it unread, with at most 64 kB each in the connection's buffer
UPLOAD_PATIENCE = 30.0  # seconds that one waits


class Uploads:
    """Places for files that are sent; those who wait hold neither memory nor a thread."""

    def __init__(
        self,
        *,
        at_once: int = UPLOADS,
        waiting: int = UPLOADS_WAITING,
        patience: float = UPLOAD_PATIENCE,
    ) -> None:
        """`patience`: seconds that a file may wait for its turn."""
        self._free = at_once + waiting
        self._patience = patience
        self._turns = asyncio.Semaphore(at_once)
        # Of their own, so that the threads that answer questions are never all taken by files.
        self.threads = CapacityLimiter(at_once)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a turn before the body is read. Raises Busy where too many wait, or for too long."""
        if not self._free:
            raise Busy("Too many files are being added; send this one again in a moment.")
        self._free -= 1
        try:
            try:
                async with asyncio.timeout(self._patience):
                    await self._turns.acquire()
            except TimeoutError as error:
                raise Busy("Too many files are being added; send this one again in a moment.") from error
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._free += 1


class Paced:
    """ASGI app that answers 408 to clients that send the body of a request too slowly."""

    def __init__(
        self,
        app: App,
        *,
        seconds: float = BODY_SECONDS,
        rate: float = BODY_RATE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A body may take `seconds`, and a second more for each `rate` bytes that came."""
        self._app = app
        self._seconds = seconds
        self._rate = rate
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ended = late = answered = False
        began, seen = -1.0, 0

        async def paced() -> Message:
            nonlocal ended, late, began, seen
            if late:
                return {"type": "http.disconnect"}
            if ended:  # from here on the app waits for the client to go, which may take as long as it likes
                return await receive()
            began = self._clock() if began < 0 else began
            left = began + self._seconds + seen / self._rate - self._clock()
            message = await _within(left, receive)
            if message is None:
                late = True
                return {"type": "http.disconnect"}
            seen += len(message.get("body", b""))
            ended = not message.get("more_body")
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            if not late or answered:
                answered = True
                await send(message)

        with suppress(ClientDisconnect):  # no defect: the client went away, or was cut off
            await self._app(scope, paced, noted)
        if late and not answered:
            await _too_slow(send)


async def _within(seconds: float, receive: Receive) -> Message | None:
    """What `receive` gives within so many seconds, or None."""
    if seconds <= 0:
        return None
    try:
        async with asyncio.timeout(seconds):
            return await receive()
    except TimeoutError:
        return None


async def _too_slow(send: Send) -> None:
    body = b'{"error": "The request was sent too slowly; send it again."}'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": body})
