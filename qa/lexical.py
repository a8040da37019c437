"""The lexical side: BM25 over stemmed terms, as a memory-mapped sparse matrix of term counts.

A row number is all this module knows of a passage; which terms a text has is for `qa.text` to say. What
is kept are counts, not weights, so that a new generation takes over the rows of texts that did
not change. Nothing is read but the postings of the terms that are asked for.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.types import Rows, Run, Sealed

# Robertson & Zaragoza, The Probabilistic Relevance Framework (2009): k1 in 1.2..2, b in 0.5..0.8.
K1 = 1.5
B = 0.75
FOLDER = "lexical"  # within a generation
FORMAT = 1  # raised whenever the same text would have other terms
TERMS_KEPT = 65_536  # whose places are remembered, some 200 bytes each
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
        known = [(term, found) for term in terms if (found := self._find(term))]
        if not known:
            return None
        scores = np.zeros(self.count, np.float32)
        for term, (start, end) in known:
            rows, counts = self.postings(start, end)
            scores[rows] += np.float32(self.idf(term)) * counts / (counts + self._norms[rows])
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
    numbers, places = array("i"), array("i")  # of each word of the new rows: its term, its row
    if old is not None:
        vocabulary = {old.term(number): number for number in range(old.terms)}
    for row, terms in new:
        known = [
            vocabulary.setdefault(term.encode("utf-8", "surrogatepass"), len(vocabulary))
            for term in terms
            if term
        ]
        numbers.extend(known)
        places.extend([row] * len(known))
    # one key for each pair of term and row, the terms by number for now
    keys, counts = np.unique(
        np.array(numbers, np.int64) * max(rows, 1) + np.array(places, np.int64), return_counts=True
    )
    term_of, row_of = np.divmod(keys, max(rows, 1))
    if old is not None and moved is not None:
        old_rows, old_counts = old.postings()
        target = moved[old_rows]
        stays = target >= 0
        term_of = np.concatenate([np.repeat(np.arange(old.terms), np.diff(old.starts()))[stays], term_of])
        row_of = np.concatenate([target[stays], row_of])
        counts = np.concatenate([old_counts[stays].astype(np.int64), counts])
    _write(folder, rows, vocabulary, term_of, row_of, counts)


def _write(
    folder: Path, rows: int, vocabulary: dict[bytes, int], term_of: Rows, row_of: Rows, counts: Rows
) -> None:
    """Sort the postings by term and row, leave out terms that have none, and write the files."""
    used = np.zeros(len(vocabulary), bool)
    used[term_of] = True
    terms = sorted(term for term, number in vocabulary.items() if used[number])
    rank = np.zeros(len(vocabulary), np.int64)
    rank[[vocabulary[term] for term in terms]] = np.arange(len(terms))
    order = np.lexsort((row_of, rank[term_of]))
    term_of, row_of = rank[term_of][order], row_of[order]
    counts = np.minimum(counts[order], _MOST)
    folder.mkdir()
    parts: dict[str, NDArray[np.integer]] = {
        _TERM_STARTS: np.cumsum([0, *map(len, terms)]).astype(_LONG),
        _STARTS: np.searchsorted(term_of, np.arange(len(terms) + 1)).astype(_LONG),
        _ROWS: row_of.astype(_INT),
        _COUNTS: counts.astype(_SHORT),
        _LENGTHS: np.bincount(row_of, weights=counts, minlength=rows).astype(_INT),
    }
    (folder / _TERMS).write_bytes(b"".join(terms))
    for name, part in parts.items():
        (folder / name).write_bytes(part.tobytes())
