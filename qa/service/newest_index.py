"""The index that is served: opened once, and replaced when a newer one can be opened."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime

from qa.errors import NoIndex, QAError, Unreachable
from qa.service.base import Backend, Served
from qa.types import News

# Pauses between tries to open an index on a server that does not answer, in seconds: doubled up to the most.
FIRST_PAUSE, MOST_PAUSE = 1.0, 30.0


class NewestIndex:
    """The newest index of a backend that can be opened; safe to share between threads."""

    def __init__(self, backend: Backend) -> None:
        """Opens nothing yet."""
        self._backend = backend
        self._served: Served | None = None
        self._refused = ""  # newest generation that could not be opened; not retried for every question
        self._opening = threading.Lock()
        self._ended = threading.Event()
        self._news: News | None = None

    @property
    def ready(self) -> bool:
        """Whether an index is open."""
        return self._served is not None

    @property
    def news(self) -> News | None:
        """What the newest generation brought that has other articles than the one before; None at first."""
        return self._news

    def served(self) -> Served:
        """The open index, the newest one if possible.

        Raises NoIndex where none was built yet, and QAError where there is one that cannot be opened, and
        none was open before.
        """
        if self._served is None:
            with self._opening:
                return self._served or self._open(self._backend.generation())
        if self._opening.acquire(blocking=False):  # another thread is opening it: continue with the old one
            try:
                return self._renew(self._served)
            finally:
                self._opening.release()
        return self._served

    def _renew(self, before: Served) -> Served:
        try:
            newest = self._backend.generation()
            if newest in ("", before.index.generation, self._refused):
                return before
            return self._open(newest)
        except Unreachable:  # the open index is on the same server
            raise
        except QAError:
            return before  # keep answering from the open index

    def _open(self, generation: str) -> Served:
        if not generation:
            raise NoIndex("There is no index yet. Build it first.")
        before = self._served
        try:
            self._served = self._backend.open()
        except Unreachable:  # try it again
            raise
        except QAError:
            self._refused = generation
            raise
        if before and before.index.generation != generation:
            with suppress(QAError):  # damage that shows only now is told to whoever meets it
                self._news = _news(before, self._served) or self._news
        return self._served

    def open_when_possible(self) -> threading.Thread:
        """Keep trying to open the index, in a thread, until its server answers or `end` is called."""
        thread = threading.Thread(target=self._keep_opening, name="open", daemon=True)
        thread.start()
        return thread

    def _keep_opening(self) -> None:
        pause = FIRST_PAUSE
        while not self.ready and not self._ended.wait(pause):
            try:
                self.served()
            except Unreachable:
                pause = min(2 * pause, MOST_PAUSE)
            except QAError:  # as at a question
                return

    def open_built(self) -> None:
        """Open what was just built, so that the next question does not wait for it. Raises as `served`."""
        self._refused = ""
        self.served()

    def end(self) -> None:
        """Stop trying to open the index; returns at once."""
        self._ended.set()


def _news(before: Served, now: Served) -> News | None:
    old, new = ({article.article_id for article in one.index.articles()} for one in (before, now))
    if old == new:
        return None
    return News(len(new - old), len(old - new), datetime.now().astimezone().isoformat(timespec="seconds"))
