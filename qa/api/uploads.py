"""Limit how many uploaded files are held in memory at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from anyio import CapacityLimiter

from qa.errors import Busy

UPLOADS = 2  # files whose bodies are held at once, MAX_UPLOAD each and twice that while they are put together
UPLOADS_WAITING = 16  # files that wait unread, with at most 64 kB each in the connection's buffer
UPLOAD_SECONDS = (
    60.0  # for a body while others wait; by its pace alone, a large one may hold a place for half an hour
)
UPLOAD_PATIENCE = 75.0  # maximum seconds a file waits


class Uploads:
    """Slots for uploads; waiting uploads hold neither memory nor a thread."""

    def __init__(
        self,
        *,
        at_once: int = UPLOADS,
        waiting: int = UPLOADS_WAITING,
        patience: float = UPLOAD_PATIENCE,
        seconds: float = UPLOAD_SECONDS,
    ) -> None:
        """`patience`: seconds that a file may wait for its turn; `seconds`: for a body while others wait."""
        self._free = at_once + waiting
        self._patience = patience
        self._seconds = seconds
        self._waiting = 0
        self._received: dict[asyncio.Timeout, float] = {}  # when each body that is being received began
        self._turns = asyncio.Semaphore(at_once)
        # Separate threads, so that uploads never take all the threads that answer questions.
        self.threads = CapacityLimiter(at_once)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a slot before reading the body. Raises Busy if too many uploads wait, or for too long."""
        if not self._free:
            raise Busy("Too many files are being added. Try again in a moment.")
        self._free -= 1
        try:
            await self._turn()
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._free += 1

    async def received(self, body: Awaitable[bytes]) -> bytes:
        """The body of a file that has a place. Raises Busy where it takes too long while others wait."""
        try:
            async with asyncio.timeout(None) as limit:
                self._received[limit] = asyncio.get_running_loop().time()
                self._set_limits()
                try:
                    return await body
                finally:
                    del self._received[limit]
        except TimeoutError as error:
            raise Busy("The file came too slowly while others wait; send it again in a moment.") from error

    async def _turn(self) -> None:
        """Wait for a turn. Raises Busy."""
        self._waiting += 1
        if self._turns.locked():
            self._set_limits()
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Busy("Too many files are being added. Try again in a moment.") from error
        finally:
            self._waiting -= 1
            self._set_limits()

    def _set_limits(self) -> None:
        now = asyncio.get_running_loop().time()
        for limit, began in self._received.items():
            if not limit.expired():
                limit.reschedule(max(began + self._seconds, now) if self._waiting else None)
