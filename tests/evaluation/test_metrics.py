from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import MissingExtra
from qa.evaluation import metrics

CONFIDENCES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])  # ties are likely
JUDGED = st.lists(st.tuples(CONFIDENCES, st.booleans()), min_size=1, max_size=20)


# -- formulas ------------------------------------------------------------------------------------


def test_a_mean_among_some_questions() -> None:
    assert metrics.plain(metrics.mean([1, 0, 1, 1]), 4) == 0.75
    assert metrics.plain(metrics.mean([1, 0, 1, 1], [True, True, False, False]), 4) == 0.5


def test_f1_of_all_lines_together() -> None:
    # 3 lines hit, 5 said, 4 gold: P 0.6, R 0.75, F1 2·0.6·0.75 / 1.35 = 2/3; not the mean of both questions.
    hits, said, gold = np.array([1, 2]), np.array([1, 4]), np.array([2, 2])
    assert metrics.plain(metrics.ratio(hits, said), 2) == 0.6
    assert metrics.plain(metrics.ratio(hits, gold), 2) == 0.75
    assert metrics.plain(metrics.ratio(2 * hits, said + gold), 2) == pytest.approx(2 / 3)


def test_weights_count_a_question_more_than_once() -> None:
    weights = np.array([[3.0, 1.0], [0.0, 2.0]])
    assert metrics.mean([1, 0])(weights).tolist() == [0.75, 0.0]


def test_auroc_with_a_tie() -> None:
    # Pairs (answerable, other): 0.9 beats 0.5 and 0.1, 0.5 ties with 0.5 and beats 0.1: 3.5 of 4.
    measure = metrics.auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False])
    assert metrics.plain(measure, 4) == 0.875
    # The second answerable one counts twice: 2 + 2 · 1.5 of 6 pairs.
    assert measure(np.array([[1.0, 2.0, 1.0, 1.0]]))[0] == pytest.approx(5 / 6)


@given(JUDGED)
def test_auroc_is_the_share_of_pairs(judged: list[tuple[float, bool]]) -> None:
    ups, downs = ([c for c, up in judged if up is wanted] for wanted in (True, False))
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(ups, downs)]
    found = metrics.auroc(*zip(*judged, strict=True))
    if pairs:
        assert metrics.plain(found, len(judged)) == pytest.approx(sum(pairs) / len(pairs))
    else:
        assert np.isnan(metrics.plain(found, len(judged)))


@pytest.mark.parametrize(
    ("confidence", "true", "error"),
    [
        ([0.95, 0.85, 0.05, 0.15], [1, 0, 0, 1], 0.45),  # a bin each: (0.05 + 0.85 + 0.05 + 0.85) / 4
        ([0.82, 0.86], [1, 0], 0.34),  # one bin: |0.84 - 0.5|; not the mean of 0.18 and 0.86
        ([0.82, 0.86, 0.04], [1, 0, 0], 0.24),  # (2 · 0.34 + 0.04) / 3
        ([1.0, 0.92], [1, 1], 0.04),  # 1 is in the last bin
        ([0.0, 1.0], [0, 1], 0.0),
    ],
)
def test_calibration_error(confidence: list[float], true: list[int], error: float) -> None:
    assert metrics.plain(metrics.calibration_error(confidence, true), len(true)) == pytest.approx(error)


@given(JUDGED)
def test_the_reliability_curve_gives_the_calibration_error(judged: list[tuple[float, bool]]) -> None:
    confidence, true = zip(*judged, strict=True)
    bins = metrics.reliability(confidence, true)
    assert bins.questions.sum() == len(judged)
    gaps = np.abs(bins.confidence - bins.share) @ bins.questions / len(judged)
    assert metrics.plain(metrics.calibration_error(confidence, true), len(judged)) == pytest.approx(
        float(gaps)
    )


def test_reliability() -> None:
    bins = metrics.reliability([0.05, 0.82, 0.86, 1.0], [0, 1, 0, 1])
    assert bins.confidence.tolist() == pytest.approx([0.05, 0.84, 1.0])
    assert bins.share.tolist() == [0, 0.5, 1]
    assert bins.questions.tolist() == [1, 2, 1]


def test_risk_and_coverage() -> None:
    curve = metrics.risk_coverage([0.5, 0.9, 0.1, 0.5], [True, False, True, False])
    assert curve.threshold.tolist() == [0.9, 0.5, 0.1]  # the two at 0.5 are answered together
    assert curve.coverage.tolist() == [0.25, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 3, 0.5])


