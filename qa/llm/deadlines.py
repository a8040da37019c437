"""Deadlines of a stream, and stopping it from another thread.

A thread that waits for bytes cannot look at a clock, so another one shuts its connection down.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that an endpoint may take."""

    connect: float = 5.0
    first: float = 60.0  # until the first piece
    pause: float = 20.0  # between two pieces
    whole: float = 120.0


class Stop:
    """Stops a stream from any thread, once and for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether `set` was called."""
        return self._stopped

    def set(self) -> None:
        """Stop what is running, and what begins later."""
        with self._lock:
            self._stopped = True
            callbacks = tuple(self._callbacks)
        for callback in callbacks:
            callback()

    @contextmanager
    def calling(self, callback: Callable[[], None]) -> Iterator[None]:
        """Call `callback` if it is stopped during the block, or was before."""
        with self._lock:
            self._callbacks.append(callback)
            stopped = self._stopped
        if stopped:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)


class Deadline:
    """Calls `cut` in a thread of its own when a stream takes too long; surrounds reading it."""

    def __init__(self, limits: Limits, began: float, cut: Callable[[], None]) -> None:
        """`began`: when the request was sent, by `time.monotonic`."""
        self._limits = limits
        self._end = began + limits.whole
        self._cut = cut
        self._changed = threading.Condition()
        self._next = min(began + limits.first, self._end)
        self._closed = False
        self.missed = ""  # "first", "pause" or "whole"
        self._waiting_for = "first"
        self._thread = threading.Thread(target=self._watch, name="llm-deadline", daemon=True)

    def __enter__(self) -> Deadline:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def piece(self) -> None:
        """A piece came; the next one may take the usual pause."""
        with self._changed:
            self._next = min(time.monotonic() + self._limits.pause, self._end)
            self._waiting_for = "pause"
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed and (left := self._next - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._closed:
                return
            self.missed = "whole" if self._next >= self._end else self._waiting_for
        self._cut()
