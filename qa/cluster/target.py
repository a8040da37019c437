"""What a build writes a new generation to in PostgreSQL (see `qa.index.base.Target`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from qa.cluster import address as addresses
from qa.cluster import bm25_tables, schema
from qa.cluster.article_writer import PostgresArticleWriter
from qa.cluster.base import Engine, EngineRow
from qa.cluster.documents import PostgresDocuments, vector_bytes
from qa.cluster.retrieval import EXACT_UP_TO
from qa.cluster.schema import crc_of
from qa.cluster.sessions import Session
from qa.errors import QAError, StoreError
from qa.index.base import Computed, StoredArticle
from qa.storage import manifest as manifests
from qa.storage.manifest import Manifest, Part
from qa.text import tokens
from qa.types import Article, Passage, Rows, Span

ROWS_AT_ONCE = 500  # given to an engine in one call
# The content of a key does not change, so a conflict only repairs damage, which a fresh build is made for.
PUT = """
INSERT INTO qa.computed VALUES (%b, %b::float8[]::vector, %b, %b, %b) ON CONFLICT (key) DO UPDATE
SET vector = EXCLUDED.vector, vector_crc = EXCLUDED.vector_crc, record = EXCLUDED.record, crc = EXCLUDED.crc
"""


class SessionReads:
    """Reads of a build, through its one connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(
        self, sql: str, values: Sequence[object] = (), *, seconds: float = addresses.SCAN
    ) -> list[tuple[Any, ...]]:
        """The rows of a statement, in the time that a call of a build has."""
        return self._session.rows(sql, values)


