"""One opened generation on other machines."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from qa.cluster import address as addresses
from qa.cluster.base import Collection
from qa.cluster.documents import PostgresDocuments
from qa.cluster.milvus_retrieval import MilvusRetrieval
from qa.cluster.retrieval import PostgresRetrieval
from qa.cluster.sessions import Pool
from qa.errors import BrokenIndex
from qa.index.base import Computed, Retrieval, StoredArticle
from qa.storage.manifest import Manifest
from qa.types import Article, Rows, Span

AHEAD = 4_096  # passages whose positions are fetched at once
MISMATCH = "The parts of the index do not match. Run `qa rollback` or `qa build --fresh`."


class PostgresSnapshot:
    """A generation in PostgreSQL, whose retrieval may be in an engine; the rows are the same.

    No build removes it until this is closed.
    """

    def __init__(self, manifest: Manifest, pool: Pool, collection: Collection | None) -> None:
        """Raises BrokenIndex where a part is missing, as far as that shows at once."""
        self.manifest = manifest
        self.documents = PostgresDocuments(pool)
        self._pool = pool
        self.collection = collection
        self._close = weakref.finalize(self, _close, pool, collection)
        try:
            if any(self.faults()):
                raise BrokenIndex(MISMATCH)
            own = PostgresRetrieval(pool, self.documents, manifest.passages)
        except BaseException:
            self.close()
            raise
        self.lexical = own.lexical
        self.retrieval: Retrieval = MilvusRetrieval(collection, own) if collection else own

    def faults(self) -> Iterator[str]:
        """Which tables hold not as many rows as the manifest says, one line each."""
        counted = {"article": self.manifest.articles, "passage": self.manifest.passages}
        if self.collection is None:
            counted["candidate"] = self.manifest.passages
        elif self.collection.count != self.manifest.passages:
            expected = self.manifest.passages
            yield f"collection: {self.collection.count} passages, but the manifest says {expected}"
        for table, expected in counted.items():
            sql = f"SELECT count(*) FROM {table}"  # noqa: S608 (constant)
            ((count,),) = self._pool.rows(sql, seconds=addresses.SCAN)
            if count != expected:
                yield f"{table}: {count} rows, but the manifest says {expected}"

    def close(self) -> None:
        """Close the connections."""
        self._close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement that may look at the whole generation."""
        return self._pool.rows(sql, seconds=addresses.SCAN)


def _close(pool: Pool, collection: Collection | None) -> None:
    pool.close()
    if collection:
        collection.close()


class PostgresEarlier:
    """The served generation, as far as a build can take over from it (see `qa.index.base.Earlier`)."""

    def __init__(self, snapshot: PostgresSnapshot) -> None:
        self._snapshot = snapshot
        self._articles = snapshot.documents.stored()
        self._spans: dict[int, Span] = {}
        self.manifest = snapshot.manifest

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""
        return self._articles

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""
        return self._snapshot.documents.article(article_id)

    def unchanged(self, article_id: str, digest: str) -> StoredArticle | None:
        """The article of this id, if it has this digest."""
        article = self._articles.get(article_id)
        return article if article and article.digest == digest else None

    def spans(self, article: StoredArticle) -> list[Span]:
        """The positions of an article's passages; those of the next articles are fetched with them."""
        end = article.first + article.passages
        if not self._spans or article.first not in self._spans or end - 1 not in self._spans:
            rows = range(article.first, min(max(end, article.first + AHEAD), self.manifest.passages))
            self._spans = dict(zip(rows, self._snapshot.documents.spans_of(rows), strict=True))
        return [self._spans[row] for row in range(article.first, end)]

    def rows(self) -> dict[bytes, int]:
        """None: what was computed is found by its content, wherever it stood before."""
        return {}

    def computed(self, rows: Sequence[int] | Rows) -> Iterator[Computed]:
        """What the model made of some passages, in their order."""
        return self._snapshot.documents.computed(rows)

    def close(self) -> None:
        """Close the connections."""
        self._snapshot.close()
