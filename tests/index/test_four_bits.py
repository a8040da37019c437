from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.index import four_bits
from qa.types import Vectors


def rows(width: int, count: int = 200) -> Vectors:
    """Unit vectors whose first numbers are much larger than the others, as a model's are."""
    drawn = np.random.default_rng(width).standard_normal((count, width)).astype(np.float32)
    drawn[:, : 1 + width // 20] *= 6
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


@pytest.mark.parametrize("width", [64, 384, 768])
def test_rows_come_back_nearly_as_they_were(width: int) -> None:
    given_rows = rows(width)
    found = four_bits.decode(four_bits.encode(given_rows))
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert (found * given_rows).sum(1).mean() > 0.985


def test_the_rotation_spreads_numbers_that_stand_out() -> None:
    """Without it, a vector along one axis would get the highest level there and noise everywhere else."""
    axes = np.eye(64, dtype=np.float32)
    assert (four_bits.decode(four_bits.encode(axes)) * axes).sum(1).min() > 0.98


def test_a_row_of_zeros_comes_back_as_zeros() -> None:
    some = rows(64, 3)
    some[1] = 0
    found = four_bits.decode(four_bits.encode(some))
    np.testing.assert_array_equal(found[1], 0)
    assert (found[[0, 2]] * some[[0, 2]]).sum(1).min() > 0.98


@given(st.integers(0, 5), st.integers(1, 9))
def test_packed_codes_come_back(count: int, width: int) -> None:
    codes = np.random.default_rng(count * 10 + width).integers(0, 16, (count, width)).astype(np.uint8)
    packed = four_bits.pack(codes)
    assert len(packed) == four_bits.packed_bytes(count, width)
    np.testing.assert_array_equal(four_bits.unpack(np.frombuffer(packed, np.uint8), count, width), codes)
