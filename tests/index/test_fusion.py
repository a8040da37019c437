from __future__ import annotations

import numpy as np
import pytest

from qa.index import fusion
from qa.types import Mode, Run


def run(*rows: int) -> Run:
    return Run(np.array(rows, np.int64), np.zeros(len(rows), np.float32))


def test_candidates_are_the_rows_of_either_side_once() -> None:
    assert fusion.candidates(run(7, 2), run(2, 5)).tolist() == [2, 5, 7]
    assert fusion.candidates(fusion.EMPTY, fusion.EMPTY).tolist() == []


@pytest.mark.parametrize(
    ("mode", "rows", "scores"),
    [("dense", [9, 4], [0.9, 0.8]), ("lexical", [4, 6], [1, 0.5]), ("hybrid", [4, 9], [5 / 6, 0.75])],
)
def test_the_best_rows_of_each_mode(mode: Mode, rows: list[int], scores: list[float]) -> None:
    cosines, shares = np.array([0.8, 0.1, 0.9]), np.array([1, 0.5, 0])
    best = fusion.fuse(np.array([4, 6, 9]), cosines, shares, mode, 2)
    assert best.rows.tolist() == rows
    assert best.scores.tolist() == pytest.approx(scores)
    assert best.cosines.tolist() == [{4: 0.8, 6: 0.1, 9: 0.9}[row] for row in rows]
    assert best.shares.tolist() == [{4: 1, 6: 0.5, 9: 0}[row] for row in rows]


def test_equal_scores_come_in_the_order_of_rows() -> None:
    best = fusion.fuse(np.array([3, 5, 8]), np.array([0.5, 0.5, 0.5]), np.zeros(3), "hybrid", 2)
    assert best.rows.tolist() == [3, 5]


def test_a_term_that_occurs_twice_counts_twice_in_what_is_possible() -> None:
    shares = fusion.shares_of_possible(np.array([3.0], np.float32), ["a", "a", "b"], {"a": 2.0, "b": 2.0})
    assert shares.tolist() == [0.5]
    assert fusion.shares_of_possible(np.zeros(1, np.float32), [], {}).tolist() == [0]


def test_ranks_count_from_one() -> None:
    assert fusion.ranks(run(7, 2)) == {7: 1, 2: 2}