class PostgresTarget:
    """A new generation; nobody sees it before `publish`."""

    def __init__(
        self,
        session: Session,
        generation: str,
        key_of: Callable[[bytes], bytes],
        dimension: int,
        engine: Engine | None,
        *,
        fresh: bool,
    ) -> None:
        """Raises StoreError. Call it only while holding the lock.

        `session` is the connection that holds it; `key_of` makes of the key of a passage the one under which
        what the model makes of it is stored.
        """
        self.generation = generation
        self._session = session
        self._engine = engine
        self._fresh = fresh
        self._documents = PostgresDocuments(SessionReads(self._session))
        self._articles = PostgresArticleWriter(session, key_of, replace_texts=fresh)
        self._published = False
        self._session.rows(f'CREATE SCHEMA "{generation}"')
        self._session.rows(f'SET search_path = "{generation}",{schema.SHARED},public')
        self._session.script(schema.generation_tables(dimension))

    def add(self, article: Article, digest: str, spans: Sequence[Span]) -> None:
        """Append an article, its digest, and where its passages lie; these are the next rows."""
        self._articles.add(article, digest, spans)

    def complete_articles(self) -> None:
        """All articles were added: they can be read from now on."""
        self._articles.complete()

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""
        return self._documents.stored()

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""
        return self._documents.article(article_id)

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""
        return self._documents.with_articles(rows)

    def known(self, rows: Rows) -> Rows:
        """Those of some rows whose text the model has read before, in whatever generation or build."""
        return rows[:0] if self._fresh else self._stored_rows(rows)

    def _stored_rows(self, rows: Rows) -> Rows:
        sql = 'SELECT p."row" FROM passage p JOIN qa.computed c USING (key) WHERE p."row" = ANY(%s::bigint[])'
        found = self._session.rows(sql, [rows.tolist()]) if len(rows) else []
        return np.array(sorted(row for (row,) in found), np.int64)

    def put(self, computed: Mapping[int, Computed]) -> None:
        """Store what the model made of some rows, under their content keys, at once and for good."""
        sql = 'SELECT "row", key FROM passage WHERE "row" = ANY(%s::bigint[])'
        keys = dict(self._session.rows(sql, [list(computed)]))
        rows = []
        for row, (vector, record) in computed.items():
            key, values = keys[row], vector.reshape(-1)
            crcs = crc_of(key, vector_bytes(values)), crc_of(key, bytes(record))
            rows.append((key, values.tolist(), crcs[0], bytes(record), crcs[1]))
        self._session.many(PUT, rows)

    def take_over(self, old: Mapping[int, int]) -> None:
        """Nothing to do, because the same content has the same key. Raises StoreError where it has not."""
        rows = np.array(list(old), np.int64)
        if len(self._stored_rows(rows)) != len(rows):
            raise StoreError(
                "The database has lost what the model made of some passages. Run `qa build --fresh`."
            )

    def publish(self, manifest: Manifest, old_rows: Rows) -> Manifest:
        """Index the vectors and the terms, and serve the generation in one transaction."""
        lexical = bm25_tables.save(self._session, self._articles.rows, self._terms())
        checksums = {**self._articles.checksums(), **lexical.checksums}
        if self._engine is None:
            self._add_candidates()
        else:
            self._fill(self._engine, manifest.dimension, lexical.mean_terms)
        with self._session.within(addresses.WRITE):
            self._session.script(schema.INDEXES)
            for table in schema.TABLES:
                self._session.rows(f"ANALYZE {table}")
        sizes = dict(
            self._session.rows(
                "SELECT relname::text, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = %s::regnamespace",
                [f'"{self.generation}"'],
            )
        )
        for table, shared in self._shared_bytes().items():
            sizes[table] += shared
        parts = {name: Part(int(sizes[name]), sha256, "") for name, sha256 in checksums.items()}
        manifest = replace(manifest, parts=parts)
        self._serve(manifest)
        self._published = True
        return manifest

    def _shared_bytes(self) -> dict[str, int]:
        """Bytes of what this generation refers to in the shared tables, by the table that refers to it."""
        computed = "SELECT sum(octet_length(record) + pg_column_size(vector))"
        computed += " FROM (SELECT DISTINCT key FROM passage) p JOIN qa.computed USING (key)"
        texts = "SELECT sum(octet_length(text)) FROM article JOIN qa.body USING (digest)"
        with self._session.within(addresses.WRITE):
            return {
                "passage": int(self._session.rows(computed)[0][0] or 0),
                "article": int(self._session.rows(texts)[0][0] or 0),
            }

    def _terms(self) -> Iterator[tuple[int, Sequence[str]]]:
        """The terms of each passage, by row."""
        found = self._documents.with_articles(range(self._articles.rows))
        return (
            (row, tokens.terms(passage.text, article.language))
            for row, (article, passage) in enumerate(found)
        )

    def _add_candidates(self) -> None:
        """Copy the vectors of the generation, and join them to a graph if there are too many to compare."""
        with self._session.within(addresses.WRITE):
            count = self._session.count(
                'INSERT INTO candidate SELECT p."row", p.article, c.vector::halfvec'
                " FROM passage p JOIN qa.computed c USING (key)"
            )
            if count != (rows := self._articles.rows):
                raise StoreError(f"Only {count} of {rows} passages were computed. Run the build again.")
        if count > EXACT_UP_TO:
            with self._session.within(addresses.GRAPH):
                self._session.rows(schema.NEIGHBOURS)

    def _fill(self, engine: Engine, dimension: int, mean_terms: float) -> None:
        """Give the engine all passages."""
        name = collection_name(self.generation)
        engine.create(name, dimension, mean_terms)
        for begin in range(0, self._articles.rows, ROWS_AT_ONCE):
            rows = range(begin, min(begin + ROWS_AT_ONCE, self._articles.rows))
            both = zip(rows, self.with_articles(rows), self._documents.computed(rows), strict=True)
            engine.put(
                name,
                [
                    EngineRow(
                        row,
                        computed.vector.reshape(-1),
                        tokens.terms(passage.text, article.language),
                        article.article_id,
                        article.source.casefold(),
                        article.date,
                    )
                    for row, (article, passage), computed in both
                ],
            )
        engine.seal(name, self._articles.rows)

    def _serve(self, manifest: Manifest) -> None:
        """Make the generation the served one: the only step that readers see."""
        collection = collection_name(self.generation) if self._engine else ""
        with self._session.transaction():
            text = manifests.to_text(manifest).encode()
            self._session.rows(schema.INSERT_GENERATION, [manifest.generation, text, collection])
            self._session.rows(schema.SERVE, [manifest.generation])

    def abandon(self) -> None:
        """Remove what was written, unless it was published; what the model made stays for the next build."""
        if self._published:
            return
        with suppress(QAError):  # the next build removes it
            if self._engine:
                self._engine.drop(collection_name(self.generation))
        with suppress(QAError):
            if not self._session.broken:
                self._session.rows(f'DROP SCHEMA IF EXISTS "{self.generation}" CASCADE')


def collection_name(generation: str) -> str:
    """The name of a generation's collection in an engine: letters, digits and underscores."""
    return generation.replace("-", "_")
