"""Search over a generation in PostgreSQL alone (see `qa.index.base.Retrieval`).

pgvector finds candidates by vectors of 16-bit floats, exactly in a small generation and by a graph (HNSW) in
a large one; their cosines are computed here from the 32-bit vectors, as those of a local index are. Postings
are kept in blocks and scored here by the same code as local ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.cluster import address as addresses
from qa.cluster.cache import Batches
from qa.cluster.documents import PostgresDocuments, Reads, checked_vector, conditions
from qa.cluster.failures import LOST
from qa.cluster.schema import POSTINGS, crc_of
from qa.errors import BrokenIndex
from qa.index import bm25, term_groups
from qa.index.base import TermGroup
from qa.index.bm25 import Lexical
from qa.index.dense import SPARE
from qa.index.edit_distance import distances, nearest, slips_allowed
from qa.types import Filter, Rows, Run, Vectors

EXACT_UP_TO = 50_000  # passages, allowed by the filter, of which every vector is compared (30 to 90 ms)
VECTORS_KEPT = 4_096  # about 1.5 KB each
BLOCKS_KEPT = 2_048  # 24 KB each
PLACES_KEPT = 65_536
SHORT = 8  # blocks of a term's postings up to which they are fetched before they are needed
_Block = tuple[NDArray[np.int32], NDArray[np.uint16]]
_Place = tuple[int, int]


class PostgresLexical(Lexical):
    """BM25 over postings that are fetched in blocks."""

    def __init__(self, reads: Reads, count: int) -> None:
        """Fetches the lengths of all passages, 4 bytes each. Raises BrokenIndex where they do not match."""
        self._reads = reads
        found = reads.rows("SELECT lengths, crc FROM length", seconds=addresses.SCAN)
        if len(found) != 1 or crc_of(found[0][0]) != found[0][1] or len(found[0][0]) != 4 * count:
            raise BrokenIndex(LOST)
        self.count = count
        self.norms = bm25.length_norms(np.frombuffer(found[0][0], bm25.INT))
        self._places: Batches[str, _Place | None] = Batches(PLACES_KEPT, self._fetch_places)
        self._blocks: Batches[int, _Block] = Batches(BLOCKS_KEPT, self._fetch_blocks)

    def _fetch_places(self, terms: Sequence[str]) -> dict[str, _Place | None]:
        encoded = {term.encode("utf-8", "surrogatepass"): term for term in terms}
        sql = "SELECT term, first, frequency FROM term WHERE term = ANY(%s::bytea[])"
        places: dict[str, _Place | None] = dict.fromkeys(terms)
        for term, first, frequency in self._reads.rows(sql, [list(encoded)]):
            places[encoded[term]] = first, first + frequency
        return places

    def _fetch_blocks(self, numbers: Sequence[int]) -> dict[int, _Block]:
        sql = 'SELECT number, "rows", counts, crc FROM posting WHERE number = ANY(%s::int[])'
        found = {}
        for number, rows, counts, crc in self._reads.rows(sql, [list(numbers)]):
            if crc_of(rows, counts) != crc:
                raise BrokenIndex(LOST)
            found[number] = np.frombuffer(rows, bm25.INT), np.frombuffer(counts, bm25.SHORT)
        if len(found) != len(numbers):
            raise BrokenIndex(LOST)
        return found

    def prepare(self, terms: Sequence[str]) -> None:
        """Fetch what is needed of some terms in two calls, except long lists, which may not be needed."""
        places = [_blocks_of(*place) for place in self._places.get(terms).values() if place]
        self._blocks.get(number for numbers in places if len(numbers) <= SHORT for number in numbers)

    def idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term, with one call."""
        self._places.get(terms)
        return super().idfs(terms)

    def _find(self, term: str) -> _Place | None:
        return self._places.get([term])[term]

    def _held(self, start: int, end: int) -> _Block:
        if start == end:
            return np.empty(0, np.int32), np.empty(0, np.uint16)
        numbers = _blocks_of(start, end)
        blocks = self._blocks.get(numbers)
        rows = np.concatenate([blocks[number][0] for number in numbers])
        counts = np.concatenate([blocks[number][1] for number in numbers])
        begin = start - numbers[0] * POSTINGS
        rows, counts = rows[begin : begin + end - start], counts[begin : begin + end - start]
        if len(rows) != end - start or len(counts) != end - start:
            raise BrokenIndex(LOST)
        return rows, counts

    def raw(self, start: int, end: int) -> _Block:
        """Some postings as they are stored."""
        return self._held(start, end)

    def near(self, term: str) -> list[str]:
        """Terms a slip of a key away; see `qa.index.bm25_index.LexicalIndex.near`."""
        encoded, most = term.encode("utf-8", "surrogatepass"), slips_allowed(term)
        if not most:
            return []
        first, second = encoded[0], encoded[1]
        sql = (
            "SELECT term, frequency FROM term WHERE length(term) BETWEEN greatest(2, %s) AND %s"
            " AND (get_byte(term, 0) IN (%s, %s) OR get_byte(term, 1) IN (%s, %s))"
        )
        values = [len(encoded) - most, len(encoded) + most, first, second, first, second]
        found = self._reads.rows(sql, values)
        width = len(encoded) + most
        letters = np.frombuffer(b"".join(other.ljust(width, b"\0") for other, _ in found), np.uint8)
        lengths = np.array([len(other) for other, _ in found], np.int64)
        apart = distances(encoded, letters.reshape(-1, width), lengths, most)
        return nearest(
            (slips, count, other.decode("utf-8", "replace"))
            for slips, (other, count) in zip(apart.tolist(), found, strict=True)
            if 0 < slips <= most
        )

    def containing(self, part: str) -> list[str]:
        """Terms that contain `part`, in byte order; none if it is empty."""
        encoded = part.encode("utf-8", "surrogatepass")
        if not encoded:
            return []
        sql = "SELECT term FROM term WHERE position(%s::bytea IN term) > 0 ORDER BY term"
        return [term.decode("utf-8", "replace") for (term,) in self._reads.rows(sql, [encoded])]


