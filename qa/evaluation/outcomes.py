"""Judge answers to questions with known answers, and aggregate the results.

Knows nothing of indexes: it receives the answer, the expected answer and, for a question about one article,
the lines of that article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qa.evaluation import metrics
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.metrics import Figure, Measure
from qa.types import Answer

SURE = 0.9  # confidence from which an answer counts as sure
Counted = tuple[Measure, int]  # a measure, and over how many questions, quotes or lines it is


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and the bot's answer, whatever its confidence."""

    question: JudgedQuestion
    confidence: float  # 0..1
    refused: bool
    quotes: tuple[str, ...]  # also if refused: what it would have quoted
    exact: int  # number of quotes found at their position in the article
    right: tuple[bool, ...]  # whether each quote contains the answer
    said: frozenset[int]  # OMoS-QA: lines of the article covered by the quotes
    seconds: float

    @property
    def wrong(self) -> bool:
        """Whether the answer is wrong: its first quote does not contain the answer."""
        return not any(self.right[:1])


def judge(
    question: JudgedQuestion, answer: Answer, lines: Sequence[str], exact: int, min_confidence: float
) -> Outcome:
    """Judge an answer; `lines` are those of the article, if the question was about one."""
    quotes = tuple(citation.quote for citation in answer.citations)
    quoted = [_lines_of(quote, lines) for quote in quotes]
    gold = set(question.lines)
    if lines:
        right = tuple(bool(lines_quoted & gold) for lines_quoted in quoted)
    else:
        right = tuple(_has(quote, question.answers) for quote in quotes)
    return Outcome(
        question=question,
        confidence=answer.confidence,
        refused=not quotes or answer.confidence < min_confidence,
        quotes=quotes,
        exact=exact,
        right=right,
        said=frozenset().union(*quoted),
        seconds=answer.seconds["total"],
    )


def _lines_of(quote: str, lines: Sequence[str]) -> frozenset[int]:
    """The lines that a quote contains or is contained in."""
    said = " ".join(quote.split())
    return frozenset(n for n, line in enumerate(lines) if line and (line in said or said in line))


def _has(quote: str, answers: Sequence[str]) -> bool:
    return any(answer.lower() in quote.lower() for answer in answers)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """The metrics of answers, refusals and confidence; those without any question are absent."""
    table = _measures(outcomes)
    drawn = metrics.resamples(len(outcomes))
    values = {name: metrics.figure(measure, drawn, n) for name, (measure, n) in table.items()}
    # No interval: the bins of a resample vary more than those of the sample, so its error is larger and the
    # interval would lie above the figure.
    gaps = metrics.calibration_error([o.confidence for o in outcomes], [not o.wrong for o in outcomes])
    values["calibration_error"] = Figure(metrics.plain(gaps, len(outcomes)), n=len(outcomes))
    times = [1000 * o.seconds for o in outcomes]
    values["answer_ms_p50"] = Figure(metrics.percentile(times, 0.5), n=len(outcomes))
    values["answer_ms_p95"] = Figure(metrics.percentile(times, 0.95), n=len(outcomes))
    return {name: figure for name, figure in values.items() if figure.value is not None}


def _measures(outcomes: Sequence[Outcome]) -> dict[str, Counted]:
    by_lines = any(o.question.article_id for o in outcomes)
    answerable = np.array([o.question.answerable for o in outcomes])
    # For one article, lines are judged, so a quote that matches none of them says nothing.
    silent = np.array([o.refused or (by_lines and not o.said) for o in outcomes])
    given = np.array([0 if o.refused else len(o.quotes) for o in outcomes])
    wrong = np.array([0 if o.refused else o.right.count(False) for o in outcomes])
    chars = [0 if o.refused else sum(map(len, o.quotes)) for o in outcomes]
    first = np.array([not o.refused and not o.wrong for o in outcomes])
    some = np.array([not o.refused and any(o.right) for o in outcomes])
    quoting = answerable & (given > 0)
    exact = [0 if o.refused else o.exact for o in outcomes]
    measures = {
        "first_right": _mean(first, answerable),
        **_confidence_measures(outcomes),
        "noise": _ratio(wrong * quoting, given * quoting),
        "quotes_per_answer": _ratio(given * quoting, quoting),
        "quote_chars": _ratio(chars * quoting, quoting),
        "wrongly_refused": _mean([o.refused for o in outcomes], answerable),
        "refusal_P": _mean(~answerable, silent),
        "refusal_R": _mean(silent, ~answerable),
        "citations_exact": _ratio(exact, given),
    }
    if by_lines:
        return _line_measures(outcomes) | {"first_quote_right": _mean(first, quoting)} | measures
    return {
        "first_quote_has_answer": _mean(first, answerable),
        "any_quote_has_answer": _mean(some, answerable),
        "near_misses_refused": _mean(silent, ~answerable),
    } | measures


def _confidence_measures(outcomes: Sequence[Outcome]) -> dict[str, Counted]:
    """How far the confidence is the probability that the first quote answers.

    The confidence of a refusal is that of the quote that was held back, so it is judged by that quote:
    `confidence_error`, `first_right_AUROC` and `calibration_error` do not depend on the threshold.
    """
    confidence = np.array([o.confidence for o in outcomes])
    answerable = np.array([o.question.answerable for o in outcomes])
    right = np.array([not o.wrong for o in outcomes])
    sure = np.array([not o.refused and o.confidence >= SURE for o in outcomes])
    return {
        "sure_first_right": _mean(right, sure),
        "confidence_error": _mean(np.abs(confidence - right), np.ones(len(outcomes))),
        "first_right_AUROC": (metrics.auroc(confidence, right), len(outcomes)),
        "confidence_AUROC": (metrics.auroc(confidence, answerable), len(outcomes)),
    }


def _line_measures(outcomes: Sequence[Outcome]) -> dict[str, Counted]:
    """Precision, recall and F1 of the lines quoted, over all questions together."""
    said = np.array([0 if o.refused else len(o.said) for o in outcomes])
    gold = np.array([len(o.question.lines) for o in outcomes])
    hits = np.array([0 if o.refused else len(o.said & set(o.question.lines)) for o in outcomes])
    return {
        "sentence_P": _ratio(hits, said),
        "sentence_R": _ratio(hits, gold),
        "sentence_F1": _ratio(2 * hits, said + gold),
    }


def _mean(values: ArrayLike, among: ArrayLike) -> Counted:
    return metrics.mean(values, among), int(np.sum(among))


def _ratio(above: ArrayLike, below: ArrayLike) -> Counted:
    return metrics.ratio(above, below), int(np.sum(below))
