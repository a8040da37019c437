"""The figures that the articles give for a quantity that is asked for, side by side.

Looks at more passages than the answer is read from, since the other figures stand further down. Two articles
are compared only if they share names, so that figures of other events stay out.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from qa.answering.attribution import WHOLE, sentences_near
from qa.answering.figure_fit import Surroundings, block_of, possible
from qa.answering.quantities import Asked, asked
from qa.answering.queries import Query
from qa.answering.quoting import no_answer
from qa.answering.verdict import asks_for_latest
from qa.facts import numbers
from qa.facts.copies import copies
from qa.facts.figures import Found, figure, figures, found_at
from qa.facts.groups import Country, countries, people
from qa.facts.names import names
from qa.index.search import Index
from qa.text.sentences import is_heading
from qa.text.tokens import DEFAULT_LANGUAGE
from qa.types import Answer, Article, Block, Figure, Filter, Passage, Span

PASSAGES = 40  # in which figures are looked for
NEAR = 450  # characters before a sentence that belong to its subject
BEHIND = 120  # … and behind it
HEAD = 400  # characters at the beginning of an article that tell its subject
# Confidence from which a figure within the marked answer may count another noun than the question.
SURE = 0.75
SHARED_NAMES = 4  # of two articles about one event; of 41,328 pairs of unrelated ones 1 % share as many
# The confidence at most where no figure counts people of the country asked for; see decision 30.
UNCOUNTED_CONFIDENCE = 0.2
_STAGES = ("evidence", "total")  # to which the time for the figures is added
TELLING = 2  # specific nouns that tell which event a question means, so that articles need share no names
MOST: dict[Block, int] = {"answer": 12, "beside": 8}


class _Row(NamedTuple):
    """A figure with its place, before its circumstances are known."""

    block: Block
    article: Article
    spans: tuple[Span, ...]  # sentences of its part of the article's text
    found: Found

    @property
    def sentence(self) -> Span:
        return self.spans[self.found.sentence]


def with_figures(query: Query, answer: Answer, where: Filter, index: Index) -> Answer:
    """The answer to a question with the figures side by side; the time counts as that of the evidence.

    A refusal where the question counts what happened to people of a country, and no figure of the articles
    counts those people: the quotes then give another country's.
    """
    wanted = asked(query.asked, query.searched)
    if wanted is None or not answer.citations:
        return answer
    began = time.perf_counter()
    rows = _without_copies(_without_repetition(_rows(query.searched, wanted, answer, where, index)))
    if len(wanted.near) < TELLING:
        rows = _of_one_event(rows, [citation.article_id for citation in answer.citations], index)
    found = _shown(rows, answer, latest=asks_for_latest(query.asked))
    spent = time.perf_counter() - began
    seconds = {name: value + (spent if name in _STAGES else 0) for name, value in answer.seconds.items()}
    told = replace(answer, figures=found, seconds=seconds)
    return _refused(told, query.asked) if not rows and _counts_a_country(wanted, answer, index) else told


def _counts_a_country(wanted: Asked, answer: Answer, index: Index) -> bool:
    """Whether the question counts what happened to people of a country, in the language of the articles."""
    articles = [index.article(citation.article_id) for citation in answer.citations]
    readable = all((article.language or DEFAULT_LANGUAGE) == wanted.language for article in articles)
    return readable and bool(wanted.events and (wanted.countries or wanted.about))


def _refused(answer: Answer, question: str) -> Answer:
    named = dict.fromkeys(question[one.span.start : one.span.end] for one in countries(question))
    return replace(
        answer,
        status="no_answer",
        text=no_answer(question),
        confidence=min(answer.confidence, UNCOUNTED_CONFIDENCE),
        citations=(),
        missing=tuple(dict.fromkeys((*answer.missing, *named))),
    )


def _shown(rows: list[_Row], answer: Answer, *, latest: bool) -> tuple[Figure, ...]:
    """The figures in their order, those that answer first; empty if none does.

    To a question for the latest state the newest article's come first.
    """
    if not any(row.block == "answer" for row in rows):
        return ()
    rows.sort(key=lambda row: not _cites(answer, row.article, row.sentence))
    if latest:
        rows.sort(key=lambda row: row.article.date, reverse=True)
    blocks: tuple[Block, ...] = ("answer", "beside")
    shown = [row for block in blocks for row in [r for r in rows if r.block == block][: MOST[block]]]
    return tuple(map(_figure, shown))


def _cites(answer: Answer, article: Article, span: Span) -> bool:
    return any(
        c.article_id == article.article_id and c.start < span.end and span.start < c.end
        for c in answer.citations
    )


def _rows(searched: str, wanted: Asked, answer: Answer, where: Filter, index: Index) -> list[_Row]:
    hits = [
        hit for hit in index.retrieve(searched, k=PASSAGES, where=where) if numbers.possible(hit.passage.text)
    ]
    candidates: list[tuple[Passage, Article]] = []
    for passage in (hit.passage for hit in hits):
        article = index.article(passage.article_id)
        span = Span(passage.start, passage.end)
        named, _ = _countries(article, span)
        if _cites(answer, article, span) or possible(
            wanted, f"{_head(article)}\n{_near(article, span)}", named, article.language
        ):
            candidates.append((passage, article))
    rows: list[_Row] = []
    states = index.states([passage for passage, _ in candidates])
    for (passage, article), kept in zip(candidates, states, strict=True):
        spans = tuple(Span(passage.start + s.start, passage.start + s.end) for s in kept.sentences)
        for found in figures(article.text, spans, article.language):
            around = _surroundings(article, spans[found.sentence], found, answer)
            block = block_of(found, wanted, around)
            if block:
                rows.append(_Row(block, article, spans, found))
    return rows


def _head(article: Article) -> str:
    return f"{article.title}\n{article.text[:HEAD]}"


def _near(article: Article, span: Span) -> str:
    return article.text[max(0, span.start - NEAR) : span.end + BEHIND]


def _countries(article: Article, span: Span, *, refers: bool = False) -> tuple[frozenset[str], str]:
    """The countries named near a span and at the head of its article, and that of the people named last.

    `refers`: to people named before the span.
    """
    text = article.text
    if len(text) > WHOLE:  # too long to be read as a whole
        text = f"{_head(article)}\n{_near(article, span)}"
        near = Span(0, len(text))
    else:
        near = Span(span.start - NEAR, span.end + BEHIND)

    def inside(found: Sequence[Country]) -> list[str]:
        return [c.name for c in found if c.span.start < HEAD or near.start <= c.span.start < near.end]

    told = people(text)
    if refers and len(text) == len(article.text):
        told = tuple(one for one in told if one.span.start < span.start)
    of_people = [*inside(people(article.title)), *inside(told)]
    named = frozenset(inside(countries(article.title)) + inside(countries(text)))
    return named, of_people[-1] if of_people else ""


def _surroundings(article: Article, sentence: Span, found: Found, answer: Answer) -> Surroundings:
    text = article.text
    named, of_people = _countries(article, sentence, refers=found.counted.refers)
    return Surroundings(
        sentence=text[sentence.start : sentence.end],
        near=_near(article, sentence),
        head=_head(article),
        countries=named,
        people=of_people,
        date=article.date,
        language=article.language,
        segment=_said_of(text, sentence, found),
        cited=_cites(answer, article, sentence),
        answers=answer.confidence >= SURE
        and any(
            c.article_id == article.article_id
            and c.answer_start < found.span.end
            and found.span.start < c.answer_end
            for c in answer.citations
        ),
    )


def _said_of(text: str, sentence: Span, found: Found) -> str:
    """What is said about a figure alone: its part of the sentence, from the comma before it."""
    comma = text.rfind(", ", sentence.start, found.span.start)
    start = found.segment.start if comma < 0 else min(found.segment.start, comma)
    return text[start : found.segment.end]


def _without_repetition(rows: Sequence[_Row]) -> list[_Row]:
    """Of the same figure in one article, the one in the fullest sentence; an answer before another one."""
    kept: dict[tuple[object, ...], _Row] = {}
    for row in rows:
        key = (row.article.article_id, _amount(row))
        known = kept.get(key)
        if known is None or _telling(row) > _telling(known):
            kept[key] = row
    chosen = {id(row) for row in kept.values()}
    return [row for row in rows if id(row) in chosen]


def _without_copies(rows: Sequence[_Row]) -> list[_Row]:
    """Without figures that a copy of an earlier article repeats."""
    articles = {row.article.article_id: row.article for row in rows}
    groups = dict(zip(articles, copies([one.text for one in articles.values()]), strict=True))
    kept: dict[tuple[object, ...], _Row] = {}
    for row in rows:
        kept.setdefault((groups[row.article.article_id], _amount(row)), row)
    return list(kept.values())


def _amount(row: _Row) -> object:
    number = row.found.number
    return (number.low, number.high) if number.value is None else number.value


def _telling(row: _Row) -> tuple[bool, bool, int]:
    start, end = row.sentence
    sentence = row.article.text[start:end]
    return not is_heading(sentence), row.block == "answer", end - start


def _of_one_event(rows: Sequence[_Row], cited: Sequence[str], index: Index) -> list[_Row]:
    """Without figures of articles that share too few names with those that the answer cites."""
    if not rows:
        return []
    own = {article_id: names(index.article(article_id).text) for article_id in dict.fromkeys(cited)}
    fits: dict[str, bool] = dict.fromkeys(own, True)
    for row in rows:
        article = row.article
        if article.article_id not in fits:
            found = names(article.text)
            fits[article.article_id] = any(len(found & other) >= SHARED_NAMES for other in own.values())
    return [row for row in rows if fits[row.article.article_id]]


def _figure(row: _Row) -> Figure:
    article, found = row.article, row.found
    spans = sentences_near(article, row.sentence)
    if row.sentence not in spans:
        spans = row.spans
    number = spans.index(row.sentence)
    found = found_at(article.text, spans, number, found.span.start, article.language) or replace(
        found, sentence=number
    )
    return figure(article, spans, found, row.block)
