from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.errors import CorpusError, EncoderError, NoIndex
from qa.index.base import TermGroup
from qa.index.build import build
from qa.index.fusion import DENSE_SHARE
from qa.index.search import Index
from qa.index.snapshot import Snapshot
from qa.text import tokens
from qa.types import Filter, Mode, Rows, Run, Vectors
from tests.support.passages import all_passages, passages_of
from tests.support.standin import StandIn

ARTICLES = {
    "a/deserteure.md": "---\ntitle: Deserteure\nsource: Blatt\ndate: 2024-10-16\nlanguage: de\n---\n"
    "Achtzehn Soldaten sind an der Grenze desertiert. Die Armee sucht nach ihnen.\n",
    "bodensee.txt": "Der Bodensee\n\n"
    "Der Bodensee ist an der tiefsten Stelle 251 Meter tief. Er liegt im Süden.\n",
    "router.txt": "Router\n\n"
    "Ein Router wird mit dem Knopf an der Rückseite zurückgesetzt. Das dauert lange.\n",
    "wahl.md": "---\ntitle: Wahl\nsource: Kurier\ndate: 2025-02-01\n---\n"
    "Die Wahl im Süden gewann die Partei der Mitte.\n",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name, content in ARTICLES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def index(corpus: Path, tmp_path: Path, encoder: StandIn) -> Index:
    build(corpus, tmp_path / "v", encoder=encoder)
    return Index.open(tmp_path / "v", encoder=encoder)


def test_search_finds_the_article(index: Index) -> None:
    hits = index.search("Wie viele Soldaten sind desertiert?", k=2)
    assert hits[0].passage.article_id == "a/deserteure.md"
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].dense_rank == hits[0].lexical_rank == 1


def brute_force(index: Index, encoder: StandIn, query: str, mode: Mode) -> list[str]:
    """Scores of every passage from the definitions, without any index."""
    ids, texts = zip(*((p.passage_id, p.text) for p in all_passages(index)), strict=True)
    titles = {a.article_id: a.title for a in index.articles()}
    shown = [
        t if t.startswith(titles[i.split("#")[0]]) else f"{titles[i.split('#')[0]]}\n{t}"
        for i, t in zip(ids, texts, strict=True)
    ]
    vectors: Vectors = np.stack([reading.vector for reading in encoder.read(shown)])
    cosines = vectors @ encoder.read([query], query=True)[0].vector
    terms = tokens.query_terms(query, index.languages)
    languages = {a.article_id: a.language for a in index.articles()}
    rows = [tokens.terms(t, languages[i.split("#")[0]]) for i, t in zip(ids, texts, strict=True)]
    mean = sum(map(len, rows)) / len(rows)
    idf = index.idf(terms)
    shares = np.zeros(len(rows))
    for term in terms:
        for number, row in enumerate(rows):
            tf = row.count(term)
            if tf:
                shares[number] += idf[term] * tf / (tf + 1.5 * (0.25 + 0.75 * len(row) / mean))
    shares /= sum(idf[term] for term in terms) or 1
    scores = {
        "dense": cosines,
        "lexical": shares,
        "hybrid": DENSE_SHARE * cosines + (1 - DENSE_SHARE) * shares,
    }[mode]
    ranked = sorted(range(len(ids)), key=lambda i: (-round(float(scores[i]), 5), i))
    return [ids[i] for i in ranked if mode != "lexical" or shares[i] > 0]


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
@pytest.mark.parametrize("query", ["Wie tief ist der Bodensee im Süden?", "Armee an der Grenze", "Knopf"])
def test_retrieval_equals_brute_force(index: Index, encoder: StandIn, mode: Mode, query: str) -> None:
    found = [hit.passage.passage_id for hit in index.retrieve(query, mode=mode)]
    assert found == brute_force(index, encoder, query, mode)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_filters_apply_before_the_cut(index: Index, mode: Mode) -> None:
    hits = index.search(
        "desertierte Soldaten an der Grenze im Süden", k=1, mode=mode, where=Filter(source="kurier")
    )
    assert [hit.passage.article_id for hit in hits] == ["wahl.md"]
    assert index.search("Soldaten", mode=mode, where=Filter(article_id="none")) == []


def test_a_question_of_stop_words_is_searched_all_the_same(index: Index) -> None:
    assert len(index.search("Was war das?", k=3)) == 3
    assert index.search("Was war das?", mode="lexical") == []


def test_passages_are_ranges_of_their_articles(index: Index) -> None:
    for summary in index.articles():
        article = index.article(summary.article_id)
        found = passages_of(index, summary.article_id)
        assert summary.passages == len(found) > 0
        for passage, states in zip(found, index.states(found), strict=True):
            assert article.text[passage.start : passage.end] == passage.text
            for start, end in states.sentences:
                assert 0 <= start < end <= len(passage.text)


def test_an_unknown_article_is_an_error(index: Index) -> None:
    with pytest.raises(CorpusError):
        index.article("nowhere.txt")


def test_another_model_is_refused(index: Index, tmp_path: Path) -> None:
    other = StandIn()
    other.fingerprint = "stand-in-2"
    with pytest.raises(EncoderError, match="qa build --fresh"):
        Index.open(tmp_path / "v", encoder=other)


def test_no_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="qa build"):
        Index.open(tmp_path)


def test_recent_questions_are_read_once(index: Index, encoder: StandIn) -> None:
    index.search("Wie tief ist der See?")
    calls = encoder.calls
    index.search("Wie tief ist der See?")
    index.query("Wie tief ist der See?")
    assert encoder.calls == calls


class InMemory:
    """Another store of the same generation: every row is compared with the question."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.manifest = snapshot.manifest
        self.documents = snapshot.documents
        self.retrieval = self
        self._bm25 = snapshot.retrieval
        self._vectors = snapshot.dense.vectors(range(self.manifest.passages))
        self.closed = False

    def _best(self, scores: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        allowed = self.documents.rows(filter_)
        rows = np.arange(len(scores)) if allowed is None else allowed
        best = rows[np.lexsort((rows, -scores[rows]))][:k]
        return Run(best, scores[best])

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        return self._best(self._vectors @ vector, k, filter_)

    def matching(self, terms: Sequence[str], k: int, filter_: Filter) -> Run:
        return self._best(self.bm25(terms, np.arange(self.manifest.passages)), k, filter_)

    def cosines(self, vector: NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
        cosines: NDArray[np.float32] = self._vectors[rows] @ vector
        return cosines

    def bm25(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        return self._bm25.bm25(terms, rows)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        return self._bm25.idf(terms)

    def near(self, terms: Sequence[str]) -> dict[str, list[str]]:
        return self._bm25.near(terms)

    def containing(self, part: str) -> list[str]:
        return self._bm25.containing(part)

    def grouped(self, groups: Sequence[TermGroup], filter_: Filter) -> Run:
        return self._bm25.grouped(groups, filter_)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("where", [Filter(), Filter(source="kurier")])
def test_another_store_gives_the_same_hits(
    index: Index, tmp_path: Path, encoder: StandIn, where: Filter
) -> None:
    store = InMemory(Snapshot.open(tmp_path / "v"))
    other = Index(store, encoder)
    for query in ("Wie tief ist der Bodensee im Süden?", "Armee an der Grenze"):
        expected = index.retrieve(query, where=where)
        hits = other.retrieve(query, where=where)
        assert [hit.passage for hit in hits] == [hit.passage for hit in expected]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected])
        states = other.states([hit.passage for hit in hits])
        assert [len(state.sentences) for state in states] == [
            len(state.sentences) for state in index.states([hit.passage for hit in expected])
        ]
    other.close()
    assert store.closed
