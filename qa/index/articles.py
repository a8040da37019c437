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
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from qa.errors import BrokenIndex, CorpusError, StoreError
from qa.types import Article, ArticleSummary, Filter, Passage, Rows, Span

FILTERS_KEPT = 4  # whose rows are remembered, at most 8 bytes for each passage
FILE = "articles.sqlite"  # within a generation
TEXTS = "texts.sqlite"
_SCHEMA = """
CREATE TABLE article (
    number INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, source TEXT NOT NULL,
    url TEXT NOT NULL, date TEXT NOT NULL, language TEXT NOT NULL, folded_source TEXT NOT NULL,
    about TEXT NOT NULL, digest TEXT NOT NULL, first INTEGER NOT NULL, passages INTEGER NOT NULL
) STRICT;
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES article(number), ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL
) STRICT;
"""
# What a filter asks for, with all that it needs to know. Built when all articles are there, 5 MB for 100,000.
_INDEXES = """
CREATE INDEX by_outlet ON article(folded_source, date, first, passages);
CREATE INDEX by_date ON article(date, first, passages);
"""
_TEXT_SCHEMA = "CREATE TABLE text (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
# Nothing is served before the whole generation is on disk, so a journal would be of no use.
_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
_DAMAGED = "The articles of the index are damaged; run `qa build --fresh`."


def digest(article: Article) -> str:
    """Changes with anything that is stored of an article."""
    known = hashlib.sha256(_about(article).encode())
    known.update(article.text.encode("utf-8", "surrogatepass"))
    return known.hexdigest()


def _about(article: Article) -> str:
    """All of an article but its text, as JSON."""
    about = {field.name: getattr(article, field.name) for field in fields(Article) if field.name != "text"}
    return json.dumps(about, ensure_ascii=False)


class Writer:
    """Writes a new store, the passages of each article as consecutive rows."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreError where the folder cannot be written; so do all methods."""
        self._number = self._row = 0
        with _written():
            self._db = sqlite3.connect(folder / FILE)
            self._texts = sqlite3.connect(folder / TEXTS)
            self._db.executescript(_PRAGMAS + _SCHEMA + "BEGIN;")
            self._texts.executescript(_PRAGMAS + _TEXT_SCHEMA + "BEGIN;")

    def add(self, article: Article, digest: str, spans: Sequence[Span]) -> None:
        """Append an article, its digest, and where its passages lie."""
        about = (article.article_id, article.title, article.source, article.url, article.date)
        with _written():
            self._db.execute(
                "INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    self._number,
                    *about,
                    article.language,
                    article.source.casefold(),
                    _about(article),
                    digest,
                    self._row,
                    len(spans),
                ),
            )
            self._texts.execute("INSERT INTO text VALUES (?,?)", (self._number, article.text))
            self._db.executemany(
                "INSERT INTO passage VALUES (?,?,?,?,?)",
                ((self._row + i, self._number, i, start, end) for i, (start, end) in enumerate(spans)),
            )
        self._number += 1
        self._row += len(spans)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with _written():
                    self._db.commit()
                    self._db.executescript(_INDEXES)
                    self._texts.commit()
        finally:
            self._db.close()
            self._texts.close()


