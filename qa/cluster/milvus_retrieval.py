"""Retrieval by Milvus and PostgreSQL together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.cluster.base import Collection
from qa.index.base import Retrieval, TermGroup
from qa.types import Filter, Rows, Run


class MilvusRetrieval:
    """Search that ranks in Milvus; the words of the passages are asked of `words` (see
    `qa.index.base.Retrieval`).

    Neither side stands in for the other: where one fails, the question fails.
    """

    def __init__(self, collection: Collection, words: Retrieval) -> None:
        self._collection = collection
        self._words = words

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine to `vector` [dimension]."""
        return self._collection.nearest(vector, k, filter_)

    def matching(self, terms: Sequence[str], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score, by PostgreSQL where the engine cannot rank words."""
        if not self._collection.ranks_terms:
            return self._words.matching(terms, k, filter_)
        return self._collection.matching(self._words.idf(terms) if k > 0 else {}, k, filter_)

    def cosines(self, vector: NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
        """The cosine of `vector` [dimension] and each row, [len(rows)]."""
        cosines: NDArray[np.float32] = self._collection.vectors(rows) @ np.asarray(vector, np.float32)
        return cosines

    def bm25(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """The BM25 score of each row, [len(rows)]."""
        return self._words.bm25(terms, rows)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term."""
        return self._words.idf(terms)

    def near(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """For each term, terms that a slip of a key could have made it of."""
        return self._words.near(terms)

    def containing(self, part: str) -> list[str]:
        """The terms of the passages that contain `part`."""
        return self._words.containing(part)

    def grouped(self, groups: Sequence[TermGroup], filter_: Filter) -> Run:
        """All rows that hold the groups, best first."""
        return self._words.grouped(groups, filter_)
