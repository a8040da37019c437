"""The lexical side: BM25 over stemmed terms, as a memory-mapped sparse matrix of term counts.

A row number is all this module knows of a passage; which terms a text has is for `qa.text.tokens` to say.
What is kept are counts, not weights, so that a new generation takes over the rows of texts that did not
change. Nothing is read but the postings of the terms that are asked for.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex, StoreError
from qa.storage.base import Sealed
from qa.types import Rows, Run

# Robertson & Zaragoza, The Probabilistic Relevance Framework (2009): k1 in 1.2..2, b in 0.5..0.8.
K1 = 1.5
B = 0.75
FOLDER = "lexical"  # within a generation
FORMAT = 1  # raised whenever the same text would have other terms
TERMS_KEPT = 65_536  # whose places are remembered, some 200 bytes each
AT_ONCE = 1 << 22  # words or postings that are counted together, some 100 MB
ROUNDING = 1e-4  # share by which sums of weights in another order may differ, and far more
_MOST = np.iinfo(np.uint16).max  # count of a term in a row; BM25 tells no difference long before
_LONG, _INT, _SHORT = np.dtype("<i8"), np.dtype("<i4"), np.dtype("<u2")
_TERMS = "terms.bin"  # all terms in UTF-8, sorted, one after the other
_TERM_STARTS = "term_starts.bin"  # where each term begins, and where the last one ends; _LONG
_STARTS = "starts.bin"  # where the postings of each term begin, and where they end; _LONG
_ROWS = "rows.bin"  # of each posting, ascending within a term; _INT
_COUNTS = "counts.bin"  # of the term in that row; _SHORT
_LENGTHS = "lengths.bin"  # of each row, in terms; _INT
_DAMAGED = "The lexical part of the index is damaged; run `qa build --fresh`."


def settings() -> dict[str, str | int]:
    """Whatever changes the terms of an unchanged text."""
    return {"terms": FORMAT, "stemmer": f"PyStemmer {version('PyStemmer')}"}


class _Postings(NamedTuple):
    """Where the postings of a term lie, and its inverse document frequency."""

    start: int
    end: int
    idf: float


class LexicalIndex:
    """BM25 search over the rows of a generation."""

    def __init__(self, part: Callable[[str], Sealed]) -> None:
        """`part` opens a file of the generation. Raises BrokenIndex where the files do not fit each other."""
        names = (_TERMS, _TERM_STARTS, _STARTS, _ROWS, _COUNTS, _LENGTHS)
        self._terms, self._term_starts, self._starts, self._rows, self._counts, lengths = (
            part(f"{FOLDER}/{name}") for name in names
        )
        self.terms = self._starts.size // _LONG.itemsize - 1
        postings = self._rows.size // _INT.itemsize
        if (
            self.terms < 0
            or self._term_starts.size != self._starts.size
            or self._rows.size != postings * _INT.itemsize
            or self._counts.size != postings * _SHORT.itemsize
            or self._number(self._starts, self.terms) != postings
            or self._number(self._term_starts, self.terms) != self._terms.size
        ):
            raise BrokenIndex(_DAMAGED)
        found = np.frombuffer(lengths.read(), _INT)
        self.count = len(found)
        mean = max(float(found.mean()) if len(found) else 0.0, 1e-9)
        self._norms = (K1 * (1 - B + B * found / mean)).astype(np.float32)
        self._found: dict[str, tuple[int, int] | None] = {}  # recent answers of `_find`

    @staticmethod
    def _number(part: Sealed, at: int) -> int:
        return int.from_bytes(
            part.read(at * _LONG.itemsize, (at + 1) * _LONG.itemsize), "little", signed=True
        )

    def term(self, number: int) -> bytes:
        """A term of the vocabulary, by its number in the order of their bytes."""
        start, end = self._number(self._term_starts, number), self._number(self._term_starts, number + 1)
        return bytes(self._terms.read(start, end))

    def _find(self, term: str) -> tuple[int, int] | None:
        """Where the postings of a term lie; None where it is not known."""
        if term in self._found:
            return self._found[term]
        wanted, found = term.encode("utf-8", "surrogatepass"), None
        number = bisect_left(range(self.terms), wanted, key=self.term)
        if wanted and number < self.terms and self.term(number) == wanted:
            found = self._number(self._starts, number), self._number(self._starts, number + 1)
        if len(self._found) < TERMS_KEPT:
            self._found[term] = found
        return found

    def document_frequency(self, term: str) -> int:
        """In how many rows the term occurs."""
        found = self._find(term)
        return found[1] - found[0] if found else 0

    def idf(self, term: str) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)), the inverse document frequency of Lucene's BM25."""
        n = self.document_frequency(term)
        return math.log(1 + (self.count - n + 0.5) / (n + 0.5))

    def search(self, terms: Sequence[str], k: int, allowed: Rows | None = None) -> Run:
        """The `k` rows with the highest BM25 score, only rows that hold a term; equal scores by row."""
        known = self._known(terms)
        if not known or k <= 0:
            return Run(np.empty(0, np.int64), np.empty(0, np.float32))
        rows = self._candidates(known, k, allowed)
        scores = self._sums(known, rows)
        if len(rows) > k:  # everything that could be among the k best, ties at the border included
            border = np.partition(scores, len(rows) - k)[len(rows) - k]
            rows, scores = rows[scores >= border], scores[scores >= border]
        order = np.lexsort((rows, -scores))[:k]
        return Run(rows[order].astype(np.int64), scores[order])

    def scores(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """BM25 scores of the given rows, [len(rows)]."""
        return self._sums(self._known(terms), rows)

    def _known(self, terms: Sequence[str]) -> list[_Postings]:
        """The terms that occur, in their order."""
        return [_Postings(*found, self.idf(term)) for term in terms if (found := self._find(term))]

    def _weights(
        self, term: _Postings, rows: NDArray[np.integer], counts: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """What a term adds to the scores of rows where it stands `counts` times; never its idf or more."""
        found: NDArray[np.float32] = np.float32(term.idf) * counts / (counts + self._norms[rows])
        return found

    def _candidates(self, known: list[_Postings], k: int, allowed: Rows | None) -> Rows:
        """Rows, each once, that hold a term, the k best and all that equal the last of them among these.

        Rare terms first; once the terms that are left cannot lift a row that has none of the others to
        the k best, nobody looks for further rows (MaxScore: Turtle & Flood, Query Evaluation, 1995).
        """
        sums = np.zeros(self.count, np.float32)  # the system maps only what of it is written
        within = None
        if allowed is not None:
            within = np.zeros(self.count, bool)
            within[allowed] = True
        rows = np.empty(0, np.int64)
        left = sum(term.idf for term in known)
        for term in sorted(known, key=lambda term: term.end - term.start):
            if len(rows) >= k:
                sure = sums[rows]
                border = float(np.partition(sure, len(rows) - k)[len(rows) - k])
                if left < border * (1 - ROUNDING):
                    return rows[sure + left >= border * (1 - ROUNDING)]
            found, counts = self.postings(term.start, term.end)
            if within is not None:
                kept = within[found]
                found, counts = found[kept], counts[kept]
            rows = np.concatenate([rows, found[sums[found] == 0]])
            sums[found] += self._weights(term, found, counts)
            left -= term.idf
        return rows

    def _sums(self, known: list[_Postings], rows: Rows) -> NDArray[np.float32]:
        """Scores of some rows, their places looked up in the postings of each term."""
        scores = np.zeros(len(rows), np.float32)
        wanted = rows.astype(_INT)  # of the postings' kind, which would be converted as a whole otherwise
        for term in known:
            found = np.frombuffer(self._rows.read(term.start * _INT.itemsize, term.end * _INT.itemsize), _INT)
            places = np.minimum(np.searchsorted(found, wanted), len(found) - 1)
            there = np.flatnonzero(found[places] == wanted)
            counts = np.frombuffer(
                self._counts.read(term.start * _SHORT.itemsize, term.end * _SHORT.itemsize), _SHORT
            )[places[there]].astype(np.float32)
            scores[there] += self._weights(term, rows[there], counts)
        return scores

    def postings(self, start: int = 0, end: int | None = None) -> tuple[Rows, NDArray[np.float32]]:
        """Rows and counts of some postings; all of them, by term and row, if not told which."""
        end = self._number(self._starts, self.terms) if end is None else end
        rows = np.frombuffer(self._rows.read(start * _INT.itemsize, end * _INT.itemsize), _INT)
        counts = np.frombuffer(self._counts.read(start * _SHORT.itemsize, end * _SHORT.itemsize), _SHORT)
        return rows.astype(np.int64), counts.astype(np.float32)

    def starts(self) -> Rows:
        """Where the postings of each term begin and, last, where they end."""
        return np.frombuffer(self._starts.read(), _LONG).astype(np.int64)


def save(
    folder: Path,
    rows: int,
    new: Iterable[tuple[int, Sequence[str]]],
    *,
    old: LexicalIndex | None = None,
    moved: Rows | None = None,
) -> None:
    """Write the index of `rows` rows: the terms of new ones, and the rows of `old` that were moved.

    `moved` tells for each row of `old` which one it is now, or -1.
    """
    vocabulary: dict[bytes, int] = {}
    pieces: list[_Piece] = []
    if old is not None:
        vocabulary = {old.term(number): number for number in range(old.terms)}
        if moved is not None:
            pieces += _moved(old, moved)
    numbers, places = array("i"), array("i")  # of each word of some new rows: its term, its row
    for row, terms in new:
        known = [
            vocabulary.setdefault(term.encode("utf-8", "surrogatepass"), len(vocabulary))
            for term in terms
            if term
        ]
        numbers.extend(known)
        places.extend([row] * len(known))
        if len(numbers) >= AT_ONCE:
            pieces.append(_counted(numbers, places))
            numbers, places = array("i"), array("i")
    pieces.append(_counted(numbers, places))
    _write(folder, rows, vocabulary, pieces)


class _Piece(NamedTuple):
    """Some postings, in no order that matters."""

    terms: NDArray[np.int32]  # by number, in the order they were met
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]


def _counted(numbers: array[int], places: array[int]) -> _Piece:
    """The postings of some words, given by their terms and rows; a row lies in one piece only."""
    keys = np.array(numbers, np.int64) << 32 | np.array(places, np.int64)
    keys, counts = np.unique(keys, return_counts=True)
    counts = np.minimum(counts, _MOST)
    return _Piece((keys >> 32).astype(_INT), (keys & 0xFFFFFFFF).astype(_INT), counts.astype(_SHORT))


def _moved(old: LexicalIndex, moved: Rows) -> Iterator[_Piece]:
    """The postings of the rows that are taken over."""
    starts = old.starts()
    for begin in range(0, int(starts[-1]), AT_ONCE):
        end = min(begin + AT_ONCE, int(starts[-1]))
        found, counts = old.postings(begin, end)
        target = moved[found]
        stays = target >= 0
        numbers = np.searchsorted(starts, np.arange(begin, end)[stays], side="right") - 1
        yield _Piece(numbers.astype(_INT), target[stays].astype(_INT), counts[stays].astype(_SHORT))


def _write(folder: Path, rows: int, vocabulary: dict[bytes, int], pieces: list[_Piece]) -> None:
    """Sort the postings by term and row, leave out terms that have none, and write the files.

    `pieces` is emptied. Each posting is one number while it is sorted: term, row, and 16 bits of count.
    """
    used = np.zeros(len(vocabulary), bool)
    for piece in pieces:
        used[piece.terms] = True
    terms = sorted(term for term, number in vocabulary.items() if used[number])
    if len(terms) * rows >= 1 << 47:
        raise StoreError("The corpus has too many words for one index; divide it into several folders.")
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
    with (folder / _ROWS).open("wb") as row_file, (folder / _COUNTS).open("wb") as count_file:
        for begin in range(0, len(keys), AT_ONCE):
            some = keys[begin : begin + AT_ONCE]
            row_of, counts = (some >> 16) % max(rows, 1), some & _MOST
            lengths += np.bincount(row_of, weights=counts, minlength=rows).astype(np.int64)
            row_file.write(row_of.astype(_INT).tobytes())
            count_file.write(counts.astype(_SHORT).tobytes())
    parts: dict[str, NDArray[np.integer]] = {
        _TERM_STARTS: np.cumsum([0, *map(len, terms)]).astype(_LONG),
        _STARTS: np.searchsorted(keys, (np.arange(len(terms) + 1) * rows) << 16).astype(_LONG),
        _LENGTHS: lengths.astype(_INT),
    }
    (folder / _TERMS).write_bytes(b"".join(terms))
    for name, part in parts.items():
        (folder / name).write_bytes(part.tobytes())
