"""What an engine for retrieval offers to a generation whose documents are in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.types import Filter, Rows, Run, Vectors


class EngineRow(NamedTuple):
    """A passage as an engine keeps it."""

    row: int  # number of the passage in its generation, and its key in the engine
    vector: NDArray[np.float32]  # [dimension], unit length
    terms: Sequence[str]  # the stems of its words, each as often as it occurs (`qa.text.tokens.terms`)
    article_id: str
    source: str  # case-folded
    date: str  # ISO 8601 or ""


class Collection(Protocol):
    """The passages of one generation in an engine; read-only once it is sealed.

    Raises StoreError where the engine does not answer in time, and BrokenIndex where the collection is not
    there or not complete. Rows that `filter_` allows are filtered before ranking; equal scores are ordered
    by row.
    """

    @property
    def count(self) -> int:
        """Number of passages."""

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine to `vector` [dimension]."""

    @property
    def ranks_terms(self) -> bool:
        """Whether the engine can do `matching`; if not, PostgreSQL does it."""

    def matching(self, idf: Mapping[str, float], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score (formula: `qa.index.bm25`), only rows that hold a term.

        `idf`: the terms, each with its inverse document frequency in the generation.
        """

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of some rows, [len(rows), dimension]."""

    def close(self) -> None:
        """Release what it holds."""


class Engine(Protocol):
    """A server that finds passages: Milvus.

    PostgreSQL says which collection is served; nothing here does. A collection is written once, then sealed,
    and never changed again.
    """

    def create(self, name: str, dimension: int, mean_terms: float) -> None:
        """Make an empty collection, in place of an unfinished one of this name.

        `mean_terms`: the mean number of terms in the passages that will be put.
        """

    def put(self, name: str, rows: Sequence[EngineRow]) -> None:
        """Store rows; a row that is there already is replaced."""

    def seal(self, name: str, count: int) -> None:
        """Make everything that was put visible and searchable; StoreError unless there are `count` rows."""

    def open(self, name: str) -> Collection:
        """Open a sealed collection; BrokenIndex if it is missing or not loaded."""

    def names(self) -> list[str]:
        """The collections of this index."""

    def drop(self, name: str) -> None:
        """Remove a collection; no error if there is none. The caller has checked that it is not in use."""

    def close(self) -> None:
        """Close the connection."""
