"""Retrieval by Milvus finds what the local index finds; on real servers that the tests start."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator

import numpy as np
import pytest

from qa.cluster import milvus as milvus_module
from qa.cluster.address import MilvusAddress
from qa.cluster.base import EngineRow
from qa.cluster.milvus import PREFIX, MilvusEngine
from qa.cluster.milvus_collection import MilvusCollection
from qa.cluster.milvus_fields import condition, day, number
from qa.cluster.milvus_retrieval import MilvusRetrieval
from qa.errors import BrokenIndex, StoreError
from qa.index.build import build
from qa.index.snapshot import Snapshot
from qa.text import tokens
from qa.types import Filter, Run
from tests.cluster.milvus_servers import LiteServer, MilvusServer
from tests.support.standin import StandIn

OUTLETS = ("Uferpost", "Hafenblatt", '" or row >= 0 or source == "', "Größe & Maß", "")
SUBJECTS = ("Fähre", "Brücke", "Schleuse", "Kaimauer", "Werft", "Lotsen", "Hafenbahn")
DEEDS = ("kostet", "schließt", "öffnet", "verspätet sich", "wird gebaut", "wird verkauft")
FILTERS = (
    Filter(),
    Filter(source="uferpost"),
    Filter(source=OUTLETS[2]),
    Filter(source="GRÖSSE & MASS"),
    Filter(since="2024-03-10"),
    Filter(until="2024-03-10"),
    Filter(source="Hafenblatt", since="2024-03-02", until="2024-03-20"),
    Filter(article_id="04.md"),
    Filter(article_id="gibt es nicht' or 1 == 1"),
)
QUESTIONS = ("Was kostet die Fähre?", "Wann öffnet die Brücke?", "Verkauf der Werft", "Hafenbahn Lotsen 17")
NAME = "20240306T000000000000_abcdef"


# -- without a server


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("", "2024"),
        ("2024", "2024-01"),
        ("2024-03-06", "2024-03-07"),
        ("1999-12-31", "2000-01-01"),
        ("2024-03-06T23:00", "2024-03-07"),
    ],
)
def test_days_are_ordered_as_dates_are(earlier: str, later: str) -> None:
    assert 0 <= day(earlier) < day(later) < 2**60


def test_a_day_has_no_time() -> None:
    assert day("2024-03-06T23:00:00Z") == day("2024-03-06")


def test_a_condition_holds_no_text() -> None:
    hostile = '" or row >= 0 or source == "'
    made = condition(Filter(article_id=hostile, source=hostile, since=hostile, until=hostile))
    assert '"' not in made
    assert f"article == {number(hostile)} and source == {number(hostile)} and day >= " in made
    assert condition(Filter()) == ""


# -- with servers


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Articles whose passages have the same words and, some of them, the same text."""
    corpus, vectors = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("vectors")
    for one in range(30):
        sentences = [
            f"Die {SUBJECTS[(one + place) % 7]} in Bucht {place} {DEEDS[one * place % 6]}, so Amt {one % 9}."
            for place in range(8)
        ]
        outlet = OUTLETS[one % len(OUTLETS)]
        date = f"date: 2024-03-{one % 28 + 1:02}\n" if one % 4 else ""
        head = f"---\ntitle: Hafen {one % 9}\nsource: '{outlet}'\nlanguage: de\n{date}---\n"
        (corpus / f"{one:02}.md").write_text(head + "\n\n".join(sentences * 3), encoding="utf-8")
    build(corpus, vectors, encoder=StandIn())
    snapshot = Snapshot.open(vectors)
    yield snapshot
    snapshot.close()


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    if importlib.util.find_spec("milvus") is None:
        pytest.skip("the package `milvus` is not installed: run `make cluster`")
    server = MilvusServer(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    if importlib.util.find_spec("milvus_lite") is None:
        pytest.skip("the package `milvus-lite` is not installed: run `make cluster`")
    server = LiteServer(tmp_path_factory.mktemp("lite"))
    server.start()
    yield server
    server.stop()


def rows_of(snapshot: Snapshot) -> list[EngineRow]:
    every = range(snapshot.manifest.passages)
    vectors = snapshot.dense.vectors(every)
    return [
        EngineRow(
            row,
            vectors[row],
            tokens.terms(passage.text, article.language),
            article.article_id,
            article.source.casefold(),
            article.date,
        )
        for row, (article, passage) in enumerate(snapshot.documents.with_articles(every))
    ]


def mean_terms(rows: list[EngineRow]) -> float:
    return sum(len(row.terms) for row in rows) / len(rows)


def address(port: int) -> MilvusAddress:
    return MilvusAddress("127.0.0.1", port, secure=False)


def filled(port: int, snapshot: Snapshot, index: str = PREFIX) -> MilvusEngine:
    engine = MilvusEngine(address(port), index)
    rows = rows_of(snapshot)
    engine.create(NAME, snapshot.manifest.dimension, mean_terms(rows))
    engine.put(NAME, rows[:20])
    engine.put(NAME, rows[10:])  # ten of them again
    engine.seal(NAME, len(rows))
    return engine


@pytest.fixture(scope="module", params=["milvus", "lite"])
def engine(request: pytest.FixtureRequest, local: Snapshot) -> Iterator[MilvusEngine]:
    engine = filled(request.getfixturevalue(request.param).port, local)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def retrieval(engine: MilvusEngine, local: Snapshot) -> MilvusRetrieval:
    return MilvusRetrieval(engine.open(NAME), local.retrieval)


def assert_same(found: Run, expected: Run) -> None:
    """The same scores, and the same rows as far as the scores tell them apart."""
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-4, atol=1e-6)
    for score in np.unique(np.round(expected.scores[:-1], 4)):
        near = np.abs(expected.scores - score) < 2e-4
        if not near[-1]:  # rows beyond the last one may share its score
            assert set(found.rows[near].tolist()) == set(expected.rows[near].tolist())


