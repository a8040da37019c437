"""The index that a server serves: opened once, renewed when there is a newer one, rebuilt on demand.

Any number of threads may ask; one build runs at a time, beside the questions. This module knows
no page and no protocol.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from qa.errors import BrokenIndex, Busy, Forbidden, QAError, ShrunkCorpus, StoreError
from qa.service import memory
from qa.types import (
    Added,
    Answer,
    Article,
    ArticleSummary,
    BuildReport,
    Filter,
    Hit,
    Listed,
    Mode,
    Progress,
    Removed,
    Turn,
)


class OpenIndex(Protocol):
    """What a server needs of `qa.index.search.Index`."""

    @property
    def generation(self) -> str: ...

    def article(self, article_id: str) -> Article: ...

    def articles(self) -> list[ArticleSummary]: ...

    def find_articles(
        self, query: str = "", *, offset: int = 0, limit: int = 50
    ) -> tuple[list[ArticleSummary], int]: ...

    def sources(self) -> list[tuple[str, int]]: ...

    def search(self, query: str, *, k: int, mode: Mode, where: Filter) -> list[Hit]: ...


class Answerer(Protocol):
    """What a server needs of `qa.answering.bot.Bot`."""

    def ask(self, question: str, *, history: Sequence[Turn], where: Filter) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Served:
    """An opened generation and the bot that answers from it."""

    index: OpenIndex
    bot: Answerer


class Backend(Protocol):
    """Where the index comes from; all methods raise QAError."""

    def generation(self) -> str:
        """Name of the newest generation, "" if there is none; cheap."""

    def open(self) -> Served:
        """Open the newest generation, ready to answer."""

    def build(self, on_progress: Callable[[Progress], None], *, force: bool = False) -> BuildReport:
        """Build a new generation; `force`: even where it loses most articles, which else is ShrunkCorpus."""

    def generations(self) -> list[Listed]:
        """The generations there are, the newest first."""

    def rollback(self) -> None:
        """Make the generation before the served one the newest."""

    def add(self, name: str, data: bytes) -> Added:
        """Put a file into the corpus."""

    def remove(self, article_id: str) -> Removed:
        """Take the file of an article out of the corpus."""

    def removed(self) -> list[Removed]:
        """The files that were taken out, the latest first."""

    def restore(self, token: str) -> Removed:
        """Put such a file back."""


# Questions answered at once; others wait, so that none is slowed down by many.
AT_ONCE = 1
# Askers that may wait for their turn. Each holds a thread of the server, which has 40 (anyio's default),
# and the last one waits some 0.7 s (of twenty at once 95 % have waited 0.42 s: benchmarks/README.md).
WAITING = 32
MAX_QUESTION = 2_000  # characters, on the page and of programs
MAX_UPLOAD = 64_000_000  # bytes of one file that is put into the corpus
# Changes of the corpus that may wait for the one at work. Each holds a thread too; with the askers they leave
# some free for articles and the page.
CHANGES_WAITING = 3
ALL = Filter()
READS_ONLY = "This server only reads; the index is changed by `qa build` on its machine."
STOPPED = "The build was stopped; the index is as it was."


@dataclass(frozen=True, slots=True)
class BuildState:
    """A build as seen from outside; with neither report nor error it runs, or died of a defect."""

    running: bool = False
    progress: Progress | None = None
    report: BuildReport | None = None
    error: str = ""
    shrunk: ShrunkCorpus | None = None  # with an error that `start_build(force=True)` passes over


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
        self._places = threading.Semaphore(AT_ONCE + waiting)
        self._served: Served | None = None
        self._refused = ""  # newest generation that could not be opened; not tried at every question
        self._opening = threading.Lock()
        self._asking = threading.Semaphore(AT_ONCE)
        self._building = threading.Lock()
        self._state = BuildState()
        self._stop = threading.Event()
        self._shelving = threading.Lock()
        self._changes_waiting = threading.Semaphore(1 + CHANGES_WAITING)
        self._builder: threading.Thread | None = None

    @property
    def ready(self) -> bool:
        """Whether an index is open."""
        return self._served is not None

    @property
    def full(self) -> bool:
        """Whether the next asker would be sent away."""
        if self._places.acquire(blocking=False):
            self._places.release()
            return False
        return True

    @property
    def changes(self) -> bool:
        """Whether the corpus and its index may be changed; if not, everything that would raises Forbidden."""
        return self._changes

    @property
    def build_state(self) -> BuildState:
        """The running build, or how the last one ended."""
        return self._state

    def served(self) -> Served | None:
        """The open index, the newest one if possible; None where none was built yet.

        Raises QAError where there is one that cannot be opened, and none was open before.
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
            return self._open(newest) or before
        except QAError:
            return before  # what was open goes on answering

    def _open(self, generation: str) -> Served | None:
        if not generation:
            return None
        try:
            self._served = self._backend.open()
        except QAError:
            self._refused = generation
            raise
        return self._served

    def ask(
        self, question: str, history: Sequence[Turn] = (), where: Filter = ALL
    ) -> tuple[Answer, Served] | None:
        """The answer and what it was taken from; None where there is no index.

        Raises Busy where too many wait already, CorpusError where `where` names an article that the index
        has not, and other QAError.
        """
        with self._turn():
            served = self.served()
            if served is None:
                return None
            answer = served.bot.ask(question, history=history, where=where)
        if self._on_answer:
            self._on_answer(answer)
        return answer, served

    def search(self, question: str, k: int = 10, mode: Mode = "hybrid", where: Filter = ALL) -> list[Hit]:
        """The `k` best passages. Raises Busy where too many wait already, BrokenIndex without an index."""
        with self._turn():
            return self._open_index().search(question, k=k, mode=mode, where=where)

    def article(self, article_id: str) -> Article:
        """A whole article. CorpusError where the index has no such one, BrokenIndex without an index."""
        return self._open_index().article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts. Raises BrokenIndex without an index."""
        return self._open_index().articles()

    def find_articles(
        self, query: str, *, offset: int = 0, limit: int = 50
    ) -> tuple[list[ArticleSummary], int]:
        """Articles that hold every word of `query`, and how many do. Raises BrokenIndex without an index."""
        return self._open_index().find_articles(query, offset=offset, limit=limit)

    def _open_index(self) -> OpenIndex:
        served = self.served()
        if served is None:
            raise BrokenIndex("There is no index yet; build it first.")
        return served.index

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the model, or raise Busy at once where too many do already."""
        if not self._places.acquire(blocking=False):
            raise Busy("Too many questions are waiting; ask again in a moment.")
        try:
            with self._asking:
                yield
        finally:
            self._places.release()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Wait for the corpus, or raise Busy at once where too many do already; Forbidden for readers."""
        self._change()
        if not self._changes_waiting.acquire(blocking=False):
            raise Busy("Too many changes of the corpus are waiting; try again in a moment.")
        try:
            with self._shelving:
                yield
        finally:
            self._changes_waiting.release()

    def start_build(self, *, force: bool = False) -> bool:
        """Begin a build in the background; False where one is running already. Raises Forbidden.

        With `force` it goes on where most articles of the index are missing from the corpus.
        """
        self._change()
        if not self._building.acquire(blocking=False):
            return False
        self._stop.clear()
        self._state = BuildState(running=True)
        self._builder = threading.Thread(target=self._build, args=(force,), name="build", daemon=True)
        self._builder.start()
        return True

    def _change(self) -> None:
        if not self._changes:
            raise Forbidden(READS_ONLY)

    def stop_build(self) -> None:
        """End the running build, if there is one, at its next step; what is served stays as it is.

        Raises Forbidden.
        """
        self._change()
        self.close()

    def close(self) -> None:
        """Stop the running build, because the server stops; returns at once."""
        self._stop.set()

    def closed(self, seconds: float) -> bool:
        """Wait at most so long for the end of the build; whether there is none any more."""
        if self._builder:
            self._builder.join(seconds)
        return self._builder is None or not self._builder.is_alive()

    def generations(self) -> list[Listed]:
        """The generations of the index, the newest first."""
        return self._backend.generations()

    def rollback(self) -> None:
        """Answer from the generation before the served one again.

        Raises Forbidden, and StoreError where there is none or a build is running.
        """
        self._change()
        if not self._building.acquire(blocking=False):
            raise StoreError("A build is running; stop it or wait for its end.")
        try:
            self._backend.rollback()
        finally:
            self._building.release()

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

    def _build(self, force: bool) -> None:
        ended = BuildState()
        try:
            report = self._backend.build(self._report, force=force)
            self._refused = ""
            self.served()  # open it here, so that the next question does not wait for it
            ended = BuildState(report=report)
        except ShrunkCorpus as error:
            ended = BuildState(error=str(error), shrunk=error)
        except QAError as error:
            ended = BuildState(error=str(error))
        finally:
            memory.release()
            self._state = ended
            self._building.release()

    def _report(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise StoreError(STOPPED)
        self._state = BuildState(running=True, progress=progress)
