"""Edit distance: how many slips of a key lie between two words, and which terms are near enough to a term.

The restricted Damerau-Levenshtein distance ("optimal string alignment"): a letter that is missing, extra or
wrong counts 1, and so do two neighbours that changed places. Boytsov, Indexing methods for approximate
dictionary searching (2011), section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

NEAR_KEPT = 8  # near terms of a term
NEAR_LETTERS = 4  # of a term below which none is near
LONG_TERM = 8  # letters from which a near term may lie two slips away
Letters = NDArray[np.uint8]


def distances(word: bytes, others: Letters, lengths: NDArray[np.integer], most: int) -> NDArray[np.uint8]:
    """The distance in bytes of `word` and each row of `others`, [rows]; what is larger than `most` counts
    as `most` + 1.

    `others` [rows, width] holds words with anything behind their ends, `lengths` [rows] where they end; of
    each, no more than len(word) + `most` bytes are looked at. Only cells near the diagonal are computed.
    """
    rows, width = others.shape
    far = np.uint8(most + 1)
    unreached = np.full(rows, far)
    before: dict[int, NDArray[np.uint8]] = {}
    last = {j: np.full(rows, min(j, most + 1), np.uint8) for j in range(min(width, most) + 1)}
    out = np.full(rows, far)
    if not word:
        return np.asarray(np.minimum(lengths, far), np.uint8)
    for i in range(1, len(word) + 1):
        row: dict[int, NDArray[np.uint8]] = {}
        for j in range(max(0, i - most), min(width, i + most) + 1):
            if j == 0:
                row[0] = np.full(rows, min(i, most + 1), np.uint8)
                continue
            same = others[:, j - 1] == word[i - 1]
            cost = last.get(j - 1, unreached) + ~same
            cost = np.minimum(cost, last.get(j, unreached) + np.uint8(1))
            cost = np.minimum(cost, row.get(j - 1, unreached) + np.uint8(1))
            if i > 1 and j > 1:
                swapped = (others[:, j - 1] == word[i - 2]) & (others[:, j - 2] == word[i - 1])
                cost = np.where(swapped, np.minimum(cost, before.get(j - 2, unreached) + np.uint8(1)), cost)
            row[j] = np.minimum(cost, far)
        before, last = last, row
    for j, cost in last.items():
        out = np.where(lengths == j, cost, out)
    return out


def distance(one: Sequence[object], other: Sequence[object], most: int) -> int:
    """The distance of two words in characters; what is larger than `most` counts as `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, against in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return min(last[-1], most + 1)


def slips_allowed(term: str) -> int:
    """How many slips of a key may lie between a term and one that is near; 0 if none is near."""
    return 0 if len(term) < NEAR_LETTERS else 2 if len(term) >= LONG_TERM else 1


def nearest(found: Iterable[tuple[int, int, str]]) -> list[str]:
    """The nearest and then most frequent of some terms, given by slips, document frequency and term."""
    return [term for _, _, term in sorted((slips, -count, term) for slips, count, term in found)[:NEAR_KEPT]]
