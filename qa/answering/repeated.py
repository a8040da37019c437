"""Each thing once: quotes of an answer that overlap, or whose words another one already holds.

Quotes come from several places (windows, figures, the parts of a question, a follow-up), each of which only
looks at its own. Copies of reports are `qa.answering.copied`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answering.quoting import arranged, paragraphs
from qa.text import tokens
from qa.types import Answer, Article, Citation


def without_repetition(answer: Answer, article_of: Callable[[str], Article]) -> Answer:
    """The answer with overlapping quotes of an article as one, and without a quote that only repeats another.

    What repeats a quote in another article becomes a further label behind it. Raises CorpusError if
    `article_of` does not know a cited article.
    """
    told = paragraphs(answer)
    kept: list[list[Citation]] = []
    for cited in told:
        at = next((n for n, one in enumerate(kept) if _says(one[0], cited[0])), None)
        if at is None:
            kept.append(cited)
        else:
            kept[at] = _merged(kept[at], cited, article_of)
    return answer if len(kept) == len(told) else arranged(answer, kept)


def _says(one: Citation, other: Citation) -> bool:
    """Whether the first quote overlaps the second one, or holds its words."""
    return _overlap(one, other) or f" {_words(other)} " in f" {_words(one)} "


def _overlap(one: Citation, other: Citation) -> bool:
    return one.article_id == other.article_id and one.start < other.end and other.start < one.end


def _words(one: Citation) -> str:
    return " ".join(tokens.fold(word.text) for word in tokens.words(one.quote))


def _merged(
    first: Sequence[Citation], other: Sequence[Citation], article_of: Callable[[str], Article]
) -> list[Citation]:
    """One paragraph of two: the first quote, wide enough for what overlaps it, with the labels of both."""
    lead = first[0]
    if _overlap(lead, other[0]):
        start, end = min(lead.start, other[0].start), max(lead.end, other[0].end)
        article = article_of(lead.article_id)
        lead = replace(lead, start=start, end=end, quote=article.text[start:end], page=article.page(start))
    known = {one.article_id for one in first}
    return [lead, *first[1:], *(one for one in other if one.article_id not in known)]
