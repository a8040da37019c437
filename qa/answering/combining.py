"""Evidence model and reader together: which sentences answer, and how sure that is.

The evidence model knows what a sentence is about, the reader whether it answers. A sentence's score is the
weighted sum of their log-odds; a softmax over all sentences that were read and "none of them" gives its share.
A logistic regression over a few signals of the first quote gives the confidence: the probability that this
quote answers. Fitted by `benchmarks/reader/fit.py`; answer.json holds weights, data and figures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from qa.answering import naming, windows
from qa.answering.features import COMPOUND_LETTERS, UMLAUTS_AS_STEMMED, Material
from qa.answering.naming import Named
from qa.answering.question import Question, holds, languages_differ
from qa.answering.reader import Extraction, Scores
from qa.answering.scoring import Judgement
from qa.answering.windows import Page, Shares, Window
from qa.text import tokens
from qa.types import Span

WEIGHTS = "answer.json"
NAMES = (
    "share",  # log-odds of the first quote's share
    "total",  # log-odds of "some sentence answers"
    "reader",  # the highest log-odds of the first quote's sentences by the reader
    "evidence",  # log-odds of the evidence model's confidence
    "lacking",  # years, months and quantities of the question that the first quote and its date lack
    "names",  # share of the words of the question's names that the quoted article lacks
    "kind",  # 1: the first quote holds nothing of the kind asked for
    "crosses",  # 1: question and article differ in language
)
LIMIT = 8.0  # of log-odds among the signals
NEAR, NEAR_ACROSS = 0.8, 0.7  # cosine from which a name counts as met by another word; across languages


@dataclass(frozen=True, slots=True)
class Weights:
    """What was fitted."""

    evidence: float  # weight of the evidence model's log-odds; the reader's is 1
    temperature: float  # the sum is divided by it
    none: float  # log-odds of "none of the sentences"
    mean: Mapping[str, float]  # of the signals
    scale: Mapping[str, float]
    coefficients: Mapping[str, float]
    intercept: float


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence is made of, by name."""

    values: Mapping[str, float]
    lacking: tuple[Named, ...]  # what the question names and the first quote's article lacks


def scores(
    evidence: Judgement, extractions: Sequence[Extraction], weights: Weights
) -> list[Scores]:
    """The log-odds of each sentence of each passage."""
    return [
        (one.sentences + weights.evidence * _log_odds(probabilities)) / weights.temperature
        for one, probabilities in zip(extractions, evidence.sentences, strict=True)
    ]


def shares(found: Sequence[Scores], none: float) -> list[Shares]:
    """The probability of each sentence among all of them and "none"."""
    top = max([none, *(float(one.max()) for one in found if len(one))])
    total = math.exp(none - top) + sum(float(np.exp(one - top).sum()) for one in found)
    return [np.exp(one - top) / total for one in found]


def signals(
    question: Question,
    materials: Sequence[Material],
    evidence: Judgement,
    extractions: Sequence[Extraction],
    own: Sequence[Shares],
    first: Window,
) -> Signals:
    """The signals of an answer that begins with the window `first`."""
    material = materials[first.passage]
    spans = material.states.sentences
    quote = material.hit.passage.text[spans[first.first].start : spans[first.last].end]
    language = question.language or material.language or tokens.DEFAULT_LANGUAGE
    things = naming.named(question.text, "en" if language == "en" else "de")
    lacking = naming.lacking(things, f"{material.title}\n{quote}", material.date)
    lost = {name: _lost(question, name, material, materials) for name in things if name.kind == "name"}
    worst = max(lost.values(), default=0.0)
    inside = extractions[first.passage].sentences[first.first : first.last + 1]
    values = {
        "share": _logit(first.share),
        "total": _logit(sum(float(one.sum()) for one in own)),
        "reader": float(np.clip(inside.max(), -LIMIT, LIMIT)),
        "evidence": _logit(evidence.confidence),
        "lacking": float(min(2, len(lacking))),
        "names": worst,
        "kind": float(not holds(question.kind, quote)),
        "crosses": float(languages_differ(question.language, material.language)),
    }
    return Signals(values, (*lacking, *(name for name, share in lost.items() if share >= 0.5)))


def _lost(question: Question, name: Named, material: Material, materials: Sequence[Material]) -> float:
    """Share of a name's words that the passages read of an article, and its title, lack."""
    article = material.hit.passage.article_id
    same = [one for one in materials if one.hit.passage.article_id == article]
    text = "\n".join([material.title, *(one.hit.passage.text for one in same)])
    folded = {tokens.fold(word.text) for word in tokens.words(text)}
    joined = " ".join(folded).translate(UMLAUTS_AS_STEMMED)
    across = languages_differ(question.language, material.language)
    return sum(
        not _held(question, word.text, Span(word.start, word.end), folded, joined, same, material.language, across)
        for word in name.words
    ) / len(name.words)


def _held(
    question: Question,
    word: str,
    span: Span,
    folded: set[str],
    joined: str,
    same: Sequence[Material],
    language: str,
    across: bool,
) -> bool:
    if tokens.fold(word) in folded:
        return True
    stem = tokens.stem(tokens.fold(word), language).translate(UMLAUTS_AS_STEMMED)
    if len(stem) >= COMPOUND_LETTERS and stem in joined:
        return True
    rows = _rows(question, span)
    if not len(rows):
        return False
    near = max(
        (float((rows @ one.states.tokens.T).max(1).mean()) for one in same if len(one.states.tokens)), default=0.0
    )
    return near >= (NEAR_ACROSS if across else NEAR)


def _rows(question: Question, span: Span) -> np.ndarray:
    spans = question.states.token_spans
    return question.states.tokens[(spans[:, 0] < span.end) & (spans[:, 1] > span.start)]


def confidence(found: Signals, weights: Weights) -> float:
    """The probability that the first quote answers."""
    odds = weights.intercept + sum(parts(found, weights).values())
    return 1 / (1 + math.exp(-odds))


def parts(found: Signals, weights: Weights) -> dict[str, float]:
    """What each signal adds to the log-odds of the confidence."""
    return {
        name: (found.values[name] - weights.mean[name]) / weights.scale[name] * weights.coefficients[name]
        for name in NAMES
    }


@cache
def fitted() -> Weights:
    """The fitted weights, read once a process."""
    fields = json.loads((resources.files("qa.answering") / WEIGHTS).read_text("utf-8"))
    return Weights(**fields["weights"])


def _logit(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return min(max(math.log(inside / (1 - inside)), -LIMIT), LIMIT)


def _log_odds(probabilities: Scores) -> Scores:
    inside = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))


def pages(materials: Sequence[Material]) -> list[Page]:
    """The sentences of each passage."""
    return [windows.page(one.hit.passage.text, one.states.sentences) for one in materials]
