"""The timeline of the articles that an answer cites: a fold in its message, and the table inside.

The message holds only the closed fold; the table is made when a reader opens it, since a conversation is sent
with each question. Knows nothing of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from qa.facts.timeline import is_dated, timeline
from qa.i18n.moments import when
from qa.i18n.wording import long_date, words
from qa.types import Article, DatedSentence
from qa.web.pages import rendered
from qa.web.sources import Source, make_ref

MOST_TEXT = 300_000  # characters of the articles that are read; some 0.7 s on one core


class _Row(NamedTuple):
    """A dated sentence as shown: when, its text around the words that say so, and its article."""

    ref: str
    when: str
    resolved: bool  # from words such as "am Montag"
    sentence: DatedSentence
    before: str
    after: str
    article: str


def fold(sources: Sequence[Source], language: str) -> str:
    """The closed fold, as one line of a message; "" where the cited articles name no date."""
    if not any(is_dated(article) for article in _articles(source for source in sources if source.label)):
        return ""
    return f'<details class="timeline"><summary>{words(language)["timeline"]}</summary></details>'


def table_html(sources: Sequence[Source], language: str) -> str:
    """The dated sentences of the articles of these sources in order; each links to its place."""
    articles = {article.article_id: article for article in _articles(sources)}
    rows = [_row(one, articles[one.article_id], language) for one in timeline(articles.values())]
    return rendered("timeline", language, rows=rows)


def _articles(sources: Iterable[Source]) -> Iterator[Article]:
    """The articles of sources, each once; together they have at most MOST_TEXT characters."""
    left = MOST_TEXT
    for article in {source.article.article_id: source.article for source in sources}.values():
        yield article if len(article.text) <= left else replace(article, text=article.text[:left])
        left = max(0, left - len(article.text))


def _row(one: DatedSentence, article: Article, language: str) -> _Row:
    before, _, after = one.quote.partition(one.wording)
    place = (article.source or article.title or article.article_id, long_date(article.date, language))
    shown = when(one, language)
    return _Row(
        ref=make_ref(article, one.start, one.end, 0.0),
        when=shown,
        resolved=bool(one.since) and one.wording.casefold() not in shown.casefold(),
        sentence=one,
        before=before,
        after=after,
        article=", ".join(part for part in place if part),
    )
