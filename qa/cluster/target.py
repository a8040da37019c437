"""What a build writes a new generation to in PostgreSQL (see `qa.index.base.Target`)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from qa.cluster import address as addresses
from qa.cluster import schema
from qa.cluster.base import Engine, EngineRow
from qa.cluster.documents import PostgresDocuments, vector_bytes
from qa.cluster.retrieval import EXACT_UP_TO
from qa.cluster.schema import crc_of, passage_bytes, storable
from qa.cluster.sessions import Session
from qa.errors import QAError, StoreError
from qa.facts import copies
from qa.index import articles, bm25, bm25_index, bm25_writer, reuse
from qa.index.article_writer import repeated
from qa.index.base import Computed, StoredArticle
from qa.storage import manifest as manifests
from qa.storage.manifest import Manifest, Part
from qa.text import tokens
from qa.text.umlauts import transcription
from qa.types import Article, Passage, Rows, Span

ARTICLES_HELD = 500  # before they are written
TEXT_HELD = 4_000_000  # bytes of text, likewise
TERMS_AT_ONCE = 10_000  # terms or blocks of postings written in one call
# The content of a key does not change, so a conflict only repairs damage, which a fresh build is made for.
PUT = """
INSERT INTO qa.computed VALUES (%b, %b::float8[]::vector, %b, %b, %b) ON CONFLICT (key) DO UPDATE
SET vector = EXCLUDED.vector, vector_crc = EXCLUDED.vector_crc, record = EXCLUDED.record, crc = EXCLUDED.crc
"""
PUT_TEXT = "INSERT INTO qa.body VALUES (%b, %b) ON CONFLICT "
MARK_COPY = """
UPDATE article SET copy_of = (SELECT article_id FROM article WHERE number = %s) WHERE number = %s
"""
KEEP, REPLACE = "DO NOTHING", "(digest) DO UPDATE SET text = EXCLUDED.text"


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
        self._key_of = key_of
        self._engine = engine
        self._fresh = fresh
        self._documents = PostgresDocuments(SessionReads(self._session))
        self._number = self._row = 0
        self._articles: list[Sequence[object]] = []
        self._passages: list[Sequence[object]] = []
        self._texts: list[tuple[bytes, bytes]] = []
        self._samples: list[copies.Shingles] = []  # of all articles, to find copies
        self._held = 0
        self._checksums = {name: hashlib.sha256() for name in ("article", "passage")}
        self._published = False
        self._session.rows(f'CREATE SCHEMA "{generation}"')
        self._session.rows(f'SET search_path = "{generation}",{schema.SHARED},public')
        self._session.script(schema.generation_tables(dimension))

    def add(self, article: Article, digest: str, spans: Sequence[Span]) -> None:
        """Append an article, its digest, and where its passages lie; these are the next rows."""
        text, sealed = article.text.encode("utf-8", "surrogatepass"), bytes.fromhex(digest)
        self._texts.append((sealed, text))
        self._articles.append(
            (
                self._number,
                *map(storable, (article.article_id, article.title, article.source, article.url)),
                *map(storable, (article.date, article.language, article.source.casefold())),
                storable(_folded(article)),
                articles.metadata_json(article).encode(),
                sealed,
                self._row,
                len(spans),
                "",  # until all articles are known
            )
        )
        self._samples.append(copies.sample(copies.shingles(article.text)))
        self._checksums["article"].update(
            article.article_id.encode("utf-8", "surrogatepass") + b"\0" + sealed
        )
        for ordinal, (start, end) in enumerate(spans):
            passage = Passage(article.article_id, ordinal, start, end, article.text[start:end])
            place = (
                self._row + ordinal,
                self._number,
                ordinal,
                start,
                end,
                self._key_of(reuse.key(article, passage)),
            )
            packed = passage_bytes(*place)
            self._passages.append((*place, crc_of(packed)))
            self._checksums["passage"].update(packed)
        self._number += 1
        self._row += len(spans)
        self._held += len(text)
        if len(self._articles) >= ARTICLES_HELD or self._held >= TEXT_HELD:
            self._write()

    def _write(self) -> None:
        """Write the articles that are held."""
        self._session.many(PUT_TEXT + (REPLACE if self._fresh else KEEP), self._texts)
        types = ["int4", *["text"] * 8, "bytea", "bytea", "int8", "int4", "text"]
        self._session.copy_in("article", types, self._articles)
        types = ["int8", "int4", "int4", "int4", "int4", "bytea", "int8"]
        self._session.copy_in("passage", types, self._passages)
        self._articles, self._passages, self._texts, self._held = [], [], [], 0

    def complete_articles(self) -> None:
        """All articles were added: they can be read from now on."""
        self._write()
        self._mark_copies()

    def _mark_copies(self) -> None:
        """Note of each article which one it repeats."""
        self._session.many(MARK_COPY, repeated(self._samples, self._shingles))

    def _shingles(self, number: int) -> copies.Shingles:
        sql = "SELECT b.text FROM article a JOIN qa.body b USING (digest) WHERE a.number = %s"
        ((text,),) = self._session.rows(sql, [number])
        return copies.shingles(bytes(text).decode("utf-8", "surrogatepass"))

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
        with tempfile.TemporaryDirectory(prefix="qa-terms-") as folder:
            terms = Path(folder) / bm25_index.FOLDER
            bm25_writer.save(terms, self._row, self._terms())
            checksums = {**self._checksums, **_upload(self._session, terms)}
            lengths = np.fromfile(terms / bm25_index.LENGTHS, bm25.INT)
        if self._engine is None:
            self._add_candidates()
        else:
            self._fill(self._engine, manifest.dimension, float(lengths.mean()))
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
        parts = {name: Part(int(sizes[name]), whole.hexdigest(), "") for name, whole in checksums.items()}
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
        found = self._documents.with_articles(range(self._row))
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
            if count != self._row:
                raise StoreError(f"Only {count} of {self._row} passages were computed. Run the build again.")
        if count > EXACT_UP_TO:
            with self._session.within(addresses.GRAPH):
                self._session.rows(schema.NEIGHBOURS)

    def _fill(self, engine: Engine, dimension: int, mean_terms: float) -> None:
        """Give the engine all passages."""
        name = collection_name(self.generation)
        engine.create(name, dimension, mean_terms)
        for begin in range(0, self._row, ARTICLES_HELD):
            rows = range(begin, min(begin + ARTICLES_HELD, self._row))
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
        engine.seal(name, self._row)

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


def _folded(article: Article) -> str:
    """The metadata in which articles are found, folded as in `qa.index.articles.Store.find`."""
    parts = (article.title, article.source, article.date, article.language, article.article_id)
    return transcription(" ".join(parts).casefold())


def _upload(session: Session, folder: Path) -> dict[str, Any]:
    """Write the lexical part from the files that `bm25_writer` made; the checksum of each table."""
    letters = (folder / bm25_index.TERMS).read_bytes()
    ends, starts = (
        np.fromfile(folder / name, bm25_index.LONG).tolist()
        for name in (bm25_index.TERM_STARTS, bm25_index.STARTS)
    )
    checksums = {name: hashlib.sha256() for name in ("term", "posting", "length")}
    count = len(starts) - 1
    for begin in range(0, count, TERMS_AT_ONCE):
        some = [
            (letters[ends[number] : ends[number + 1]], starts[number], starts[number + 1] - starts[number])
            for number in range(begin, min(begin + TERMS_AT_ONCE, count))
        ]
        for term in some:
            checksums["term"].update(schema.term_bytes(*term))
        session.copy_in("term", ["bytea", "int8", "int4"], some)
    with (
        (folder / bm25_index.ROWS).open("rb") as row_file,
        (folder / bm25_index.COUNTS).open("rb") as count_file,
    ):
        number, blocks = 0, list[Sequence[object]]()
        while rows := row_file.read(schema.POSTINGS * bm25.INT.itemsize):
            counts = count_file.read(schema.POSTINGS * bm25.SHORT.itemsize)
            checksums["posting"].update(rows + counts)
            blocks.append((number, rows, counts, crc_of(rows, counts)))
            number += 1
            if len(blocks) >= TERMS_AT_ONCE // 100:
                session.copy_in("posting", ["int4", "bytea", "bytea", "int8"], blocks)
                blocks = []
        session.copy_in("posting", ["int4", "bytea", "bytea", "int8"], blocks)
    lengths = (folder / bm25_index.LENGTHS).read_bytes()
    checksums["length"].update(lengths)
    session.copy_in("length", ["bytea", "int8"], [(lengths, crc_of(lengths))])
    return checksums
