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

import numpy as np

from qa.answering import article_reading, leaning, scoring
from qa.answering.features import Material
from qa.answering.holding import HELD, NEAR, Place, held, place
from qa.answering.question import Question, languages_differ
from qa.answering.scoring import Reading
from qa.answering.selection import Quote
from qa.types import Explanation, Part, Span

NEAREST = 3  # passages searched for the words of an unanswered question

# Feature -> group; the rest is the shape of sentence and passage.
_GROUPS = {
    "meaning": "cosine passage_cosine soft soft_plain soft_least soft_all soft_passage soft_passage_least"
    " soft_product before after reader reader_best reader_says_yes reader_before reader_after",
    "words": "exact exact_prefix exact_passage exact_title passage_bm25",
    "missing": "missing missing_passage missing_numbers missing_names",
    "lead": "cosine_gap cosine_margin passage_cosine_gap passage_rank soft_gap best_near"
    " reader_gap reader_rank",
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
    "uncovered": "missing",
    "ceiling": "missing",
    "second": "lead",
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
    groups = _parts(readings) if parts is None else _grouped(parts)
    ordered = sorted(groups.items(), key=lambda group: -abs(group[1]))
    return Explanation(covered, near, missing, tuple(Part(name, round(odds, 4)) for name, odds in ordered))


def _words(
    question: Question, places: Sequence[tuple[Material, Span]], *, titles: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The words of a question that the texts contain, that they paraphrase, and that they lack.

    Across two languages, only names and numbers can be reported as missing.
    """
    language = leaning.language_of(question.text)
    content = {word.text for word in leaning.content_words(question.text, language)}
    best: dict[str, float] = {}
    telling = set()
    for material, span in places:
        where = _place(question, material, span, titles=titles)
        for word in question.words:
            if word.text in content:
                rows = question.states.tokens[list(word.rows)]
                best[word.text] = max(best.get(word.text, 0.0), held(word.text, word.term, rows, where))
                if not where.across or word.capital or word.text[0].isdigit():
                    telling.add(word.text)
    return (
        tuple(word for word, found in best.items() if found >= HELD),
        tuple(word for word, found in best.items() if NEAR <= found < HELD),
        tuple(word for word, found in best.items() if found < NEAR and word in telling),
    )


def _place(question: Question, material: Material, span: Span, *, titles: bool) -> Place:
    text = material.hit.passage.text[span.start : span.end] + (f" {material.title}" if titles else "")
    spans = material.states.token_spans
    inside = (spans[:, 0] < span.end) & (spans[:, 1] > span.start)
    across = languages_differ(question.language, material.language)
    return place(text, material.language, material.states.tokens[inside], across=across)


def _grouped(parts: Mapping[str, float]) -> dict[str, float]:
    """The signals of `qa.answering.combining` in groups."""
    added: defaultdict[str, float] = defaultdict(float)
    for name, value in parts.items():
        added[_SIGNALS.get(name, name)] += value
    return added


def _parts(readings: Sequence[Reading]) -> dict[str, float]:
    """Feature groups of the evidence model and their contribution to the log-odds."""
    added: defaultdict[str, float] = defaultdict(float)
    for reading in readings:
        if not any(len(rows) for rows in reading.measured):
            return {}
        probabilities = np.concatenate(reading.judgement.sentences)
        model = reading.judgement.model
        weights = scoring.weights(model)["answer"]
        whole = scoring.summary(np.concatenate(reading.measured), probabilities).astype(np.float64)
        terms = (whole - weights["mean"]) / weights["scale"] * weights["coefficients"]
        for name, term in zip(_summary_names(model), terms, strict=True):
            added[name] += reading.share * float(term)
        added["base"] += reading.share * float(weights["intercept"])
    return added


@cache
def _summary_names(model: scoring.Model) -> tuple[str, ...]:
    """The group of each number of `scoring.summary`: of the best sentence, then the best of each feature."""
    groups = tuple(_GROUP_OF.get(name, "shape") for name in article_reading.names(model))
    return (*_BEFORE, *groups, *groups)
