"""Search an opened generation of the index.

Search runs the dense and the lexical side and fuses their scores. How a generation is built or stored, and
what a passage answers, is not known here.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qa.embedding import sentence_transformer, threads
from qa.embedding.base import Encoder
from qa.errors import EncoderError
from qa.index import fusion
from qa.index.base import OpenGeneration, PassageStates, QueryStates
from qa.index.fusion import DEPTH, EMPTY
from qa.index.lru import LRU
from qa.index.snapshot import Snapshot
from qa.index.token_states import query_states
from qa.storage.manifest import Manifest
from qa.text import tokens
from qa.types import Article, ArticleSummary, Filter, Hit, Mode, Passage

QUERIES_KEPT = 256  # encodings of recent questions
SPELLED = 10  # passages that tell how the words of a term are spelled


class Index:
    """Search over one opened generation; it stays readable while newer ones are built."""

    def __init__(self, opened: OpenGeneration, encoder: Encoder | None = None) -> None:
        """Without an encoder the model is loaded at the first search.

        Raises EncoderError where `encoder` is not the one the index was built with. Every method may raise
        BrokenIndex, since damage to a large index shows only where it is read.
        """
        threads.limit_numpy_threads()
        if encoder:
            _check_encoder(encoder, opened.manifest)
        self.manifest = opened.manifest
        self.retrieval = opened.retrieval
        self.documents = opened.documents
        self.languages = self.documents.languages()
        self._opened = opened
        self._encoder = encoder
        self._loading = threading.Lock()
        self._queries: LRU[str, QueryStates] = LRU(QUERIES_KEPT)

    @classmethod
    def open(cls, vectors: str | Path, *, encoder: Encoder | None = None) -> Index:
        """Open the served generation of a vectors folder; the model is loaded at the first search.

        A small index is compared with its checksums now, a large one where it is read. Raises NoIndex where
        there is none, BrokenIndex where it is damaged (so may every method later), EncoderError where
        `encoder` is not the one it was built with.
        """
        opened = Snapshot.open(Path(vectors))
        try:
            return cls(opened, encoder)
        except EncoderError:
            opened.close()
            raise

    def close(self) -> None:
        """Close the files; until then no build removes the generation."""
        self._opened.close()

    @property
    def generation(self) -> str:
        return self.manifest.generation

    @property
    def encoder(self) -> Encoder:
        """The model the index was built with. Raises EncoderError if it cannot be loaded or has changed."""
        with self._loading:
            if self._encoder is None:
                loaded = sentence_transformer.load(self.manifest.model)
                _check_encoder(loaded, self.manifest)
                self._encoder = loaded
            return self._encoder

    def article(self, article_id: str) -> Article:
        """The article with its full text. Raises CorpusError for an unknown id."""
        return self.documents.article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, sorted by id."""
        return self.documents.articles()

    def find_articles(
        self, query: str = "", *, offset: int = 0, limit: int = 50
    ) -> tuple[list[ArticleSummary], int]:
        """`limit` articles, from `offset` on, that contain every word of `query`, and the number of
        matches.
        """
        return self.documents.find(query, offset, limit)

    def sources(self) -> list[tuple[str, int]]:
        """The outlets with their number of articles, largest first."""
        return self.documents.sources()

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """Inverse document frequency of each term among the passages (see `qa.index.bm25`)."""
        return self.retrieval.idf(terms)

    def near_terms(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """For each term those of the passages that are spelled almost like it, nearest first."""
        return self.retrieval.near(terms)

    def spellings(self, term: str) -> list[str]:
        """The words that passages hold for a term, as they stand there, the most frequent first."""
        rows = self.retrieval.matching([term], SPELLED, Filter()).rows
        found = Counter(
            word.text
            for passage in self.documents.passages(rows)
            for word in tokens.words(passage.text)
            if any(tokens.stem(tokens.fold(word.text), language) == term for language in self.languages)
        )
        return [word for word, _ in found.most_common()]

    def query(self, question: str) -> QueryStates:
        """Encode a question; recent questions are cached."""
        return self._queries.get(question, self._read)

    def _read(self, question: str) -> QueryStates:
        return query_states(self.encoder.read([question], query=True)[0])

    def states(self, passages: Sequence[Passage]) -> list[PassageStates]:
        """What the model made of some passages when the index was built, in their order."""
        return self.documents.states(passages)

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        mode: Mode = "hybrid",
        where: Filter = Filter(),  # noqa: B008 (frozen)
    ) -> list[Hit]:
        """The `k` best passages that `where` allows, best first; filtered before ranking.

        The score is the cosine (dense), the share of the BM25 score that the question's terms could
        give (lexical), or both weighted by `fusion.DENSE_SHARE` (hybrid); equal scores come by row.
        """
        depth = max(k, DEPTH)
        vector = None if mode == "lexical" else self.query(query).vector
        terms = [] if mode == "dense" else tokens.query_terms(query, self.languages)
        dense = EMPTY if vector is None else self.retrieval.nearest(vector, depth, where)
        lexical = self.retrieval.matching(terms, depth, where)
        rows = fusion.candidates(dense, lexical)
        cosines = np.zeros(len(rows)) if vector is None else self.retrieval.cosines(vector, rows)
        bm25 = self.retrieval.bm25(terms, rows)
        shares = fusion.shares_of_possible(bm25, terms, self.retrieval.idf(terms))
        best = fusion.fuse(rows, cosines, shares, mode, k)
        dense_ranks, lexical_ranks = fusion.ranks(dense), fusion.ranks(lexical)
        return [
            Hit(
                passage=passage,
                rank=rank,
                score=score,
                dense_rank=dense_ranks.get(row),
                lexical_rank=lexical_ranks.get(row),
                dense_score=cosine,
                lexical_score=share,
            )
            for rank, (passage, row, score, cosine, share) in enumerate(
                zip(self.documents.passages(best.rows), *(column.tolist() for column in best), strict=True),
                start=1,
            )
        ]


def _check_encoder(encoder: Encoder, manifest: Manifest) -> None:
    if encoder.fingerprint != manifest.fingerprint:
        raise EncoderError(
            f"The index was built with a different version of the model {manifest.model}. Run `qa build "
            "--fresh`."
        )
