"""What an index keeps of a passage and makes of a question, and what a store of them must offer.

`qa.index.search` and `qa.index.build` work on these protocols; `qa.index.snapshot` and `qa.index.target`
fulfil them with files on this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.storage.manifest import Manifest
from qa.types import Article, ArticleSummary, Filter, Passage, Rows, Run, Span, Vectors


class PassageStates(NamedTuple):
    """Stored encoder output of a passage; offsets are relative to the passage."""

    tokens: Vectors  # [tokens, d], unit length, comparable to those of `QueryStates`
    token_spans: NDArray[np.int64]  # [tokens, 2], ascending
    sentences: tuple[Span, ...]
    sentence_vectors: Vectors  # [sentences, dimension], unit length


class QueryStates(NamedTuple):
    """Encoder output of a question, as compared with passages."""

    vector: NDArray[np.float32]  # [dimension], unit length
    tokens: Vectors  # [tokens, d], unit length
    token_spans: NDArray[np.int64]  # [tokens, 2], ascending


class TermGroup(NamedTuple):
    """Terms that a word of a search stands for; a row that holds any of them holds the word."""

    terms: dict[str, float]  # with their weights, at most 1
    required: bool = False


class Sought(NamedTuple):
    """One word or phrase of a search for articles."""

    parts: tuple[str, ...]  # each must be in the metadata
    rows: Rows = np.empty(0, np.int64)  # … or one of these passages in the article


class Retrieval(Protocol):
    """Search over the passages of a generation; every method raises BrokenIndex where it is damaged.

    Runs hold the rows that a filter allows, filtered before ranking; equal scores are ordered by row.
    """

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine to `vector` [dimension]."""

    def matching(self, terms: Sequence[str], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score, only rows that hold one of `terms`."""

    def cosines(self, vector: NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
        """The cosine of `vector` [dimension] and each row, [len(rows)]."""

    def bm25(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """The BM25 score of each row, [len(rows)], at most the sum of the terms' idf."""

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term (formula: `qa.index.bm25`), in one call a question."""

    def near(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """For each term, terms that the passages hold and that a slip of a key could have made it of, nearest
        first.
        """

    def containing(self, part: str) -> list[str]:
        """The terms of the passages that contain `part`, which is not empty."""

    def grouped(self, groups: Sequence[TermGroup], filter_: Filter) -> Run:
        """All rows that hold a term of each required group, or of any group if none is required; the score is
        the share of the BM25 score that the groups could give.
        """


class Documents(Protocol):
    """Articles and passages of a generation; every method raises BrokenIndex where it is damaged."""

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, sorted by id."""

    def find(self, sought: Sequence[Sought], offset: int, limit: int) -> tuple[list[ArticleSummary], int]:
        """`limit` articles, from `offset` on, that hold everything that is sought, and the number of
        matches.
        """

    def sources(self) -> list[tuple[str, int]]:
        """The outlets with their number of articles, largest first."""

    def languages(self) -> frozenset[str]:
        """The languages of the articles, including "" if an article has none."""

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of the given rows, in their order."""

    def states(self, passages: Sequence[Passage]) -> list[PassageStates]:
        """What the model made of some passages, in their order."""


class OpenGeneration(Protocol):
    """An opened generation, wherever it is stored."""

    @property
    def manifest(self) -> Manifest: ...

    @property
    def retrieval(self) -> Retrieval: ...

    @property
    def documents(self) -> Documents: ...

    def close(self) -> None:
        """Release it; from then on a build may remove it."""


class StoredArticle(NamedTuple):
    """What a build needs of an article that it may have met before."""

    digest: str
    first: int  # row of its first passage
    passages: int


class StoredArticles(Protocol):
    """The articles of a generation, as a build compares them with others."""

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""


class Target(StoredArticles, Protocol):
    """What a build writes a new generation to; nobody sees it before `publish`.

    First all articles are added, then the rows are put in their order. Raises StoreError or OSError where it
    cannot be written.
    """

    @property
    def generation(self) -> str:
        """Name of the new generation."""

    def add(self, article: Article, digest: str, spans: Sequence[Span]) -> None:
        """Append an article, its digest, and where its passages lie; these are the next rows."""

    def complete_articles(self) -> None:
        """All articles were added: they can be read from now on."""

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""

    def put(self, vector: Vectors, record: bytes | memoryview) -> None:
        """Store the vector, [1, dimension], and the token states of the next row."""

    def publish(self, manifest: Manifest, old_rows: Rows) -> Manifest:
        """Complete the generation and serve it; its manifest with all parts.

        `old_rows` tells for each row which one of the served generation it takes over, or
        `qa.index.reuse.NEW`.
        """

    def abandon(self) -> None:
        """Remove what was written, unless it was published."""
