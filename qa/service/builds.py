"""Builds of the index in the background, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from qa.errors import QAError, ShrunkCorpus, StoreError
from qa.service import memory
from qa.service.base import Backend
from qa.types import BuildReport, Progress

STOPPED = "The update was cancelled. The index is unchanged."


@dataclass(frozen=True, slots=True)
class BuildState:
    """State of a build. With neither report nor error it is running, or it crashed."""

    running: bool = False
    progress: Progress | None = None
    report: BuildReport | None = None
    error: str = ""
    shrunk: ShrunkCorpus | None = None  # with an error that `start(force=True)` passes over


class Builds:
    """Runs the builds of a backend; one at a time, in a thread of its own."""

    def __init__(self, backend: Backend, on_built: Callable[[], None]) -> None:
        """`on_built` is called in the build's thread after a successful build, before it counts as ended."""
        self._backend = backend
        self._on_built = on_built
        self._running = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = BuildState()  # the running build, or how the last one ended

    def start(self, *, force: bool) -> bool:
        """Begin a build; False where one is running already."""
        if not self._running.acquire(blocking=False):
            return False
        self._stop.clear()
        self.state = BuildState(running=True)
        self._thread = threading.Thread(target=self._run, args=(force,), name="build", daemon=True)
        self._thread.start()
        return True

    @property
    def stopping(self) -> bool:
        """Whether the running build ends at its next step because it was stopped."""
        return self.state.running and self._stop.is_set()

    def stop(self) -> None:
        """End the running build, if there is one, at its next step; returns at once."""
        self._stop.set()

    def ended(self, seconds: float) -> bool:
        """Wait at most so long for the end of the build; whether none is running any more."""
        if self._thread:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Keep builds from starting for the block. Raises StoreError where one is running."""
        if not self._running.acquire(blocking=False):
            raise StoreError("The index is being updated. Cancel the update or wait until it has finished.")
        try:
            yield
        finally:
            self._running.release()

    def _run(self, force: bool) -> None:
        state = BuildState()
        try:
            report = self._backend.build(self._report, force=force)
            self._on_built()
            state = BuildState(report=report)
        except ShrunkCorpus as error:
            state = BuildState(error=str(error), shrunk=error)
        except QAError as error:
            state = BuildState(error=str(error))
        finally:
            memory.release()
            self.state = state
            self._running.release()

    def _report(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise StoreError(STOPPED)
        self.state = BuildState(running=True, progress=progress)
