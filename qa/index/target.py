"""The folder that a build writes a new generation to, part by part."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from qa.errors import StoreError
from qa.index import bm25_index, bm25_writer, dense, ivf, token_states
from qa.index.article_writer import ArticleWriter
from qa.index.articles import Store
from qa.index.base import Computed, StoredArticle
from qa.index.reuse import NEW, Reuse
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.text import tokens
from qa.types import Article, Passage, Rows, Span


class FolderTarget:
    """A new generation in a vectors folder; nobody sees it before `publish` (see `qa.index.base.Target`)."""

    def __init__(self, vectors: Path, dimension: int, reuse: Reuse | None = None) -> None:
        """Raises StoreError where the folder cannot be written. Call it only while holding the lock."""
        self.generation = publishing.new_name(vectors)
        self._vectors = vectors
        self._dimension = dimension
        self._reuse = reuse
        self._folder = publishing.start(vectors, self.generation)
        self._writers: tuple[dense.DenseWriter, token_states.StatesWriter] | None = None
        self._store: Store | None = None
        self._waiting: dict[int, Computed] = {}  # rows that were put before others that come first
        self._next = 0
        try:
            self._articles = ArticleWriter(self._folder)
        except StoreError:
            self._remove()
            raise

    def add(self, article: Article, digest: str, spans: Sequence[Span]) -> None:
        """Append an article, its digest, and where its passages lie; these are the next rows."""
        known = self._reuse and self._reuse.unchanged(article.article_id, digest)
        shingles = self._reuse.shingles(article.article_id) if self._reuse and known else None
        self._articles.add(article, digest, spans, shingles)

    def complete_articles(self) -> None:
        """All articles were added: they can be read from now on."""
        self._articles.complete()
        self._articles.close()
        self._store = Store(self._folder)
        self._writers = (
            dense.DenseWriter(self._folder / dense.FILE, self._dimension),
            token_states.StatesWriter(self._folder / token_states.FOLDER),
        )

    @property
    def _written(self) -> Store:
        if self._store is None:
            raise ValueError("the articles are not complete")
        return self._store

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""
        return self._written.stored()

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""
        return self._written.article(article_id)

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""
        return self._written.with_articles(rows)

    def known(self, rows: Rows) -> Rows:
        """None: what an interrupted build wrote is removed."""
        return rows[:0]

    def put(self, computed: Mapping[int, Computed]) -> None:
        """Store what the model made of some rows; those that come too early are held until their turn."""
        if self._writers is None:
            raise ValueError("the articles are not complete")
        vectors, states = self._writers
        self._waiting.update({row: value for row, value in computed.items() if row >= self._next})
        while self._next in self._waiting:
            vector, record = self._waiting.pop(self._next)
            vectors.add(vector)
            states.add(record)
            self._next += 1

    def take_over(self, old: Mapping[int, int]) -> None:
        """Give each of these rows what the served generation has for another."""
        if self._reuse is None:
            raise ValueError("there is nothing to take over from")
        self.put(dict(zip(old, self._reuse.computed(list(old.values())), strict=True)))

    def publish(self, manifest: Manifest, old_rows: Rows) -> Manifest:
        """Index the vectors and the terms, and serve the generation; its whole manifest."""
        if self._next != len(old_rows):
            raise ValueError(f"only {self._next} of {len(old_rows)} rows were put")
        for writer in self._writers or ():
            writer.complete()
            writer.close()
        group_vectors(self._folder, old_rows, self._dimension, self._reuse)
        index_terms(self._folder, self._written, old_rows, self._reuse)
        self._written.close()
        return publishing.finish(self._vectors, self._folder, manifest, fine=[dense.FILE])

    def abandon(self) -> None:
        """Remove what was written, unless it was published."""
        for writer in (self._articles, *(self._writers or ())):
            with suppress(OSError):  # what could not be written is removed anyway
                writer.close()
        if self._store is not None:
            self._store.close()
        self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # a published one was renamed


def group_vectors(folder: Path, old_rows: Rows, dimension: int, reuse: Reuse | None) -> None:
    """Cluster the vectors if there are too many to compare each with every question."""
    if len(old_rows) <= ivf.EXACT_UP_TO:
        return
    ivf.save(
        folder,
        len(old_rows),
        dimension,
        lambda: dense.read_written(folder / dense.FILE, dimension),
        old=reuse.clusters if reuse else None,
        added=int((old_rows == NEW).sum()),
    )


def index_terms(folder: Path, articles: Store, old_rows: Rows, reuse: Reuse | None) -> None:
    """Write the lexical part: count the terms of new passages, take over those of the others."""
    old = reuse.bm25 if reuse else None
    moved = np.full(old.count if old else 0, NEW, np.int64)  # of each old row, the new one
    reused = np.flatnonzero(old_rows != NEW)
    moved[old_rows[reused]] = reused  # the last one if a passage occurs twice …
    counted = np.zeros(len(old_rows), bool)
    counted[moved[moved != NEW]] = True
    rows = np.flatnonzero(~counted)  # … and the others count their terms themselves
    new = (
        (row, tokens.terms(passage.text, article.language))
        for row, (article, passage) in zip(rows.tolist(), articles.with_articles(rows), strict=True)
    )
    bm25_writer.save(folder / bm25_index.FOLDER, len(old_rows), new, old=old, moved=moved)
