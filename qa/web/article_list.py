"""The list of articles on the corpus tab: what a browser asks to see of it, found, filtered and sorted.

Filtering and sorting happen here, in memory: no store of an index needs to know how. Knows nothing of markup.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.index.lru import LRU
from qa.service.base import OpenIndex
from qa.types import ArticleSummary

PAGE = 50  # articles shown at once
MAX_SEARCH = 200  # characters
LISTS_KEPT = 8  # found and sorted lists, for those who turn their pages
_ALL = 2**31 - 1  # articles found, at most
_MAX_NAME = 1_000  # characters of an outlet or an article_id
# By which field each order sorts, and whether backwards.
ORDERS = {
    "newest": ("date", True),
    "oldest": ("date", False),
    "title": ("title", False),
    "title_back": ("title", True),
    "outlet": ("source", False),
    "outlet_back": ("source", True),
}


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the list a browser shows."""

    query: str = ""
    source: str = ""  # outlet, compared case-insensitively; "" for all
    report: str = ""  # the article whose copies are shown with it; "" for all articles
    order: str = "newest"  # one of ORDERS
    offset: int = 0
    number: int = 0  # of the request, by which the browser recognises late replies


def read_view(query: object, told: object) -> View:
    """What a browser asks for. The input is untrusted: anything unusable counts as not given."""
    try:
        given = json.loads(told) if isinstance(told, str) else None
    except (ValueError, RecursionError):
        given = None
    values: dict[str, Any] = given if isinstance(given, dict) else {}
    source, report, order = (values.get(name) for name in ("source", "report", "order"))
    return View(
        query=query[:MAX_SEARCH] if isinstance(query, str) else "",
        source=source[:_MAX_NAME] if isinstance(source, str) else "",
        report=report[:_MAX_NAME] if isinstance(report, str) else "",
        order=order if isinstance(order, str) and order in ORDERS else "newest",
        offset=_number(values.get("offset")),
        number=_number(values.get("number")),
    )


def _number(value: object) -> int:
    return value if type(value) is int and 0 <= value < 2**31 else 0


class ArticleLists:
    """Lists of articles, kept for the next page of the same one."""

    def __init__(self) -> None:
        self._lists: LRU[tuple[str, ...], list[ArticleSummary]] = LRU(LISTS_KEPT)
        self._reports: LRU[str, Counter[str]] = LRU(1)

    def of(self, index: OpenIndex, view: View) -> list[ArticleSummary]:
        """All articles of a view, in its order. Raises BrokenIndex."""
        key = index.generation, view.query, view.source.casefold(), view.report, view.order
        return self._lists.get(key, lambda _key: _listed(index, view))

    def reports(self, index: OpenIndex) -> Counter[str]:
        """The number of articles of each report that has copies, by its first article. Raises BrokenIndex."""
        return self._reports.get(index.generation, lambda _: _reports(index))


def _reports(index: OpenIndex) -> Counter[str]:
    repeated = Counter(article.copy_of for article in index.articles() if article.copy_of)
    return Counter({first: copies + 1 for first, copies in repeated.items()})


def report_of(article: ArticleSummary) -> str:
    """The first article of the report that an article is, or repeats."""
    return article.copy_of or article.article_id


def _listed(index: OpenIndex, view: View) -> list[ArticleSummary]:
    found, _ = index.find_articles(view.query, offset=0, limit=_ALL)
    wanted = view.source.casefold()
    kept = [
        article
        for article in found
        if (not wanted or article.source.casefold() == wanted)
        and (not view.report or report_of(article) == view.report)
    ]
    return in_order(kept, view.order)


def in_order(articles: Sequence[ArticleSummary], order: str) -> list[ArticleSummary]:
    """The articles in one of ORDERS; those without the field come last, equal ones by date, newest first."""
    field, backwards = ORDERS[order]
    newest = sorted(articles, key=lambda article: article.date, reverse=True)
    if field == "date":
        dated = sum(bool(article.date) for article in newest)
        return newest if backwards else [*reversed(newest[:dated]), *newest[dated:]]
    keys = {article.article_id: sort_key(_shown(article, field)) for article in newest}
    known = [article for article in newest if keys[article.article_id]]
    known.sort(key=lambda article: keys[article.article_id], reverse=backwards)
    return known + [article for article in newest if not keys[article.article_id]]


def _shown(article: ArticleSummary, field: str) -> str:
    return article.source if field == "source" else article.title or article.article_id


def sort_key(text: str) -> str:
    """A key by which words are sorted as in a dictionary (DIN 5007-1): without accents and punctuation."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in folded if c.isalnum() or c == " ").strip()


def page_numbers(pages: int, current: int) -> list[int]:
    """The pages to offer, from 1: the first, the last and those around the current one; 0 is a gap."""
    near = {1, pages, *range(max(1, current - 1), min(pages, current + 1) + 1)}
    shown: list[int] = []
    for page in sorted(near):
        gap = page - shown[-1] if shown else 1
        shown += [page - 1] if gap == 2 else [0] if gap > 2 else []
        shown.append(page)
    return shown
