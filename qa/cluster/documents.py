"""The articles, passages and token states of a generation in PostgreSQL (see `qa.index.base.Documents`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.cluster import address as addresses
from qa.cluster.failures import LOST
from qa.cluster.schema import crc_of, passage_bytes, storable
from qa.errors import BrokenIndex, CorpusError
from qa.index import articles, token_states
from qa.index.base import Computed, PassageStates, Sought, StoredArticle
from qa.index.lru import LRU
from qa.text.umlauts import transcription
from qa.types import Article, ArticleSummary, Filter, Passage, Rows, Span

AT_ONCE = 512  # passages or articles fetched in one call
FILTERS_KEPT = 4  # filters whose rows are cached, at most 8 bytes a passage
_SUMMARY = "article_id, title, source, url, date, language, passages, copy_of"


class Reads(Protocol):
    """Runs statements that only read; `qa.cluster.sessions.Pool` does."""

    def rows(
        self, sql: str, values: Sequence[object] = (), *, seconds: float = addresses.READ
    ) -> list[tuple[Any, ...]]: ...


class _Place(NamedTuple):
    """A row of the table `passage`."""

    row: int
    article: int
    ordinal: int
    start: int
    end: int
    key: bytes


class PostgresDocuments:
    """Read access to a generation; safe to share between threads."""

    def __init__(self, reads: Reads) -> None:
        """`reads` has the generation first in its path."""
        self._reads = reads
        self._allowed: LRU[Filter, Rows] = LRU(FILTERS_KEPT)

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""
        found = self._reads.rows("SELECT number FROM article WHERE article_id = %s", [storable(article_id)])
        if not found:
            raise CorpusError(
                f"The index contains no article {article_id!r}. Check the id; `GET /api/v1/articles` "
                "and the page list all articles."
            )
        number = int(found[0][0])
        return self._articles([number])[number]

    def _articles(self, numbers: Sequence[int]) -> dict[int, Article]:
        """Some articles by their numbers, compared with their digests."""
        sql = (
            "SELECT a.number, a.about, a.digest, b.text FROM article a JOIN qa.body b USING (digest)"
            " WHERE a.number = ANY(%s::int[])"
        )
        found = {}
        for number, about, digest, text in self._reads.rows(sql, [sorted(set(numbers))]):
            found[number] = _article(about, text)
            if articles.digest(found[number]) != digest.hex():
                raise BrokenIndex(LOST)
        if len(found) != len(set(numbers)):
            raise BrokenIndex(LOST)
        return found

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, sorted by id."""
        sql = f"SELECT {_SUMMARY} FROM article ORDER BY article_id"  # noqa: S608 (constant)
        return [ArticleSummary(*row) for row in self._reads.rows(sql, seconds=addresses.SCAN)]

    def find(self, sought: Sequence[Sought], offset: int, limit: int) -> tuple[list[ArticleSummary], int]:
        """Articles that hold everything that is sought; see `qa.index.articles.Store.find`."""
        conditions, values = ["true"], list[object]()
        for one in sought:
            named = " AND ".join(["position(%s in folded) > 0"] * len(one.parts)) or "false"
            held = 'number IN (SELECT article FROM passage WHERE "row" = ANY(%s::bigint[]))'
            conditions.append(f"({named} OR {held})")
            values += [storable(transcription(part.casefold())) for part in one.parts]
            values.append(one.rows.tolist())
        matches = f"FROM article WHERE {' AND '.join(conditions)}"
        ((count,),) = self._reads.rows(f"SELECT count(*) {matches}", values)
        rows = self._reads.rows(
            f"SELECT {_SUMMARY} {matches} ORDER BY article_id LIMIT %s OFFSET %s",
            [*values, max(0, limit), max(0, offset)],
        )
        return [ArticleSummary(*row) for row in rows], int(count)

    def sources(self) -> list[tuple[str, int]]:
        """The outlets with their number of articles, largest first."""
        sql = (
            "SELECT min(source), count(*) FROM article WHERE source <> '' GROUP BY folded_source"
            " ORDER BY count(*) DESC, folded_source"
        )
        return [(source, count) for source, count in self._reads.rows(sql, seconds=addresses.SCAN)]

    def languages(self) -> frozenset[str]:
        """The languages of the articles, including "" if an article has none."""
        found = self._reads.rows("SELECT DISTINCT language FROM article", seconds=addresses.SCAN)
        return frozenset(language for (language,) in found)

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""
        sql = "SELECT article_id, encode(digest, 'hex'), first, passages FROM article"
        found = self._reads.rows(sql, seconds=addresses.SCAN)
        return {article_id: StoredArticle(*rest) for article_id, *rest in found}

    def spans_of(self, rows: Sequence[int]) -> list[Span]:
        """The positions of some passages in their articles."""
        return [Span(place.start, place.end) for place in self._places(rows)]

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of the given rows, in their order."""
        return [passage for _, passage in self.with_articles(rows)]

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""
        for begin in range(0, len(rows), AT_ONCE):
            places = self._places(rows[begin : begin + AT_ONCE])
            found = self._articles([place.article for place in places])
            for place in places:
                article = found[place.article]
                if not 0 <= place.start < place.end <= len(article.text):
                    raise BrokenIndex(LOST)
                text = article.text[place.start : place.end]
                yield article, Passage(article.article_id, place.ordinal, place.start, place.end, text)

    def _places(self, rows: Sequence[int] | Rows) -> list[_Place]:
        """Where some passages are, compared with their checksums."""
        numbers = [int(row) for row in rows]
        sql = (
            'SELECT "row", article, ordinal, start, "end", key, crc FROM passage'
            ' WHERE "row" = ANY(%s::bigint[])'
        )
        found = {}
        for *place, crc in self._reads.rows(sql, [numbers]):
            found[place[0]] = _Place(*place)
            if crc_of(passage_bytes(*found[place[0]])) != crc:
                raise BrokenIndex(LOST)
        if any(row not in found for row in numbers):
            raise BrokenIndex(LOST)
        return [found[row] for row in numbers]

    def row(self, passage: Passage) -> int:
        """The row of a passage. Raises BrokenIndex if there is none."""
        return self.rows_of([passage])[0]

    def rows_of(self, passages: Sequence[Passage]) -> list[int]:
        """The rows of some passages. Raises BrokenIndex where one is missing."""
        ids = sorted({storable(passage.article_id) for passage in passages})
        sql = "SELECT article_id, first, passages FROM article WHERE article_id = ANY(%s::text[])"
        found = {article_id: (first, count) for article_id, first, count in self._reads.rows(sql, [ids])}
        rows = []
        for passage in passages:
            first, count = found.get(passage.article_id, (0, 0))
            if not 0 <= passage.ordinal < count:
                raise BrokenIndex(
                    f"The index contains no passage {passage.passage_id}. Run `qa build --fresh`."
                )
            rows.append(first + passage.ordinal)
        return rows

    def states(self, passages: Sequence[Passage]) -> list[PassageStates]:
        """What the model made of some passages, in their order."""
        computed = self.computed(self.rows_of(passages))
        return [token_states.unpack(token_states.from_bytes(one.record)) for one in computed]

    def computed(self, rows: Sequence[int] | Rows) -> Iterator[Computed]:
        """The vectors and records of some passages, in their order, compared with their checksums."""
        sql = (
            'SELECT p."row", c.key, c.record, c.crc, c.vector, c.vector_crc'
            ' FROM passage p JOIN qa.computed c USING (key) WHERE p."row" = ANY(%s::bigint[])'
        )
        for begin in range(0, len(rows), AT_ONCE):
            numbers = [int(row) for row in rows[begin : begin + AT_ONCE]]
            found = {}
            for row, key, record, crc, *vector in self._reads.rows(sql, [numbers]):
                if crc_of(key, record) != crc:
                    raise BrokenIndex(LOST)
                found[row] = Computed(checked_vector(key, *vector).reshape(1, -1), record)
            if any(row not in found for row in numbers):
                raise BrokenIndex(LOST)
            yield from (found[row] for row in numbers)

    def rows(self, filter_: Filter) -> Rows | None:
        """Rows that a filter allows, ascending; None if it allows all."""
        return None if filter_ == Filter() else self._allowed.get(filter_, self._rows)

    def _rows(self, filter_: Filter) -> Rows:
        condition, values = conditions(filter_)
        packed = "string_agg(int8send(first) || int8send(passages), '' ORDER BY first)"
        ((found,),) = self._reads.rows(f"SELECT {packed} FROM article a{condition}", values)  # noqa: S608 (bound)
        return articles.spread(np.frombuffer(found or b"", ">i8").astype(np.int64).reshape(-1, 2))


def conditions(filter_: Filter) -> tuple[str, list[str]]:
    """What a filter asks of the table `article a`, as a WHERE clause and its values; "" if it allows all."""
    asked = [
        (sql, storable(value))
        for sql, value in (
            ("a.article_id = %s", filter_.article_id),
            ("a.folded_source = %s", filter_.source.casefold()),
            ("a.date >= %s", filter_.since),
            ("a.date <> '' AND substr(a.date, 1, 10) <= %s", filter_.until),
        )
        if value
    ]
    where = " AND ".join(sql for sql, _ in asked)
    return f" WHERE {where}" if where else "", [value for _, value in asked]


def checked_vector(key: bytes, sent: bytes, crc: int) -> NDArray[np.float32]:
    """A vector as pgvector sends it, compared with its checksum.

    The form is the dimension and an unused number, 2 bytes each, then the floats, all big-endian.
    """
    vector = np.frombuffer(sent, ">f4", offset=4).astype(np.float32)
    if crc_of(key, vector_bytes(vector)) != crc:
        raise BrokenIndex(LOST)
    return vector


def vector_bytes(vector: NDArray[np.float32]) -> bytes:
    """A vector for its checksum."""
    return vector.astype("<f4").tobytes()


def _article(about: bytes, text: bytes) -> Article:
    try:
        values = json.loads(about)
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return Article(**{**values, **lists}, text=text.decode("utf-8", "surrogatepass"))
    except (ValueError, TypeError) as error:
        raise BrokenIndex(LOST) from error
