"""Refusals, answers made of given spans of articles, and one answer of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from qa.text import tokens
from qa.types import Answer, Article, Citation, Hit, Span

# In the question's language, so not in `qa.i18n`, whose texts follow the page's.
NO_ANSWER = {
    "de": "Dazu steht nichts in den Artikeln.",
    "en": "The articles don’t answer this.",
}


class Quoted(NamedTuple):
    """A span of an article to quote."""

    article: Article
    span: Span


def no_answer(question: str) -> str:
    """The text of a refusal, in the question's language."""
    return NO_ANSWER[tokens.question_language(question) or tokens.DEFAULT_LANGUAGE]


def quoted(
    question: str, quotes: Sequence[Quoted], confidence: float, hits: Sequence[Hit], seconds: dict[str, float]
) -> Answer:
    """An answer of these quotes, one paragraph each; a refusal without any."""
    citations = tuple(
        citation(label, quote.article, quote.span, confidence) for label, quote in enumerate(quotes, start=1)
    )
    return Answer(
        question=question,
        status="answered" if citations else "no_answer",
        text="\n\n".join(f"{c.quote} [{c.label}]" for c in citations) or no_answer(question),
        confidence=confidence,
        citations=citations,
        hits=tuple(hits),
        seconds=seconds,
    )


def citation(
    label: int, article: Article, span: Span, probability: float, answer: Span | None = None
) -> Citation:
    """The citation of a span of an article, with the answer within it, both in characters of its text."""
    return Citation(
        label=label,
        article_id=article.article_id,
        title=article.title,
        source=article.source,
        date=article.date,
        url=article.url,
        start=span.start,
        end=span.end,
        quote=article.text[span.start : span.end],
        score=probability,
        page=article.page(span.start),
        answer_start=-1 if answer is None else answer.start,
        answer_end=-1 if answer is None else answer.end,
    )


def joined(question: str, answers: Sequence[Answer], hits: int) -> Answer:
    """One answer of those to the parts of a question, in their order; a refusal only if all are.

    The confidence is that of the first quote. What an earlier part quoted is not quoted again.
    """
    if len(answers) == 1:
        return replace(answers[0], question=question)
    answered = [answer for answer in answers if answer.citations]
    first = answered[0] if answered else max(answers, key=lambda answer: answer.confidence)
    known: set[tuple[str, int, int]] = set()
    kept: list[list[Citation]] = []
    for cited in (cited for answer in answered for cited in paragraphs(answer)):
        new = [one for one in cited if (one.article_id, one.start, one.end) not in known]
        known.update((one.article_id, one.start, one.end) for one in new)
        if new:
            kept.append(new)
    told = arranged(first, kept)
    seconds: dict[str, float] = {}
    for answer in answers:
        for stage, spent in answer.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
    found = dict.fromkeys((hit.passage, hit) for answer in answers for hit in answer.hits)
    by_passage = dict(reversed(found))
    ordered = [by_passage[passage] for passage in dict.fromkeys(passage for passage, _ in found)][:hits]
    return replace(
        told,
        question=question,
        text=told.text or no_answer(question),
        hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)),
        seconds=seconds,
        searched=" ".join(answer.searched or answer.question for answer in answers),
        understood=" ".join(answer.understood or answer.question for answer in answers),
        refers_to=next((answer.refers_to for answer in answers if answer.refers_to), ""),
        figures=tuple(dict.fromkeys(figure for answer in answers for figure in answer.figures)),
    )


def paragraphs(answer: Answer) -> list[list[Citation]]:
    """The citations of each paragraph: that of its quote first, then those of other places behind it."""
    by_label = {citation.label: citation for citation in answer.citations}
    out: list[list[Citation]] = []
    at = 0
    while at < len(answer.citations):  # a paragraph is a quote and all labels behind it
        quote, old = by_label[at + 1].quote, [at + 1]
        behind = answer.text.find(f"{quote} [{at + 1}]")
        end = behind + len(f"{quote} [{at + 1}]")
        while behind >= 0 and answer.text.startswith(f"[{old[-1] + 1}]", end):
            old.append(old[-1] + 1)
            end += len(f"[{old[-1]}]")
        out.append([by_label[label] for label in old])
        at += len(old)
    return out


def arranged(answer: Answer, kept: Sequence[Sequence[Citation]]) -> Answer:
    """The answer made of these paragraphs, in this order, with labels from 1."""
    citations: list[Citation] = []
    texts: list[str] = []
    for cited in kept:
        first = len(citations) + 1
        citations += [replace(one, label=label) for label, one in enumerate(cited, start=first)]
        texts.append(f"{cited[0].quote} " + "".join(f"[{one.label}]" for one in citations[first - 1 :]))
    return replace(answer, citations=tuple(citations), text="\n\n".join(texts))
