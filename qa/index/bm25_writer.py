"""Write the lexical part of a new generation, partly from the one before (see `qa.index.bm25_index`)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.errors import StoreError
from qa.index.bm25 import INT, SHORT
from qa.index.bm25_index import (
    COUNTS,
    LENGTHS,
    LONG,
    ROWS,
    STARTS,
    TERM_STARTS,
    TERMS,
    LexicalIndex,
)
from qa.types import Rows

AT_ONCE = 1 << 22  # words or postings processed together, about 100 MB
MOST = np.iinfo(np.uint16).max  # maximum count of a term in a row; BM25 saturates long before


def save(
    folder: Path,
    rows: int,
    new: Iterable[tuple[int, Sequence[str]]],
    *,
    old: LexicalIndex | None = None,
    moved: Rows | None = None,
) -> None:
    """Write the index of `rows` rows: the terms of new rows plus the rows taken over from `old`.

    `moved` maps each row of `old` to its new row, or -1.
    """
    vocabulary: dict[bytes, int] = {}
    pieces: list[_Piece] = []
    if old is not None:
        vocabulary = {old.term(number): number for number in range(old.terms)}
        if moved is not None:
            pieces += _moved(old, moved)
    numbers, places = array("i"), array("i")  # term and row of each word of some new rows
    for row, terms in new:
        words = [
            vocabulary.setdefault(term.encode("utf-8", "surrogatepass"), len(vocabulary))
            for term in terms
            if term
        ]
        numbers.extend(words)
        places.extend([row] * len(words))
        if len(numbers) >= AT_ONCE:
            pieces.append(_counted(numbers, places))
            numbers, places = array("i"), array("i")
    pieces.append(_counted(numbers, places))
    _write(folder, rows, vocabulary, pieces)


class _Piece(NamedTuple):
    """Some postings, in no order that matters."""

    terms: NDArray[np.int32]  # numbered in order of first occurrence
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]


def _counted(numbers: array[int], places: array[int]) -> _Piece:
    """The postings of some words, given by terms and rows; a row belongs to one piece only."""
    keys = np.array(numbers, np.int64) << 32 | np.array(places, np.int64)
    keys, counts = np.unique(keys, return_counts=True)
    counts = np.minimum(counts, MOST)
    return _Piece((keys >> 32).astype(INT), (keys & 0xFFFFFFFF).astype(INT), counts.astype(SHORT))


def _moved(old: LexicalIndex, moved: Rows) -> Iterator[_Piece]:
    """The postings of the reused rows."""
    starts = old.starts()
    for begin in range(0, int(starts[-1]), AT_ONCE):
        end = min(begin + AT_ONCE, int(starts[-1]))
        rows, counts = old.postings(begin, end)
        target = moved[rows]
        moves = target >= 0
        numbers = np.searchsorted(starts, np.arange(begin, end)[moves], side="right") - 1
        yield _Piece(numbers.astype(INT), target[moves].astype(INT), counts[moves].astype(SHORT))


def _write(folder: Path, rows: int, vocabulary: dict[bytes, int], pieces: list[_Piece]) -> None:
    """Sort the postings by term and row, drop terms without any, and write the files.

    `pieces` is emptied. Each posting is one number while it is sorted: term, row, and 16 bits of count.
    """
    used = np.zeros(len(vocabulary), bool)
    for piece in pieces:
        used[piece.terms] = True
    terms = sorted(term for term, number in vocabulary.items() if used[number])
    if len(terms) * rows >= 1 << 47:
        raise StoreError(
            "The articles contain too many words for one index. Divide them into several folders."
        )
    rank = np.zeros(len(vocabulary), np.int64)
    rank[[vocabulary[term] for term in terms]] = np.arange(len(terms))
    keys, end = np.empty(sum(len(piece.terms) for piece in pieces), np.int64), 0
    while pieces:
        piece = pieces.pop()
        begin, end = end, end + len(piece.terms)
        keys[begin:end] = (rank[piece.terms] * rows + piece.rows) << 16 | piece.counts
    keys.sort()
    lengths = np.zeros(rows, np.int64)
    folder.mkdir()
    with (folder / ROWS).open("wb") as row_file, (folder / COUNTS).open("wb") as count_file:
        for begin in range(0, len(keys), AT_ONCE):
            some = keys[begin : begin + AT_ONCE]
            row_of, counts = (some >> 16) % max(rows, 1), some & MOST
            lengths += np.bincount(row_of, weights=counts, minlength=rows).astype(np.int64)
            row_file.write(row_of.astype(INT).tobytes())
            count_file.write(counts.astype(SHORT).tobytes())
    parts: dict[str, NDArray[np.integer]] = {
        TERM_STARTS: np.cumsum([0, *map(len, terms)]).astype(LONG),
        STARTS: np.searchsorted(keys, (np.arange(len(terms) + 1) * rows) << 16).astype(LONG),
        LENGTHS: lengths.astype(INT),
    }
    (folder / TERMS).write_bytes(b"".join(terms))
    for name, part in parts.items():
        (folder / name).write_bytes(part.tobytes())
