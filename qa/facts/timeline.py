"""The dated sentences of articles in the order of what they tell; dates without a year stay open.

A sentence is placed by its most exact date. What is told relative to the day of writing is placed only if the
article has a date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from qa.facts.moments import OPEN, Moment, moments
from qa.text.sentences import is_heading, sentences
from qa.types import Article, DatedSentence

MOST = 200  # sentences of a timeline


def timeline(articles: Iterable[Article]) -> list[DatedSentence]:
    """The dated sentences of some articles: those with a year by date, then those without one.

    A sentence that several articles have is listed once, from the first one.
    """
    found: dict[str, DatedSentence] = {}
    for article in articles:
        for span in sentences(article.text, article.language):
            quote = article.text[span.start : span.end]
            best = None if is_heading(quote) else _most_exact(moments(quote, article.date))
            if best is None or quote in found:
                continue
            since, until = days_of(best.value) or ("", "")
            found[quote] = DatedSentence(
                quote=quote,
                article_id=article.article_id,
                title=article.title,
                source=article.source,
                date=article.date,
                start=span.start,
                end=span.end,
                wording=quote[best.span.start : best.span.end],
                value=best.value,
                since=since,
                until=until,
            )
    return sorted(found.values(), key=_order)[:MOST]


def is_dated(article: Article) -> bool:
    """Whether an article tells of a day, month or year at all; much faster than its timeline."""
    return any(_most_exact(moments(line, article.date)) for line in article.text.splitlines())


def days_of(value: str) -> tuple[str, str] | None:
    """The first and the last day of a value, ISO 8601; None where its year is open or it is no date."""
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T\w+)?", value):
        return value[:10], value[:10]
    if match := re.fullmatch(r"(\d{4})-(\d\d)", value):
        year, month = int(match[1]), int(match[2])
        return f"{value}-01", f"{value}-{monthrange(year, month)[1]:02d}"
    if match := re.fullmatch(r"(\d{4})-W(\d\d)(?:-WE)?", value):
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return first.isoformat(), (first + timedelta(6)).isoformat()
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI|Q[1-4])", value):
        start = {"SP": 3, "SU": 6, "FA": 9, "WI": 12, "Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10}[match[2]]
        years, month = divmod(start + 1, 12)  # its third month, from 0; a winter ends in the next year
        year, month = int(match[1]) + years, month + 1
        return f"{match[1]}-{start:02d}-01", f"{year}-{month:02d}-{monthrange(year, month)[1]:02d}"
    if re.fullmatch(r"[12]\d{3}", value):
        return f"{value}-01-01", f"{value}-12-31"
    return None


def _order(one: DatedSentence) -> tuple[bool, str, str, str, int]:
    return not one.since, one.since or one.value, one.until, one.article_id, one.start


def _most_exact(found: Iterable[Moment]) -> Moment | None:
    """The date that places a sentence best: a day before a month before a year before one without a year."""
    placed = [one for one in found if days_of(one.value) or one.value.startswith(OPEN)]
    return min(placed, key=lambda one: (one.value.startswith(OPEN), -len(one.value[:10])), default=None)
