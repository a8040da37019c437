from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import BrokenIndex
from qa.index.dense import DenseIndex, DenseWriter, as_stored
from qa.types import Vectors
from tests.support.sealing import sealed

quick = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])


def unit(seed: int, n: int, dimension: int = 16) -> Vectors:
    """Unit vectors that half-precision floats can hold."""
    rows = np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


def opened(folder: Path, vectors: Vectors, step: int = 7) -> DenseIndex:
    path = folder / "vectors.faiss"
    with DenseWriter(path, vectors.shape[1]) as writer:
        for begin in range(0, len(vectors), step):
            writer.add(vectors[begin : begin + step])
    return DenseIndex(sealed(path), vectors.shape[1])


@quick
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), k=st.integers(1, 70))
def test_search_equals_brute_force(tmp_path: Path, seed: int, n: int, k: int) -> None:
    vectors, query = unit(seed, n), unit(seed + 1, 1)[0]
    rows, scores = opened(tmp_path, vectors).search(query, k)
    exact = vectors @ query
    assert rows.tolist() == np.argsort(-exact, kind="stable")[:k].tolist()
    np.testing.assert_allclose(scores, np.sort(exact)[::-1][:k], atol=1e-6)


@quick
@given(seed=st.integers(0, 10_000), k=st.integers(1, 50), allowed=st.sets(st.integers(0, 39)))
def test_a_filter_restricts_before_ranking(tmp_path: Path, seed: int, k: int, allowed: set[int]) -> None:
    vectors, query = unit(seed, 40), unit(seed + 1, 1)[0]
    rows, _ = opened(tmp_path, vectors).search(query, k, np.array(sorted(allowed), dtype=np.int64))
    expected = [row for row in np.argsort(-(vectors @ query), kind="stable") if row in allowed][:k]
    assert rows.tolist() == expected


@quick
@given(
    pattern=st.lists(st.integers(0, 3), min_size=1, max_size=400),
    k=st.integers(1, 300),
    odd=st.booleans(),
)
def test_equal_scores_come_in_the_order_of_rows(
    tmp_path: Path, pattern: list[int], k: int, odd: bool
) -> None:
    kinds = unit(5, 4)
    vectors, query = kinds[pattern], unit(9, 1)[0]
    allowed = np.arange(1, len(pattern), 2) if odd else None
    rows, _ = opened(tmp_path, vectors).search(query, k, allowed)
    order = (-(kinds @ query)).argsort().argsort()  # of the kinds, best first
    among = range(len(pattern)) if allowed is None else allowed.tolist()
    assert rows.tolist() == sorted(among, key=lambda row: (order[pattern[row]], row))[:k]


@pytest.mark.parametrize("k", [60, 99, 100, 150, 299])
def test_a_border_through_many_equal_scores(tmp_path: Path, k: int) -> None:
    """FAISS alone takes any of them, unlike for few rows."""
    pattern = np.random.default_rng(0).integers(0, 4, 300)
    kinds, query = unit(5, 4), unit(9, 1)[0]
    rows, _ = opened(tmp_path, kinds[pattern]).search(query, k)
    order = (-(kinds @ query)).argsort().argsort()
    assert rows.tolist() == np.lexsort((np.arange(300), order[pattern]))[:k].tolist()


def test_the_file_is_what_faiss_writes(tmp_path: Path) -> None:
    vectors = unit(3, 20)
    opened(tmp_path, vectors)
    index = faiss.IndexScalarQuantizer(16, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.add(vectors)
    assert (tmp_path / "vectors.faiss").read_bytes() == bytes(faiss.serialize_index(index))


def test_vectors_come_back_as_they_were(tmp_path: Path) -> None:
    vectors = unit(3, 9)
    index = opened(tmp_path, vectors)
    assert (index.count, index.dimension) == (9, 16)
    np.testing.assert_array_equal(index.vectors([7, 0]), vectors[[7, 0]])
    assert index.vectors([]).shape == (0, 16)
    precise = vectors + np.float32(1e-5)
    np.testing.assert_allclose(opened(tmp_path, precise).vectors(range(9)), precise, atol=2**-11)


def test_vectors_rounded_beforehand_are_kept_to_the_bit(tmp_path: Path) -> None:
    precise = unit(3, 9) + np.float32(1e-5)
    rounded = as_stored(precise)
    assert (rounded != precise).any()
    np.testing.assert_array_equal(opened(tmp_path, rounded).vectors(range(9)), rounded)
    np.testing.assert_array_equal(opened(tmp_path, precise).vectors(range(9)), rounded)


def test_vectors_of_another_dimension_are_refused(tmp_path: Path) -> None:
    with DenseWriter(tmp_path / "x", 16) as writer, pytest.raises(ValueError, match="16 dimensions"):
        writer.add(unit(1, 2, 8))
    opened(tmp_path, unit(1, 2, 8))
    with pytest.raises(BrokenIndex):
        DenseIndex(sealed(tmp_path / "vectors.faiss"), 16)


@pytest.mark.parametrize("data", [b"", b"no index", b"no index" * 40])
def test_what_is_no_index_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        DenseIndex(sealed(tmp_path / "x"), 16)


@pytest.mark.parametrize("cut", [1, 5, 64])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, cut: int) -> None:
    opened(tmp_path, unit(1, 3))
    path = tmp_path / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        DenseIndex(sealed(path), 16)


def test_opening_reads_only_the_header_and_searching_checks_it_all(tmp_path: Path) -> None:
    opened(tmp_path, unit(1, 10_000))
    path = tmp_path / "vectors.faiss"
    part = sealed(path)  # the checksums are taken …
    data = bytearray(path.read_bytes())
    data[300_000] ^= 1  # … before this
    path.write_bytes(data)
    index = DenseIndex(part, 16)
    np.testing.assert_array_equal(index.vectors([0]), unit(1, 10_000)[:1])
    with pytest.raises(BrokenIndex, match=r"vectors\.faiss"):
        index.vectors([(300_000 - 81) // 32])
    with pytest.raises(BrokenIndex, match=r"vectors\.faiss"):
        index.search(unit(2, 1)[0], 3)
