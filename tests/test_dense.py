from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.dense import DenseIndex, to_bytes
from qa.errors import BrokenIndex
from qa.types import Vectors


def unit(seed: int, n: int, dimension: int = 16) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), k=st.integers(1, 70))
def test_search_equals_brute_force(seed: int, n: int, k: int) -> None:
    vectors, query = unit(seed, n), unit(seed + 1, 1)[0]
    rows, scores = DenseIndex(to_bytes(vectors)).search(query, k)
    exact = vectors @ query
    assert rows.tolist() == np.argsort(-exact, kind="stable")[:k].tolist()
    np.testing.assert_allclose(scores, np.sort(exact)[::-1][:k], atol=1e-6)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 50), allowed=st.sets(st.integers(0, 39)))
def test_a_filter_restricts_before_ranking(seed: int, k: int, allowed: set[int]) -> None:
    vectors, query = unit(seed, 40), unit(seed + 1, 1)[0]
    rows, _ = DenseIndex(to_bytes(vectors)).search(query, k, np.array(sorted(allowed), dtype=np.int64))
    expected = [row for row in np.argsort(-(vectors @ query), kind="stable") if row in allowed][:k]
    assert rows.tolist() == expected


def test_equal_scores_come_in_the_order_of_rows() -> None:
    vectors = np.repeat(unit(1, 1), 5, axis=0)
    assert DenseIndex(to_bytes(vectors)).search(vectors[0], 5).rows.tolist() == [0, 1, 2, 3, 4]


def test_vectors_come_back_as_they_were() -> None:
    vectors = unit(3, 9)
    index = DenseIndex(to_bytes(vectors))
    assert (index.count, index.dimension) == (9, 16)
    np.testing.assert_array_equal(index.vectors([7, 0]), vectors[[7, 0]])
    assert index.vectors([]).shape == (0, 16)


@pytest.mark.parametrize("data", [b"", b"no index", to_bytes(unit(1, 3))[:-5]])
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        DenseIndex(data)
