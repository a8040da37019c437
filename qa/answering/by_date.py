"""Questions that depend on when an article appeared: those that name a day, a month or a period, and those
for the present state.

They are answered from the articles of that time, or from the newest that answer. Knows nothing of
conversations.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from qa.answering import article_questions, dated, happened, quoting
from qa.answering.article_questions import ArticleQuestion
from qa.answering.combining import MOST
from qa.answering.queries import Query
from qa.answering.question import languages_differ
from qa.answering.quoting import Quoted
from qa.answering.scoring import Scope
from qa.answering.verdict import asks_for_latest
from qa.index.search import Index
from qa.text import tokens
from qa.types import Answer, Article, Filter, Hit

HITS = 10  # passages retrieved
COVERED = 0.5  # share of its description that an article must have in title, lead or a passage
ACROSS = 0.6  # the same where words cannot be compared: the nearest passage decides
SURE = 0.6  # confidence from which an answer of some articles needs no others
LEADS = 3  # articles of a period that tell what happened in it
DAYS_AFTER = 2  # in which a paper tells what happened on a day
NEWER = 3  # times that newer articles are read where the present state is asked for
LESS_SURE = 0.2  # confidence by which an answer of newer articles may stay below that of older ones


class Read(Protocol):
    """Answer a question from the passages that `where` allows; `qa.answering.bot` does."""

    def __call__(self, asked: str, searched: str, where: Filter, scope: Scope) -> Answer: ...


def from_all(query: Query, where: Filter, index: Index, read: Read) -> Answer:
    """The answer from all articles that the filter allows. Where the present state is asked for, newer ones
    are read by themselves as long as they answer, too: what older ones say in the question's own words may
    hide them.
    """
    found = read(query.asked, query.searched, where, "article" if where.article_id else "corpus")
    if where.article_id or not asks_for_latest(query.asked):
        return found
    for _ in range(NEWER):
        newest = max((citation.date for citation in found.citations), default="")
        if not newest or newest >= (where.until or dated.LAST):
            break
        after = (date.fromisoformat(newest) + timedelta(days=1)).isoformat()
        newer = read(query.asked, query.searched, replace(where, since=max(where.since, after)), "corpus")
        least = max(min(SURE, found.confidence), found.confidence - LESS_SURE)
        if not newer.citations or newer.confidence < least:
            break
        known = [*quoting.paragraphs(newer), *quoting.paragraphs(found)]
        found = quoting.arranged(newer, known[:MOST])
    return found


def of_its_days(query: Query, where: Filter, index: Index, read: Read, least: float) -> Answer | None:
    """The answer from the articles of the day, month or period that a question names; None if they have none.

    To "what happened", the lead of the article that fits best is the answer; those of a period's articles, in
    their order, where it is asked for no subject. A period may also stand in an article of another time, so
    all articles are read too, and the likelier answer counts.
    """
    if where.article_id:
        return None
    apart = dated.dated(query.asked)
    if apart is None:
        alone = dated.month_alone(query.asked)
        topic = happened.asks_what_happened(alone[0]) if alone else None
        if alone is None or not topic:
            return None
        return _lead(query.asked, topic, where, index, least, month=alone[1])
    days = _within(where, apart.since, apart.until)
    if days.since > days.until:
        return None
    topic = happened.asks_what_happened(apart.question)
    if topic is None:
        found = read(apart.question, apart.question, days, "corpus")
        if not found.citations:
            return None
        others = read(query.asked, query.searched, where, "corpus") if apart.period else found
        return replace(max(found, others, key=lambda one: one.confidence), question=query.asked)
    told = _lead(query.asked, topic, days, index, least, most=LEADS if apart.period else 1)
    if told is None and apart.since == apart.until:  # papers tell it on the days after
        later = (date.fromisoformat(apart.until) + timedelta(days=DAYS_AFTER)).isoformat()
        told = _lead(query.asked, topic, _within(where, apart.since, later), index, least)
    return told


def _within(where: Filter, since: str, until: str) -> Filter:
    """The filter narrowed to some days."""
    return replace(
        where, since=max(where.since, since), until=min(where.until, until) if where.until else until
    )


def _lead(
    asked: str, topic: str, where: Filter, index: Index, least: float, *, most: int = 1, month: int = 0
) -> Answer | None:
    """The lead of the article on a topic that fits best, or without a topic those of `most` articles in their
    order; only articles of a month if one is given. None if there are none.
    """
    began = time.perf_counter()
    hits = index.retrieve(topic or asked, k=HITS, where=where)
    if month:
        hits = [hit for hit in hits if index.article(hit.passage.article_id).date[5:7] == f"{month:02d}"]
    article, sure = best_article(ArticleQuestion("summary", topic), hits, index)
    articles = [article] if article else []
    if article is None and hits and not topic:
        told = dict.fromkeys(hit.passage.article_id for hit in hits)
        articles = [index.article(article_id) for article_id in list(told)[:most]]
        articles.sort(key=lambda one: one.date)
        sure = COVERED
    leads = [(one, article_questions.quote_for("summary", one)) for one in articles]
    quotes = [Quoted(one, span) for one, span in leads if span]
    if not quotes or sure < least:
        return None
    spent = time.perf_counter() - began
    seconds = {"search": spent, "evidence": 0.0, "total": spent}
    return quoting.quoted(asked, quotes, sure, hits, seconds)


def best_article(wanted: ArticleQuestion, hits: Sequence[Hit], index: Index) -> tuple[Article | None, float]:
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
