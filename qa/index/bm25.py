"""Lexical search: BM25 over stemmed terms, as a memory-mapped sparse matrix of term counts.

This module knows passages only by row number; `qa.text.tokens` decides which terms a text has. It stores
counts, not weights, so that a new generation can reuse the rows of unchanged texts. A search reads only the
postings of its terms.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.index.edit_distance import distances
from qa.storage.base import Sealed
from qa.types import Rows, Run

# Robertson & Zaragoza, The Probabilistic Relevance Framework (2009): k1 in 1.2..2, b in 0.5..0.8.
K1 = 1.5
B = 0.75
FOLDER = "lexical"  # within a generation
FORMAT = 2  # increased whenever the same text would have different terms
TERMS_KEPT = 65_536  # terms whose positions are cached, about 200 bytes each
NEAR_KEPT = 8  # near terms of a term
NEAR_LETTERS = 4  # of a term below which none is near
LONG_TERM = 8  # letters from which a near term may lie two slips away
ROUNDING = 1e-4  # generous relative tolerance for sums in a different order
LONG, INT, SHORT = np.dtype("<i8"), np.dtype("<i4"), np.dtype("<u2")
TERMS = "terms.bin"  # all terms in UTF-8, sorted, one after the other
TERM_STARTS = "term_starts.bin"  # where each term begins, and where the last one ends; LONG
STARTS = "starts.bin"  # where the postings of each term begin, and where they end; LONG
ROWS = "rows.bin"  # of each posting, ascending within a term; INT
COUNTS = "counts.bin"  # of the term in that row; SHORT
LENGTHS = "lengths.bin"  # of each row, in terms; INT
_DAMAGED = "The lexical part of the index is damaged. Run `qa build --fresh`."


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


def slips_allowed(term: str) -> int:
    """How many slips of a key may lie between a term and one that is near; 0 if none is near."""
    return 0 if len(term) < NEAR_LETTERS else 2 if len(term) >= LONG_TERM else 1


def nearest(found: Iterable[tuple[int, int, str]]) -> list[str]:
    """The nearest and then most frequent of some terms, given by slips, document frequency and term."""
    return [term for _, _, term in sorted((slips, -count, term) for slips, count, term in found)[:NEAR_KEPT]]


def length_norms(lengths: NDArray[np.integer]) -> NDArray[np.float32]:
    """Of each row, how much its length in terms weakens its counts."""
    mean = max(float(lengths.mean()) if len(lengths) else 0.0, 1e-9)
    weakened: NDArray[np.float32] = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
    return weakened


class LexicalIndex(Lexical):
    """BM25 search over the files of a generation."""

    def __init__(self, part: Callable[[str], Sealed]) -> None:
        """`part` opens a file of the generation. Raises BrokenIndex if the files do not match."""
        names = (TERMS, TERM_STARTS, STARTS, ROWS, COUNTS, LENGTHS)
        self._terms, self._term_starts, self._starts, self._rows, self._counts, length_part = (
            part(f"{FOLDER}/{name}") for name in names
        )
        self.terms = self._starts.size // LONG.itemsize - 1
        postings = self._rows.size // INT.itemsize
        if (
            self.terms < 0
            or self._term_starts.size != self._starts.size
            or self._rows.size != postings * INT.itemsize
            or self._counts.size != postings * SHORT.itemsize
            or self._number(self._starts, self.terms) != postings
            or self._number(self._term_starts, self.terms) != self._terms.size
        ):
            raise BrokenIndex(_DAMAGED)
        lengths = np.frombuffer(length_part.read(), INT)
        self.count = len(lengths)
        self.norms = length_norms(lengths)
        self._places: dict[str, tuple[int, int] | None] = {}  # recent results of `_find`

    @staticmethod
    def _number(part: Sealed, at: int) -> int:
        return int.from_bytes(part.read(at * LONG.itemsize, (at + 1) * LONG.itemsize), "little", signed=True)

    def term(self, number: int) -> bytes:
        """A term of the vocabulary by number, in byte order."""
        start, end = self._number(self._term_starts, number), self._number(self._term_starts, number + 1)
        return bytes(self._terms.read(start, end))

    def _find(self, term: str) -> tuple[int, int] | None:
        """Position of a term's postings; None if it is unknown."""
        if term in self._places:
            return self._places[term]
        encoded = term.encode("utf-8", "surrogatepass")
        return self._kept(term, self._place(encoded, self._before(encoded, 0, self.terms)))

    def _kept(self, term: str, place: tuple[int, int] | None) -> tuple[int, int] | None:
        if len(self._places) < TERMS_KEPT:
            self._places[term] = place
        return place

    def _before(self, encoded: bytes, low: int, high: int) -> int:
        """The number of terms before this one, which are at least `low` and at most `high`."""
        return bisect_left(range(self.terms), encoded, low, high, key=self.term)

    def _place(self, encoded: bytes, number: int) -> tuple[int, int] | None:
        """Position of the postings of the term of this number, if that is this term."""
        if not encoded or number >= self.terms or self.term(number) != encoded:
            return None
        return self._number(self._starts, number), self._number(self._starts, number + 1)

    def idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term. Terms that begin alike share most of the search."""
        wanted = sorted((term.encode("utf-8", "surrogatepass"), term) for term in {*terms} - {*self._places})
        self._find_between(wanted, 0, self.terms)
        return super().idfs(terms)

    def _find_between(self, wanted: Sequence[tuple[bytes, str]], low: int, high: int) -> None:
        """Find terms in byte order, all of them between these numbers: the middle one, then each half."""
        if not wanted:
            return
        middle = len(wanted) // 2
        encoded, term = wanted[middle]
        number = self._before(encoded, low, high)
        self._kept(term, self._place(encoded, number))
        self._find_between(wanted[:middle], low, number)
        self._find_between(wanted[middle + 1 :], number, high)

    def near(self, term: str) -> list[str]:
        """Terms of the vocabulary one slip of a key away, two for long ones, nearest and then most frequent
        first.

        One of the first two letters must be right. The whole vocabulary is looked through with array
        operations: a million terms take some 50 ms, so this is for the rare word that no article has.
        """
        encoded, most = term.encode("utf-8", "surrogatepass"), slips_allowed(term)
        if not most or not self.terms:
            return []
        starts = np.frombuffer(self._term_starts.read(), LONG)
        letters = np.frombuffer(self._terms.read(), np.uint8)
        lengths = np.diff(starts)
        numbers = np.flatnonzero(np.abs(lengths - len(encoded)) <= most)
        numbers = numbers[lengths[numbers] >= 2]
        first, second = letters[starts[numbers]], letters[starts[numbers] + 1]
        numbers = numbers[
            (first == encoded[0]) | (second == encoded[1]) | (first == encoded[1]) | (second == encoded[0])
        ]
        columns = np.arange(len(encoded) + most)
        places = np.minimum(starts[numbers][:, None] + columns, len(letters) - 1)
        apart = distances(encoded, letters[places], lengths[numbers], most)
        return nearest(
            (int(slips), self.document_frequency(near), near)
            for slips, number in zip(apart[apart <= most], numbers[apart <= most].tolist(), strict=True)
            if slips and (near := self.term(number).decode("utf-8", "replace"))
        )

    def containing(self, part: str) -> list[str]:
        """Terms of the vocabulary that contain `part`, in byte order; none if it is empty."""
        encoded = part.encode("utf-8", "surrogatepass")
        letters, starts = bytes(self._terms.read()), np.frombuffer(self._term_starts.read(), LONG)
        found: list[str] = []
        at = letters.find(encoded) if encoded else -1
        while at >= 0:
            number = int(np.searchsorted(starts, at, side="right")) - 1
            end = int(starts[number + 1])
            if at + len(encoded) <= end:
                found.append(letters[int(starts[number]) : end].decode("utf-8", "replace"))
                at = letters.find(encoded, end)
            else:  # it goes over into the next term
                at = letters.find(encoded, at + 1)
        return found

    def _held(self, start: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Rows and counts of some postings, not copied."""
        rows = np.frombuffer(self._rows.read(start * INT.itemsize, end * INT.itemsize), INT)
        counts = np.frombuffer(self._counts.read(start * SHORT.itemsize, end * SHORT.itemsize), SHORT)
        return rows, counts

    def all_postings(self) -> tuple[Rows, NDArray[np.float32]]:
        """Rows and counts of all postings, by term and row."""
        return self.postings(0, self._number(self._starts, self.terms))

    def starts(self) -> Rows:
        """Where the postings of each term begin and, last, where the final ones end."""
        return np.frombuffer(self._starts.read(), LONG).astype(np.int64)
