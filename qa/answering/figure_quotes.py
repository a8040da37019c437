"""Quotes of an answer whose question asks for a quantity: those with a figure that answers come first.

The reader tells a number of soldiers from a date, but not those killed from those killed or wounded;
`qa.answering.side_by_side` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answering.combining import MOST
from qa.answering.quoting import arranged, citation, paragraphs
from qa.answering.windows import refers_back
from qa.index.search import Index
from qa.text.sentences import is_heading, sentences
from qa.types import Answer, Article, Citation, Figure, Span

BEFORE = 500  # characters before a sentence in which the one that it refers to is looked for

Paragraph = Sequence[Citation]


def led_by_figures(answer: Answer, index: Index) -> Answer:
    """The answer with the quotes that hold a figure asked for in front, each with that figure as its answer.

    Only where the figures count an event: "killed", "deserted". Of other quantities the reader is the better
    judge. Quotes that hold only other quantities go, since the figures beside show them. Where no quote holds
    a figure asked for, the sentence of the first one is quoted.
    """
    asked = [figure for figure in answer.figures if figure.block == "answer" and figure.event]
    if not asked or not answer.citations:
        return answer
    told = paragraphs(answer)
    leading = [_marked(one, asked) for one in told if _holds_any(one, asked)]
    others = [figure for figure in answer.figures if figure.block == "beside"]
    rest = [one for one in told if not _holds_any(one, [*asked, *others])]
    if not leading:
        leading = [_quoted(asked[0], answer.citations[0].score, index)]
        rest = [one for one in told if not _holds_any(one, others)]
    return arranged(answer, [*leading, *rest][:MOST])


def _holds_any(paragraph: Paragraph, figures: Sequence[Figure]) -> bool:
    return any(_holds(one, figure) for one in paragraph for figure in figures)


def _holds(one: Citation, figure: Figure) -> bool:
    """Whether a quote holds a figure: its sentence, or another one of its article with the same wording."""
    return one.article_id == figure.article_id and _place(one, figure) >= 0


def _place(one: Citation, figure: Figure) -> int:
    """Where a quote of the figure's article holds its words; -1 where it does not."""
    inside = one.start <= figure.start and figure.end <= one.end
    wording = re.compile(rf"(?<!\w){re.escape(figure.wording)}(?!\w)")
    found = wording.search(one.quote, figure.start - one.start if inside else 0)
    return found.start() if found else -1


def _marked(paragraph: Paragraph, figures: Sequence[Figure]) -> Paragraph:
    """The citations with the first figure that they hold as their answer."""
    return [
        next((_with_answer(one, figure) for figure in figures if _holds(one, figure)), one)
        for one in paragraph
    ]


def _with_answer(one: Citation, figure: Figure) -> Citation:
    start = _place(one, figure)
    if start < 0:
        return one
    at = one.start + start
    return replace(one, answer_start=at, answer_end=at + len(figure.wording))


def _quoted(figure: Figure, probability: float, index: Index) -> Paragraph:
    """The sentence of a figure as a quote, with the one before it that it refers to."""
    article = index.article(figure.article_id)
    span = _understood(article, Span(figure.start, figure.end))
    return [_with_answer(citation(1, article, span, probability), figure)]


def _understood(article: Article, span: Span) -> Span:
    if not refers_back(article.text[span.start : span.end]):
        return span
    start = max(0, span.start - BEFORE)
    before = sentences(article.text[start : span.start], article.language)
    if not before or is_heading(article.text[start + before[-1].start : start + before[-1].end]):
        return span
    return Span(start + before[-1].start, span.end)