class _written:
    """Turns SQLite's errors on writing into StoreError."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            raise StoreError(
                f"The articles cannot be written ({error}); make room on the disk, the index is as it was."
            ) from error


class Known(NamedTuple):
    """What a build needs of an article it may have met before."""

    digest: str
    first: int  # row of its first passage
    passages: int


class Store:
    """Read access to a written store; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex where `folder` holds no store; so do all methods where it is damaged.

        `FILE` is taken as it is: compare it with its checksum first.
        """
        self._lock = threading.Lock()
        self._allowed: OrderedDict[Filter, Rows] = OrderedDict()  # of recent filters, the latest last
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
        found = self._all("SELECT number FROM article WHERE article_id = ?", (article_id,))
        if not found:
            raise CorpusError(f"The index has no article {article_id!r}; `qa status` counts what it has.")
        return self._article(int(found[0][0]))

    def _article(self, number: int) -> Article:
        about = self._all("SELECT about, digest FROM article WHERE number = ?", (number,))
        text = self._all("SELECT text FROM text WHERE number = ?", (number,), db=self._texts)
        if not about or not text:
            raise BrokenIndex(_DAMAGED)
        known = json.loads(about[0][0])
        lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        article = Article(**{**known, **lists}, text=str(text[0][0]))
        if digest(article) != about[0][1]:
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
        wanted = query.casefold().split()
        where = " AND ".join(["instr(folded, ?) > 0"] * len(wanted)) or "TRUE"
        folded = "casefold(title || ' ' || source || ' ' || date || ' ' || language || ' ' || article_id)"
        found = f"FROM (SELECT *, {folded} AS folded FROM article) WHERE {where}"  # noqa: S608 (values are bound)
        ((count,),) = self._all(f"SELECT count(*) {found}", wanted)
        rows = self._all(
            f"SELECT article_id, title, source, url, date, language, passages {found}"
            " ORDER BY article_id LIMIT ? OFFSET ?",
            [*wanted, max(0, limit), max(0, offset)],
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

    def known(self) -> dict[str, Known]:
        """article_id -> what a build needs to take it over."""
        rows = self._all("SELECT article_id, digest, first, passages FROM article")
        return {str(name): Known(*rest) for name, *rest in rows}

    def spans(self, known: Known) -> list[Span]:
        """Where the passages of an article lie."""
        sql = 'SELECT start, "end" FROM passage WHERE row >= ? AND row < ? ORDER BY row'
        return [Span(*row) for row in self._all(sql, (known.first, known.first + known.passages))]

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of the given rows, in their order."""
        return [passage for _, passage in self.with_articles(rows)]

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""
        read: dict[int, Article] = {}  # neighbours are mostly of one article; one is kept at a time
        for row in rows:
            found = self._all('SELECT article, ordinal, start, "end" FROM passage WHERE row = ?', (int(row),))
            if not found:
                raise BrokenIndex(_DAMAGED)
            number, ordinal, start, end = found[0]
            if number not in read:
                read = {number: self._article(number)}
            article = read[number]
            yield article, Passage(article.article_id, ordinal, start, end, article.text[start:end])

    def row(self, passage: Passage) -> int:
        """The row of a passage; BrokenIndex where it is none of this store."""
        found = self._all("SELECT first, passages FROM article WHERE article_id = ?", (passage.article_id,))
        if not found or not 0 <= passage.ordinal < found[0][1]:
            raise BrokenIndex(f"The index has no passage {passage.passage_id}; run `qa build --fresh`.")
        return int(found[0][0]) + passage.ordinal

    def passages_of(self, article_id: str) -> list[Passage]:
        """All passages of an article, in reading order."""
        found = self._all("SELECT first, passages FROM article WHERE article_id = ?", (article_id,))
        return self.passages(range(found[0][0], found[0][0] + found[0][1])) if found else []

    def rows(self, where: Filter) -> Rows | None:
        """Rows that a filter allows, ascending; None where it allows all."""
        if where == Filter():
            return None
        with self._lock:
            found = self._allowed.pop(where, None)
        if found is None:
            found = self._rows(where)
        with self._lock:
            self._allowed[where] = found
            while len(self._allowed) > FILTERS_KEPT:
                self._allowed.popitem(last=False)
        return found

    def _rows(self, where: Filter) -> Rows:
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
        found = self._all(
            "SELECT a.first, a.passages FROM article a WHERE "  # noqa: S608
            + " AND ".join(sql for sql, _ in conditions)
            + " ORDER BY a.first",
            [value for _, value in conditions],
        )
        first, passages = np.fromiter(chain.from_iterable(found), np.int64, 2 * len(found)).reshape(-1, 2).T
        # the rows of an article follow each other: its first one, and how far behind that each lies
        behind = np.arange(passages.sum()) - np.repeat(np.cumsum(passages) - passages, passages)
        rows: Rows = np.repeat(first, passages) + behind
        rows.flags.writeable = False  # whoever asks again gets the same ones
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
