"""The shared index of a server: opened once, replaced when a newer one exists, rebuilt on demand.

Any number of threads may ask; one build runs at a time, while questions are answered. This module knows
no page and no protocol.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from qa.errors import Forbidden, LLMError, NoIndex, QAError, Unreachable
from qa.service.base import ALL, Backend, Served
from qa.service.builds import Builds, BuildState
from qa.service.pending import PendingFiles
from qa.service.scheduling import Scheduled
from qa.service.turns import Turns
from qa.service.watching import POLL, SETTLED, Watcher
from qa.types import (
    Added,
    Answer,
    Article,
    ArticleSummary,
    Filter,
    Hit,
    Listed,
    Mode,
    News,
    Pending,
    Removed,
    Skipped,
    Turn,
)

if TYPE_CHECKING:
    from qa.answering.checked_sentences import Client
    from qa.answering.phrasing import Event
    from qa.answering.summary import SummaryEvent
    from qa.llm.deadlines import Stop

# Askers that may wait for their turn; one question is answered at a time, so that many slow none down.
# Each holds a thread of the server, which has 40 (anyio's default), and the last one waits some 0.7 s (of
# twenty at once 95 % have waited 0.42 s: benchmarks/README.md).
WAITING = 32
BUILD_DELAY = 4.0  # seconds from the last of several changes to the build that takes them in
MAX_QUESTION = 2_000  # characters, on the page and of programs
MAX_UPLOAD = 64_000_000  # bytes of one uploaded file
# Changes to the corpus that may wait. Each holds a thread too; together with the questions they leave some
# free for articles and the page.
CHANGES_WAITING = 3
# Pauses between tries to open an index on a server that does not answer, in seconds: doubled up to the most.
FIRST_PAUSE, MOST_PAUSE = 1.0, 30.0
NO_LANGUAGE_MODEL = "This server has no language model to phrase answers. Start it with --llm."
READS_ONLY = "This server is read-only. Run `qa build` on the server to change the index."


class Service:
    """Answer from the newest index that can be opened, and build new ones."""

    def __init__(
        self,
        backend: Backend,
        *,
        changes: bool = True,
        waiting: int = WAITING,
        on_answer: Callable[[Answer], None] | None = None,
        language_model: Client | None = None,
        build_delay: float = BUILD_DELAY,
    ) -> None:
        """`changes`: whether the corpus and its index may be changed through this server; `waiting`:
        questions that may wait; `on_answer` is called with every answer, in the asking thread;
        `language_model` phrases answers for those who want it; `build_delay`: seconds from the last change
        to the build that `build_soon` asks for.
        """
        self._backend = backend
        self._changes = changes
        self._on_answer = on_answer
        self._language_model = language_model
        self._served: Served | None = None
        self._refused = ""  # newest generation that could not be opened; not retried for every question
        self._opening = threading.Lock()
        self._ended = threading.Event()
        self._builds = Builds(backend, self._open_built)
        self._soon = Scheduled(self._build_when_free, build_delay)
        self._pending = PendingFiles(self._look)
        self._questions = Turns(waiting, "The server is busy. Try again in a moment.")
        self._watcher: Watcher | None = None
        self._news: News | None = None
        self._corpus = Turns(CHANGES_WAITING, "Too many changes are waiting. Try again in a moment.")

    @property
    def ready(self) -> bool:
        """Whether an index is open."""
        return self._served is not None

    @property
    def full(self) -> bool:
        """Whether the queue is full, so that the next question would be rejected."""
        return self._questions.full

    @property
    def idle(self) -> bool:
        """Whether nobody is being answered."""
        return self._questions.idle

    @property
    def changes(self) -> bool:
        """Whether the corpus and its index may be changed; if not, all changes raise Forbidden."""
        return self._changes

    @property
    def build_state(self) -> BuildState:
        """The running build, or how the last one ended."""
        return self._builds.state

    @property
    def build_due(self) -> bool:
        """Whether a build will start by itself in a moment."""
        return self._soon.due

    @property
    def stopping(self) -> bool:
        """Whether the running build was stopped and ends at its next step."""
        return self._builds.stopping

    @property
    def watching(self) -> bool:
        """Whether the index is rebuilt by itself when the corpus changes."""
        return self._watcher is not None

    @property
    def news(self) -> News | None:
        """What the newest generation brought that has other articles than the one before; None at first."""
        return self._news

    # -- the open index

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
        """Keep trying to open the index, in a thread, until its server answers or this service ends."""
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

    def _open_built(self) -> None:
        """Open what was just built, so that the next question does not wait for it."""
        self._refused = ""
        self._pending.forget()
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

    def ask_if_idle(self, question: str, where: Filter = ALL) -> Answer | None:
        """The answer to a question of the page itself, which is not recorded; None while someone else asks.

        Raises as `ask` does.
        """
        if not self.idle:
            return None
        with self._questions.take():
            return self.served().bot.ask(question, history=(), where=where)

    @property
    def language_model(self) -> Client | None:
        """What phrases answers; None if nothing does."""
        return self._language_model

    def phrase(self, answer: Answer, served: Served, stop: Stop | None = None) -> Iterator[Event]:
        """Phrase an answer of `served`, as `ask` returned both: the quotes at once, then each sentence.

        Takes no turn: others ask meanwhile. Set `stop` from another thread to end it. Raises LLMError at once
        where no language model is configured; failures of the model are in `Answer.phrased`.
        """
        if self._language_model is None:
            raise LLMError(NO_LANGUAGE_MODEL)
        return served.bot.phrase(answer, self._language_model, stop)

    def summarise(
        self, article_ids: Sequence[str], stop: Stop | None = None
    ) -> tuple[Iterator[SummaryEvent], Served]:
        """Sum up articles, and what they were taken from. Takes no turn, as `phrase`.

        Raises NoIndex, CorpusError for an unknown article, and LLMError where no language model is configured
        or no sentence could be checked; failures of the model are in `Summary.phrased`.
        """
        if self._language_model is None:
            raise LLMError(NO_LANGUAGE_MODEL)
        served = self.served()
        return served.bot.summarise(article_ids, self._language_model, stop), served

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
        """Start a build in the background; False if one is running already. Raises Forbidden.

        With `force` it continues even if most articles of the index are missing from the corpus.
        """
        self._check_changes()
        return self._builds.start(force=force)

    def build_soon(self) -> None:
        """Build in the background a few seconds after the last call, or after a build that is running.

        Raises Forbidden.
        """
        self._check_changes()
        self._soon.request()

    def _build_when_free(self, is_wanted: Callable[[], bool]) -> None:
        while is_wanted() and not self._builds.start(force=False):
            self._builds.ended(1.0)

    def watch(self, *, poll: float = POLL, settled: float = SETTLED) -> None:
        """From now on, build by itself when the corpus has changed and settled; see `qa.service.watching`.

        A build that would lose most articles is not made. Raises Forbidden.
        """
        self._check_changes()
        if self._watcher is None:
            self._watcher = Watcher(self._backend.corpus_state, self._rebuild, poll=poll, settled=settled)
            self._watcher.start()

    def _rebuild(self) -> bool:
        """Build and wait for the end; whether a further try would change nothing."""
        if not self._builds.start(force=False):
            return False
        while not self._builds.ended(1.0):
            pass
        return bool(self._builds.state.report or self._builds.state.shrunk)

    def stop_build(self) -> None:
        """Cancel the running build, if any, at its next step, and one that is due. The served index is
        unchanged.

        Raises Forbidden.
        """
        self._check_changes()
        self._soon.cancel()
        self._builds.stop()

    def close(self) -> None:
        """Stop watching and the running build because the server stops; returns at once."""
        self._ended.set()
        if self._watcher:
            self._watcher.stop()
        self._soon.cancel()
        self._builds.stop()

    def closed(self, seconds: float) -> bool:
        """Wait at most so long for the end of the build; whether none is running any more."""
        return self._builds.ended(seconds)

    def generations(self) -> list[Listed]:
        """The generations of the index, newest first."""
        return self._backend.generations()

    def switch(self, generation: str) -> None:
        """Serve another generation, older or newer.

        Raises Forbidden, and StoreError if there is none of this name, it is damaged, or a build is running.
        """
        self._check_changes()
        with self._builds.paused():
            self._backend.switch(generation)
        self._pending.forget()

    # -- the corpus

    def add(self, name: str, data: bytes) -> Added:
        """Add a file to the corpus. It becomes searchable with the next build.

        Raises Forbidden, Busy, CorpusError with the reason for the rejection, and StoreError.
        """
        with self._changing():
            return self._backend.add(name, data)

    def remove(self, article_id: str) -> Removed:
        """Remove the file of an article from the corpus; the index follows at the next build.

        Raises Forbidden, Busy, CorpusError and StoreError.
        """
        with self._changing():
            return self._backend.remove(article_id)

    def remove_all(self, article_ids: Sequence[str]) -> tuple[list[Removed], list[Skipped]]:
        """Remove the files of several articles; what was removed, and why the others were not.

        Raises Forbidden, Busy and StoreError.
        """
        with self._changing():
            return self._backend.remove_all(article_ids)

    def pending(self) -> Pending:
        """What the corpus and the open index differ in; up to some seconds old where others change files.

        Nothing where the index cannot be opened.
        """
        try:
            return self._pending.get()
        except QAError:
            return Pending()

    def _look(self) -> Pending:
        try:
            articles = self.served().index.articles()
        except NoIndex:
            articles = []
        return self._backend.pending([article.article_id for article in articles])

    def removed(self) -> list[Removed]:
        """Removed files that can be restored, most recent first; none if changes are not allowed."""
        return self._backend.removed() if self._changes else []

    def restore(self, token: str) -> Removed:
        """Restore a removed file. Raises Forbidden, Busy, CorpusError and StoreError."""
        with self._changing():
            return self._backend.restore(token)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Take a turn at the corpus. Raises Forbidden, and Busy where too many wait already."""
        self._check_changes()
        with self._corpus.take():
            try:
                yield
            finally:
                self._pending.forget()

    def _check_changes(self) -> None:
        if not self._changes:
            raise Forbidden(READS_ONLY)


def _news(before: Served, now: Served) -> News | None:
    old, new = ({article.article_id for article in one.index.articles()} for one in (before, now))
    if old == new:
        return None
    return News(len(new - old), len(old - new), datetime.now().astimezone().isoformat(timespec="seconds"))
