"""What a service needs of an index, of what answers from it, and of where both come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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
    Pending,
    Progress,
    Removed,
    Skipped,
    Turn,
)

if TYPE_CHECKING:
    from qa.answering.checked_sentences import Client
    from qa.answering.phrasing import Event
    from qa.answering.summary import SummaryEvent
    from qa.llm.deadlines import Stop

ALL = Filter()


class OpenIndex(Protocol):
    """What a service needs of `qa.index.search.Index`."""

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
    """What a service needs of `qa.answering.bot.Bot`."""

    def ask(self, question: str, *, history: Sequence[Turn], where: Filter) -> Answer: ...

    def phrase(self, answer: Answer, client: Client, stop: Stop | None = None) -> Iterator[Event]: ...

    def summarise(
        self, article_ids: Sequence[str], client: Client, stop: Stop | None = None
    ) -> Iterator[SummaryEvent]: ...


@dataclass(frozen=True, slots=True)
class Served:
    """An open generation and the bot that answers from it."""

    index: OpenIndex
    bot: Answerer


class Backend(Protocol):
    """Source of the index. All methods may raise QAError."""

    def generation(self) -> str:
        """Name of the newest generation, or "". Cheap to call."""

    def open(self) -> Served:
        """Open the newest generation, ready to answer."""

    def build(self, on_progress: Callable[[Progress], None], *, force: bool = False) -> BuildReport:
        """Build a new generation. Raises ShrunkCorpus where it would lose most articles, unless `force`."""

    def corpus_state(self) -> str:
        """Changes whenever the corpus does; "" if it cannot be read."""

    def generations(self) -> list[Listed]:
        """All generations, the newest first."""

    def switch(self, generation: str) -> None:
        """Serve another generation, older or newer."""

    def add(self, name: str, data: bytes) -> Added:
        """Add a file to the corpus."""

    def remove(self, article_id: str) -> Removed:
        """Remove the file of an article from the corpus."""

    def remove_all(self, article_ids: Sequence[str]) -> tuple[list[Removed], list[Skipped]]:
        """Remove the files of several articles; what was removed, and why the others were not."""

    def pending(self, article_ids: Sequence[str]) -> Pending:
        """How the corpus and an index with these articles differ until the next build."""

    def removed(self) -> list[Removed]:
        """Removed files, most recent first."""

    def restore(self, token: str) -> Removed:
        """Restore a removed file."""
