"""Quotes from copies, from a small corpus, by way of the bot; the sentences were written for these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.i18n.explanations import sources
from tests.support.bots import bot_over
from tests.support.standin import StandIn

REPORT = (
    "Der Leuchtturm von Selmstedt bekommt in diesem Sommer für 90 Gäste am Tag eine neue Treppe. "
    "Die Reederei Thoden bezahlt das Holz, die Zimmerleute kommen aus dem Nachbarort. "
    "Zwei Wochen lang bleibt der Turm geschlossen, und im Winter kommt das Haus des Wärters dran."
)
ARTICLES = {
    "a.txt": REPORT,
    "b.txt": f"Nachrichten aus der Region.\n\n{REPORT.replace('neue Treppe', 'schöne neue Treppe')}",
    "c.txt": "Der Leuchtturm von Selmstedt hat seit Mai keine Treppe mehr, berichtet der Wärter vor Ort.",
}
QUESTION = "Was bekommt der Leuchtturm von Selmstedt in diesem Sommer?"


@pytest.fixture
def bot(tmp_path: Path, encoder: StandIn) -> Bot:
    return bot_over(ARTICLES, tmp_path, encoder)


def test_a_copy_is_a_further_place_of_the_same_quote(bot: Bot) -> None:
    answer = bot.ask(QUESTION)
    labels = [citation.label for citation in answer.citations]
    assert labels == list(range(1, len(labels) + 1))
    of = {citation.article_id: citation for citation in answer.citations}
    assert {"a.txt", "b.txt"} <= set(of)
    first, second = sorted((of["a.txt"], of["b.txt"]), key=lambda citation: citation.label)
    assert (first.copy_of, second.copy_of) == (0, first.label)
    assert f"{first.quote} [{first.label}][{second.label}]" in answer.text
    assert second.quote not in answer.text.replace(first.quote, "")
    for citation in answer.citations:
        text = bot.index.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_independent_sources_are_counted(bot: Bot) -> None:
    answer = bot.ask(QUESTION)
    cited = {citation.article_id for citation in answer.citations}
    expected = "2 Artikel, 1 Meldung" if len(cited) == 2 else "3 Artikel, 2 davon unabhängig"
    assert sources(answer, "de") == expected


def test_a_figure_of_a_copy_is_shown_once(bot: Bot) -> None:
    answer = bot.ask("Wie viele Gäste am Tag hat der Leuchtturm von Selmstedt?")
    assert [figure.wording for figure in answer.figures if figure.wording == "90"] == ["90"]
