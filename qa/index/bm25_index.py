"""The lexical part of a generation: its terms and their postings, read from memory-mapped files.

It holds counts, not weights, so that a new generation can reuse the rows of unchanged texts.
`qa.index.bm25_writer` writes it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.index.bm25 import INT, SHORT, Lexical, length_norms
from qa.index.edit_distance import distances, nearest, slips_allowed
from qa.storage.base import Sealed
from qa.types import Rows

FOLDER = "lexical"  # within a generation
TERMS_KEPT = 65_536  # terms whose positions are cached, about 200 bytes each
LONG = np.dtype("<i8")
TERMS = "terms.bin"  # all terms in UTF-8, sorted, one after the other
TERM_STARTS = "term_starts.bin"  # where each term begins, and where the last one ends; LONG
STARTS = "starts.bin"  # where the postings of each term begin, and where they end; LONG
ROWS = "rows.bin"  # of each posting, ascending within a term; INT
COUNTS = "counts.bin"  # of the term in that row; SHORT
LENGTHS = "lengths.bin"  # of each row, in terms; INT
_DAMAGED = "The lexical part of the index is damaged. Run `qa build --fresh`."


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
