"""Evaluation metrics, computed over one row per question.

Every metric takes weights [resamples, questions], how often each question counts, and returns one value per
resample; in the point estimate each counts once. A figure and its interval thus come from the same formula.
Knows nothing of articles, answers or files.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa.errors import MissingExtra

Weights = NDArray[np.float64]  # [resamples, questions]
Values = NDArray[np.float64]  # [resamples]; NaN where undefined
Measure = Callable[[Weights], Values]

BINS = 10  # of equal width, as usual for the expected calibration error (Guo et al., ICML 2017)
RESAMPLES = 1_000
SEED = 13
LEVEL = 0.95  # of the intervals
DEPTH = 100  # articles per question in a run
RETRIEVAL = {"hit@1": "Success@1", "hit@5": "Success@5", "MRR@10": "RR@10", "nDCG@10": "nDCG@10",
             "recall@100": "R@100"}  # fmt: skip


class Figure(NamedTuple):
    """A value, its bootstrap interval and what it was computed over; None if undefined or not available."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None  # questions; of a share of quotes, lines or citations: these


class Bins(NamedTuple):
    """A reliability curve: one entry per non-empty bin, by rising confidence."""

    confidence: NDArray[np.float64]  # mean of the bin
    share: NDArray[np.float64]  # share of the bin's questions for which it is true
    questions: NDArray[np.int64]


class RiskCoverage(NamedTuple):
    """Coverage and risk of each threshold, from the strictest to none."""

    threshold: NDArray[np.float64]  # minimum confidence of answered questions
    coverage: NDArray[np.float64]  # share of the questions that are answered
    risk: NDArray[np.float64]  # share of these whose answer is wrong


def resamples(questions: int, count: int = RESAMPLES, seed: int = SEED) -> Weights:
    """How often each of `questions` is drawn in `count` draws with replacement."""
    if not questions:
        return np.zeros((count, 0))
    drawn = np.random.default_rng(seed).multinomial(questions, np.full(questions, 1 / questions), size=count)
    return drawn.astype(np.float64)


def figure(measure: Measure, drawn: Weights, n: int | None = None) -> Figure:
    """The measure over all questions, its percentile interval over the resamples, and `n` as it is given."""
    value = plain(measure, drawn.shape[1])
    if np.isnan(value):
        return Figure(None, n=n)
    spread = measure(drawn)
    spread = spread[~np.isnan(spread)]
    if not len(spread):
        return Figure(value, n=n)
    low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(value, float(low), float(high), n)


def plain(measure: Measure, questions: int) -> float:
    """The metric with each question counted once; NaN if undefined."""
    return float(measure(np.ones((1, questions)))[0])


def ratio(above: ArrayLike, below: ArrayLike) -> Measure:
    """Sum of `above` by sum of `below`: a precision, a recall, an F1 (2·hits by said + gold)."""
    over, under = np.asarray(above, np.float64), np.asarray(below, np.float64)

    def measure(weights: Weights) -> Values:
        return _divided(weights @ over, weights @ under)

    return measure


def mean(values: ArrayLike, among: ArrayLike | None = None) -> Measure:
    """The mean of `values`, of the questions `among` (all where it is not given)."""
    found = np.asarray(values, np.float64)
    counted = np.ones(len(found)) if among is None else np.asarray(among, np.float64)
    return ratio(found * counted, counted)


def auroc(confidence: ArrayLike, positive: ArrayLike) -> Measure:
    """Probability that a positive question has a higher confidence than a negative one; a tie counts half."""
    sure, yes = np.asarray(confidence, np.float64), np.asarray(positive, bool)
    order = np.argsort(sure, kind="stable")
    first = np.flatnonzero(np.diff(sure[order], prepend=np.nan))  # where each group of ties begins
    # NaN differs from everything, so the first question always begins a group.

    def measure(weights: Weights) -> Values:
        if not len(sure):
            return np.full(len(weights), np.nan)
        ups = np.add.reduceat((weights * yes)[:, order], first, axis=1)
        downs = np.add.reduceat((weights * ~yes)[:, order], first, axis=1)
        below = np.cumsum(downs, axis=1) - downs
        return _divided((ups * (below + downs / 2)).sum(axis=1), ups.sum(axis=1) * downs.sum(axis=1))

    return measure


def calibration_error(confidence: ArrayLike, true: ArrayLike, bins: int = BINS) -> Measure:
    """Expected calibration error: how far the confidence of a bin is from the share that is true,
    weighted by the bin's questions.
    """
    sure, yes = np.asarray(confidence, np.float64), np.asarray(true, np.float64)
    gaps = (sure - yes)[:, None] * (_bin(sure, bins)[:, None] == np.arange(bins))

    def measure(weights: Weights) -> Values:
        return _divided(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))

    return measure


def reliability(confidence: ArrayLike, true: ArrayLike, bins: int = BINS) -> Bins:
    """The curve whose distance from the diagonal `calibration_error` sums up."""
    sure, yes = np.asarray(confidence, np.float64), np.asarray(true, np.float64)
    which = _bin(sure, bins)
    counts = np.bincount(which, minlength=bins)
    held = counts > 0
    sums = np.bincount(which, sure, bins)[held], np.bincount(which, yes, bins)[held]
    return Bins(sums[0] / counts[held], sums[1] / counts[held], counts[held])


def _bin(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """The bin of each confidence in [0, 1]; 1 itself is in the last one."""
    return np.minimum((confidence * bins).astype(np.int64), bins - 1)


def risk_coverage(confidence: ArrayLike, wrong: ArrayLike) -> RiskCoverage:
    """Questions with the same confidence are answered together, so ties form one point."""
    sure, bad = np.asarray(confidence, np.float64), np.asarray(wrong, np.float64)
    order = np.argsort(-sure, kind="stable")
    last = np.flatnonzero(np.diff(sure[order], append=np.nan))  # of each group of ties
    answered = last + 1
    return RiskCoverage(
        sure[order][last], answered / max(1, len(sure)), np.cumsum(bad[order])[last] / answered
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The quantile `share` of sorted values; None if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def retrieval(qrels: dict[str, dict[str, int]], runs: dict[str, list[str]]) -> dict[str, NDArray[np.float64]]:
    """The measures of `RETRIEVAL` -> value for each question of `qrels`, in its order.

    `runs` holds the articles found for each question, best first. Raises MissingExtra if ir_measures is not
    installed.
    """
    ir_measures = optional("ir_measures")
    # Ranks instead of scores: trec_eval rounds scores to 32 bits and orders equal ones by name.
    scored = {
        question: {article: -float(place) for place, article in enumerate(found)}
        for question, found in runs.items()
    }
    wanted = {ir_measures.parse_measure(name): ours for ours, name in RETRIEVAL.items()}
    values: dict[str, dict[str, float]] = {ours: {} for ours in RETRIEVAL}
    for found in ir_measures.iter_calc(list(wanted), qrels, scored):
        values[wanted[found.measure]][found.query_id] = found.value
    return {name: np.array([by_question[q] for q in qrels]) for name, by_question in values.items()}


def optional(module: str) -> Any:
    """Import a module of the extra "evaluate". Raises MissingExtra if it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"{module.partition('.')[0]} is not installed. Run `pip install 'qa[evaluate]'`."
        ) from error


def _divided(above: NDArray[np.float64], below: NDArray[np.float64]) -> Values:
    """above / below, NaN where below is 0."""
    quotient: Values = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return quotient
