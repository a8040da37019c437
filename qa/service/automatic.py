"""Builds that start by themselves: after changes made through the server, and when the corpus has changed."""

from __future__ import annotations

from collections.abc import Callable

from qa.service.builds import Builds
from qa.service.scheduling import Scheduled
from qa.service.watching import POLL, SETTLED, Watcher


class AutomaticBuilds:
    """Starts builds, but never two at a time. None of them would lose most articles."""

    def __init__(self, builds: Builds, corpus_state: Callable[[], str], delay: float) -> None:
        """`corpus_state` gives the state of the corpus, see `qa.service.watching.Settling`; `delay`: seconds
        from the last call of `soon` to the build.
        """
        self._builds = builds
        self._corpus_state = corpus_state
        self._soon = Scheduled(self._build_when_free, delay)
        self._watcher: Watcher | None = None

    @property
    def due(self) -> bool:
        """Whether a build will start in a moment because `soon` was called."""
        return self._soon.due

    @property
    def watching(self) -> bool:
        """Whether `watch` was called."""
        return self._watcher is not None

    def soon(self) -> None:
        """Build in the background some seconds after the last call, or after a build that is running."""
        self._soon.request()

    def _build_when_free(self, is_wanted: Callable[[], bool]) -> None:
        while is_wanted() and not self._builds.start(force=False):
            self._builds.ended(1.0)

    def watch(self, *, poll: float = POLL, settled: float = SETTLED) -> None:
        """From now on, build when the corpus has changed and settled; see `qa.service.watching`."""
        if self._watcher is None:
            self._watcher = Watcher(self._corpus_state, self.rebuild, poll=poll, settled=settled)
            self._watcher.start()

    def rebuild(self) -> bool:
        """Build and wait for the end; whether a further try would change nothing."""
        if not self._builds.start(force=False):
            return False
        while not self._builds.ended(1.0):
            pass
        return bool(self._builds.state.report or self._builds.state.shrunk)

    def cancel(self) -> None:
        """Do not make the build that is due, if there is one."""
        self._soon.cancel()

    def end(self) -> None:
        """Stop watching, and do not make the build that is due; returns at once."""
        if self._watcher:
            self._watcher.stop()
        self._soon.cancel()
