"""Evidence model and reader together: which sentences answer, and how sure that is.

The evidence model knows what a sentence is about, the reader whether it answers. A sentence's score is the
weighted sum of their log-odds; a softmax over all sentences that were read and "none" gives its share. A
logistic regression over a few signals of the first quote gives the confidence: the probability that this
quote answers. Fitted by `benchmarks/reader/fit.py`; answer.json holds weights, data and figures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

import numpy as np

from qa.answering import reader, selection, windows
from qa.answering.features import Material
from qa.answering.naming import Named
from qa.answering.question import Question
from qa.answering.reader import Extraction, Scores
from qa.answering.restating import answers, restates
from qa.answering.scoring import Judgement, Reading, together
from qa.answering.selection import Quote
from qa.answering.signals import ceiling, of_question
from qa.answering.windows import Shares, Window
from qa.text import tokens
from qa.types import Span

WEIGHTS = "answer.json"
NAMES = (
    "share",  # log-odds of the first quote's share, with those of further quotes that give the same answer
    "total",  # log-odds of "some sentence answers"
    "reader",  # the highest log-odds of the first quote's sentences by the reader
    "lacking",  # years, months and quantities of the question that the first quote and its date lack
    "names",  # share of the words of the question's names that the article lacks up to the first quote
    "crosses",  # 1: question and article differ in language
    "uncovered",  # share of the question's words, by weight, that the quote and the sentence before it lack
    "second",  # log-odds of the second quote's share
)
MOST = 3  # quotes of an answer
LEAST = 0.2  # share of the first quote's share that a further one needs
LIMIT = 8.0  # of log-odds among the signals

Read = Callable[[Question, Sequence[Material]], list[Extraction]]


@dataclass(frozen=True, slots=True)
class Weights:
    """What was fitted."""

    evidence: float  # weight of the evidence model's log-odds; the reader's is 1
    temperature: float  # the sum is divided by it
    none: float  # log-odds of "none of the sentences"
    threshold: float  # confidence below which there is no answer
    mean: Mapping[str, float]  # of the signals
    scale: Mapping[str, float]
    coefficients: Mapping[str, float]
    intercept: float


@dataclass(frozen=True, slots=True)
class Found:
    """The quotes for a question, and what says that the first one answers."""

    quotes: tuple[Quote, ...]  # best first, before any refusal
    signals: Mapping[str, float]  # by `NAMES`; empty without quotes
    lacking: tuple[Named, ...]  # what the question names and the first quote's article lacks
    ceiling: float = 1.0  # of the confidence

    def parts(self, weights: Weights) -> dict[str, float]:
        """What each signal adds to the log-odds of the confidence, by name, and "base" and "ceiling"."""
        added = {
            name: (value - weights.mean[name]) / weights.scale[name] * weights.coefficients[name]
            for name, value in self.signals.items()
        } | {"base": weights.intercept}
        if self.ceiling < 1:
            added["ceiling"] = min(0.0, _logit(self.ceiling) - sum(added.values()))
        return added

    def confidence(self, weights: Weights) -> float:
        """The probability that the first quote answers; 0 without one."""
        return 1 / (1 + math.exp(-sum(self.parts(weights).values()))) if self.quotes else 0.0


@cache
def fitted() -> Weights:
    """The fitted weights, read once a process."""
    fields = json.loads((resources.files("qa.answering") / WEIGHTS).read_text("utf-8"))
    return Weights(**fields["weights"])


def find(
    readings: Sequence[Reading], materials: Sequence[Material], weights: Weights, read: Read = reader.read
) -> Found:
    """The quotes for a question that the evidence model scored, once or in several wordings.

    The last reading is that of the question as it was asked.
    """
    asked = readings[-1].question
    passages = [
        windows.sentences_of(
            one.hit.passage.text,
            one.states.sentences,
            partial(restates, asked, language=one.language),
            partial(answers, asked, language=one.language),
        )
        for one in materials
    ]
    extractions = _mean([read(one.question, materials) for one in readings], readings)
    own = shares(scores(together(readings), extractions, weights), weights.none)
    repeats = partial(selection.repeats, materials)
    chosen = windows.several(passages, own, most=MOST, least=LEAST, repeats=repeats)
    if not chosen:
        return Found((), {}, ())
    quotes = tuple(
        _quote(materials[n], extractions[n], windows.moved(passages[n], own[n]), one)
        for one in chosen
        for n in (one.passage,)
    )
    first, inside = chosen[0], extractions[chosen[0].passage].sentences
    said = float(inside[first.first : first.last + 1].max())
    agreed = sum(quote.probability for quote in quotes if _agrees(quotes[0], quote))
    signals, lacking = of_question(asked, quotes[0])
    values = {
        "share": _logit(agreed),
        "second": _logit(quotes[1].probability) if len(quotes) > 1 else -LIMIT,
        "total": _logit(sum(float(one.sum()) for one in own)),
        "reader": min(max(said, -LIMIT), LIMIT),
    }
    return Found(quotes, values | signals, lacking, ceiling(asked, quotes[0], signals))


def scores(evidence: Judgement, extractions: Sequence[Extraction], weights: Weights) -> list[Scores]:
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


def _mean(read: Sequence[Sequence[Extraction]], readings: Sequence[Reading]) -> list[Extraction]:
    """The mean of the log-odds of several wordings, each by its share; the spans are the last one's."""
    weights = np.array([one.share for one in readings])
    return [
        Extraction(np.average([one.sentences for one in same], axis=0, weights=weights), same[-1].spans)
        for same in zip(*read, strict=True)
    ]


def _quote(material: Material, said: Extraction, own: Shares, window: Window) -> Quote:
    """The window as a quote; its answer is that of its likeliest sentence."""
    spans = material.states.sentences
    best = window.first + int(own[window.first : window.last + 1].argmax())
    answer = said.spans[best]
    if answer:
        answer = whole_words(material.hit.passage.text, answer, spans[best])
    return Quote(material, spans[window.first].start, spans[window.last].end, window.share, answer)


def whole_words(text: str, span: Span, within: Span) -> Span:
    """The span grown to the borders of its words, within a sentence; tokens may end inside a word."""
    start, end = span
    while start > within.start and _joins(text[start - 1], text[start]):
        start -= 1
    while end < within.end and _joins(text[end - 1], text[end]):
        end += 1
    return Span(start, end)


def _joins(left: str, right: str) -> bool:
    return (left.isalnum() or left == "-") and (right.isalnum() or right == "-")


def _agrees(first: Quote, other: Quote) -> bool:
    """Whether two quotes give the same answer in the same words."""
    return first is other or (bool(_answer(first)) and _answer(first) == _answer(other))


def _answer(quote: Quote) -> list[str]:
    if quote.answer is None:
        return []
    text = quote.material.hit.passage.text[quote.answer.start : quote.answer.end]
    return [tokens.fold(word.text) for word in tokens.words(text)]


def _logit(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return min(max(math.log(inside / (1 - inside)), -LIMIT), LIMIT)


def _log_odds(probabilities: Scores) -> Scores:
    inside = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))
