"""The corpus tab as HTML."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa.errors import BrokenIndex, NoIndex, ShrunkCorpus, StoreError
from qa.i18n import messages
from qa.service.service import MAX_UPLOAD
from qa.types import ArticleSummary, BuildReport, Listed, News, Note, Pending, Progress, Removed, Skipped
from qa.web import corpus_html
from qa.web.article_list import View
from qa.web.pages import moment
from tests.support.fakes import ARTICLES, FakeIndex
from tests.web.test_answer_html import TABLE_TAGS, Seen

INDEX = FakeIndex("g1", ARTICLES)


def test_news_say_the_time_or_the_day() -> None:
    now = datetime.now().astimezone()
    assert f"3 neue Artikel, seit {now:%H:%M} im Index" in corpus_html.news_html(
        News(3, 0, now.isoformat()), "de"
    )
    old = News(1, 2, "2024-03-06T14:02:00+01:00")
    assert "1 neuer Artikel, seit 06.03. im Index" in corpus_html.news_html(old, "de")
    assert "1 new article, in the index since 06 March" in corpus_html.news_html(old, "en")


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


def test_progress_in_figures_and_as_a_bar() -> None:
    out = corpus_html.progress_html(Progress("embed", 12, 40), "de", serving=True)
    assert "Artikel werden ausgewertet, 12 von 40" in out
    assert '<progress value="12" max="40"' in out
    assert "aus dem bisherigen Suchindex" in out
    timed = corpus_html.progress_html(Progress("embed", 10, 40, 5.0), "de", serving=True)
    assert "10 von 40 · 2 pro Sekunde, noch 15 s" in timed
    assert "je Sekunde" not in out
    unknown = corpus_html.progress_html(None, "en", serving=False, busy=True)
    assert "<progress aria-label" in unknown
    assert "already being updated" in unknown
    assert "current index" not in unknown


def test_a_report_names_skipped_files() -> None:
    skipped = tuple(Skipped(f"<b>{n}.txt", "The file is empty.") for n in range(150))
    report = BuildReport("g", 4, 40, 12, 28, skipped, 1.25, "m")
    out = corpus_html.report_html(report, "de")
    assert "4 Artikel, 40 Abschnitte (davon neu: 12) in 1,2 s" in out
    assert "150 Dateien übersprungen" in out
    assert "&lt;b&gt;0.txt</code> The file is empty." in out
    assert out.count("<li>") == corpus_html.SKIPPED_SHOWN + 1
    assert "<details" not in corpus_html.report_html(replace(report, skipped=()), "en")


def test_a_report_lists_notes_on_files_that_were_read() -> None:
    notes = tuple(Note(f"<b>{n}.txt", "<i>") for n in range(150))
    out = corpus_html.report_html(BuildReport("g", 4, 40, 12, 28, (), 1.25, "m", notes), "de")
    assert "150 Hinweise zu gelesenen Dateien" in out
    assert "&lt;b&gt;0.txt</code> &lt;i&gt;" in out
    assert out.count("<li>") == corpus_html.SKIPPED_SHOWN + 1


def test_failures_and_offers() -> None:
    assert "&lt;i&gt;" in corpus_html.failure_html("<i>", "de", still_served=True)
    assert "unverändert" in corpus_html.failure_html("x", "de", still_served=True)
    assert "unverändert" not in corpus_html.failure_html("x", "de")
    broken = "The manifest of g1 is missing or damaged. Run `qa build --fresh`."
    for error in (NoIndex("x"), BrokenIndex(broken)):
        assert "data-build" in corpus_html.problem_html(error, "en", changes=True)
        assert "data-build" not in corpus_html.problem_html(error, "de", changes=False)
    assert "data-build" not in corpus_html.problem_html(StoreError("x"), "de", changes=True)


@pytest.mark.parametrize("language", ["de", "en"])
def test_nobody_on_the_page_is_told_to_type_a_command(language: str) -> None:
    pairs = json.loads(Path(messages.__file__).with_name("messages.json").read_text("utf-8"))
    told = [one for one in pairs if one.startswith(("The", "There", "This", "Cannot")) and "`qa " in one]
    assert len(told) > 10
    for message in told:
        assert "`qa " not in corpus_html.failure_html(
            message.replace("{0}", "x.").replace("{1}", "5"), language
        )


def _listed(name: str, *, current: bool = False) -> Listed:
    return Listed(name, "2024-11-05T12:30:00+00:00", "m", 3_000, 30, 1_234_567, current)


def test_versions_are_listed_and_any_can_be_used_again() -> None:
    three = [_listed("<b>"), _listed("g2", current=True), _listed("g1")]
    out = corpus_html.generations_html(three, "de", changes=True)
    assert "Frühere Versionen (2)" in out
    assert "<b>" not in out
    assert re.findall(r'data-version="([^"]+)"', out) == ["&lt;b&gt;", "g1"]  # forward too
    assert out.count("<strong>aktiv</strong>") == 1
    assert "3.000" in out
    assert "data-version" not in corpus_html.generations_html(three, "en", changes=False)
    assert corpus_html.generations_html(three[:1], "de", changes=True) == ""
    switched = corpus_html.switched_html(three[1], "de")
    assert "Aktive Version: " in switched
    assert 'data-renewed="g2"' in switched


def test_times_are_those_of_the_servers_clock() -> None:
    now = datetime.now().astimezone()
    utc = now.astimezone(UTC)
    assert moment(utc.isoformat(), "de") == f"heute, {now:%H:%M}"
    assert moment((utc - timedelta(days=1)).isoformat(), "en") == f"yesterday, {now:%H:%M}"
    old = datetime(2024, 3, 6, 12, 30, tzinfo=UTC)
    local = old.astimezone()
    assert moment("2024-03-06T12:30:00Z", "de") == f"{local.day}. März 2024, {local:%H:%M}"
    assert moment("yesterday", "de") == "yesterday"


def test_a_build_can_be_stopped_where_that_is_allowed() -> None:
    progress = Progress("embed", 1, 40)
    assert "data-stop" in corpus_html.progress_html(progress, "de", serving=True, stoppable=True)
    assert "data-stop" not in corpus_html.progress_html(progress, "de", serving=True)


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


def test_the_question_whether_to_build_with_few_articles() -> None:
    out = corpus_html.shrunk_html(ShrunkCorpus(4, 5, 1), "en", changes=True)
    assert "4 of the 5 articles" in out
    assert "Articles in the new index: 1." in out
    assert out.count("<button") == 2
    assert "<button" not in corpus_html.shrunk_html(ShrunkCorpus(4, 5, 1), "de", changes=False)
    assert "Der einzige Artikel" in corpus_html.shrunk_html(ShrunkCorpus(1, 1, 3), "de", changes=True)
