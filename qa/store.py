"""Articles and passages of one generation in SQLite, read-only once written.

A passage is stored as a range of its article, never as text of its own, so the two cannot differ.
Row numbers count passages from 0 in the order they were added; the vectors and the lexical
matrix have the same rows.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import BrokenIndex, CorpusError
from qa.types import Article, ArticleSummary, Filter, Passage, Rows

FILE = "articles.sqlite"  # within a generation
_SCHEMA = """
CREATE TABLE article (
    number INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT NOT NULL,
    folded_source TEXT NOT NULL
) STRICT;
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES article(number), ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL
) STRICT;
CREATE INDEX passage_of_article ON passage(article);
"""
_ARTICLE = "article_id, title, text, source, url, date, language, sha256"
_PASSAGE = 'a.article_id, p.ordinal, p.start, p."end", substr(a.text, p.start + 1, p."end" - p.start)'


def write(path: Path, articles: Iterable[tuple[Article, Sequence[Passage]]]) -> None:
    """Write a new store with the passages of each article as consecutive rows."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(_SCHEMA)
        row = 0
        for number, (article, passages) in enumerate(articles):
            db.execute(
                "INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    number,
                    article.article_id,
                    article.title,
                    article.text,
                    article.source,
                    article.url,
                    article.date,
                    article.language,
                    article.sha256,
                    article.source.casefold(),
                ),
            )
            db.executemany(
                "INSERT INTO passage VALUES (?,?,?,?,?)",
                ((row + i, number, p.ordinal, p.start, p.end) for i, p in enumerate(passages)),
            )
            row += len(passages)


class Store:
    """Read access to a written store; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Raises BrokenIndex where `path` is no store."""
        self._lock = threading.Lock()
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self.passage_count = int(self._all("SELECT count(*) FROM passage")[0][0])
            self.article_count = int(self._all("SELECT count(*) FROM article")[0][0])
        except sqlite3.Error as error:
            raise BrokenIndex("The articles of the index are damaged; run `qa build --fresh`.") from error

    def close(self) -> None:
        self._db.close()

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where the index has none of this id."""
        found = self._all(f"SELECT {_ARTICLE} FROM article WHERE article_id = ?", (article_id,))  # noqa: S608
        if not found:
            raise CorpusError(f"The index has no article {article_id!r}; `qa status` counts what it has.")
        return Article(*found[0])

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, by id."""
        rows = self._all(
            "SELECT article_id, title, source, url, date, language,"
            " (SELECT count(*) FROM passage WHERE article = number) FROM article ORDER BY article_id"
        )
        return [ArticleSummary(*row) for row in rows]

    def languages(self) -> frozenset[str]:
        """The languages of the articles; "" among them where an article does not tell."""
        return frozenset(str(row[0]) for row in self._all("SELECT DISTINCT language FROM article"))

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of the given rows, in their order."""
        sql = f"SELECT {_PASSAGE} FROM passage p JOIN article a ON a.number = p.article WHERE p.row = ?"  # noqa: S608
        with self._lock:
            return [Passage(*self._db.execute(sql, (int(row),)).fetchone()) for row in rows]

    def row(self, passage: Passage) -> int:
        """The row of a passage; BrokenIndex where it is none of this store."""
        found = self._all(
            "SELECT p.row FROM passage p JOIN article a ON a.number = p.article"
            " WHERE a.article_id = ? AND p.ordinal = ?",
            (passage.article_id, passage.ordinal),
        )
        if not found:
            raise BrokenIndex(f"The index has no passage {passage.passage_id}; run `qa build --fresh`.")
        return int(found[0][0])

    def passages_of(self, article_id: str) -> list[Passage]:
        """All passages of an article, in reading order."""
        return list(self.each_passage(" WHERE a.article_id = ?", (article_id,)))

    def each_passage(self, where: str = "", values: Sequence[object] = ()) -> Iterator[Passage]:
        """Every passage in the order of rows; `where` is SQL of this project, never foreign text."""
        sql = f"SELECT {_PASSAGE} FROM passage p JOIN article a ON a.number = p.article{where} ORDER BY p.row"  # noqa: S608
        for row in self._all(sql, values):
            yield Passage(*row)

    def rows(self, where: Filter) -> Rows | None:
        """Rows that a filter allows, ascending; None where it allows all."""
        conditions = [
            (sql, value)
            for sql, value in (
                ("a.article_id = ?", where.article_id),
                ("a.folded_source = ?", where.source.casefold()),
                ("a.date >= ?", where.since),
                ("a.date <> '' AND substr(a.date, 1, 10) <= ?", where.until),
            )
            if value
        ]
        if not conditions:
            return None
        found = self._all(
            "SELECT p.row FROM passage p JOIN article a ON a.number = p.article WHERE "  # noqa: S608
            + " AND ".join(sql for sql, _ in conditions)
            + " ORDER BY p.row",
            [value for _, value in conditions],
        )
        return np.array([row[0] for row in found], dtype=np.int64)
