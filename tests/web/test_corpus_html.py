"""The corpus tab as HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from qa.service.changes import MAX_UPLOAD
from qa.types import ArticleSummary, Pending, Removed
from qa.web import corpus_html
from qa.web.article_list import View
from qa.web.pages import moment
from tests.support.fakes import ARTICLES, FakeIndex
from tests.support.markup import TABLE_TAGS, Seen

INDEX = FakeIndex("g1", ARTICLES)


def test_the_table_is_escaped_bounded_and_opens_articles() -> None:
    seen = Seen(corpus_html.table_html(INDEX.articles(), Pending(), View(), "de", removable=True))
    assert set(seen.tags) <= TABLE_TAGS | {"div", "p", "span", "input"}
    assert ("data-article", 'x"><b>.txt') in seen.attributes
    assert ("value", 'x"><b>.txt') in seen.attributes
    assert "3 Artikel" in seen.text
    many = [ArticleSummary(f"{n}.txt", f"Titel {n}", "", "", "", "", 1) for n in range(1200)]
    out = corpus_html.table_html(many, Pending(), View(offset=75), "en", removable=False)
    assert out.count("<tr>") == 1 + 50
    assert "<input" not in out
    assert "1,200 articles, showing 51–100" in out
    assert re.findall(r'data-offset="(\d+)"', out) == ["0", "0", "50", "100", "1150", "100"]
    assert 'aria-label="Page 2" aria-current="page"' in out
    assert "data-offset" not in corpus_html.table_html(many[:50], Pending(), View(), "en", removable=True)
    end = corpus_html.table_html(many, Pending(), View(offset=10**9), "de", removable=True)
    assert "1.200 Artikel, angezeigt: 1.151–1.200" in end
    assert "Keine Artikel" in corpus_html.table_html([], Pending(), View(), "de", removable=True)


def test_what_waits_for_the_next_build_is_marked() -> None:
    pending = Pending(
        tuple(f"<b>{n}.txt" for n in range(25)), frozenset({"faehre.md"}), frozenset({"bibliothek.txt"})
    )
    out = corpus_html.table_html(INDEX.articles(), pending, View(), "de", removable=False)
    assert out.count("noch nicht durchsuchbar</span>") == corpus_html.WAITING_SHOWN
    assert "<code>&lt;b&gt;0.txt</code>" in out
    assert "und 5 Dateien mehr" in out
    assert out.count("geändert, noch nicht aktualisiert") == out.count("entfernt, noch im Suchindex") == 1
    assert "3 Artikel · 26 Dateien noch nicht durchsuchbar · 1 entfernter Artikel wird noch zitiert" in out
    for view in (View(offset=50), View(query="fähre"), View(source="Küstenbote")):
        assert "<code>" not in corpus_html.table_html(INDEX.articles(), pending, view, "de", removable=False)
    assert "24.txt" in corpus_html.table_html([], pending, View(query="24 TXT"), "en", removable=True)
    assert "data-build" in corpus_html.pending_html(pending, "de", changes=True)
    assert "data-build" not in corpus_html.pending_html(pending, "de", changes=False)
    assert corpus_html.pending_html(Pending(), "de", changes=True) == ""


def test_the_headings_say_how_the_table_is_sorted_and_turn_it_round() -> None:
    def sorts(order: str) -> list[tuple[str, str]]:
        html = corpus_html.table_html(INDEX.articles(), Pending(), View(order=order), "de", removable=False)
        return re.findall(r'"col"(?: aria-sort="(\w+)")?><button type="button" data-order="(\w+)"', html)

    assert sorts("newest") == [("", "title"), ("", "outlet"), ("descending", "oldest")]
    assert sorts("oldest") == [("", "title"), ("", "outlet"), ("ascending", "newest")]
    assert sorts("title") == [("ascending", "title_back"), ("", "outlet"), ("", "newest")]
    assert sorts("outlet_back") == [("", "title"), ("descending", "outlet"), ("", "newest")]


def test_times_are_those_of_the_servers_clock() -> None:
    now = datetime.now().astimezone()
    utc = now.astimezone(UTC)
    assert moment(utc.isoformat(), "de") == f"heute, {now:%H:%M}"
    assert moment((utc - timedelta(days=1)).isoformat(), "en") == f"yesterday, {now:%H:%M}"
    old = datetime(2024, 3, 6, 12, 30, tzinfo=UTC)
    local = old.astimezone()
    assert moment("2024-03-06T12:30:00Z", "de") == f"{local.day}. März 2024, {local:%H:%M}"
    assert moment("yesterday", "de") == "yesterday"


def test_files_are_told_with_their_bounds() -> None:
    seen = Seen(corpus_html.upload_html("de"))
    assert ("data-bytes", str(MAX_UPLOAD)) in seen.attributes
    assert ("type", "file") in seen.attributes
    assert any(name == "accept" and ".docx" in value for name, value in seen.attributes)


def test_removed_files_are_listed_escaped() -> None:
    out = corpus_html.removed_html([Removed("t<1", "a<b>.txt", "2024-11-05T12:30:00+00:00")], "de")
    assert "Entfernte Dateien (1)" in out
    assert "a&lt;b&gt;.txt" in out
    assert "5. November 2024, " in out
    assert 'data-restore="t&lt;1"' in out
    assert corpus_html.removed_html([], "de") == ""
