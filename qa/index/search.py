"""Open a generation of the index and search it.

Search runs the dense and the lexical side and fuses their scores. How a generation is built, and
what a passage answers, is not known here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

from qa.embedding import sentence_transformer, threads
from qa.embedding.base import Encoder
from qa.errors import BrokenIndex, EncoderError
from qa.index.articles import FILE as STORE_FILE
from qa.index.articles import Store
from qa.index.base import PassageStates, QueryStates
from qa.index.bm25 import LexicalIndex
from qa.index.dense import DenseIndex
from qa.index.token_states import States, query_states
from qa.storage import generations
from qa.storage.generations import Generation
from qa.storage.manifest import Manifest
from qa.text import tokens
from qa.types import Article, ArticleSummary, Filter, Hit, Mode, Passage, Run

# Share of the cosine in the fused score; the rest is the passage's BM25 score as a share of what the
# question's terms could give. A convex combination (Bruch, Gai & Ingber, An Analysis of Fusion
# Functions for Hybrid Retrieval, TOIS 2023) needs no ranks, so a lexical side that finds next to
# nothing, as for an English question on German articles, does no harm (docs/decisions/0003-fusion.md).
DENSE_SHARE = 5 / 6
DEPTH = 100  # rows that each side hands to the fusion
QUERIES_KEPT = 256  # readings of recent questions

NOTHING = Run(np.empty(0, np.int64), np.empty(0, np.float32))


class Index:
    """One opened generation; it stays readable while newer ones are built."""

    def __init__(self, opened: Generation, encoder: Encoder | None = None) -> None:
        """Raises BrokenIndex where the parts do not belong together."""
        threads.limit_numpy_threads()
        self.manifest = opened.manifest
        self._opened = opened
        self._encoder = encoder
        self._loading = threading.Lock()
        opened.part(STORE_FILE).read()  # SQLite cannot tell a damaged file, so it is compared whole
        self._store = Store(opened.folder)
        self._dense = DenseIndex.of(opened.part, self.manifest.parts, self.manifest.dimension)
        self._lexical = LexicalIndex(opened.part)
        self._states = States(opened.part)
        sides = (self._store.passage_count, self._dense.count, self._lexical.count, self._states.count)
        if set(sides) != {self.manifest.passages} or self._store.article_count != self.manifest.articles:
            raise BrokenIndex("The parts of the index do not belong together; run `qa build --fresh`.")
        self.languages = self._store.languages()
        self._queries: OrderedDict[str, QueryStates] = OrderedDict()  # recent ones, the latest last
        self._remembering = threading.Lock()

    @classmethod
    def open(cls, vectors: str | Path, *, encoder: Encoder | None = None) -> Index:
        """Open the served generation of a vectors folder; the model is loaded at the first search.

        A small index is compared with its checksums now, a large one where it is read. Raises BrokenIndex
        where there is none or it is damaged (so may every method later), EncoderError where `encoder`
        is not the one it was built with.
        """
        opened = generations.open_served(Path(vectors))
        if encoder:
            _check_encoder(encoder, opened.manifest)
        return cls(opened, encoder)

    def close(self) -> None:
        """Let go of the files; until then no build removes the generation."""
        self._store.close()
        self._opened.close()

    @property
    def generation(self) -> str:
        return self.manifest.generation

    @property
    def encoder(self) -> Encoder:
        """The model the index was built with; EncoderError where it cannot be loaded or has changed."""
        with self._loading:
            if self._encoder is None:
                loaded = sentence_transformer.load(self.manifest.model)
                _check_encoder(loaded, self.manifest)
                self._encoder = loaded
            return self._encoder

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where the index has none of this id."""
        return self._store.article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, by id."""
        return self._store.articles()

    def find_articles(
        self, query: str = "", *, offset: int = 0, limit: int = 50
    ) -> tuple[list[ArticleSummary], int]:
        """`limit` articles, from `offset` on, that hold every word of `query`, and how many do."""
        return self._store.find(query, offset, limit)

    def sources(self) -> list[tuple[str, int]]:
        """The outlets and how many articles each has, most first."""
        return self._store.sources()

    def passages_of(self, article_id: str) -> list[Passage]:
        """All passages of an article, in reading order."""
        return self._store.passages_of(article_id)

    def idf(self, term: str) -> float:
        """Inverse document frequency of a term among the passages (see `qa.index.bm25`)."""
        return self._lexical.idf(term)

    def query(self, question: str) -> QueryStates:
        """What the model makes of a question; recent ones are remembered."""
        with self._remembering:
            if question in self._queries:
                self._queries.move_to_end(question)
                return self._queries[question]
        found = query_states(self.encoder.read([question], query=True)[0])
        with self._remembering:
            self._queries[question] = found
            while len(self._queries) > QUERIES_KEPT:
                self._queries.popitem(last=False)
        return found

    def states(self, passage: Passage) -> PassageStates:
        """What the model made of a passage when the index was built."""
        return self._states.states(self._store.row(passage))

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
        give (lexical), or both weighted by `DENSE_SHARE` (hybrid); equal scores come by row.
        """
        allowed = self._store.rows(where)
        depth = max(k, DEPTH)
        vector = None if mode == "lexical" else self.query(query).vector
        terms = [] if mode == "dense" else tokens.query_terms(query, self.languages)
        near = NOTHING if vector is None else self._dense.search(vector, depth, allowed)
        matching = self._lexical.search(terms, depth, allowed)
        rows = np.union1d(near.rows, matching.rows).astype(np.int64)
        cosines = np.zeros(len(rows)) if vector is None else self._dense.vectors(rows) @ vector
        possible = sum(self._lexical.idf(term) for term in terms) or 1.0
        shares = self._lexical.scores(terms, rows) / possible
        scores = {"dense": cosines, "lexical": shares}.get(
            mode, DENSE_SHARE * cosines + (1 - DENSE_SHARE) * shares
        )
        best = np.lexsort((rows, -scores))[:k]
        passages = self._store.passages(rows[best])
        dense_rank = {int(row): rank for rank, row in enumerate(near.rows, start=1)}
        lexical_rank = {int(row): rank for rank, row in enumerate(matching.rows, start=1)}
        return [
            Hit(
                passage=passage,
                rank=rank,
                score=float(scores[at]),
                dense_rank=dense_rank.get(int(rows[at])),
                lexical_rank=lexical_rank.get(int(rows[at])),
                dense_score=float(cosines[at]),
                lexical_score=float(shares[at]),
            )
            for rank, (at, passage) in enumerate(zip(best, passages, strict=True), start=1)
        ]


def _check_encoder(encoder: Encoder, manifest: Manifest) -> None:
    if encoder.fingerprint != manifest.fingerprint:
        raise EncoderError(
            f"The index was built with another version of the model {manifest.model}; run `qa build --fresh`."
        )
