"""A question to one article: what the reader says of each sentence, as features of the evidence model.

In an article often many lines answer, so the reader does not choose alone here: the evidence model's trees
weigh its log-odds with everything else. Its weights are "article_read" of evidence.json.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qa.answering import features, reader, scoring
from qa.answering.features import Material, Matrix
from qa.answering.question import Question
from qa.answering.reader import Extraction, Scores
from qa.answering.scoring import Reading

NAMES = (
    "reader",  # log-odds that the sentence answers
    "reader_gap",  # the same less the highest of the article
    "reader_best",  # the highest of the article
    "reader_says_yes",  # 1 where they are above 0
    "reader_rank",  # 0 for the highest
    "reader_before",  # of the sentence before; `-LIMIT` where there is none
    "reader_after",  # of the sentence after
)
CONFIDENCE = 0.55  # below it, refuse; see docs/decisions/0005-evidence.md
LIMIT = 12.0  # log-odds beyond it say nothing more

Read = Callable[[Question, Sequence[Material]], list[Extraction]]


def with_reader(reading: Reading, materials: Sequence[Material], read: Read = reader.read) -> Reading:
    """The reading of one article, judged again with what the reader says about its sentences."""
    if not any(len(rows) for rows in reading.measured):
        return reading
    said = [one.sentences for one in read(reading.question, materials)]
    measured = extended(reading.measured, said)
    return reading._replace(measured=measured, judgement=scoring.weigh(measured, "article_read"))


def extended(measured: Sequence[Matrix], said: Sequence[Scores]) -> list[Matrix]:
    """The features of each passage, [sentences, features], followed by those of `NAMES`."""
    odds = [np.clip(one, -LIMIT, LIMIT) for one in said]
    whole = np.concatenate(odds)
    ranks = np.argsort(np.argsort(-whole, kind="stable"), kind="stable")
    best = whole.max()
    columns = (whole, whole - best, np.full_like(whole, best), whole > 0, ranks, *_neighbours(odds))
    added = np.stack(columns, axis=1).astype(np.float32)
    cuts = np.cumsum([len(one) for one in odds])[:-1]
    return [
        np.concatenate((rows, more), axis=1)
        for rows, more in zip(measured, np.split(added, cuts), strict=True)
    ]


def _neighbours(odds: Sequence[Scores]) -> tuple[Scores, Scores]:
    """The log-odds of the sentence before and after each one in its passage."""
    before = [np.concatenate(([-LIMIT], one[:-1])) if len(one) else one for one in odds]
    after = [np.concatenate((one[1:], [-LIMIT])) if len(one) else one for one in odds]
    return np.concatenate(before), np.concatenate(after)


def names(model: scoring.Model) -> tuple[str, ...]:
    """The features that a model of evidence.json was trained on."""
    return (*features.NAMES, *NAMES) if model == "article_read" else features.NAMES
