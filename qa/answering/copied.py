"""Quotes from copies of one report under one quote: the same words in three papers are one source.

Which articles are copies is told by `qa.facts.copies`, here among those that an answer cites. A copy gets a
label behind a quote only where it says what is quoted: reports are updated, and the copy of yesterday has
another number in the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from qa.answering.quoting import arranged, paragraphs
from qa.answering.same_statement import same_statement
from qa.answering.statement_phrases import is_adjective
from qa.answering.statement_tokens import statement_tokens
from qa.facts.copies import copies
from qa.index.search import Index
from qa.text.sentences import sentences
from qa.types import Answer, Article, Citation, Span

AROUND = 800  # characters around a copy's quote in which the sentences of the first quote are looked for
# Adjectives that change what a noun means: the former mayor is none.
_QUALIFYING = re.compile(
    r"(?:ehemal|früher|bisher|künftig|angeblich|mutma|vermeint|möglich|geplant|erst|letzt|beid|halb|ander|weiter)"
)


def with_copies(answer: Answer, index: Index) -> Answer:
    """The answer with each quote once: a copy's quote becomes another label after the first one.

    Citations of copies carry the label of the citation that they repeat (`copy_of`).
    """
    group_of = _groups(answer.citations, index.article)
    if len(set(group_of.values())) == len(group_of):
        return answer
    kept: list[list[Citation]] = []
    for cited in paragraphs(answer):
        for one in kept:
            if copy := _behind(one[0], cited, group_of, index):
                one += copy
                break
        else:
            kept.append(list(cited))
    told = arranged(answer, kept)
    return replace(told, citations=_with_originals(told.citations, group_of))


def with_originals(
    citations: Sequence[Citation], article_of: Callable[[str], Article]
) -> tuple[Citation, ...]:
    """The citations of an answer, those of copies with the label of the one that they repeat."""
    return _with_originals(citations, _groups(citations, article_of))


def _groups(citations: Sequence[Citation], article_of: Callable[[str], Article]) -> dict[str, int]:
    """The cited articles, each with the number of its group of copies."""
    articles = list(dict.fromkeys(citation.article_id for citation in citations))
    groups = copies([article_of(article_id).text for article_id in articles])
    return dict(zip(articles, groups, strict=True))


def _behind(
    first: Citation, cited: Sequence[Citation], group_of: dict[str, int], index: Index
) -> list[Citation] | None:
    """Citations of copies as they stand behind a quote: where they say it; None if one does not."""
    out: list[Citation] = []
    for one in cited:
        if one.article_id == first.article_id or group_of[one.article_id] != group_of[first.article_id]:
            return None
        article = index.article(one.article_id)
        span = _same_sentences(first.quote, one, article)
        if span is None:
            return None
        held = span.start <= one.answer_start and one.answer_end <= span.end
        out.append(
            replace(
                one,
                start=span.start,
                end=span.end,
                quote=article.text[span.start : span.end],
                page=article.page(span.start),
                answer_start=one.answer_start if held else -1,
                answer_end=one.answer_end if held else -1,
            )
        )
    return out


def _same_sentences(quote: str, near: Citation, article: Article) -> Span | None:
    """Where an article says in its own sentences, one after the other, what a quote says; None if nowhere."""
    begin = max(0, near.start - AROUND)
    text = article.text[begin : near.end + AROUND]
    its = sentences(text, article.language)
    mine = [quote[span.start : span.end] for span in sentences(quote, article.language)]
    for first in range(len(its) - len(mine) + 1) if mine else ():
        run = its[first : first + len(mine)]
        if all(_edited(a, text[b.start : b.end], article.language) for a, b in zip(mine, run, strict=True)):
            return Span(begin + run[0].start, begin + run[-1].end)
    return None


def _edited(one: str, other: str, language: str) -> bool:
    """Whether two sentences are the same but for adjectives that one of them adds ("eine schöne Treppe")."""
    if same_statement(one, other, language):
        return True
    if language == "en":
        return False
    first, second = statement_tokens(one, "de"), statement_tokens(other, "de")
    matcher = SequenceMatcher(None, [word.key for word in first], [word.key for word in second], False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    if any(change[0] == "replace" for change in changes):
        return False
    added = [word for _, a, b, c, d in changes for word in (*first[a:b], *second[c:d])]
    return all(is_adjective(word) and not _QUALIFYING.match(word.key) for word in added)


def _with_originals(citations: Sequence[Citation], group_of: dict[str, int]) -> tuple[Citation, ...]:
    """The citations, those of copies with the label of the first one of their report."""
    first: dict[int, Citation] = {}  # of each group
    out: list[Citation] = []
    for one in citations:
        original = first.setdefault(group_of[one.article_id], one)
        out.append(replace(one, copy_of=original.label if original.article_id != one.article_id else 0))
    return tuple(out)