def _blocks_of(start: int, end: int) -> range:
    """The blocks of some postings."""
    return range(start // POSTINGS, (end - 1) // POSTINGS + 1)


class PostgresRetrieval:
    """Dense and lexical search over the passages of a generation."""

    def __init__(self, reads: Reads, documents: PostgresDocuments, count: int) -> None:
        """Raises BrokenIndex where the lexical part is damaged, as far as that shows at once."""
        self._reads = reads
        self._documents = documents
        self._count = count
        self.lexical = PostgresLexical(reads, count)
        self._vectors: Batches[int, Vectors] = Batches(VECTORS_KEPT, self._fetch_vectors)

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine; in a large generation rows may be missed, but the scores of
        those found are exact.
        """
        allowed = self._count if filter_ == Filter() else self._allowed(filter_)
        wanted = min(k, allowed)
        if wanted <= 0:
            return Run(np.empty(0, np.int64), np.empty(0, np.float32))
        rows = self._candidates(vector, wanted + SPARE, filter_, exact=allowed <= EXACT_UP_TO)
        if len(rows) < wanted:  # the graph gave up before it had met enough allowed rows
            rows = self._candidates(vector, wanted + SPARE, filter_, exact=True)
        scores = self.cosines(vector, rows)
        order = np.lexsort((rows, -scores))[:wanted]
        return Run(rows[order], scores[order])

    def _allowed(self, filter_: Filter) -> int:
        """The number of rows that a filter allows."""
        condition, values = conditions(filter_)
        sql = f"SELECT coalesce(sum(passages), 0)::bigint FROM article a{condition}"  # noqa: S608 (bound)
        ((count,),) = self._reads.rows(sql, values)
        return int(count)

    def _candidates(self, vector: NDArray[np.float32], count: int, filter_: Filter, *, exact: bool) -> Rows:
        """The rows that 16-bit vectors put first, and their vectors, which are remembered."""
        condition, values = conditions(filter_)
        join = "JOIN article a ON a.number = d.article" if condition else ""
        # pgvector's graph serves `ORDER BY distance` alone
        order = (
            '(d.vector <#> %s::real[]::halfvec) + 0, d."row"' if exact else "d.vector <#> %s::real[]::halfvec"
        )
        sql = (
            'SELECT p."row", c.key, c.vector, c.vector_crc FROM'  # noqa: S608 (bound)
            f' (SELECT d."row" FROM candidate d {join}{condition} ORDER BY {order} LIMIT %s) found'
            ' JOIN passage p USING ("row") JOIN qa.computed c USING (key)'
        )
        query = np.asarray(vector, np.float32).tolist()
        found = self._reads.rows(sql, [*values, query, count])
        self._vectors.keep({row: checked_vector(*sent) for row, *sent in found})
        return np.array(sorted(row for row, *_ in found), np.int64)

    def _fetch_vectors(self, rows: Sequence[int]) -> dict[int, Vectors]:
        sql = (
            'SELECT p."row", c.key, c.vector, c.vector_crc FROM passage p JOIN qa.computed c USING (key)'
            ' WHERE p."row" = ANY(%s::bigint[])'
        )
        found = {row: checked_vector(*sent) for row, *sent in self._reads.rows(sql, [list(rows)])}
        if len(found) != len(rows):
            raise BrokenIndex(LOST)
        return found

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of some rows, [len(rows), dimension]."""
        numbers = rows.tolist()
        found = self._vectors.get(numbers)
        return np.array([found[row] for row in numbers], np.float32).reshape(len(numbers), -1)

    def matching(self, terms: Sequence[str], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score, only rows that hold one of `terms`."""
        self.lexical.prepare(terms)
        return self.lexical.search(terms, k, self._documents.rows(filter_))

    def cosines(self, vector: NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
        """The cosine of `vector` [dimension] and each row, [len(rows)]."""
        if not len(rows):
            return np.empty(0, np.float32)
        scores: NDArray[np.float32] = self.vectors(rows) @ vector
        return scores

    def bm25(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """The BM25 score of each row, [len(rows)]."""
        self.lexical.prepare(terms)
        return self.lexical.scores(terms, rows)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term."""
        return self.lexical.idfs(terms)

    def near(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """For each term those of the passages that are spelled almost like it."""
        return {term: self.lexical.near(term) for term in terms}

    def containing(self, part: str) -> list[str]:
        """The terms of the passages that contain `part`."""
        return self.lexical.containing(part)

    def grouped(self, groups: Sequence[TermGroup], filter_: Filter) -> Run:
        """All rows that hold the groups, best first; see `qa.index.term_groups`."""
        self.lexical.prepare([term for group in groups for term in group.terms])
        return term_groups.search(self.lexical, groups, self._documents.rows(filter_))
