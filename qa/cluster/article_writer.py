"""Write the articles and passages of a new generation in PostgreSQL (see `qa.cluster.documents`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from qa.cluster.schema import crc_of, passage_bytes, storable
from qa.cluster.sessions import Session
from qa.facts import copies
from qa.index import articles, reuse
from qa.index.article_writer import repeated
from qa.text.umlauts import transcription
from qa.types import Article, Passage, Span

ARTICLES_HELD = 500  # before they are written
TEXT_HELD = 4_000_000  # bytes of text, likewise
PUT_TEXT = "INSERT INTO qa.body VALUES (%b, %b) ON CONFLICT "
KEEP, REPLACE = "DO NOTHING", "(digest) DO UPDATE SET text = EXCLUDED.text"
MARK_COPY = """
UPDATE article SET copy_of = (SELECT article_id FROM article WHERE number = %s) WHERE number = %s
"""


class PostgresArticleWriter:
    """Write the tables `article`, `passage` and `body`; the passages of an article are consecutive rows."""

    def __init__(self, session: Session, key_of: Callable[[bytes], bytes], *, replace_texts: bool) -> None:
        """`session` has the new generation in its search path; `key_of` makes of the key of a passage the one
        under which what the model makes of it is stored.

        With `replace_texts`, texts that the database has already are written again, which repairs damage. The
        other methods raise StoreError.
        """
        self._session = session
        self._key_of = key_of
        self._replace_texts = replace_texts
        self.rows = 0  # passages added so far
        self._number = 0
        self._articles: list[Sequence[object]] = []
        self._passages: list[Sequence[object]] = []
        self._texts: list[tuple[bytes, bytes]] = []
        self._samples: list[copies.Shingles] = []  # of all articles, to find copies
        self._held = 0
        self._checksums = {name: hashlib.sha256() for name in ("article", "passage")}

    def checksums(self) -> dict[str, str]:
        """The SHA-256 of what was added to each table, in hexadecimal."""
        return {table: whole.hexdigest() for table, whole in self._checksums.items()}

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
                self.rows,
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
                self.rows + ordinal,
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
        self.rows += len(spans)
        self._held += len(text)
        if len(self._articles) >= ARTICLES_HELD or self._held >= TEXT_HELD:
            self._write()

    def _write(self) -> None:
        """Write the articles that are held."""
        self._session.many(PUT_TEXT + (REPLACE if self._replace_texts else KEEP), self._texts)
        types = ["int4", *["text"] * 8, "bytea", "bytea", "int8", "int4", "text"]
        self._session.copy_in("article", types, self._articles)
        types = ["int8", "int4", "int4", "int4", "int4", "bytea", "int8"]
        self._session.copy_in("passage", types, self._passages)
        self._articles, self._passages, self._texts, self._held = [], [], [], 0

    def complete(self) -> None:
        """Write what is held, and note which articles repeat another one."""
        self._write()
        self._mark_copies()

    def _mark_copies(self) -> None:
        """Note of each article which one it repeats."""
        self._session.many(MARK_COPY, repeated(self._samples, self._shingles))

    def _shingles(self, number: int) -> copies.Shingles:
        sql = "SELECT b.text FROM article a JOIN qa.body b USING (digest) WHERE a.number = %s"
        ((text,),) = self._session.rows(sql, [number])
        return copies.shingles(bytes(text).decode("utf-8", "surrogatepass"))


def _folded(article: Article) -> str:
    """The metadata in which articles are found, folded as in `qa.index.articles.Store.find`."""
    parts = (article.title, article.source, article.date, article.language, article.article_id)
    return transcription(" ".join(parts).casefold())
