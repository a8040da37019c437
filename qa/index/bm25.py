"""BM25: the scores of rows by the terms that they hold, wherever the postings are.

This module knows passages only by row number; `qa.text.tokens` decides which terms a text has. A search reads
only the postings of its terms. `qa.index.bm25_index` reads them from the files of a generation.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.types import Rows, Run

# Robertson & Zaragoza, The Probabilistic Relevance Framework (2009): k1 in 1.2..2, b in 0.5..0.8.
K1 = 1.5
B = 0.75
FORMAT = 2  # increased whenever the same text would have different terms
ROUNDING = 1e-4  # generous relative tolerance for sums in a different order
INT, SHORT = np.dtype("<i4"), np.dtype("<u2")  # of the rows and the counts of postings


def settings() -> dict[str, str | int]:
    """Fingerprint of everything that would change the terms of an unchanged text."""
    return {"terms": FORMAT, "stemmer": f"PyStemmer {version('PyStemmer')}"}


class _Postings(NamedTuple):
    """Position of a term's postings, and its inverse document frequency."""

    start: int
    end: int
    idf: float


class Lexical(ABC):
    """BM25 search over the rows of a generation, wherever the postings are."""

    count: int  # rows
    norms: NDArray[np.float32]  # of each row: how much its length weakens its counts

    @abstractmethod
    def _find(self, term: str) -> tuple[int, int] | None:
        """Position of a term's postings; None if it is unknown."""

    @abstractmethod
    def _held(self, start: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Rows and counts of some postings; the rows of a term ascend."""

    def document_frequency(self, term: str) -> int:
        """Number of rows in which the term occurs."""
        place = self._find(term)
        return place[1] - place[0] if place else 0

    def idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term."""
        return {term: self.idf(term) for term in terms}

    def idf(self, term: str) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)), the inverse document frequency of Lucene's BM25."""
        n = self.document_frequency(term)
        return math.log(1 + (self.count - n + 0.5) / (n + 0.5))

    def search(self, terms: Sequence[str], k: int, allowed: Rows | None = None) -> Run:
        """The `k` rows with the highest BM25 score, only rows that contain a term; equal scores by row."""
        postings = self._postings_of(terms)
        if not postings or k <= 0:
            return Run(np.empty(0, np.int64), np.empty(0, np.float32))
        rows = self._candidates(postings, k, allowed)
        scores = self._sums(postings, rows)
        if len(rows) > k:  # everything that could be among the k best, ties at the border included
            border = np.partition(scores, len(rows) - k)[len(rows) - k]
            rows, scores = rows[scores >= border], scores[scores >= border]
        order = np.lexsort((rows, -scores))[:k]
        return Run(rows[order].astype(np.int64), scores[order])

    def scores(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """BM25 scores of the given rows, [len(rows)]."""
        return self._sums(self._postings_of(terms), rows)

    def _postings_of(self, terms: Sequence[str]) -> list[_Postings]:
        """The postings of the terms that occur, in their order."""
        return [_Postings(*place, self.idf(term)) for term in terms if (place := self._find(term))]

    def _weights(
        self, term: _Postings, rows: NDArray[np.integer], counts: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """A term's contribution to the scores of rows in which it occurs `counts` times; always less than its
        idf.
        """
        weights: NDArray[np.float32] = np.float32(term.idf) * counts / (counts + self.norms[rows])
        return weights

    def _candidates(self, postings: list[_Postings], k: int, allowed: Rows | None) -> Rows:
        """Distinct rows that contain a term, including the k best and all ties with the last of them.

        Rare terms come first; once the remaining terms alone cannot lift a row into the k best, no further
        rows are collected (MaxScore: Turtle & Flood, Query Evaluation, 1995).
        """
        sums = np.zeros(self.count, np.float32)  # the system allocates only the pages written to
        is_allowed = None
        if allowed is not None:
            is_allowed = np.zeros(self.count, bool)
            is_allowed[allowed] = True
        rows = np.empty(0, np.int64)
        left = sum(term.idf for term in postings)
        for term in sorted(postings, key=lambda term: term.end - term.start):
            if len(rows) >= k:
                partial = sums[rows]
                border = float(np.partition(partial, len(rows) - k)[len(rows) - k])
                if left < border * (1 - ROUNDING):
                    return rows[partial + left >= border * (1 - ROUNDING)]
            holding, counts = self.postings(term.start, term.end)
            if is_allowed is not None:
                passes = is_allowed[holding]
                holding, counts = holding[passes], counts[passes]
            rows = np.concatenate([rows, holding[sums[holding] == 0]])
            sums[holding] += self._weights(term, holding, counts)
            left -= term.idf
        return rows

    def _sums(self, postings: list[_Postings], rows: Rows) -> NDArray[np.float32]:
        """Scores of some rows, looked up in the postings of each term."""
        scores = np.zeros(len(rows), np.float32)
        wanted = rows.astype(INT)  # same dtype as the postings, which would otherwise be converted completely
        for term in postings:
            holding, counted = self._held(term.start, term.end)
            places = np.minimum(np.searchsorted(holding, wanted), len(holding) - 1)
            matches = np.flatnonzero(holding[places] == wanted)
            counts = counted[places[matches]].astype(np.float32)
            scores[matches] += self._weights(term, rows[matches], counts)
        return scores

    def postings_of(self, term: str) -> tuple[Rows, NDArray[np.float32]]:
        """The rows that hold a term, and how often; both empty if none does."""
        return self.postings(*(self._find(term) or (0, 0)))

    def postings(self, start: int, end: int) -> tuple[Rows, NDArray[np.float32]]:
        """Rows and counts of some postings, by term and row."""
        rows, counts = self._held(start, end)
        return rows.astype(np.int64), counts.astype(np.float32)


def length_norms(lengths: NDArray[np.integer]) -> NDArray[np.float32]:
    """Of each row, how much its length in terms weakens its counts."""
    mean = max(float(lengths.mean()) if len(lengths) else 0.0, 1e-9)
    weakened: NDArray[np.float32] = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
    return weakened
