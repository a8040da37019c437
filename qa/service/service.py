"""What a server does for all its users: it answers from one open index, and builds new ones on demand.

Any number of threads may ask; one build runs at a time, while questions are answered. This module knows
no page and no protocol. `newest_index` opens the index, `changes` changes the corpus, `builds` and
`automatic` build.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.errors import LLMError
from qa.service.automatic import AutomaticBuilds
from qa.service.base import ALL, Backend, Served
from qa.service.builds import Builds, BuildState
from qa.service.changes import CorpusChanges
from qa.service.newest_index import NewestIndex
from qa.service.turns import Turns
from qa.service.watching import POLL, SETTLED
from qa.types import (
    Answer,
    Article,
    ArticleSummary,
    Filter,
    Hit,
    Listed,
    Mode,
    News,
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
NO_LANGUAGE_MODEL = "This server has no language model to phrase answers. Start it with --llm."


class Service:
    """Answer from the newest index that can be opened, and build new ones; `corpus` changes the corpus."""

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
        self._on_answer = on_answer
        self._language_model = language_model
        self._index = NewestIndex(backend)
        self.corpus = CorpusChanges(backend, self._index, allowed=changes)
        self._builds = Builds(backend, self._open_built)
        self._automatic = AutomaticBuilds(self._builds, backend.corpus_state, build_delay)
        self._questions = Turns(waiting, "The server is busy. Try again in a moment.")

    @property
    def ready(self) -> bool:
        """Whether an index is open."""
        return self._index.ready

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
        return self.corpus.allowed

    @property
    def build_state(self) -> BuildState:
        """The running build, or how the last one ended."""
        return self._builds.state

    @property
    def build_due(self) -> bool:
        """Whether a build will start by itself in a moment."""
        return self._automatic.due

    @property
    def stopping(self) -> bool:
        """Whether the running build was stopped and ends at its next step."""
        return self._builds.stopping

    @property
    def watching(self) -> bool:
        """Whether the index is rebuilt by itself when the corpus changes."""
        return self._automatic.watching

    @property
    def news(self) -> News | None:
        """What the newest generation brought that has other articles than the one before; None at first."""
        return self._index.news

    # -- the open index

    def served(self) -> Served:
        """The open index, the newest one if possible. Raises as `NewestIndex.served` does."""
        return self._index.served()

    def open_when_possible(self) -> threading.Thread:
        """Keep trying to open the index, in a thread, until its server answers or this service ends."""
        return self._index.open_when_possible()

    def _open_built(self) -> None:
        self.corpus.look_again()
        self._index.open_built()

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
        self.corpus.check()
        return self._builds.start(force=force)

    def build_soon(self) -> None:
        """Build in the background a few seconds after the last call, or after a build that is running.

        Raises Forbidden.
        """
        self.corpus.check()
        self._automatic.soon()

    def watch(self, *, poll: float = POLL, settled: float = SETTLED) -> None:
        """From now on, build by itself when the corpus has changed and settled; see `qa.service.watching`.

        A build that would lose most articles is not made. Raises Forbidden.
        """
        self.corpus.check()
        self._automatic.watch(poll=poll, settled=settled)

    def stop_build(self) -> None:
        """Cancel the running build, if any, at its next step, and one that is due. The served index is
        unchanged.

        Raises Forbidden.
        """
        self.corpus.check()
        self._automatic.cancel()
        self._builds.stop()

    def close(self) -> None:
        """Stop watching and the running build because the server stops; returns at once."""
        self._index.end()
        self._automatic.end()
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
        self.corpus.check()
        with self._builds.paused():
            self._backend.switch(generation)
        self.corpus.look_again()
