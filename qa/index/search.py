"""Search an opened generation of the index.

Search runs the dense and the lexical side and fuses their scores. How a generation is built or stored, and
what a passage answers, is not known here.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.embedding import sentence_transformer, threads
from qa.embedding.base import Encoder
from qa.errors import EncoderError
from qa.index import fusion, word_search
from qa.index.base import OpenGeneration, PassageStates, QueryStates, Sought
from qa.index.fusion import DEPTH, EMPTY, Fused
from qa.index.lru import LRU
from qa.index.snapshot import Snapshot
from qa.index.token_states import query_states
from qa.storage.manifest import Manifest
from qa.text import tokens, word_query
from qa.text.word_query import Clause
from qa.types import Article, ArticleSummary, Filter, Hit, Mode, Passage, Rows, Run

QUERIES_KEPT = 256  # encodings of recent questions
MOST_CHECKED = 2_000  # passages compared with phrases and truncated words, the best first
CHECKED_AT_ONCE = 20
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

        The words may stand in the text or in the title, outlet, date, language or file name. What is not
        there at all is read as words that are spelled almost alike.
        """
        asked = word_query.parse(query)
        found = self.documents.find(self._sought(asked, slips=False), offset, limit)
        return found if found[1] else self.documents.find(self._sought(asked, slips=True), offset, limit)

    def _sought(self, asked: Sequence[Clause], *, slips: bool) -> list[Sought]:
        sought = []
        for clause in asked:
            parts = tuple(filter(None, clause.typed.split(word_query.STAR)))
            whole = replace(clause, required=clause.required or len(clause.patterns) > 1)
            groups = word_search.groups([whole], self.retrieval, self.languages, slips=slips)
            rows = self.retrieval.grouped(groups, Filter()).rows if groups else EMPTY.rows
            if whole.required:
                rows = np.array(list(self._checked(rows, [whole])), np.int64)
            if groups or not clause.patterns or len(asked) == 1:
                sought.append(Sought(parts, rows))  # stop words are in every article
        return sought

    def _checked(self, rows: Rows, asked: Sequence[Clause]) -> Iterator[int]:
        """Those of some rows that hold every phrase and truncated word, at most MOST_CHECKED looked at."""
        required = [clause for clause in asked if clause.required]
        for begin in range(0, min(len(rows), MOST_CHECKED), CHECKED_AT_ONCE):
            some = rows[begin : begin + CHECKED_AT_ONCE]
            for row, passage in zip(some.tolist(), self.documents.passages(some), strict=True):
                words = word_query.folded_words(passage.text)
                if all(clause.is_in(words) for clause in required):
                    yield row

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
        """The words that passages hold for a term, as written there, the most frequent first."""
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
        """The `k` best passages that `where` allows for what a person searches, best first; filtered before
        ranking.

        Every "phrase" and truncated word (`Storch*`) of the query must be in a passage. A plain word finds
        its compounds too, and words spelled almost alike where no article has it; in hybrid mode only if the
        query has at most `word_search.FEW_WORDS`, since more are a question, for which see `retrieve`.
        """
        asked = word_query.parse(query)
        required = any(clause.required for clause in asked)
        few = word_search.content_words(asked, self.languages) <= word_search.FEW_WORDS
        if not required and (mode == "dense" or (mode == "hybrid" and not few)):
            return self.retrieve(query, k=k, mode=mode, where=where)
        lexical = self._by_words(asked, where)
        vector = None if mode == "lexical" else self.query(query).vector
        if required:
            dense, rows = EMPTY, np.sort(lexical.rows[:MOST_CHECKED])
        else:
            depth = max(k, DEPTH)
            dense = EMPTY if vector is None else self.retrieval.nearest(vector, depth, where)
            rows = fusion.candidates(dense, Run(lexical.rows[:depth], lexical.scores[:depth]))
        shares = fusion.scores_of(rows, lexical)
        best = fusion.fuse(rows, self._cosines(vector, rows), shares, mode, len(rows) if required else k)
        if required:
            holding = set(islice(self._checked(best.rows, asked), k))
            best = fusion.of_rows(best, holding)
        return self._hits(best, dense, lexical)

    def _by_words(self, asked: Sequence[Clause], where: Filter) -> Run:
        """All passages with the words of a query, before phrases and truncated words are checked."""
        groups = word_search.groups(asked, self.retrieval, self.languages)
        if not groups and not any(clause.required for clause in asked):
            return EMPTY
        return self.retrieval.grouped(groups, where)

    def retrieve(
        self,
        question: str,
        *,
        k: int = 10,
        mode: Mode = "hybrid",
        where: Filter = Filter(),  # noqa: B008 (frozen)
    ) -> list[Hit]:
        """The `k` best passages that `where` allows for a question, best first; filtered before ranking.

        The score is the cosine (dense), the share of the BM25 score that the question's terms could
        give (lexical), or both weighted by `fusion.DENSE_SHARE` (hybrid); equal scores come by row.
        """
        depth = max(k, DEPTH)
        vector = None if mode == "lexical" else self.query(question).vector
        terms = [] if mode == "dense" else tokens.query_terms(question, self.languages)
        dense = EMPTY if vector is None else self.retrieval.nearest(vector, depth, where)
        lexical = self.retrieval.matching(terms, depth, where)
        rows = fusion.candidates(dense, lexical)
        bm25 = self.retrieval.bm25(terms, rows)
        shares = fusion.shares_of_possible(bm25, terms, self.retrieval.idf(terms))
        best = fusion.fuse(rows, self._cosines(vector, rows), shares, mode, k)
        return self._hits(best, dense, lexical)

    def _cosines(self, vector: NDArray[np.float32] | None, rows: Rows) -> NDArray[np.floating]:
        return np.zeros(len(rows)) if vector is None else self.retrieval.cosines(vector, rows)

    def _hits(self, best: Fused, dense: Run, lexical: Run) -> list[Hit]:
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
