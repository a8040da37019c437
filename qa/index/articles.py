"""Articles and passages of one generation in SQLite, read-only once written.

Two files: what is known of the articles and where their passages lie is small and compared with its
checksum whole when it is opened; the texts are not, so each carries a digest that is compared
when it is read. A passage is stored as a range of its article, never as text of its own, so the two
cannot differ. Row numbers count passages from 0 in the order they were added; the vectors and
the lexical matrix have the same rows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import BrokenIndex, CorpusError
from qa.index.base import StoredArticle
from qa.index.lru import LRU
from qa.types import Article, ArticleSummary, Filter, Passage, Rows, Span

FILTERS_KEPT = 4  # whose rows are remembered, at most 8 bytes for each passage
FILE = "articles.sqlite"  # within a generation
TEXTS = "texts.sqlite"
_DAMAGED = "The articles of the index are damaged; run `qa build --fresh`."


def digest(article: Article) -> str:
    """Changes with anything that is stored of an article."""
    checksum = hashlib.sha256(metadata_json(article).encode())
    checksum.update(article.text.encode("utf-8", "surrogatepass"))
    return checksum.hexdigest()


def metadata_json(article: Article) -> str:
    """All of an article but its text."""
    metadata = {field.name: getattr(article, field.name) for field in fields(Article) if field.name != "text"}
    return json.dumps(metadata, ensure_ascii=False)


class Store:
    """Read access to a written store; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex where `folder` holds no store; so do all methods where it is damaged.

        `FILE` is taken as it is: compare it with its checksum first.
        """
        self._lock = threading.Lock()
        self._allowed: LRU[Filter, Rows] = LRU(FILTERS_KEPT)
        try:
            self._db, self._texts = (_open(folder / name) for name in (FILE, TEXTS))
        except sqlite3.Error as error:
            raise BrokenIndex(_DAMAGED) from error
        ((self.passage_count, self.article_count),) = self._all(
            "SELECT (SELECT count(*) FROM passage), (SELECT count(*) FROM article)"
        )
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
        except UnicodeEncodeError:  # a lone surrogate in what is looked for; nothing stored holds one
            return self._all(sql, [_encodable(value) for value in values], db)

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where the index has none of this id."""
        numbers = self._all("SELECT number FROM article WHERE article_id = ?", (article_id,))
        if not numbers:
            raise CorpusError(f"The index has no article {article_id!r}; `qa status` counts what it has.")
        return self._article(int(numbers[0][0]))

    def _article(self, number: int) -> Article:
        described = self._all("SELECT about, digest FROM article WHERE number = ?", (number,))
        texts = self._all("SELECT text FROM text WHERE number = ?", (number,), db=self._texts)
        if not described or not texts:
            raise BrokenIndex(_DAMAGED)
        metadata, expected = described[0]
        values = json.loads(metadata)
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        article = Article(**{**values, **lists}, text=str(texts[0][0]))
        if digest(article) != expected:
            raise BrokenIndex(_DAMAGED)
        return article

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, by id."""
        rows = self._all(
            "SELECT article_id, title, source, url, date, language, passages FROM article ORDER BY article_id"
        )
        return [ArticleSummary(*row) for row in rows]

    def find(self, query: str, offset: int, limit: int) -> tuple[list[ArticleSummary], int]:
        """Articles that hold every word of `query` in title, outlet, date, language or file name.

        `limit` of them by id, from `offset` on, and how many there are in all. Letters are compared
        without regard to case.
        """
        words = query.casefold().split()
        condition = " AND ".join(["instr(folded, ?) > 0"] * len(words)) or "TRUE"
        folded = "casefold(title || ' ' || source || ' ' || date || ' ' || language || ' ' || article_id)"
        matches = f"FROM (SELECT *, {folded} AS folded FROM article) WHERE {condition}"  # noqa: S608 (bound)
        ((count,),) = self._all(f"SELECT count(*) {matches}", words)
        rows = self._all(
            f"SELECT article_id, title, source, url, date, language, passages {matches}"
            " ORDER BY article_id LIMIT ? OFFSET ?",
            [*words, max(0, limit), max(0, offset)],
        )
        return [ArticleSummary(*row) for row in rows], int(count)

    def sources(self) -> list[tuple[str, int]]:
        """The outlets and how many articles each has, most first; articles without one are left out."""
        return self._all(
            "SELECT min(source), count(*) FROM article WHERE source <> '' GROUP BY folded_source"
            " ORDER BY count(*) DESC, folded_source"
        )

    def languages(self) -> frozenset[str]:
        """The languages of the articles; "" among them where an article does not tell."""
        return frozenset(str(row[0]) for row in self._all("SELECT DISTINCT language FROM article"))

    def stored(self) -> dict[str, StoredArticle]:
        """What a build needs of each article to take it over, by article_id."""
        rows = self._all("SELECT article_id, digest, first, passages FROM article")
        return {str(article_id): StoredArticle(*rest) for article_id, *rest in rows}

    def spans(self, article: StoredArticle) -> list[Span]:
        """Where the passages of an article lie."""
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
        """The row of a passage; BrokenIndex where it is none of this store."""
        ranges = self._all("SELECT first, passages FROM article WHERE article_id = ?", (passage.article_id,))
        if not ranges or not 0 <= passage.ordinal < ranges[0][1]:
            raise BrokenIndex(f"The index has no passage {passage.passage_id}; run `qa build --fresh`.")
        return int(ranges[0][0]) + passage.ordinal

    def rows(self, filter_: Filter) -> Rows | None:
        """Rows that a filter allows, ascending; None where it allows all."""
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
        first, passages = (
            np.fromiter(chain.from_iterable(allowed), np.int64, 2 * len(allowed)).reshape(-1, 2).T
        )
        # the rows of an article follow each other: its first one, and how far behind that each lies
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


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    opened = sqlite3.connect(uri, uri=True, check_same_thread=False)
    # SQLite's own `lower` knows no umlauts
    opened.create_function("casefold", 1, str.casefold, deterministic=True)
    return opened
