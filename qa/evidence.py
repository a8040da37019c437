"""The choice of the sentences that answer, and how likely any does: small, trained, without a language model.

Two logistic regressions over `qa.features`: one says how likely a sentence answers, the other how
likely the passages at hand answer at all. Their weights come from benchmarks/train.py, with the
data and figures of the training beside them in evidence.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import features, text
from qa.features import Material, Matrix, Question

WEIGHTS = "evidence.json"
QUOTES = 3  # sentences quoted at most, beside those that come along
SHARE = 0.15  # of the best sentence's probability that a further sentence needs
LEAST = 0.05  # probability below which a further sentence is never quoted
SAME = 0.985  # cosine of two sentences of different articles that say the same
# Words that begin a sentence and point to the one before it.
_POINTS_BACK = re.compile(
    r"(?:er|sie|es|dies|diese[rmns]?|das|dieser|dabei|dadurch|dafür|daher|darauf|daraus|darin|darum|davon|dazu"
    r"|deshalb|deswegen|dort|ihm|ihn|ihnen|ihre[rmns]?|seine[rmns]?|solche[rmns]?|demnach|zudem|außerdem|he|she|it"
    r"|they|this|these|those|his|her|their|its)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evidence model says to a question."""

    sentences: tuple[NDArray[np.float64], ...]  # for each passage the probability of each sentence
    confidence: float  # 0..1, that the passages answer at all


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences of one passage that belong together; offsets count from the passage's start."""

    material: Material
    start: int
    end: int
    probability: float


def judge(question: Question, materials: Sequence[Material]) -> Judgement:
    """How likely each sentence of the passages answers, and how likely any does."""
    model = _weights()
    measured = features.measure(question, materials)
    probabilities = tuple(_logistic(model["sentence"], rows) for rows in measured)
    if not any(len(rows) for rows in measured):
        return Judgement(probabilities, 0.0)
    whole = summary(np.concatenate(measured), np.concatenate(probabilities))
    return Judgement(probabilities, float(_logistic(model["answer"], whole[None])[0]))


def summary(rows: Matrix, probabilities: NDArray[np.float64]) -> Matrix:
    """What the second regression sees: the best sentence's odds and features, and each feature's best."""
    order = np.argsort(-probabilities, kind="stable")
    odds = np.log((probabilities + 1e-6) / (1 - probabilities + 1e-6))[order]
    second, third = (odds[min(n, len(odds) - 1)] for n in (1, 2))
    best = np.array([odds[0], odds[0] - second, odds[0] - third])
    return np.concatenate((best, rows[order[0]], rows.max(axis=0))).astype(np.float32)


def choose(materials: Sequence[Material], judgement: Judgement) -> list[Quote]:
    """One to `QUOTES` sentences that answer, the likeliest first.

    Neighbours are joined to one quote in reading order, and a sentence that points back ("Diese …")
    brings the one before it along.
    """
    ranked = sorted(
        (
            (float(probability), number, sentence)
            for number, found in enumerate(judgement.sentences)
            for sentence, probability in enumerate(found)
        ),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    if not ranked:
        return []
    floor = max(LEAST, SHARE * ranked[0][0])
    chosen: dict[tuple[int, int], float] = {}
    for probability, number, sentence in ranked:
        if chosen and (probability < floor or len(chosen) >= QUOTES):
            break
        if not _repeats(materials, chosen, number, sentence):
            chosen[number, sentence] = probability
    for number, sentence in list(chosen):
        if sentence and _POINTS_BACK.match(_sentence(materials[number], sentence)):
            chosen.setdefault((number, sentence - 1), 0.0)
    return sorted(_joined(materials, chosen), key=lambda quote: -quote.probability)


def same_elsewhere(quote: Quote, materials: Sequence[Material]) -> list[Quote]:
    """Sentences of other articles that say the same as a quote, one an article."""
    own = quote.material
    inside = [n for n, s in enumerate(own.states.sentences) if quote.start <= s.start and s.end <= quote.end]
    found: dict[str, Quote] = {}
    for other in materials:
        article_id = other.hit.passage.article_id
        if len(inside) != 1 or article_id == own.hit.passage.article_id or article_id in found:
            continue
        near = other.states.sentence_vectors @ own.states.sentence_vectors[inside[0]]
        for sentence, span in enumerate(other.states.sentences):
            if near[sentence] >= SAME or _words(_sentence(other, sentence)) == _words(
                _sentence(own, inside[0])
            ):
                found[article_id] = Quote(other, span.start, span.end, quote.probability)
                break
    return list(found.values())


def _repeats(
    materials: Sequence[Material], chosen: dict[tuple[int, int], float], number: int, sentence: int
) -> bool:
    """Whether a chosen sentence says the same in the same words."""
    words = _words(_sentence(materials[number], sentence))
    return any(_words(_sentence(materials[n], s)) == words for n, s in chosen)


def _joined(materials: Sequence[Material], chosen: dict[tuple[int, int], float]) -> list[Quote]:
    """Chosen neighbours as one quote each."""
    quotes: list[Quote] = []
    last: tuple[int, int] | None = None
    for number, sentence in sorted(chosen):
        span = materials[number].states.sentences[sentence]
        probability = chosen[number, sentence]
        if last == (number, sentence - 1):
            before = quotes.pop()
            quotes.append(
                Quote(before.material, before.start, span.end, max(before.probability, probability))
            )
        else:
            quotes.append(Quote(materials[number], span.start, span.end, probability))
        last = (number, sentence)
    return quotes


def _sentence(material: Material, number: int) -> str:
    start, end = material.states.sentences[number]
    return material.hit.passage.text[start:end]


def _words(sentence: str) -> list[str]:
    return [text.fold(word.text) for word in text.words(sentence)]


def _logistic(weights: dict[str, Any], rows: Matrix) -> NDArray[np.float64]:
    """Probabilities of rows of features."""
    scaled = (rows.astype(np.float64) - weights["mean"]) / weights["scale"]
    return np.asarray(1 / (1 + np.exp(-(scaled @ weights["coefficients"] + weights["intercept"]))))


@cache
def _weights() -> dict[str, dict[str, Any]]:
    fields = json.loads((resources.files("qa") / WEIGHTS).read_text("utf-8"))
    if tuple(fields["features"]) != features.NAMES:
        raise ValueError(f"{WEIGHTS} was trained on other features; run benchmarks/train.py")
    return {
        part: {name: np.asarray(values) for name, values in fields[part].items()}
        for part in ("sentence", "answer")
    }
