"""One score of the dense and the lexical side: a convex combination of cosine and BM25.

A convex combination (Bruch, Gai & Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023)
needs no ranks, so a lexical search that finds almost nothing, as for an English question on German articles,
does no harm (docs/decisions/0003-fusion.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.types import Mode, Rows, Run

DENSE_SHARE = 5 / 6  # of the cosine in the fused score; the rest is the share of the possible BM25 score
DEPTH = 100  # rows that each side contributes
EMPTY = Run(np.empty(0, np.int64), np.empty(0, np.float32))


class Fused(NamedTuple):
    """The best rows, best first, with their scores on both sides."""

    rows: Rows
    scores: NDArray[np.floating]
    cosines: NDArray[np.floating]
    shares: NDArray[np.floating]


def candidates(dense: Run, lexical: Run) -> Rows:
    """The rows of either run, ascending, each once."""
    return np.union1d(dense.rows, lexical.rows).astype(np.int64)


def shares_of_possible(
    bm25: NDArray[np.float32], terms: Sequence[str], idf: Mapping[str, float]
) -> NDArray[np.float32]:
    """BM25 scores as shares of what the terms could give: the sum of their idf."""
    possible = sum(idf[term] for term in terms) or 1.0
    return bm25 / possible


def fuse(
    rows: Rows, cosines: NDArray[np.floating], shares: NDArray[np.floating], mode: Mode, k: int
) -> Fused:
    """The `k` rows with the highest score of `mode`; equal scores are ordered by row."""
    if mode == "dense":
        scores = cosines
    elif mode == "lexical":
        scores = shares
    else:
        scores = DENSE_SHARE * cosines + (1 - DENSE_SHARE) * shares
    best = np.lexsort((rows, -scores))[:k]
    return Fused(rows[best], scores[best], cosines[best], shares[best])


def scores_of(rows: Rows, run: Run) -> NDArray[np.float32]:
    """The score of each row in a run, 0 for those that are not in it."""
    scores = dict(zip(run.rows.tolist(), run.scores.tolist(), strict=True))
    return np.array([scores.get(row, 0.0) for row in rows.tolist()], np.float32)


def of_rows(fused: Fused, rows: Collection[int]) -> Fused:
    """Only some rows, in their order."""
    kept = np.array([row in rows for row in fused.rows.tolist()], bool)
    return Fused(fused.rows[kept], fused.scores[kept], fused.cosines[kept], fused.shares[kept])


def ranks(run: Run) -> dict[int, int]:
    """The rank of each row of a run, from 1."""
    return {row: rank for rank, row in enumerate(run.rows.tolist(), start=1)}
