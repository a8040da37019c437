"""What to quote and how sure that is: by the reader where the index stores what it reads, else without it.

A question to a single article is judged by the evidence model, to which the reader only contributes: its
answer is often a long list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.answering import article_reading, combining, reader, scoring, selection
from qa.answering.features import Material
from qa.answering.scoring import Reading, Scope
from qa.answering.selection import Quote

_LATEST = re.compile(
    r"\b(?:aktuell\w*|derzeit\w*|momentan\w*|gegenwärtig\w*|zuletzt|zurzeit|zur zeit|im moment|heute"
    r"|jetzt|jetzig\w*|heutig\w*|inzwischen|mittlerweile|jüngst\w*|neu(?:e)?st\w*"
    r"|letzte[rns]? (?:bekannte[nr]? )?(?:stand|zahl|wert|angaben?)|bisher|current(?:ly)?|latest|newest"
    r"|last known|now(?:adays)?|most recent(?:ly)?|today|these days|at present|present-day"
    r"|at the moment|up to date|so far)\b",
    re.IGNORECASE,
)


def asks_for_latest(question: str) -> bool:
    """Whether a question asks for the present state, so that the newest article comes first."""
    return bool(_LATEST.search(question))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The quotes that may answer, and the probability that the likeliest of them does.

    That is the first one, unless the latest state is asked for: then the quotes are ordered by date.
    """

    quotes: tuple[Quote, ...]  # before any refusal
    confidence: float
    threshold: float  # confidence below which to refuse
    missing: tuple[str, ...] = ()  # what the question names and the first quote lacks
    parts: Mapping[str, float] | None = None  # of the log-odds; None: the evidence model's


def judge(readings: Sequence[Reading], materials: Sequence[Material], scope: Scope, model: str) -> Verdict:
    """The verdict on a question that the evidence model scored, once or in several wordings.

    `model` is the encoder of the index.
    """
    if scope == "article" or not reader.reads(model):
        judgement = scoring.together(readings)
        quotes = selection.choose(materials, judgement)
        return Verdict(tuple(quotes), judgement.confidence, threshold(scope, model))
    weights = combining.fitted()
    found = combining.find(readings, materials, weights)
    confidence = found.confidence(weights)
    first = max((one.probability for one in found.quotes), default=0.0) or 1.0
    quotes = [replace(one, probability=confidence * one.probability / first) for one in found.quotes]
    if asks_for_latest(readings[-1].question.text):
        quotes.sort(key=lambda one: one.material.date, reverse=True)
    missing = tuple(dict.fromkeys(thing.text for thing in found.lacking))
    return Verdict(tuple(quotes), confidence, weights.threshold, missing, found.parts(weights))


def threshold(scope: Scope, model: str) -> float:
    """The confidence below which to refuse, for an index built with this model."""
    if not reader.reads(model):
        return selection.CHOICES[scope].confidence
    return article_reading.CONFIDENCE if scope == "article" else combining.fitted().threshold
