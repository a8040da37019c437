"""What the page says of builds and versions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from qa.errors import BrokenIndex, NoIndex, ShrunkCorpus, StoreError
from qa.i18n import messages
from qa.types import BuildReport, Listed, News, Note, Progress, Skipped
from qa.web import builds_html


def test_news_say_the_time_or_the_day() -> None:
    now = datetime.now().astimezone()
    assert f"3 neue Artikel, seit {now:%H:%M} im Index" in builds_html.news_html(
        News(3, 0, now.isoformat()), "de"
    )
    old = News(1, 2, "2024-03-06T14:02:00+01:00")
    assert "1 neuer Artikel, seit 06.03. im Index" in builds_html.news_html(old, "de")
    assert "1 new article, in the index since 06 March" in builds_html.news_html(old, "en")


def test_progress_in_figures_and_as_a_bar() -> None:
    out = builds_html.progress_html(Progress("embed", 12, 40), "de", serving=True)
    assert "Artikel werden ausgewertet, 12 von 40" in out
    assert '<progress value="12" max="40"' in out
    assert "aus dem bisherigen Suchindex" in out
    timed = builds_html.progress_html(Progress("embed", 10, 40, 5.0), "de", serving=True)
    assert "10 von 40 · 2 pro Sekunde, noch 15 s" in timed
    assert "je Sekunde" not in out
    unknown = builds_html.progress_html(None, "en", serving=False, busy=True)
    assert "<progress aria-label" in unknown
    assert "already being updated" in unknown
    assert "current index" not in unknown


def test_failures_and_offers() -> None:
    assert "&lt;i&gt;" in builds_html.failure_html("<i>", "de", still_served=True)
    assert "unverändert" in builds_html.failure_html("x", "de", still_served=True)
    assert "unverändert" not in builds_html.failure_html("x", "de")
    broken = "The manifest of g1 is missing or damaged. Run `qa build --fresh`."
    for error in (NoIndex("x"), BrokenIndex(broken)):
        assert "data-build" in builds_html.problem_html(error, "en", changes=True)
        assert "data-build" not in builds_html.problem_html(error, "de", changes=False)
    assert "data-build" not in builds_html.problem_html(StoreError("x"), "de", changes=True)


@pytest.mark.parametrize("language", ["de", "en"])
def test_nobody_on_the_page_is_told_to_type_a_command(language: str) -> None:
    pairs = json.loads(Path(messages.__file__).with_name("messages.json").read_text("utf-8"))
    told = [one for one in pairs if one.startswith(("The", "There", "This", "Cannot")) and "`qa " in one]
    assert len(told) > 10
    for message in told:
        assert "`qa " not in builds_html.failure_html(
            message.replace("{0}", "x.").replace("{1}", "5"), language
        )


def _listed(name: str, *, current: bool = False) -> Listed:
    return Listed(name, "2024-11-05T12:30:00+00:00", "m", 3_000, 30, 1_234_567, current)


def test_versions_are_listed_and_any_can_be_used_again() -> None:
    three = [_listed("<b>"), _listed("g2", current=True), _listed("g1")]
    out = builds_html.generations_html(three, "de", changes=True)
    assert "Frühere Versionen (2)" in out
    assert "<b>" not in out
    assert re.findall(r'data-version="([^"]+)"', out) == ["&lt;b&gt;", "g1"]  # forward too
    assert out.count("<strong>aktiv</strong>") == 1
    assert "3.000" in out
    assert "data-version" not in builds_html.generations_html(three, "en", changes=False)
    assert builds_html.generations_html(three[:1], "de", changes=True) == ""
    switched = builds_html.switched_html(three[1], "de")
    assert "Aktive Version: " in switched
    assert 'data-renewed="g2"' in switched


def test_a_build_can_be_stopped_where_that_is_allowed() -> None:
    progress = Progress("embed", 1, 40)
    assert "data-stop" in builds_html.progress_html(progress, "de", serving=True, stoppable=True)
    assert "data-stop" not in builds_html.progress_html(progress, "de", serving=True)


def test_the_question_whether_to_build_with_few_articles() -> None:
    out = builds_html.shrunk_html(ShrunkCorpus(4, 5, 1), "en", changes=True)
    assert "4 of the 5 articles" in out
    assert "Articles in the new index: 1." in out
    assert out.count("<button") == 2
    assert "<button" not in builds_html.shrunk_html(ShrunkCorpus(4, 5, 1), "de", changes=False)
    assert "Der einzige Artikel" in builds_html.shrunk_html(ShrunkCorpus(1, 1, 3), "de", changes=True)


def test_a_report_names_skipped_files() -> None:
    skipped = tuple(Skipped(f"<b>{n}.txt", "The file is empty.") for n in range(150))
    report = BuildReport("g", 4, 40, 12, 28, skipped, 1.25, "m")
    out = builds_html.report_html(report, "de")
    assert "4 Artikel, 40 Abschnitte (davon neu: 12) in 1,2 s" in out
    assert "150 Dateien übersprungen" in out
    assert "&lt;b&gt;0.txt</code> The file is empty." in out
    assert out.count("<li>") == builds_html.SKIPPED_SHOWN + 1
    assert "<details" not in builds_html.report_html(replace(report, skipped=()), "en")


def test_a_report_lists_notes_on_files_that_were_read() -> None:
    notes = tuple(Note(f"<b>{n}.txt", "<i>") for n in range(150))
    out = builds_html.report_html(BuildReport("g", 4, 40, 12, 28, (), 1.25, "m", notes), "de")
    assert "150 Hinweise zu gelesenen Dateien" in out
    assert "&lt;b&gt;0.txt</code> &lt;i&gt;" in out
    assert out.count("<li>") == builds_html.SKIPPED_SHOWN + 1
