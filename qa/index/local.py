"""Retrieval and documents over the files of a generation on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.index import term_groups
from qa.index.articles import Store
from qa.index.base import PassageStates, TermGroup
from qa.index.bm25_index import LexicalIndex
from qa.index.dense import DenseIndex
from qa.index.token_states import States
from qa.types import Filter, Passage, Rows, Run


class LocalDocuments(Store):
    """The articles of a generation, with the token states of their passages."""

    def __init__(self, folder: Path, token_states: States) -> None:
        """Raises BrokenIndex as `Store` does."""
        super().__init__(folder)
        self._token_states = token_states

    def states(self, passages: Sequence[Passage]) -> list[PassageStates]:
        """What the model made of some passages, in their order."""
        return [self._token_states.states(self.row(passage)) for passage in passages]


class LocalRetrieval:
    """FAISS and BM25 over the same rows; the articles tell which of them a filter allows."""

    def __init__(self, dense: DenseIndex, bm25: LexicalIndex, articles: Store) -> None:
        self._dense = dense
        self._bm25 = bm25
        self._articles = articles

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine to `vector` [dimension]; see `DenseIndex.search`."""
        return self._dense.search(vector, k, self._articles.rows(filter_))

    def matching(self, terms: Sequence[str], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score, only rows that hold one of `terms`."""
        return self._bm25.search(terms, k, self._articles.rows(filter_))

    def cosines(self, vector: NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
        """The cosine of `vector` [dimension] and each row, [len(rows)]."""
        scores: NDArray[np.float32] = self._dense.vectors(rows) @ vector
        return scores

    def bm25(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """The BM25 score of each row, [len(rows)]."""
        return self._bm25.scores(terms, rows)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term."""
        return self._bm25.idfs(terms)

    def near(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """For each term those of the vocabulary that are spelled almost like it; see `LexicalIndex.near`."""
        return {term: self._bm25.near(term) for term in terms}

    def containing(self, part: str) -> list[str]:
        """The terms of the vocabulary that contain `part`."""
        return self._bm25.containing(part)

    def grouped(self, groups: Sequence[TermGroup], filter_: Filter) -> Run:
        """All rows that hold the groups, best first; see `qa.index.term_groups`."""
        return term_groups.search(self._bm25, groups, self._articles.rows(filter_))
