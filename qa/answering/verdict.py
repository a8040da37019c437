"""What to quote and how sure that is: by the reader where the index stores what it reads, else without it.

A question to a single article is judged by the evidence model alone: its answer is often a long list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.answering import combining, reader, scoring, selection
from qa.answering.features import Material
from qa.answering.scoring import Reading, Scope
from qa.answering.selection import Quote
from qa.index.base import QueryStates


@dataclass(frozen=True, slots=True)
class Verdict:
    """The quotes that may answer, and the probability that the first one does."""

    quotes: tuple[Quote, ...]  # best first, before any refusal
    confidence: float
    threshold: float  # confidence below which to refuse
    missing: tuple[str, ...] = ()  # what the question names and the first quote lacks
    parts: Mapping[str, float] | None = None  # of the confidence's log-odds; None: those of the evidence model


def judge(readings: Sequence[Reading], materials: Sequence[Material], scope: Scope) -> Verdict:
    """The verdict on a question that the evidence model scored, once or in several wordings."""
    if scope == "article" or not reader.readable(readings[0].question.states):
        judgement = scoring.together(readings)
        quotes = selection.choose(materials, judgement)
        return Verdict(tuple(quotes), judgement.confidence, threshold(scope, readings[0].question.states))
    weights = combining.fitted()
    found = combining.find(readings, materials, weights)
    confidence = found.confidence(weights)
    first = found.quotes[0].probability if found.quotes else 1.0
    quotes = [
        replace(one, probability=confidence * min(1.0, one.probability / first)) for one in found.quotes
    ]
    missing = tuple(dict.fromkeys(thing.text for thing in found.lacking))
    return Verdict(tuple(quotes), confidence, weights.threshold, missing, found.parts(weights))


def threshold(scope: Scope, states: QueryStates) -> float:
    """The confidence below which to refuse, for an index with states like these."""
    if scope == "article" or not reader.readable(states):
        return selection.CHOICES[scope].confidence
    return combining.fitted().threshold
