"""Milvus answers 632 judged questions with the hits of the local index."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from qa.cluster.milvus_retrieval import MilvusRetrieval
from qa.index.base import Retrieval
from qa.index.build import build
from qa.index.search import Index
from qa.index.snapshot import Snapshot
from qa.text import tokens
from qa.types import Filter, Run
from tests.cluster.milvus_servers import LiteServer, MilvusServer
from tests.cluster.test_milvus import NAME, assert_same, filled, lite, milvus

__all__ = ["lite", "milvus"]  # fixtures

pytestmark = [pytest.mark.cluster, pytest.mark.slow]
TOP = 10


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, list[str]]]:
    """All paragraphs of the German XQuAD half, each as an article, and the questions on them."""
    path = Path(__file__).resolve().parents[3] / "shared/data/xquad-dev/xquad.de.dev.json"
    if not path.exists():
        pytest.skip("the folder of judged questions is not here")
    corpus, vectors = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("vectors")
    asked = []
    for number, article in enumerate(json.loads(path.read_text("utf-8"))["data"]):
        for place, paragraph in enumerate(article["paragraphs"]):
            (corpus / f"{number:03}-{place}.txt").write_text(paragraph["context"], encoding="utf-8")
            asked += [question["question"] for question in paragraph["qas"]]
    build(corpus, vectors)
    index = Index.open(vectors)
    yield index, asked
    index.close()


@pytest.mark.parametrize("name", ["milvus", "lite"])
def test_hits_are_those_of_the_local_index(name: str, request: pytest.FixtureRequest) -> None:
    server: MilvusServer | LiteServer = request.getfixturevalue(name)  # first: the index takes half a minute
    questions: tuple[Index, list[str]] = request.getfixturevalue("questions")
    index, asked = questions
    local: Snapshot = index._opened  # type: ignore[assignment]
    engine = filled(server.port, local, "xquad")
    remote = MilvusRetrieval(engine.open(NAME), local.retrieval)
    both: tuple[Retrieval, Retrieval] = (local.retrieval, remote)
    taken: dict[str, list[float]] = {}
    firsts = {"dense": 0, "words": 0, "hybrid": 0}
    for question in asked:
        vector, terms = index.query(question).vector, tokens.query_terms(question, index.languages)
        for kind, search in searches(vector, terms).items():
            expected, found = (
                timed(search, one, taken.setdefault(f"{kind} {at}", [])) for at, one in enumerate(both)
            )
            assert_same(found, expected)
            firsts[kind] += found.rows[:1].tolist() == expected.rows[:1].tolist()
        index.retrieval = local.retrieval
        expected_hits = index.retrieve(question, k=TOP)
        index.retrieval = remote
        hits = index.retrieve(question, k=TOP)
        index.retrieval = local.retrieval
        firsts["hybrid"] += hits[0].passage == expected_hits[0].passage
        np.testing.assert_allclose(
            [hit.score for hit in hits], [hit.score for hit in expected_hits], rtol=1e-5
        )
    engine.close()
    for kind, times in taken.items():
        print(f"{name} {kind}: p50 {statistics.median(times):.1f} ms, p95 {np.percentile(times, 95):.1f} ms")
    print(name, len(asked), firsts)
    assert firsts["hybrid"] == len(asked)


def searches(vector: np.ndarray, terms: list[str]) -> dict[str, Callable[[Retrieval], Run]]:
    return {
        "dense": lambda retrieval: retrieval.nearest(vector, TOP, Filter()),
        "words": lambda retrieval: retrieval.matching(terms, TOP, Filter()),
    }


def timed(search: Callable[[Retrieval], Run], retrieval: Retrieval, taken: list[float]) -> Run:
    began = time.perf_counter()
    found = search(retrieval)
    taken.append(1000 * (time.perf_counter() - began))
    return found
