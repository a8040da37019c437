"""Why the bot answered or not: which words of the question the quotes contain, and what the confidence is
made of.

The second regression of `qa.answering.scoring` adds up: each feature moves the log-odds of the confidence by
its weight times its distance from the mean of the training questions. Here they are added up in groups that a
reader can follow. No wording: see `qa.i18n.explanations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from qa.answering import features, leaning, scoring
from qa.answering.features import COMPOUND_LETTERS, UMLAUTS_AS_STEMMED, Material, Matrix
from qa.answering.question import NEAR, NEAR_ACROSS, Question, Word, languages_differ
from qa.answering.scoring import Reading
from qa.answering.selection import Quote
from qa.text import tokens
from qa.types import Explanation, Part, Span

HELD = 2.0  # of a word that occurs literally; no cosine is as high
NEAREST = 3  # passages searched for the words of an unanswered question

# Feature -> group; the rest is the shape of sentence and passage.
_GROUPS = {
    "meaning": "cosine passage_cosine soft soft_plain soft_least soft_all soft_passage soft_passage_least"
    " soft_product before after",
    "words": "exact exact_prefix exact_passage exact_title passage_bm25",
    "missing": "missing missing_passage missing_numbers missing_names",
    "lead": "cosine_gap cosine_margin passage_cosine_gap passage_rank soft_gap best_near",
    "kind": "soft_asked asks_number asks_date asks_person asks_place holds_number holds_date holds_person"
    " holds_place",
}
_GROUP_OF = {name: group for group, names in _GROUPS.items() for name in names.split()}
# The same for the signals of `qa.answering.combining`.
_SIGNALS = {
    "share": "lead",
    "total": "sentence",
    "reader": "meaning",
    "lacking": "missing",
    "names": "missing",
    "crosses": "shape",
}
# What `scoring.summary` puts before the features: the best sentence's odds, and its lead over two others.
_BEFORE = ("sentence", "lead", "lead")


def explain(
    readings: Sequence[Reading],
    materials: Sequence[Material],
    quotes: Sequence[Quote],
    parts: Mapping[str, float] | None = None,
) -> Explanation:
    """Which words of the question the quotes contain, and what contributed to the confidence.

    `parts` are those of `qa.answering.combining`; without, the confidence is the evidence model's.
    Without quotes, the closest passages and their titles are searched instead.
    """
    places = [(q.material, Span(q.start, q.end)) for q in quotes]
    if not places:
        places = [(m, Span(0, len(m.hit.passage.text))) for m in materials[:NEAREST]]
    covered, near, missing = _words(readings[0].question, places, titles=not quotes)
    grouped = _parts(readings) if parts is None else _grouped(parts)
    return Explanation(covered, near, missing, grouped)


class _Place(NamedTuple):
    """The texts in which words are looked for, prepared once."""

    folded: frozenset[str]
    stems: frozenset[str]
    tokens: Matrix  # [tokens, d]
    across: bool  # its language differs from the question's


def _words(
    question: Question, places: Sequence[tuple[Material, Span]], *, titles: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The words of a question that the texts contain, that they paraphrase, and that they lack.

    Across two languages, only names and numbers can be reported as missing.
    """
    language = leaning.language_of(question.text)
    content = {word.text for word in leaning.content_words(question.text, language)}
    held: dict[str, float] = {}
    telling = set()
    for material, span in places:
        place = _place(question, material, span, titles=titles)
        for word in question.words:
            if word.text in content:
                held[word.text] = max(held.get(word.text, 0.0), _held(question, word, place))
                if not place.across or word.capital or word.text[0].isdigit():
                    telling.add(word.text)
    return (
        tuple(word for word, best in held.items() if best >= HELD),
        tuple(word for word, best in held.items() if NEAR <= best < HELD),
        tuple(word for word, best in held.items() if best < NEAR and word in telling),
    )


def _place(question: Question, material: Material, span: Span, *, titles: bool) -> _Place:
    words = material.hit.passage.text[span.start : span.end] + (f" {material.title}" if titles else "")
    folded = frozenset(tokens.fold(word.text) for word in tokens.words(words))
    stems = frozenset(tokens.stem(word, material.language) for word in folded)
    spans = material.states.token_spans
    inside = (spans[:, 0] < span.end) & (spans[:, 1] > span.start)
    across = languages_differ(question.language, material.language)
    return _Place(folded, stems, material.states.tokens[inside], across)


def _held(question: Question, word: Word, place: _Place) -> float:
    """How well a text matches a word; HELD if it contains the word's stem or a compound of it.

    A compound must hold the whole stem, because the word is shown to a reader as met; the feature
    `exact_prefix` (`qa.answering.features`) leaves the last letter open.
    """
    if word.term in place.stems or tokens.fold(word.text) in place.folded:
        return HELD
    if len(word.term) >= COMPOUND_LETTERS and any(
        word.term in other.translate(UMLAUTS_AS_STEMMED) for other in place.folded
    ):
        return HELD
    if not word.rows or not len(place.tokens):
        return 0.0
    near = question.states.tokens[list(word.rows)] @ place.tokens.T
    return float(near.max(axis=1).mean()) + (NEAR - NEAR_ACROSS if place.across else 0)


def _grouped(parts: Mapping[str, float]) -> tuple[Part, ...]:
    """The signals of the confidence in groups, strongest first."""
    added: defaultdict[str, float] = defaultdict(float)
    for name, value in parts.items():
        added[_SIGNALS.get(name, name)] += value
    found = [Part(name, round(value, 4)) for name, value in added.items()]
    return tuple(sorted(found, key=lambda part: -abs(part.log_odds)))


def _parts(readings: Sequence[Reading]) -> tuple[Part, ...]:
    """Feature groups and their contribution to the log-odds, strongest first."""
    added: defaultdict[str, float] = defaultdict(float)
    for reading in readings:
        if not any(len(rows) for rows in reading.measured):
            return ()
        probabilities = np.concatenate(reading.judgement.sentences)
        weights = scoring.weights(reading.judgement.scope)["answer"]
        whole = scoring.summary(np.concatenate(reading.measured), probabilities).astype(np.float64)
        terms = (whole - weights["mean"]) / weights["scale"] * weights["coefficients"]
        for name, term in zip(_summary_names(), terms, strict=True):
            added[name] += reading.share * float(term)
        added["base"] += reading.share * float(weights["intercept"])
    parts = [Part(name, round(value, 4)) for name, value in added.items()]
    return tuple(sorted(parts, key=lambda part: -abs(part.log_odds)))


@cache
def _summary_names() -> tuple[str, ...]:
    """The group of each number of `scoring.summary`: of the best sentence, then the best of each feature."""
    groups = tuple(_GROUP_OF.get(name, "shape") for name in features.NAMES)
    return (*_BEFORE, *groups, *groups)
