"""Write the articles and passages of a new generation (see `qa.index.articles`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from qa.errors import StoreError
from qa.facts import copies
from qa.facts.copies import Shingles
from qa.index.articles import FILE, TEXTS, metadata_json, packed
from qa.index.lru import LRU
from qa.index.writer import Writer
from qa.types import Article, Span

_SCHEMA = """
CREATE TABLE article (
    number INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, source TEXT NOT NULL,
    url TEXT NOT NULL, date TEXT NOT NULL, language TEXT NOT NULL, folded_source TEXT NOT NULL,
    about TEXT NOT NULL, digest TEXT NOT NULL, first INTEGER NOT NULL, passages INTEGER NOT NULL,
    copy_of TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES article(number), ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL
) STRICT;
"""
# Covering indexes for filters. Created after all articles are inserted; 5 MB for 100,000 articles.
_INDEXES = """
CREATE INDEX by_outlet ON article(folded_source, date, first, passages);
CREATE INDEX by_date ON article(date, first, passages);
"""
_TEXT_SCHEMA = """
CREATE TABLE text (number INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT;
CREATE TABLE shingles (number INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
"""
READ_KEPT = 256  # articles whose shingles are cached while they are compared
# A row is some kilobytes: small pages waste less of their last one.
_TEXT_PAGES = "PRAGMA page_size = 1024;"
# Nothing is served before the whole generation is on disk, so a journal would be useless.
_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"


class ArticleWriter(Writer):
    """Write a new store; the passages of an article are consecutive rows."""

    def __init__(self, folder: Path) -> None:
        """Like all methods, raises StoreError if the folder cannot be written."""
        self._number = self._row = 0
        self._samples: list[Shingles] = []
        with _store_errors():
            self._db = sqlite3.connect(folder / FILE)
            self._texts = sqlite3.connect(folder / TEXTS)
            self._db.executescript(_PRAGMAS + _SCHEMA + "BEGIN;")
            self._texts.executescript(_TEXT_PAGES + _PRAGMAS + _TEXT_SCHEMA + "BEGIN;")

    def add(
        self, article: Article, digest: str, spans: Sequence[Span], shingles: Shingles | None = None
    ) -> None:
        """Append an article, its digest, the positions of its passages, and its shingles if known."""
        hashes = copies.shingles(article.text) if shingles is None else shingles
        self._samples.append(copies.sample(hashes))
        columns = (article.article_id, article.title, article.source, article.url, article.date)
        with _store_errors():
            self._db.execute(
                "INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'')",
                (
                    self._number,
                    *columns,
                    article.language,
                    article.source.casefold(),
                    metadata_json(article),
                    digest,
                    self._row,
                    len(spans),
                ),
            )
            self._texts.execute("INSERT INTO text VALUES (?,?)", (self._number, packed(article.text)))
            self._texts.execute("INSERT INTO shingles VALUES (?,?)", (self._number, hashes.tobytes()))
            self._db.executemany(
                "INSERT INTO passage VALUES (?,?,?,?,?)",
                ((self._row + i, self._number, i, start, end) for i, (start, end) in enumerate(spans)),
            )
        self._number += 1
        self._row += len(spans)

    def complete(self) -> None:
        with _store_errors():
            self._mark_copies()
            self._db.commit()
            self._db.executescript(_INDEXES)
            self._texts.commit()

    def _mark_copies(self) -> None:
        """Note of each article which one it repeats."""
        self._db.executemany(
            "UPDATE article SET copy_of = (SELECT article_id FROM article WHERE number = ?) WHERE number = ?",
            repeated(self._samples, self._shingles),
        )

    def _shingles(self, number: int) -> Shingles:
        ((hashes,),) = self._texts.execute("SELECT hashes FROM shingles WHERE number = ?", (number,))
        return np.frombuffer(hashes, np.uint32)

    def close(self) -> None:
        self._db.close()
        self._texts.close()


def repeated(samples: Sequence[Shingles], read: Callable[[int], Shingles]) -> list[tuple[int, int]]:
    """Numbers of articles that are copies, each behind that of the first article of its group.

    `samples` and `read` as for `qa.facts.copies.groups`.
    """
    kept = LRU[int, Shingles](READ_KEPT)
    found = copies.groups(samples, lambda number: kept.get(number, read))
    return [(first, number) for number, first in enumerate(found) if first != number]


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turn SQLite's errors on writing into StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"The articles cannot be written ({error}). The index is unchanged; free some disk space "
            "and try again."
        ) from error