@pytest.mark.cluster
@pytest.mark.parametrize("filter_", FILTERS, ids=str)
def test_finds_what_the_local_index_finds(
    retrieval: MilvusRetrieval, local: Snapshot, filter_: Filter
) -> None:
    for question in QUESTIONS:
        vector = StandIn().read([question], query=True)[0].vector
        terms = tokens.query_terms(question, frozenset(["de"]))
        for k in (1, 10, 1000):
            assert_same(retrieval.nearest(vector, k, filter_), local.retrieval.nearest(vector, k, filter_))
            assert_same(retrieval.matching(terms, k, filter_), local.retrieval.matching(terms, k, filter_))


@pytest.mark.cluster
def test_equal_scores_are_ordered_by_row(retrieval: MilvusRetrieval, local: Snapshot) -> None:
    vector = local.dense.vectors([5])[0]
    for k in (1, 2, 3, 60):
        expected = local.retrieval.nearest(vector, k, Filter())
        found = retrieval.nearest(vector, k, Filter())
        assert_same(found, expected)
        ordered = np.lexsort((found.rows, -found.scores))
        assert ordered.tolist() == list(range(len(ordered)))


@pytest.mark.cluster
def test_cosines_are_those_of_the_stored_vectors(retrieval: MilvusRetrieval, local: Snapshot) -> None:
    vector, rows = local.dense.vectors([3])[0], np.array([17, 3, 44, 0])
    np.testing.assert_allclose(
        retrieval.cosines(vector, rows), local.retrieval.cosines(vector, rows), rtol=1e-6
    )
    assert len(retrieval.cosines(vector, rows[:0])) == 0


@pytest.mark.cluster
def test_a_missing_row_is_damage(engine: MilvusEngine, local: Snapshot) -> None:
    with pytest.raises(BrokenIndex, match="does not have all passages"):
        engine.open(NAME).vectors(np.array([0, local.manifest.passages]))


@pytest.mark.cluster
def test_nothing_is_asked_of_no_words(retrieval: MilvusRetrieval) -> None:
    assert len(retrieval.matching([], 10, Filter()).rows) == 0
    assert len(retrieval.matching(["gibtesnicht"], 10, Filter()).rows) == 0
    assert len(retrieval.matching(["fahr"], 0, Filter()).rows) == 0


@pytest.mark.cluster
def test_an_incomplete_collection_is_not_sealed(engine: MilvusEngine, local: Snapshot) -> None:
    other = NAME.replace("abcdef", "000001")
    engine.create(other, local.manifest.dimension, 1.0)
    engine.put(other, rows_of(local)[:3])
    with pytest.raises(StoreError, match="stored 3 of 4"):
        engine.seal(other, 4)
    assert engine.names() == [other, NAME]
    engine.drop(other)
    engine.drop(other)
    assert engine.names() == [NAME]


