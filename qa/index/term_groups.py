"""BM25 over groups of terms: all terms of a group count as one word.

A word of a search may stand for many terms: those that begin like a truncated word, compounds, words that a
slip of a key could have made. Knows terms and rows, not how a group came about (`qa.index.word_search`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.index.base import TermGroup
from qa.index.bm25 import Lexical
from qa.types import Rows, Run

FULL = 1.0  # weight of a term that is the word itself


def search(bm25: Lexical, groups: Sequence[TermGroup], allowed: Rows | None) -> Run:
    """All rows that hold a term of each required group, or of any group if none is required, best first.

    The score is the share of the BM25 score that the groups could give: of each, its frequency is the sum of
    its terms' frequencies times their weights, and its idf that of the terms with full weight or, without
    any, of all. Without groups every allowed row has the score 0. Equal scores are ordered by row.
    """
    scores, holds = np.zeros(bm25.count, np.float32), np.full(bm25.count, not groups)
    required = np.ones(bm25.count, bool)
    possible = 0.0
    for group in groups:
        frequencies, document_frequency = _frequencies(bm25, group)
        idf = math.log(1 + (bm25.count - document_frequency + 0.5) / (document_frequency + 0.5))
        found = frequencies > 0
        scores[found] += idf * frequencies[found] / (frequencies[found] + bm25.norms[found])
        possible += idf
        holds |= found
        if group.required:
            required &= found
    holds &= required
    if allowed is not None:
        is_allowed = np.zeros(bm25.count, bool)
        is_allowed[allowed] = True
        holds &= is_allowed
    rows = np.flatnonzero(holds)
    shares = (scores[rows] / (possible or 1.0)).astype(np.float32)
    order = np.lexsort((rows, -shares))
    return Run(rows[order].astype(np.int64), shares[order])


def _frequencies(bm25: Lexical, group: TermGroup) -> tuple[NDArray[np.float32], int]:
    """How often each row holds a group, by weight, and how many rows hold the word itself."""
    frequencies = np.zeros(bm25.count, np.float32)
    exact = np.zeros(bm25.count, bool)
    for term, weight in group.terms.items():
        rows, counts = bm25.postings_of(term)
        frequencies[rows] += np.float32(weight) * counts
        if weight >= FULL:
            exact[rows] = True
    return frequencies, int(exact.sum()) or int((frequencies > 0).sum())
