"""The index that a server serves: opened once, renewed when there is a newer one, rebuilt on demand.

Any number of threads may ask; one build runs at a time, while questions are answered. This module knows
no page and no protocol.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from qa.errors import Forbidden, NoIndex, QAError
from qa.service.base import ALL, Backend, Served
from qa.service.builds import Builds, BuildState
from qa.service.turns import Turns
from qa.types import (
    Added,
    Answer,
    Article,
    ArticleSummary,
    Filter,
    Hit,
    Listed,
    Mode,
    Removed,
    Turn,
)

# Askers that may wait for their turn; one question is answered at a time, so that many slow none down.
# Each holds a thread of the server, which has 40 (anyio's default), and the last one waits some 0.7 s (of
# twenty at once 95 % have waited 0.42 s: benchmarks/README.md).
WAITING = 32
MAX_QUESTION = 2_000  # characters, on the page and of programs
MAX_UPLOAD = 64_000_000  # bytes of one file that is put into the corpus
# Changes of the corpus that may wait for the one at work. Each holds a thread too; with the askers they leave
# some free for articles and the page.
CHANGES_WAITING = 3
READS_ONLY = "This server only reads; the index is changed by `qa build` on its machine."


class Service:
    """Answers from the newest index that could be opened, and builds new ones."""

    def __init__(
        self,
        backend: Backend,
        *,
        changes: bool = True,
        waiting: int = WAITING,
        on_answer: Callable[[Answer], None] | None = None,
    ) -> None:
        """`changes`: whether the corpus and its index may be changed through this server; `waiting`: askers
        that may wait for their turn; `on_answer` is told every answer, in the asker's thread."""
        self._backend = backend
        self._changes = changes
        self._on_answer = on_answer
        self._served: Served | None = None
        self._refused = ""  # newest generation that could not be opened; not tried at every question
        self._opening = threading.Lock()
        self._builds = Builds(backend, self._open_built)
        self._questions = Turns(waiting, "Too many questions are waiting; ask again in a moment.")
        self._corpus = Turns(
            CHANGES_WAITING, "Too many changes of the corpus are waiting; try again in a moment."
        )

    @property
    def ready(self) -> bool:
        """Whether an index is open."""
        return self._served is not None

    @property
    def full(self) -> bool:
        """Whether the next asker would be sent away."""
        return self._questions.full

    @property
    def changes(self) -> bool:
        """Whether the corpus and its index may be changed; if not, everything that would raises Forbidden."""
        return self._changes

    @property
    def build_state(self) -> BuildState:
        """The running build, or how the last one ended."""
        return self._builds.state

    # -- the open index

    def served(self) -> Served:
        """The open index, the newest one if possible.

        Raises NoIndex where none was built yet, and QAError where there is one that cannot be opened, and
        none was open before.
        """
        if self._served is None:
            with self._opening:
                return self._served or self._open(self._backend.generation())
        if self._opening.acquire(blocking=False):  # else another thread is at it: go on with the old one
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
        except QAError:
            return before  # what was open goes on answering

    def _open(self, generation: str) -> Served:
        if not generation:
            raise NoIndex("There is no index yet; build it first.")
        try:
            self._served = self._backend.open()
        except QAError:
            self._refused = generation
            raise
        return self._served

    def _open_built(self) -> None:
        """Open what was just built, so that the next question does not wait for it."""
        self._refused = ""
        self.served()

    # -- reading

    def ask(self, question: str, history: Sequence[Turn] = (), where: Filter = ALL) -> tuple[Answer, Served]:
        """The answer and what it was taken from.

        Raises NoIndex, Busy where too many wait already, CorpusError where `where` names an article that the
        index has not, and other QAError.
        """
        with self._questions.take():
            served = self.served()
            answer = served.bot.ask(question, history=history, where=where)
        if self._on_answer:
            self._on_answer(answer)
        return answer, served

    def search(self, question: str, k: int = 10, mode: Mode = "hybrid", where: Filter = ALL) -> list[Hit]:
        """The `k` best passages. Raises Busy where too many wait already, NoIndex, and other QAError."""
        with self._questions.take():
            return self.served().index.search(question, k=k, mode=mode, where=where)

    def article(self, article_id: str) -> Article:
        """A whole article. Raises CorpusError where the index has none of this id, and NoIndex."""
        return self.served().index.article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts. Raises NoIndex."""
        return self.served().index.articles()

    def find_articles(
        self, query: str, *, offset: int = 0, limit: int = 50
    ) -> tuple[list[ArticleSummary], int]:
        """Articles that hold every word of `query`, and how many do. Raises NoIndex."""
        return self.served().index.find_articles(query, offset=offset, limit=limit)

    # -- builds

    def start_build(self, *, force: bool = False) -> bool:
        """Begin a build in the background; False where one is running already. Raises Forbidden.

        With `force` it goes on where most articles of the index are missing from the corpus.
        """
        self._check_changes()
        return self._builds.start(force=force)

    def stop_build(self) -> None:
        """End the running build, if there is one, at its next step; what is served stays as it is.

        Raises Forbidden.
        """
        self._check_changes()
        self._builds.stop()

    def close(self) -> None:
        """Stop the running build, because the server stops; returns at once."""
        self._builds.stop()

    def closed(self, seconds: float) -> bool:
        """Wait at most so long for the end of the build; whether none is running any more."""
        return self._builds.ended(seconds)

    def generations(self) -> list[Listed]:
        """The generations of the index, the newest first."""
        return self._backend.generations()

    def rollback(self) -> None:
        """Answer from the generation before the served one again.

        Raises Forbidden, and StoreError where there is none or a build is running.
        """
        self._check_changes()
        with self._builds.paused():
            self._backend.rollback()

    # -- the corpus

    def add(self, name: str, data: bytes) -> Added:
        """Put a file into the corpus; questions reach it after the next build.

        Raises Forbidden, Busy, CorpusError with the reason why it is refused, and StoreError.
        """
        with self._changing():
            return self._backend.add(name, data)

    def remove(self, article_id: str) -> Removed:
        """Take the file of an article out of the corpus; the index loses it at the next build.

        Raises Forbidden, Busy, CorpusError and StoreError.
        """
        with self._changing():
            return self._backend.remove(article_id)

    def removed(self) -> list[Removed]:
        """The files that were taken out and can be put back, the latest first; none for readers."""
        return self._backend.removed() if self._changes else []

    def restore(self, token: str) -> Removed:
        """Put a file back that was taken out. Raises Forbidden, Busy, CorpusError and StoreError."""
        with self._changing():
            return self._backend.restore(token)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Take a turn at the corpus. Raises Forbidden, and Busy where too many wait already."""
        self._check_changes()
        with self._corpus.take():
            yield

    def _check_changes(self) -> None:
        if not self._changes:
            raise Forbidden(READS_ONLY)
