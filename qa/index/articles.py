"""Articles and passages of a generation in SQLite, read-only once written.

Two files: the metadata and passage positions are small and verified completely on opening; the texts are not,
so each has a digest that is verified when it is read. A passage is stored as a range of its article, never as
separate text, so the two cannot differ. Row numbers count passages from 0 in insertion order; the vectors and
the lexical matrix have the same rows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex, CorpusError
from qa.facts.copies import Shingles
from qa.i18n.wording import LANGUAGES, long_date
from qa.index.base import Sought, StoredArticle
from qa.index.lru import LRU
from qa.text.umlauts import transcription
from qa.types import Article, ArticleSummary, Filter, Passage, Rows, Span

DATES_KEPT = 10_000  # dates whose words are cached
FILTERS_KEPT = 4  # filters whose rows are cached, at most 8 bytes per passage
FILE = "articles.sqlite"  # within a generation
TEXTS = "texts.sqlite"
_DAMAGED = "The articles stored in the index are damaged. Run `qa build --fresh`."


def digest(article: Article) -> str:
    """Digest of everything stored for an article."""
    checksum = hashlib.sha256(metadata_json(article).encode())
    checksum.update(article.text.encode("utf-8", "surrogatepass"))
    return checksum.hexdigest()


def metadata_json(article: Article) -> str:
    """All of an article but its text."""
    metadata = {field.name: getattr(article, field.name) for field in fields(Article) if field.name != "text"}
    return json.dumps(metadata, ensure_ascii=False)


def packed(text: str) -> bytes:
    """A text as it is stored: compressed, about half its bytes."""
    return zlib.compress(text.encode("utf-8"))


def unpacked(data: bytes) -> str:
    """The text that `packed` stored. Raises BrokenIndex if it is damaged."""
    try:
        return zlib.decompress(data).decode("utf-8")
    except (zlib.error, UnicodeDecodeError) as error:
        raise BrokenIndex(_DAMAGED) from error


class Store:
    """Read access to a written store; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex if `folder` contains no store. All methods raise it if the store is damaged.

        `FILE` is trusted: verify its checksum first.
        """
        self._lock = threading.Lock()
        self._allowed: LRU[Filter, Rows] = LRU(FILTERS_KEPT)
        self._firsts: Rows | None = None  # the first row of each article, by its number
        try:
            self._db, self._texts = (_open(folder / name) for name in (FILE, TEXTS))
        except sqlite3.Error as error:
            raise BrokenIndex(_DAMAGED) from error
        ((self.passage_count, self.article_count),) = self._all(
            "SELECT (SELECT count(*) FROM passage), (SELECT count(*) FROM article)"
        )
        columns = {column for _, column, *_ in self._all("PRAGMA table_info(article)")}
        self._knows_copies = "copy_of" in columns  # otherwise built before copies were looked for
        self._summary = "article_id, title, source, url, date, language, passages"
        if self._knows_copies:
            self._summary += ", copy_of"
        ((texts,),) = self._all("SELECT coalesce(max(number), -1) + 1 FROM text", db=self._texts)
        if texts != self.article_count:
            raise BrokenIndex(_DAMAGED)

    def close(self) -> None:
        self._db.close()
        self._texts.close()

    def _all(
        self, sql: str, values: Sequence[object] = (), db: sqlite3.Connection | None = None
    ) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return (db or self._db).execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise BrokenIndex(_DAMAGED) from error
        except UnicodeEncodeError:  # a lone surrogate in the query; nothing stored contains one
            return self._all(sql, [_encodable(value) for value in values], db)

    def article(self, article_id: str) -> Article:
        """The article with its full text. Raises CorpusError for an unknown id."""
        numbers = self._all("SELECT number FROM article WHERE article_id = ?", (article_id,))
        if not numbers:
            raise CorpusError(
                f"The index contains no article {article_id!r}. Check the id; `GET /api/v1/articles` "
                "and the page list all articles."
            )
        return self._article(int(numbers[0][0]))

    def _article(self, number: int) -> Article:
        described = self._all("SELECT about, digest FROM article WHERE number = ?", (number,))
        texts = self._all("SELECT packed FROM text WHERE number = ?", (number,), db=self._texts)
        if not described or not texts:
            raise BrokenIndex(_DAMAGED)
        text = unpacked(texts[0][0])
        metadata, expected = described[0]
        values = json.loads(metadata)
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        article = Article(**{**values, **lists}, text=text)
        if digest(article) != expected:
            raise BrokenIndex(_DAMAGED)
        return article

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, sorted by id."""
        rows = self._all(f"SELECT {self._summary} FROM article ORDER BY article_id")  # noqa: S608 (constant)
        return [ArticleSummary(*row) for row in rows]

    def find(self, sought: Sequence[Sought], offset: int, limit: int) -> tuple[list[ArticleSummary], int]:
        """Articles that hold everything that is sought in a passage, or in the title, outlet, date (also in
        words), language or file name.

        Returns `limit` of them, sorted by id, from `offset` on, and the total number. Case and the spelling
        of umlauts are ignored.
        """
        conditions, values = [], list[object]()
        for one in sought:
            held = " AND ".join(["instr(folded, ?) > 0"] * len(one.parts)) or "FALSE"
            conditions.append(f"({held} OR number IN (SELECT value FROM json_each(?)))")  # noqa: S608 (bound)
            values += [transcription(part.casefold()) for part in one.parts]
            values.append(json.dumps(self._numbers(one.rows)))
        shown = " || ' ' || ".join(("title", "source", "date", "in_words(date)", "language", "article_id"))
        folded = f"folded({shown})"
        condition = " AND ".join(conditions) or "TRUE"
        matches = f"FROM (SELECT *, {folded} AS folded FROM article) WHERE {condition}"  # noqa: S608 (bound)
        ((count,),) = self._all(f"SELECT count(*) {matches}", values)
        rows = self._all(
            f"SELECT {self._summary} {matches} ORDER BY article_id LIMIT ? OFFSET ?",
            [*values, max(0, limit), max(0, offset)],
        )
        return [ArticleSummary(*row) for row in rows], int(count)

    def _numbers(self, rows: Rows) -> list[int]:
        """The numbers of the articles of some passages."""
        if not len(rows):
            return []
        firsts = self._firsts
        if firsts is None:
            firsts = self._firsts = np.array(self._all("SELECT first FROM article ORDER BY number")).ravel()
        numbers: list[int] = (np.unique(np.searchsorted(firsts, rows, side="right")) - 1).tolist()
        return numbers

    def sources(self) -> list[tuple[str, int]]:
        """The outlets with their number of articles, largest first; articles without an outlet are
        omitted.
        """
        return self._all(
            "SELECT min(source), count(*) FROM article WHERE source <> '' GROUP BY folded_source"
            " ORDER BY count(*) DESC, folded_source"
        )

    def languages(self) -> frozenset[str]:
        """The languages of the articles, including "" if an article has none."""
        return frozenset(str(row[0]) for row in self._all("SELECT DISTINCT language FROM article"))

    def stored(self) -> dict[str, StoredArticle]:
        """What a build needs of each article to take it over, by article_id."""
        rows = self._all("SELECT article_id, digest, first, passages FROM article")
        return {str(article_id): StoredArticle(*rest) for article_id, *rest in rows}

    def shingles(self, article_id: str) -> Shingles | None:
        """The shingles of an article (`qa.facts.copies`); None if the generation has none."""
        if not self._knows_copies:
            return None
        numbers = self._all("SELECT number FROM article WHERE article_id = ?", (article_id,))
        rows = numbers and self._all("SELECT hashes FROM shingles WHERE number = ?", numbers[0], self._texts)
        return np.frombuffer(rows[0][0], np.uint32) if rows else None

    def spans(self, article: StoredArticle) -> list[Span]:
        """The positions of an article's passages."""
        sql = 'SELECT start, "end" FROM passage WHERE row >= ? AND row < ? ORDER BY row'
        return [Span(*row) for row in self._all(sql, (article.first, article.first + article.passages))]

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of the given rows, in their order."""
        return [passage for _, passage in self.with_articles(rows)]

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""
        last: tuple[int, Article] | None = None  # neighbours are mostly of one article
        for row in rows:
            places = self._all(
                'SELECT article, ordinal, start, "end" FROM passage WHERE row = ?', (int(row),)
            )
            if not places:
                raise BrokenIndex(_DAMAGED)
            number, ordinal, start, end = places[0]
            if last is None or last[0] != number:
                last = number, self._article(number)
            article = last[1]
            yield article, Passage(article.article_id, ordinal, start, end, article.text[start:end])

    def row(self, passage: Passage) -> int:
        """The row of a passage. Raises BrokenIndex if the store does not contain it."""
        ranges = self._all("SELECT first, passages FROM article WHERE article_id = ?", (passage.article_id,))
        if not ranges or not 0 <= passage.ordinal < ranges[0][1]:
            raise BrokenIndex(f"The index contains no passage {passage.passage_id}. Run `qa build --fresh`.")
        return int(ranges[0][0]) + passage.ordinal

    def rows(self, filter_: Filter) -> Rows | None:
        """Rows that a filter allows, ascending; None if it allows all."""
        return None if filter_ == Filter() else self._allowed.get(filter_, self._rows)

    def _rows(self, filter_: Filter) -> Rows:
        conditions = [
            (sql, value)
            for sql, value in (
                ("a.article_id = ?", filter_.article_id),
                ("a.folded_source = ?", filter_.source.casefold()),
                ("a.date >= ?", filter_.since),
                ("a.date <> '' AND substr(a.date, 1, 10) <= ?", filter_.until),
            )
            if value
        ]
        allowed = self._all(
            "SELECT a.first, a.passages FROM article a WHERE "  # noqa: S608
            + " AND ".join(sql for sql, _ in conditions)
            + " ORDER BY a.first",
            [value for _, value in conditions],
        )
        return spread(np.fromiter(chain.from_iterable(allowed), np.int64, 2 * len(allowed)).reshape(-1, 2))


def spread(ranges: NDArray[np.int64]) -> Rows:
    """The rows of some articles, ascending; `ranges` [articles, 2] has of each its first row and how many."""
    first, passages = ranges.T
    # the rows of an article are consecutive: its first row plus the offset of each
    offsets = np.arange(passages.sum()) - np.repeat(np.cumsum(passages) - passages, passages)
    rows: Rows = np.repeat(first, passages) + offsets
    rows.flags.writeable = False  # the next caller gets the same array
    return rows


def _encodable(value: object) -> object:
    """A text with each lone surrogate replaced."""
    return (
        value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if isinstance(value, str)
        else value
    )


@lru_cache(maxsize=DATES_KEPT)
def _in_words(date: str) -> str:
    """A date as the page shows it in each language, so that what is seen can be searched for."""
    return " ".join(long_date(date[:10], language) for language in LANGUAGES) if date else ""


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    opened = sqlite3.connect(uri, uri=True, check_same_thread=False)
    # SQLite's `lower` ignores umlauts
    opened.create_function("folded", 1, lambda text: transcription(text.casefold()), deterministic=True)
    opened.create_function("in_words", 1, _in_words, deterministic=True)
    return opened