def test_percentile() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert (metrics.percentile(values, 0.5), metrics.percentile(values, 0.95)) == (51, 96)
    assert metrics.percentile([7.0], 0.95) == 7
    assert metrics.percentile([], 0.5) is None


# -- intervals -----------------------------------------------------------------------------------


def test_resamples_draw_each_question_as_often_as_another() -> None:
    drawn = metrics.resamples(40)
    assert drawn.shape == (metrics.RESAMPLES, 40)
    assert (drawn.sum(axis=1) == 40).all()
    assert abs(drawn.mean(axis=0) - 1).max() < 0.2
    assert (drawn == metrics.resamples(40)).all()
    assert drawn.std() == pytest.approx((1 - 1 / 40) ** 0.5, rel=0.05)  # of a binomial (40, 1/40)


def test_the_interval_of_a_share() -> None:
    figure = metrics.figure(metrics.mean([0, 1] * 500), metrics.resamples(1000, 4000))
    assert figure.value == 0.5
    # ± 1.96 · sqrt(0.25 / 1000)
    assert (figure.low, figure.high) == (pytest.approx(0.469, abs=0.0025), pytest.approx(0.531, abs=0.0025))


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    drawn = metrics.resamples(80)
    covered = []
    for _ in range(300):
        figure = metrics.figure(metrics.mean(rng.random(80) < 0.3), drawn)
        assert figure.low is not None
        assert figure.high is not None
        covered.append(figure.low <= 0.3 <= figure.high)
    assert 0.91 <= np.mean(covered) <= 0.98


def test_what_cannot_be_said_is_none() -> None:
    drawn = metrics.resamples(2)
    assert metrics.figure(metrics.mean([1, 0], [False, False]), drawn) == metrics.Figure(None)
    assert metrics.figure(metrics.auroc([0.1, 0.2], [True, True]), drawn) == metrics.Figure(None)
    assert metrics.figure(metrics.auroc([], []), metrics.resamples(0)) == metrics.Figure(None)
    assert metrics.figure(metrics.calibration_error([], []), metrics.resamples(0)) == metrics.Figure(None)
    # Resamples that hold no such question are left out.
    assert metrics.figure(metrics.mean([1, 0], [True, False]), drawn, 1) == (1, 1, 1, 1)


# -- retrieval -----------------------------------------------------------------------------------


def test_retrieval_by_hand() -> None:
    qrels = {"both": {"a": 1, "b": 1}, "first": {"c": 1}, "nothing": {"d": 1}, "absent": {"e": 1}}
    runs = {"both": ["x", "a", "b"], "first": ["c", "y"], "nothing": []}
    found = {name: values.tolist() for name, values in metrics.retrieval(qrels, runs).items()}
    ndcg = (1 / np.log2(3) + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    assert found == {
        "hit@1": [0, 1, 0, 0],
        "hit@5": [1, 1, 0, 0],
        "MRR@10": [0.5, 1, 0, 0],
        "nDCG@10": [pytest.approx(ndcg), 1, 0, 0],
        "recall@100": [1, 1, 0, 0],
    }


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (5, {"hit@5": 1, "MRR@10": 0.2}),
        (6, {"hit@5": 0}),
        (10, {"MRR@10": 0.1}),
        (11, {"MRR@10": 0, "nDCG@10": 0}),
        (100, {"recall@100": 1}),
        (101, {"recall@100": 0}),
    ],
)
def test_retrieval_looks_so_deep(place: int, expected: dict[str, float]) -> None:
    run = [f"other {n}" for n in range(1, 120)]
    run[place - 1] = "right"
    found = metrics.retrieval({"q": {"right": 1}}, {"q": run})
    assert {name: found[name][0] for name in expected} == {n: pytest.approx(v) for n, v in expected.items()}


def test_the_order_of_a_run_counts_and_grades_do() -> None:
    qrels = {"q": {"a": 0, "b": 2, "c": 1}}
    for names in (["b", "a"], ["a", "b"]):
        hit = metrics.retrieval(qrels, {"q": names})["hit@1"][0]
        assert hit == (names[0] == "b")
    ndcg = (1 + 2 / np.log2(3)) / (2 + 1 / np.log2(3))
    assert metrics.retrieval(qrels, {"q": ["c", "b"]})["nDCG@10"][0] == pytest.approx(ndcg)


@pytest.mark.parametrize("module", ["ir_measures", "matplotlib.figure"])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r"pip install 'qa\[evaluate\]'"):
        metrics.optional(module)
