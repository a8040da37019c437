"""Who says what an answer quotes: the speaker of each citation, and the sentence that names who is asked for.

The words that attribute are found by `qa.facts.speakers`; a speaker that is only guessed from further back
is not named here.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from qa.answering import follow_ups
from qa.answering.follow_ups import Place
from qa.facts.speakers import CARRIED, Speaker, attributions, speaker_of
from qa.index.search import Index
from qa.text.sentences import sentences
from qa.types import Answer, Article, Citation, Span

WHOLE = 30_000  # characters of an article up to which all of its sentences are known
BEFORE, BEHIND = 1_200, 800  # of a longer one, characters around a quote in which a speaker is looked for

_ASKS = re.compile(
    r"\b(?:laut wem|nach wessen|wessen (?:angabe|schätzung|aussage|zahl)\w*|von wem (?:stamm|komm)\w*|auf wen|wer (?:sagt|sagte|behauptet|behauptete"
    r"|meldet|meldete|berichtet|berichtete|erklärt|erklärte|schätzt|schätzte|warnt|warnte|nannte|nennt|bestätigt|bestätigte)"
    r"|wer hat .{0,120}(?:gesagt|berichtet|gemeldet|behauptet|erklärt|bestätigt|mitgeteilt)"
    r"|who (?:says|said|claims|claimed|reports|reported|estimates|estimated|warns|warned|confirmed|announced)|according to whom|whose (?:figure|estimate|claim)s?)\b",
    re.IGNORECASE,
)  # fmt: skip


def asks_who_says(question: str) -> bool:
    """Whether a question asks who says something that it names; "Wer sagt das?" names nothing."""
    return bool(_ASKS.search(question)) and not follow_ups.who_says(question)


def with_speakers(answer: Answer, index: Index) -> Answer:
    """The answer with the speaker of each citation.

    To a question for the speaker, a first quote that does not name one is extended by the neighbouring
    sentence that does.
    """
    cited = [_with_speaker(citation, index) for citation in answer.citations]
    text = answer.text
    if cited and asks_who_says(answer.question) and not attributions(cited[0].quote):
        longer = _extended(cited[0], index)
        text = text.replace(f"{cited[0].quote} [", f"{longer.quote} [", 1)
        cited[0] = longer
    return replace(answer, citations=tuple(cited), text=text)


def speaker(article: Article, span: Span, at: int | None = None) -> Speaker:
    """Who says what is at a span of an article, or at a character of it; empty if not recognised."""
    spans = sentences_near(article, span)
    quoted = [n for n, one in enumerate(spans) if one.start < span.end and span.start < one.end]
    for number in _answering_first(quoted, spans, at):
        found = speaker_of(article.text, spans, number, at)
        if found.named and found.rule != CARRIED:
            return found
    return Speaker()


def sentences_near(article: Article, span: Span) -> tuple[Span, ...]:
    """The sentences around a span of an article: all of them unless it is very long."""
    if len(article.text) <= WHOLE:
        return _sentences(article.text, article.language)
    start, end = max(0, span.start - BEFORE), min(len(article.text), span.end + BEHIND)
    inside = sentences(article.text[start:end], article.language)
    return tuple(Span(start + one.start, start + one.end) for one in inside)


@lru_cache(maxsize=128)
def _sentences(text: str, language: str) -> tuple[Span, ...]:
    """Articles that answer one question are cited for the next one too."""
    return sentences(text, language)


def _answering_first(quoted: Sequence[int], spans: Sequence[Span], at: int | None) -> list[int]:
    """The sentence that holds the answer, else all that are quoted."""
    own = [n for n in quoted if at is not None and spans[n].start <= at < spans[n].end]
    return own or list(quoted)


def _with_speaker(citation: Citation, index: Index) -> Citation:
    at = citation.answer_start if citation.answer_start >= 0 else None
    found = speaker(index.article(citation.article_id), Span(citation.start, citation.end), at)
    return replace(citation, speaker=found.named)


def _extended(citation: Citation, index: Index) -> Citation:
    article = index.article(citation.article_id)
    told = follow_ups.speaker(Place(article, Span(citation.start, citation.end)))
    if told is None:
        return citation
    start, end = told[0].span
    return replace(citation, start=start, end=end, quote=article.text[start:end])
