"""The list of articles: what is asked for, and in which order it comes."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from qa.types import ArticleSummary, Pending
from qa.web import article_list
from qa.web.article_list import ArticleLists, View, page_numbers, read_view
from qa.web.corpus_html import table_html
from tests.support.fakes import ARTICLES, FakeIndex


def _article(name: str, title: str, source: str, date: str) -> ArticleSummary:
    return ArticleSummary(name, title, source, "", date, "de", 1)


ROWS = [
    _article("a", "Zoo öffnet", "Abendpost", "2024-02-01"),
    _article("b", "„Ärzte warnen“", "", "2024-03-01"),
    _article("c", "Arbeit gefunden", "Ährenblatt", ""),
    _article("d", "", "abendpost", "2024-01-01"),
]


def _ids(order: str) -> str:
    return "".join(article.article_id for article in article_list.in_order(ROWS, order))


def test_articles_are_sorted_both_ways_and_what_is_missing_comes_last() -> None:
    assert _ids("newest") == "badc"
    assert _ids("oldest") == "dabc"
    assert _ids("title") == "cbda"  # as in a dictionary; a file name where there is no title
    assert _ids("title_back") == "adbc"
    assert _ids("outlet") == "adcb"
    assert _ids("outlet_back") == "cadb"


def test_pages_lead_to_the_first_and_the_last() -> None:
    assert page_numbers(1, 1) == [1]
    assert page_numbers(4, 2) == [1, 2, 3, 4]
    assert page_numbers(9, 5) == [1, 0, 4, 5, 6, 0, 9]
    assert page_numbers(200, 1) == [1, 2, 0, 200]
    assert page_numbers(5, 1) == [1, 2, 0, 5]
    assert page_numbers(5, 3) == [1, 2, 3, 4, 5]


def test_a_list_is_kept_until_the_index_changes() -> None:
    lists, first = ArticleLists(), FakeIndex("g1", ARTICLES)
    shown = lists.of(first, View())
    assert lists.of(first, View(offset=50, number=2)) is shown
    assert len(lists.of(FakeIndex("g2", ARTICLES[:1]), View())) == 1
    assert [a.article_id for a in lists.of(first, View(source="küstenbote"))] == ["faehre.md"]


def test_the_articles_of_one_report_are_counted_and_shown_alone() -> None:
    rows = [
        *ROWS,
        replace(ROWS[0], article_id="e", copy_of="a"),
        replace(ROWS[0], article_id="f", copy_of="a"),
    ]
    index: Any = SimpleNamespace(
        generation="g", articles=lambda: rows, find_articles=lambda *_, **__: (rows, len(rows))
    )
    lists = ArticleLists()
    assert lists.reports(index) == {"a": 3}
    assert {article.article_id for article in lists.of(index, View(report="a"))} == {"a", "e", "f"}
    out = table_html(rows, Pending(), View(), "de", removable=True, reports={"a": 3})
    assert out.count('data-report="a">3 Artikel, 1 Meldung') == 3
    alone = table_html(rows, Pending(("x.txt",)), View(report="a"), "de", removable=True, reports={"a": 3})
    assert "Nur Fassungen dieser Meldung: „Zoo öffnet“" in alone
    assert 'data-report=""' in alone
    assert "x.txt" not in alone


def test_what_a_browser_tells_is_bounded() -> None:
    told = json.dumps({"source": "x" * 2_000, "order": "title", "offset": 2**31, "number": True})
    view = read_view("w" * 300, told)
    assert (len(view.query), len(view.source)) == (article_list.MAX_SEARCH, 1_000)
    assert (view.order, view.offset, view.number) == ("title", 0, 0)
