"""The lexical side: BM25 over stemmed terms, kept as a sparse matrix of term weights.

A row number is all this module knows of a passage; which terms a text has is for `qa.text` to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.types import Rows, Run

# Robertson & Zaragoza, The Probabilistic Relevance Framework (2009): k1 in 1.2..2, b in 0.5..0.8.
K1 = 1.5
B = 0.75
FOLDER = "lexical"  # within a generation


def save(terms: Iterable[Sequence[str]], folder: Path) -> None:
    """Index the terms of each row (row i is the i-th) and write the parts into `folder`."""
    import bm25s

    vocabulary: dict[str, int] = {}  # in order of appearance: the same texts give the same bytes
    ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in row] for row in terms]
    if not vocabulary:  # bm25s cannot index rows that are all empty
        vocabulary, ids = {"": 0}, [[0] for _ in ids]
    model = bm25s.BM25(k1=K1, b=B, method="lucene")
    model.index((ids, vocabulary), show_progress=False)
    model.save(folder, show_progress=False)


class LexicalIndex:
    """BM25 search over the rows of a generation, its arrays memory-mapped."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex where `folder` holds no such index."""
        import bm25s

        try:
            self._model: Any = bm25s.BM25.load(folder, mmap=True, show_progress=False)
            self._vocabulary: dict[str, int] = self._model.vocab_dict
            self.count = int(self._model.scores["num_docs"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BrokenIndex("The lexical part of the index is damaged; run `qa build --fresh`.") from error

    def document_frequency(self, term: str) -> int:
        """In how many rows the term occurs."""
        number = self._vocabulary.get(term)
        if number is None or not term:
            return 0
        starts = self._model.scores["indptr"]
        return int(starts[number + 1] - starts[number])

    def idf(self, term: str) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)), the inverse document frequency of Lucene's BM25."""
        n = self.document_frequency(term)
        return math.log(1 + (self.count - n + 0.5) / (n + 0.5))

    def search(self, terms: Sequence[str], k: int, allowed: Rows | None = None) -> Run:
        """The `k` rows with the highest BM25 score, only rows that hold a term; equal scores by row."""
        scores = self._scores(terms)
        if scores is None or k <= 0:
            return Run(np.empty(0, np.int64), np.empty(0, np.float32))
        rows: Rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
        if len(rows) > k:  # everything that could be among the k best, ties at the border included
            border = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
            rows = rows[scores[rows] >= border]
        order = np.lexsort((rows, -scores[rows]))[:k]
        return Run(rows[order].astype(np.int64), scores[rows][order])

    def scores(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """BM25 scores of the given rows, [len(rows)]."""
        scores = self._scores(terms)
        return np.zeros(len(rows), np.float32) if scores is None else scores[rows]

    def _scores(self, terms: Sequence[str]) -> NDArray[np.float32] | None:
        """Scores of all rows; None where no term is known."""
        numbers = [self._vocabulary[term] for term in terms if term and term in self._vocabulary]
        if not numbers:
            return None
        return np.asarray(self._model.get_scores_from_ids(numbers), dtype=np.float32)
