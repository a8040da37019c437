"""Quotes from copies of one report under one quote: the same words in three papers are one source.

Which articles are copies is told by `qa.facts.copies`, here among those that an answer cites.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answering.quoting import arranged, paragraphs
from qa.facts.copies import copies
from qa.index.search import Index
from qa.text import tokens
from qa.types import Answer, Article, Citation

SAME = 0.5  # share of the words of the shorter quote, in runs of three, from which two quotes are one


def with_copies(answer: Answer, index: Index) -> Answer:
    """The answer with each quote once: a copy's quote becomes another label after the first one.

    Citations of copies carry the label of the citation that they repeat (`copy_of`).
    """
    group_of = _groups(answer.citations, index.article)
    if len(set(group_of.values())) == len(group_of):
        return answer
    kept: list[list[Citation]] = []
    for cited in paragraphs(answer):
        known = next((one for one in kept if _same(one[0], cited[0], group_of)), None)
        if known is None:
            kept.append(cited)
        else:
            known += cited
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


def _same(one: Citation, other: Citation, group_of: dict[str, int]) -> bool:
    if one.article_id == other.article_id or group_of[one.article_id] != group_of[other.article_id]:
        return False
    first, second = _runs(one.quote), _runs(other.quote)
    return len(first & second) >= SAME * max(1, min(len(first), len(second)))


def _runs(quote: str) -> set[tuple[str, ...]]:
    words = [tokens.fold(word.text) for word in tokens.words(quote)]
    return {tuple(words[n : n + 3]) for n in range(max(1, len(words) - 2))}


def _with_originals(citations: Sequence[Citation], group_of: dict[str, int]) -> tuple[Citation, ...]:
    """The citations, those of copies with the label of the first one of their report."""
    first: dict[int, Citation] = {}  # of each group
    out: list[Citation] = []
    for one in citations:
        original = first.setdefault(group_of[one.article_id], one)
        out.append(replace(one, copy_of=original.label if original.article_id != one.article_id else 0))
    return tuple(out)
