"""What a new generation takes over from the served one: whatever the model would make of it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from qa.errors import BrokenIndex
from qa.facts.copies import Shingles
from qa.index import passages
from qa.index.base import Computed, Earlier, IndexStore, StoredArticle
from qa.index.snapshot import Snapshot
from qa.types import Article, Passage, Rows, Span

# `old_rows` holds for each row of a new generation the row of the served one that it takes over, or this
# where the passage is new.
NEW = -1


def served(store: IndexStore, fingerprint: str, settings: dict[str, str | int]) -> Earlier | None:
    """The served generation; None where it is not whole, or of another model or other settings."""
    try:
        earlier = store.earlier()
    except BrokenIndex:
        return None
    if (earlier.manifest.fingerprint, earlier.manifest.settings) == (fingerprint, settings):
        return earlier
    earlier.close()
    return None


class Reuse:
    """The served generation of a folder (see `qa.index.base.Earlier`); every method raises BrokenIndex."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._articles = snapshot.documents.stored()
        self.manifest = snapshot.manifest
        self.bm25 = snapshot.bm25
        self.clusters = snapshot.dense.clusters

    def close(self) -> None:
        """Close the files."""
        self._snapshot.close()

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""
        return self._articles

    def unchanged(self, article_id: str, digest: str) -> StoredArticle | None:
        """The article of this id, if it has this digest."""
        article = self._articles.get(article_id)
        return article if article and article.digest == digest else None

    def spans(self, article: StoredArticle) -> list[Span]:
        """The positions of an article's passages."""
        return self._snapshot.documents.spans(article)

    def shingles(self, article_id: str) -> Shingles | None:
        """The shingles of an unchanged article, if the generation has them."""
        return self._snapshot.documents.shingles(article_id)

    def article(self, article_id: str) -> Article:
        """The article of this id. Raises CorpusError if there is none."""
        return self._snapshot.documents.article(article_id)

    def rows(self) -> dict[bytes, int]:
        """The row of each passage by its `key`."""
        documents = self._snapshot.documents
        passages_in_order = documents.with_articles(range(documents.passage_count))
        return {key(article, passage): row for row, (article, passage) in enumerate(passages_in_order)}

    def computed(self, rows: Sequence[int] | Rows) -> Iterator[Computed]:
        """What the model made of some passages, in their order; the records are not copied."""
        for row in rows:
            yield Computed(self._snapshot.dense.vectors([row]), self._snapshot.token_states.record(row))


def key(article: Article, passage: Passage) -> bytes:
    """Key of a passage's embedded text and of the language used to split its sentences."""
    embedded = f"{article.language}\0{passages.embedding_text(article.title, passage)}"
    return hashlib.blake2b(embedded.encode("utf-8", "surrogatepass"), digest_size=16).digest()
