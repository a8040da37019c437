from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import BrokenIndex
from qa.lexical import K1, B, LexicalIndex, save

rows_of_terms = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=12)


def bm25(rows: list[list[str]], query: list[str]) -> list[float]:
    """The formula, written out: Robertson & Zaragoza (2009) with Lucene's idf."""
    mean = sum(map(len, rows)) / len(rows)
    frequency = Counter(term for row in rows for term in set(row))
    scores = []
    for row in rows:
        score = 0.0
        for term in query:
            n, tf = frequency[term], row.count(term)
            idf = math.log(1 + (len(rows) - n + 0.5) / (n + 0.5))
            if tf:
                score += idf * tf / (tf + K1 * (1 - B + B * len(row) / mean))
        scores.append(score)
    return scores


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_terms, query=st.lists(st.sampled_from("abcdefgz"), unique=True), k=st.integers(1, 15))
def test_scores_equal_the_formula(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], query: list[str], k: int
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    save(rows, folder)
    found = LexicalIndex(folder).search(query, k)
    exact = bm25(rows, query)
    expected = sorted((row for row, score in enumerate(exact) if score > 0), key=lambda row: -exact[row])
    np.testing.assert_allclose(found.scores, [exact[row] for row in expected][:k], rtol=1e-4)
    assert len(found.rows) == min(k, len(expected))
    assert all(abs(exact[row] - score) < 1e-4 for row, score in zip(found.rows, found.scores, strict=True))


def test_filter_and_ties(tmp_path: Path) -> None:
    save([["a"], ["a"], ["b"], ["a"]], tmp_path)
    index = LexicalIndex(tmp_path)
    assert index.search(["a"], 2).rows.tolist() == [0, 1]
    assert index.search(["a"], 5, np.array([1, 2, 3])).rows.tolist() == [1, 3]
    assert index.search(["unknown"], 5).rows.tolist() == []
    assert index.search([], 5).rows.tolist() == []


def test_frequencies(tmp_path: Path) -> None:
    save([["a", "a"], ["a", "b"], []], tmp_path)
    index = LexicalIndex(tmp_path)
    assert [index.document_frequency(term) for term in ("a", "b", "c", "")] == [2, 1, 0, 0]
    assert index.idf("b") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert index.idf("c") == pytest.approx(math.log(1 + 3.5 / 0.5))


def test_rows_without_terms_can_be_saved(tmp_path: Path) -> None:
    save([[], []], tmp_path)
    index = LexicalIndex(tmp_path)
    assert index.count == 2
    assert index.search(["a"], 3).rows.tolist() == []


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [["b", "a"], ["c", "a", "b"]]
    save(rows, tmp_path / "1")
    save(rows, tmp_path / "2")
    for part in (tmp_path / "1").iterdir():
        assert part.read_bytes() == (tmp_path / "2" / part.name).read_bytes()


def test_a_missing_part_is_refused(tmp_path: Path) -> None:
    save([["a"]], tmp_path)
    (tmp_path / "vocab.index.json").unlink()
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        LexicalIndex(tmp_path)