@pytest.mark.cluster
def test_a_dropped_collection_is_missing(engine: MilvusEngine, local: Snapshot) -> None:
    other = NAME.replace("abcdef", "000002")
    with pytest.raises(BrokenIndex, match="does not have the collection"):
        engine.open(other)
    engine.create(other, local.manifest.dimension, 1.0)
    engine.put(other, rows_of(local)[:3])
    engine.seal(other, 3)
    opened = engine.open(other)
    engine.drop(other)
    with pytest.raises(BrokenIndex, match="does not have the collection"):
        opened.nearest(local.dense.vectors([0])[0], 3, Filter())


@pytest.mark.cluster
def test_indexes_in_one_server_do_not_mix(engine: MilvusEngine, milvus: MilvusServer) -> None:
    other = MilvusEngine(address(milvus.port), "anderes")
    assert other.names() == []
    other.close()


@pytest.mark.cluster
def test_no_server_is_an_error_that_says_so() -> None:
    pytest.importorskip("pymilvus", reason="the package `pymilvus` is not installed: run `make cluster`")
    with pytest.raises(StoreError, match=r"Milvus \(127.0.0.1:1\) failed or does not answer"):
        MilvusEngine(address(1))


# -- faults


@pytest.fixture
def answering(milvus: MilvusServer) -> Iterator[MilvusServer]:
    """The server, running again after the test whatever happened to it."""
    yield milvus
    if not milvus.running:
        milvus.start()


@pytest.fixture
def opened(engine_of: MilvusEngine) -> MilvusCollection:
    return engine_of.open(NAME)


@pytest.fixture(scope="module")
def engine_of(milvus: MilvusServer, local: Snapshot) -> Iterator[MilvusEngine]:
    """An index of its own in the real server."""
    engine = filled(milvus.port, local, "faults")
    yield engine
    engine.close()


def settled(opened: MilvusCollection, local: Snapshot) -> Run:
    """The nearest rows, once the server has loaded what it had."""
    vector, deadline = local.dense.vectors([3])[0], time.monotonic() + 60
    while True:
        try:
            return opened.nearest(vector, 10, Filter())
        except StoreError:
            assert time.monotonic() < deadline
            time.sleep(0.5)


@pytest.mark.cluster
def test_a_frozen_server_is_an_error_until_it_goes_on(
    milvus: MilvusServer, opened: MilvusCollection, local: Snapshot
) -> None:
    expected = settled(opened, local)
    milvus.freeze()
    try:
        with pytest.raises(StoreError, match="does not answer"):
            opened.nearest(local.dense.vectors([3])[0], 10, Filter())
        with pytest.raises(StoreError, match="does not answer"):
            opened.vectors(np.array([1]))
        with pytest.raises(StoreError, match="does not answer"):
            MilvusEngine(address(milvus.port))
    finally:
        milvus.thaw()
    assert settled(opened, local).rows.tolist() == expected.rows.tolist()


@pytest.mark.cluster
def test_a_killed_server_is_an_error_until_it_is_started_again(
    answering: MilvusServer, opened: MilvusCollection, local: Snapshot
) -> None:
    expected = settled(opened, local)
    answering.kill()
    with pytest.raises(StoreError, match="does not answer"):
        opened.nearest(local.dense.vectors([3])[0], 10, Filter())
    answering.start()
    assert settled(opened, local).rows.tolist() == expected.rows.tolist()
    np.testing.assert_array_equal(opened.vectors(np.array([7, 2])), local.dense.vectors([7, 2]))


@pytest.mark.cluster
def test_what_is_written_to_a_server_that_dies_is_written_by_the_next_try(
    answering: MilvusServer, engine_of: MilvusEngine, local: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_module, "PUT", 2.0)
    rows, other = rows_of(local), NAME.replace("abcdef", "000003")
    engine_of.create(other, local.manifest.dimension, mean_terms(rows))
    engine_of.put(other, rows[:30])
    answering.kill()
    with pytest.raises(StoreError, match="does not answer"):
        engine_of.put(other, rows[30:])
    answering.start()
    settled(engine_of.open(NAME), local)  # the served collection is as it was
    engine_of.create(other, local.manifest.dimension, mean_terms(rows))
    engine_of.put(other, rows)
    engine_of.seal(other, len(rows))
    assert engine_of.open(other).count == len(rows)
    engine_of.drop(other)
