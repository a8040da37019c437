"""Answer what was typed: take it apart, find who can answer each question, and put the answers together.

A question about an article is answered from its byline, head or lead; one for the speaker of what was just
answered from the sentences around it; a follow-up from the articles that the previous answer cited, before
all others. Everything else is read in the whole corpus.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from qa.answering import article_questions, follow_ups, quantities, quoting
from qa.answering.attribution import with_speakers
from qa.answering.by_date import HITS, SURE, Read, best_article, from_all, of_its_days
from qa.answering.copied import with_copies
from qa.answering.figure_quotes import led_by_figures
from qa.answering.leaning import content_words, language_of
from qa.answering.queries import Query, plain, queries
from qa.answering.question import kind_of
from qa.answering.quoting import Quoted
from qa.answering.repeated import without_repetition
from qa.answering.side_by_side import with_figures
from qa.index.search import Index
from qa.types import Answer, Filter, Span, Turn

CITED_ARTICLES = 2  # of the previous answer that are read for a follow-up
UNKNOWN = 0.05  # confidence where a text has no byline


def answer(
    typed: str, history: Sequence[Turn], where: Filter, index: Index, read: Read, least: float
) -> Answer:
    """The answer to a text with one question or several; `least` refuses special answers with less
    confidence.
    """
    found: list[Answer] = []
    for query in queries(typed, history, index):
        one = (
            _about_article(query, history, where, index, least)
            or of_its_days(query, where, index, read, least)
            or _from_conversation(query, history, where, index, read, least)
            or from_all(query, where, index, read)
        )
        if not one.citations and article_questions.parsed(query.asked, is_open=True):
            one = _about_article(query, history, where, index, least, is_open=True) or one
        one = with_figures(query, one, where, index)
        one = led_by_figures(one if one.citations else _counted(query, one, where, index, read), index)
        found.append(_with_reading(one, query, typed))
    told = without_repetition(quoting.joined(typed, found, HITS), index.article)
    return with_speakers(with_copies(told, index), index)


def _with_reading(one: Answer, query: Query, typed: str) -> Answer:
    """The answer with what was read in place of what was typed."""
    return replace(
        one,
        searched=query.searched if query.searched != typed else "",
        understood=query.asked if query.asked != typed else "",
        refers_to=query.refers_to,
    )


def _counted(query: Query, refused: Answer, where: Filter, index: Index, read: Read) -> Answer:
    """The answer to a question for "which figures" as one for how many; `refused` if it finds no figure."""
    counting = quantities.counting(query.asked)
    if not counting:
        return refused
    again = read(counting, counting, where, "article" if where.article_id else "corpus")
    again = with_figures(query, replace(again, question=query.asked), where, index)
    return again if again.figures else refused


def _about_article(
    query: Query,
    history: Sequence[Turn],
    where: Filter,
    index: Index,
    least: float,
    *,
    is_open: bool = False,
) -> Answer | None:
    """The answer to a question about an article itself; None if it is not one or names no article."""
    wanted = article_questions.parsed(query.asked, is_open=is_open)
    if wanted is None or (not wanted.about and not wanted.strict and not _of_article(history, where)):
        return None
    began = time.perf_counter()
    if wanted.about:
        hits = index.retrieve(wanted.about, k=HITS, where=where)
        article, sure = best_article(wanted, hits, index)
    else:
        hits = []
        places = follow_ups.cited(history, index, where)
        article, sure = places[0].article if places else None, 1.0
        if where.article_id:
            article = index.article(where.article_id)
        elif not places:
            return None
    if article is None and not wanted.strict:
        return None
    span = article_questions.quote_for(wanted.sought, article) if article else None
    confidence = sure if span else UNKNOWN
    quotes = [Quoted(article, span)] if article and span and confidence >= least else []
    spent = time.perf_counter() - began
    return quoting.quoted(
        query.asked, quotes, confidence, hits, {"search": spent, "evidence": 0.0, "total": spent}
    )


def _of_article(history: Sequence[Turn], where: Filter) -> bool:
    """Whether a question without a subject can be about an article: one is chosen, or was asked about."""
    asked = next((plain(turn).content for turn in reversed(history) if turn.role == "user"), "")
    return bool(where.article_id) or article_questions.parsed(asked) is not None


def _answered_again(
    history: Sequence[Turn], where: Filter, index: Index, read: Read
) -> list[follow_ups.Place]:
    """The first quote for the question before, whose answer was put into other words or is not known."""
    before = next((plain(turn).content for turn in reversed(history) if turn.role == "user"), "")
    cited = read(before, before, where, "corpus").citations[:1] if before else ()
    return [follow_ups.Place(index.article(c.article_id), Span(c.start, c.end)) for c in cited]


def _from_conversation(
    query: Query, history: Sequence[Turn], where: Filter, index: Index, read: Read, least: float
) -> Answer | None:
    """The answer to a follow-up from what the previous answer cited; None if it is not one, or not answered
    there.
    """
    if not query.leaning or where.article_id:
        return None
    began = time.perf_counter()
    places = follow_ups.cited(history, index, where)
    bare = not content_words(query.asked, language_of(query.asked))
    kind = kind_of(query.asked)
    said = None
    reworded = follow_ups.who_says(query.asked) and follow_ups.has_labels(history)
    if not places and (reworded or not any(turn.role == "assistant" for turn in history)):
        places = _answered_again(history, where, index, read)
    if places and follow_ups.who_says(query.asked):
        said = follow_ups.speaker(places[0])
    elif places and bare and kind in ("date", "place"):
        said = follow_ups.circumstance(places[0], kind)
    if said:
        quote, sure = said
        within = replace(where, article_id=quote.article.article_id)
        hits = index.retrieve(query.searched, k=HITS, where=within)
        spent = time.perf_counter() - began
        seconds = {"search": spent, "evidence": 0.0, "total": spent}
        return quoting.quoted(query.asked, [quote] if sure >= least else [], sure, hits, seconds)
    best: Answer | None = None
    articles = dict.fromkeys(place.article.article_id for place in places)
    for article_id in list(articles)[:CITED_ARTICLES]:
        one = read(query.asked, query.searched, replace(where, article_id=article_id), "corpus")
        if one.citations and (best is None or one.confidence > best.confidence):
            best = one
        if best and (bare or best.confidence >= SURE):
            return best
    if best is None:
        return None
    everywhere = read(query.asked, query.searched, where, "corpus")
    return max(best, everywhere, key=lambda one: one.confidence)
