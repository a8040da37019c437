"""Where a server gets its index from, and how the corpus behind it is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qa.errors import EncoderError
from qa.generations import Listed
from qa.shelf import Added, Removed
from qa.types import (
    Answer,
    Article,
    ArticleSummary,
    BuildReport,
    Encoder,
    Filter,
    Hit,
    Mode,
    Progress,
    Turn,
)


class OpenIndex(Protocol):
    """What a server needs of `qa.index.Index`."""

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
    """What a server needs of `qa.bot.Bot`."""

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


class Folders:
    """The backend of the program: a corpus folder, a vectors folder, and one model for questions and builds.

    A model is loaded once and kept, also where the folder it came from changes later.
    """

    def __init__(self, corpus: str | Path, vectors: str | Path, model: str = "") -> None:
        """`model` is the one to build with; "" means that of the served index, or else the default."""
        self._corpus = Path(corpus)
        self._vectors = Path(vectors)
        self._model = model
        self._encoder: Encoder | None = None  # of the served index, or of the build it is opened after

    def generation(self) -> str:
        from qa import generations

        return generations.current(self._vectors)

    def open(self) -> Served:
        from qa.bot import Bot
        from qa.index import Index

        encoder = self._encoder
        try:
            index = Index.open(self._vectors, encoder=encoder)
        except EncoderError:
            if encoder is None:
                raise
            index = Index.open(self._vectors)  # built with another model than the one before
        self._encoder = index.encoder  # loads the model now, not at the first question
        return Served(index, Bot(index))

    def build(self, on_progress: Callable[[Progress], None], *, force: bool = False) -> BuildReport:
        from qa import builder, generations
        from qa import encoder as encoders
        from qa.errors import BrokenIndex

        model = self._model
        if not model:
            try:
                model = generations.served(self._vectors).model
            except BrokenIndex:
                model = encoders.DEFAULT_MODEL
        encoder = self._encoder
        if encoder is None or encoder.name != model:
            encoder = encoders.load(model)
        report = builder.build(
            self._corpus, self._vectors, encoder=encoder, force=force, on_progress=on_progress
        )
        self._encoder = encoder
        return report

    def generations(self) -> list[Listed]:
        from qa import generations

        return generations.listing(self._vectors)

    def rollback(self) -> None:
        from qa import generations

        generations.rollback(self._vectors)

    def add(self, name: str, data: bytes) -> Added:
        from qa import generations, shelf

        return shelf.add(self._corpus, name, data, create=not generations.names(self._vectors))

    def remove(self, article_id: str) -> Removed:
        from qa import shelf

        return shelf.remove(self._corpus, article_id)

    def removed(self) -> list[Removed]:
        from qa import shelf

        return shelf.removed(self._corpus)

    def restore(self, token: str) -> Removed:
        from qa import shelf

        return shelf.restore(self._corpus, token)
