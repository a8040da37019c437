"""Score sentences as answers with small trained models; no language model.

One model over `qa.answering.features` says how likely a sentence answers, a logistic regression over that how
likely the passages at hand answer at all. A question to the corpus and a question to one article are
two tasks with weights of their own: in the corpus the answer is a sentence among strangers (logistic
regression), in an article often a list of lines among its like (boosted trees). The weights come from
benchmarks/train.py; evidence.json also holds the data and figures of the training.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.answering import features
from qa.answering.features import Material, Matrix
from qa.answering.question import Question

Scope = Literal["corpus", "article"]  # scope of the question: all articles, or one
Model = Literal["corpus", "article", "article_read"]  # the last one: `qa.answering.article_reading`
Part = dict[str, Any]  # arrays of one model
Weights = dict[str, Part]  # "sentence" and "answer"
Probabilities = NDArray[np.float64]

WEIGHTS = "evidence.json"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The evidence model's output for a question."""

    sentences: tuple[Probabilities, ...]  # for each passage the probability of each sentence
    confidence: float  # 0..1, that the passages answer at all
    model: Model = "corpus"

    @property
    def scope(self) -> Scope:
        return "corpus" if self.model == "corpus" else "article"


class Reading(NamedTuple):
    """A scored question; if there are several, their log-odds are averaged with weights `share`."""

    question: Question
    judgement: Judgement
    share: float
    measured: Sequence[Matrix]  # output of `features.measure` for each passage


def judge(
    question: Question, materials: Sequence[Material], scope: Scope = "corpus", share: float = 1.0
) -> Reading:
    """Probability that each sentence answers, and that any does."""
    measured = features.measure(question, materials)
    return Reading(question, weigh(measured, scope), share, measured)


def together(readings: Sequence[Reading]) -> Judgement:
    """One judgement of several readings: the mean of their log-odds, each by its share."""
    if len(readings) == 1:
        return readings[0].judgement
    judgements = [reading.judgement for reading in readings]
    shares = np.array([reading.share for reading in readings])
    sentences = tuple(
        _mean_odds(np.stack(probabilities), shares)
        for probabilities in zip(*(judgement.sentences for judgement in judgements), strict=True)
    )
    confidence = _mean_odds(np.array([[judgement.confidence] for judgement in judgements]), shares)
    return replace(judgements[0], sentences=sentences, confidence=float(confidence[0]))


def _mean_odds(probabilities: Probabilities, shares: Probabilities) -> Probabilities:
    """The mean of the log-odds of each column, as probabilities."""
    inside = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return np.asarray(1 / (1 + np.exp(-(shares @ np.log(inside / (1 - inside))))))


def weigh(measured: Sequence[Matrix], model: Model, trained: Weights | None = None) -> Judgement:
    """Judge the features of each passage with a model; `trained` replaces its shipped weights."""
    parts = trained or weights(model)
    probabilities = tuple(_probabilities(parts["sentence"], rows) for rows in measured)
    if not any(len(rows) for rows in measured):
        return Judgement(probabilities, 0.0, model)
    whole = summary(np.concatenate(measured), np.concatenate(probabilities))
    return Judgement(probabilities, float(_logistic(parts["answer"], whole[None])[0]), model)


def summary(rows: Matrix, probabilities: Probabilities) -> Matrix:
    """Input of the confidence regression: the best sentence's odds and features, and the maximum of each
    feature.
    """
    order = np.argsort(-probabilities, kind="stable")
    odds = np.log((probabilities + 1e-6) / (1 - probabilities + 1e-6))[order]
    second, third = (odds[min(n, len(odds) - 1)] for n in (1, 2))
    best = np.array([odds[0], odds[0] - second, odds[0] - third])
    return np.concatenate((best, rows[order[0]], rows.max(axis=0))).astype(np.float32)


def _probabilities(part: Part, rows: Matrix) -> Probabilities:
    """Probabilities for rows of features, from trees if the part has them."""
    return _boosted(part, rows) if "left" in part else _logistic(part, rows)


def _logistic(part: Part, rows: Matrix) -> Probabilities:
    """Logistic regression on standardised features."""
    scaled = (rows.astype(np.float64) - part["mean"]) / part["scale"]
    return np.asarray(1 / (1 + np.exp(-(scaled @ part["coefficients"] + part["intercept"]))))


def _boosted(part: Part, rows: Matrix) -> Probabilities:
    """Boosted trees as arrays [trees, nodes]; a leaf is its own child and holds the tree's value."""
    trees = np.arange(len(part["left"]))[None, :]
    nodes = np.zeros((len(rows), len(part["left"])), dtype=np.int64)
    at = np.arange(len(rows))[:, None]
    for _ in range(int(part["depth"])):
        left = rows[at, part["feature"][trees, nodes]] <= part["threshold"][trees, nodes]
        nodes = np.where(left, part["left"][trees, nodes], part["right"][trees, nodes])
    odds = part["value"][trees, nodes].sum(axis=1) + part["intercept"]
    return np.asarray(1 / (1 + np.exp(-odds)))


@cache
def weights(model: Model) -> Weights:
    """The trained weights of a model."""
    fields = json.loads((resources.files("qa.answering") / WEIGHTS).read_text("utf-8"))
    if tuple(fields["features"]) != features.NAMES:
        raise ValueError(f"{WEIGHTS} was trained on different features. Run `python -m benchmarks.train`.")
    return {
        part: {name: np.asarray(values) for name, values in fields[model][part].items()}
        for part in ("sentence", "answer")
    }
