"""Answer what was typed: take it apart, find who can answer each question, and put the answers together.

A question about an article is answered from its byline, head or lead; one for the speaker of what was just
answered from the sentences around it; a follow-up from the articles that the previous answer cited, before
all others. Everything else is read in the whole corpus.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from qa.answering import article_questions, dated, follow_ups, quantities, quoting
from qa.answering.article_questions import ArticleQuestion
from qa.answering.attribution import with_speakers
from qa.answering.copied import with_copies
from qa.answering.figure_quotes import led_by_figures
from qa.answering.leaning import content_words, language_of
from qa.answering.queries import Query, plain, queries
from qa.answering.question import kind_of, languages_differ
from qa.answering.quoting import Quoted
from qa.answering.scoring import Scope
from qa.answering.side_by_side import with_figures
from qa.index.search import Index
from qa.text import tokens
from qa.types import Answer, Article, Filter, Hit, Span, Turn

HITS = 10  # passages retrieved
CITED_ARTICLES = 2  # of the previous answer that are read for a follow-up
COVERED = 0.5  # share of its description that an article must have in title, lead or a passage
ACROSS = 0.6  # the same where words cannot be compared: the nearest passage decides
SURE = 0.6  # confidence of an answer from a cited article, without which the others are read too
LEADS = 3  # articles of a period that tell what happened in it
UNKNOWN = 0.05  # confidence where a text has no byline


class Read(Protocol):
    """Answer a question from the passages that `where` allows; `qa.answering.bot` does."""

    def __call__(self, asked: str, searched: str, where: Filter, scope: Scope) -> Answer: ...


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
            or _of_its_days(query, where, index, read, least)
            or _from_conversation(query, history, where, index, read, least)
            or read(query.asked, query.searched, where, "article" if where.article_id else "corpus")
        )
        if not one.citations and article_questions.parsed(query.asked, is_open=True):
            one = _about_article(query, history, where, index, least, is_open=True) or one
        one = with_figures(query, one, where, index)
        one = led_by_figures(one if one.citations else _counted(query, one, where, index, read), index)
        found.append(replace(one, searched=query.searched if query.searched != typed else ""))
    return with_speakers(with_copies(quoting.joined(typed, found, HITS), index), index)


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
    """The answer to a question about an article itself; None if it is none, or if no article can be told."""
    wanted = article_questions.parsed(query.asked, is_open=is_open)
    if wanted is None or (not wanted.about and not wanted.strict and not _of_article(history, where)):
        return None
    began = time.perf_counter()
    if wanted.about:
        hits = index.retrieve(wanted.about, k=HITS, where=where)
        article, sure = _best(wanted, hits, index)
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


def _of_its_days(query: Query, where: Filter, index: Index, read: Read, least: float) -> Answer | None:
    """The answer from the articles of the day, month or period that a question names; None if they have none.

    To "what happened", the lead of the article that fits best is the answer; those of a period's articles, in
    their order, where it is asked for no subject. A period may also stand in an article of another time, so
    all articles are read too, and the likelier answer counts.
    """
    apart = dated.dated(query.asked)
    if apart is None or where.article_id:
        return None
    until = min(where.until, apart.until) if where.until else apart.until
    days = replace(where, since=max(where.since, apart.since), until=until)
    if days.since > days.until:
        return None
    topic = dated.asks_what_happened(apart.question)
    if topic is None:
        found = read(apart.question, apart.question, days, "corpus")
        if not found.citations:
            return None
        others = read(query.asked, query.searched, where, "corpus") if apart.period else found
        return replace(max(found, others, key=lambda one: one.confidence), question=query.asked)
    began = time.perf_counter()
    hits = index.retrieve(topic or apart.question, k=HITS, where=days)
    article, sure = _best(ArticleQuestion("summary", topic), hits, index)
    articles = [article] if article else []
    if article is None and hits and not topic:
        told = dict.fromkeys(hit.passage.article_id for hit in hits)
        articles = [index.article(article_id) for article_id in list(told)[: LEADS if apart.period else 1]]
        articles.sort(key=lambda one: one.date)
        sure = COVERED
    leads = [(one, article_questions.quote_for("summary", one)) for one in articles]
    quotes = [Quoted(one, span) for one, span in leads if span]
    if not quotes or sure < least:
        return None
    spent = time.perf_counter() - began
    seconds = {"search": spent, "evidence": 0.0, "total": spent}
    return quoting.quoted(query.asked, quotes, sure, hits, seconds)


def _of_article(history: Sequence[Turn], where: Filter) -> bool:
    """Whether a question without a subject can be about an article: one is chosen, or was asked about."""
    asked = next((plain(turn).content for turn in reversed(history) if turn.role == "user"), "")
    return bool(where.article_id) or article_questions.parsed(asked) is not None


def _best(wanted: ArticleQuestion, hits: Sequence[Hit], index: Index) -> tuple[Article | None, float]:
    """The article that fits its description best, and how well, 0..1; None if none does."""
    passages: dict[str, list[str]] = {}
    for hit in hits:
        passages.setdefault(hit.passage.article_id, []).append(hit.passage.text)
    best: tuple[float, float, Article | None] = (0.0, 0.0, None)
    for number, (article_id, texts) in enumerate(passages.items()):
        article = index.article(article_id)
        if languages_differ(tokens.question_language(wanted.about), article.language):
            score, share = (ACROSS, ACROSS) if number == 0 else (0.0, 0.0)
        else:
            idf = index.idf(article_questions.terms_of(wanted.about, article.language))
            score, share = article_questions.covered(wanted.about, article, texts, idf)
        if share >= COVERED and score > best[0]:
            best = (score, share, article)
    return best[2], best[1]


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
    """The answer to a follow-up from what the previous answer cited; None if it is none, or not answered
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
