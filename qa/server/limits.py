"""Limits on what clients send: the pace of request bodies, and how many files are received at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from starlette.requests import ClientDisconnect

from qa.server.asgi import App, Message, Receive, Scope, Send

BODY_SECONDS = 20.0  # for a body, and a second more for each
BODY_RATE = 32_000  # bytes; slower clients are cut off


class BodyPace:
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
