"""The backend of a service: a corpus folder, and an index in a folder or at an address. The only module that
names concrete classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qa.embedding.base import Encoder
from qa.errors import BrokenIndex, EncoderError
from qa.service.base import Served
from qa.types import Added, BuildReport, Listed, Pending, Progress, Removed, Skipped

if TYPE_CHECKING:
    from qa.index.base import IndexStore


class Folders:
    """The backend of the program: a corpus folder, the place of an index (a folder or an address), and one
    model for questions and builds.

    A model is loaded once and kept, even if its folder changes later.
    """

    def __init__(self, corpus: str | Path, vectors: str | Path, model: str = "") -> None:
        """`model`: the model to build with; "" uses the served index's model, or else the default."""
        self._corpus = Path(corpus)
        self._vectors = vectors
        self._model = model
        self._encoder: Encoder | None = None  # of the served index, or of the preceding build

    @cached_property
    def _store(self) -> IndexStore:
        from qa.cluster import opening

        return opening.store(self._vectors)

    def generation(self) -> str:
        return self._store.current()

    def open(self) -> Served:
        from qa.answering.bot import Bot
        from qa.index.search import Index

        opened = self._store.open()
        try:
            index = Index(opened, self._encoder)
        except EncoderError:  # built with a different model than the previous one
            index = Index(opened)
        self._encoder = index.encoder  # load the model now, not at the first question
        return Served(index, Bot(index))

    def build(self, on_progress: Callable[[Progress], None], *, force: bool = False) -> BuildReport:
        from qa.embedding import sentence_transformer
        from qa.index import build

        model = self._model
        if not model:
            try:
                model = self._store.served().model
            except BrokenIndex:
                model = sentence_transformer.DEFAULT_MODEL
        encoder = self._encoder
        if encoder is None or encoder.name != model:
            encoder = sentence_transformer.load(model)
        report = build.build(self._corpus, self._store, encoder=encoder, force=force, on_progress=on_progress)
        self._encoder = encoder
        return report

    def corpus_state(self) -> str:
        from qa.corpus import stamps

        return stamps.state_of(self._corpus)

    def generations(self) -> list[Listed]:
        return self._store.listing()

    def switch(self, generation: str) -> None:
        self._store.switch(generation)

    def add(self, name: str, data: bytes) -> Added:
        from qa.corpus import changes

        return changes.add(self._corpus, name, data, create=self._store.is_empty())

    def remove(self, article_id: str) -> Removed:
        from qa.corpus import changes

        return changes.remove(self._corpus, article_id)

    def remove_all(self, article_ids: Sequence[str]) -> tuple[list[Removed], list[Skipped]]:
        from qa.corpus import changes

        return changes.remove_all(self._corpus, article_ids)

    def pending(self, article_ids: Sequence[str]) -> Pending:
        from qa.index import pending

        return pending.pending(self._corpus, self._store, article_ids)

    def removed(self) -> list[Removed]:
        from qa.corpus import changes

        return changes.removed(self._corpus)

    def restore(self, token: str) -> Removed:
        from qa.corpus import changes

        return changes.restore(self._corpus, token)
