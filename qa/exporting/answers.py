"""Answers of the bot as they are exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.answering.answer_text import Sentence, sentences
from qa.exporting.document import Exchange, Paragraph, Piece
from qa.facts.timeline import timeline
from qa.i18n import explanations
from qa.i18n import phrasing as phrasing_words
from qa.i18n.wording import words
from qa.types import Answer, Article, Citation, DatedSentence, Hit
from qa.types_phrasing import Phrased, Phrasing

NEAREST = 3  # passages named with a refusal


def exchange(
    answer: Answer,
    article_of: Callable[[str], Article],
    language: str,
    dated: Sequence[DatedSentence] = (),
) -> Exchange:
    """An answer with its citations, figures and dated sentences, or a refusal with the closest passages."""
    asides = [
        explanations.reading(answer, language),
        explanations.missing(answer, language),
        explanations.sources(answer, language),
    ]
    paragraphs = [
        *(_prose(line) for line in asides if line),
        *(_phrased(answer.phrased, language) if answer.phrased else ()),
        *(_paragraph(piece) for piece in sentences(answer)),
    ]
    refused = answer.status == "no_answer"
    return Exchange(
        question=answer.question,
        paragraphs=tuple(paragraphs),
        citations=answer.citations,
        nearest=tuple(_nearest(hit, article_of) for hit in answer.hits[:NEAREST]) if refused else (),
        figures=answer.figures,
        dated=tuple(dated),
    )


def cited_timeline(answer: Answer, article_of: Callable[[str], Article]) -> list[DatedSentence]:
    """The dated sentences of the articles that an answer cites."""
    cited = dict.fromkeys(citation.article_id for citation in answer.citations)
    return timeline(article_of(article_id) for article_id in cited)


def _prose(line: str) -> Paragraph:
    return Paragraph((Piece(line),))


def _paragraph(piece: Sentence) -> Paragraph:
    start, end = piece.answer or (0, 0)
    parts = (
        Piece(piece.text[:start]),
        Piece(piece.text[start:end], bold=True),
        Piece(piece.text[end:]),
        *(Piece("", label=label) for label in piece.labels),
    )
    return Paragraph(tuple(part for part in parts if part.text or part.label), piece.quoted)


def _phrased(phrasing: Phrasing, language: str) -> list[Paragraph]:
    """The checked sentences of a language model, and whose they are."""
    out = [
        Paragraph((Piece(_hedged(one)), *(Piece("", label=label) for label in one.labels)))
        for one in phrasing.sentences
        if one.kept
    ]
    by = words(language)["phrased_by"].format(model=phrasing.model, host=phrasing.host)
    notes = [by if out else "", phrasing_words.note(phrasing, language)]
    return [*out, *(_prose(line) for line in notes if line)]


def _hedged(sentence: Phrased) -> str:
    return f"{sentence.text} ({sentence.hedged})" if sentence.hedged else sentence.text


def _nearest(hit: Hit, article_of: Callable[[str], Article]) -> Citation:
    passage = hit.passage
    return passage_citation(article_of(passage.article_id), passage.start, passage.end)


def passage_citation(article: Article, start: int, end: int) -> Citation:
    """A passage that is no answer, in the form of a citation: without a label."""
    return Citation(
        label=0,
        article_id=article.article_id,
        title=article.title,
        source=article.source,
        date=article.date,
        url=article.url,
        start=start,
        end=end,
        quote=article.text[start:end],
        score=0.0,
        page=article.page(start),
    )
