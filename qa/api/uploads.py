"""Places for files that are sent to the corpus; few are held at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter

from qa.errors import Busy

UPLOADS = 2  # files whose bodies are held at once, MAX_UPLOAD each and twice that while they are put together
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
