"""Limits on what clients send: the pace of request bodies, and how much of them is held unfinished."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from starlette.requests import ClientDisconnect

from qa.server.asgi import App, Message, Receive, Scope, Send
from qa.server.proxies import client_key
from qa.server.security import UPLOAD

BODY_SECONDS = 20.0  # seconds for a body, plus one for each
BODY_RATE = 32_000  # bytes; slower clients are cut off
MAX_HELD = 8_000_000  # bytes of a client's bodies that have not ended; 16 of the largest
TOO_SLOW = 408, b'{"error": "The request arrived too slowly. Send it again."}'
TOO_MUCH = 503, b'{"error": "Too many of your requests are half sent; finish them first."}'


class BodyPace:
    """ASGI app that answers 408 to clients that send the body of a request too slowly, and 503 to those that
    send too many at once. How many files for the corpus are received, `qa.api.uploads` decides.
    """

    def __init__(
        self,
        app: App,
        *,
        seconds: float = BODY_SECONDS,
        rate: float = BODY_RATE,
        held: int = MAX_HELD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A body may take `seconds`, and a second more for each `rate` bytes that came; `held`: bytes
        of a client's bodies that have begun and not ended.
        """
        self._app = app
        self._seconds = seconds
        self._rate = rate
        self._max_held = held
        self._held: Counter[str] = Counter()
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ended = answered = False
        refusal: tuple[int, bytes] | None = None
        began, client = -1.0, ""
        seen = held = 0

        async def paced() -> Message:
            nonlocal ended, refusal, began, client, seen, held
            if refusal:
                return {"type": "http.disconnect"}
            if ended:  # from here on the app waits for the client to disconnect, without a limit
                return await receive()
            if began < 0:
                began, client = self._clock(), _client(scope)  # by now `ClientAddress` has set it
            left = began + self._seconds + seen / self._rate - self._clock()
            message = await _within(left, receive)
            if message is None:
                refusal = TOO_SLOW
                return {"type": "http.disconnect"}
            size = len(message.get("body", b""))
            seen += size
            ended = not message.get("more_body")
            if ended:
                self._hold(client, -held)
                held = 0
            elif scope.get("path") != UPLOAD:
                if self._held[client] + size > self._max_held:
                    refusal = TOO_MUCH
                    return {"type": "http.disconnect"}
                self._hold(client, size)
                held += size
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            if not refusal or answered:
                answered = True
                await send(message)

        try:
            with suppress(ClientDisconnect):  # not an error: the client disconnected or was cut off
                await self._app(scope, paced, noted)
        finally:
            self._hold(client, -held)
        if refusal and not answered:
            await _refuse(send, *refusal)

    def _hold(self, client: str, size: int) -> None:
        self._held[client] += size
        if self._held[client] <= 0:
            del self._held[client]


def _client(scope: Scope) -> str:
    return client_key((scope.get("client") or ("",))[0])


async def _within(seconds: float, receive: Receive) -> Message | None:
    """The result of `receive` within so many seconds, or None."""
    if seconds <= 0:
        return None
    try:
        async with asyncio.timeout(seconds):
            return await receive()
    except TimeoutError:
        return None


async def _refuse(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
