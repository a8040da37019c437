"""Take turns: a bounded number of threads wait, and all others are refused at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from qa.errors import Busy


class Turns:
    """One thread at a time has its turn, at most `waiting` others wait for theirs."""

    def __init__(self, waiting: int, refusal: str) -> None:
        """`refusal` is the message of the Busy that all others get."""
        self._turn = threading.Lock()
        self._places = threading.Semaphore(1 + waiting)
        self._refusal = refusal

    @property
    def full(self) -> bool:
        """Whether the next thread would be refused."""
        if self._places.acquire(blocking=False):
            self._places.release()
            return False
        return True

    @property
    def idle(self) -> bool:
        """Whether no thread has its turn."""
        return not self._turn.locked()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a turn and keep it for the block. Raises Busy at once where too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Busy(self._refusal)
        try:
            with self._turn:
                yield
        finally:
            self._places.release()
