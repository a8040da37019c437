"""Quotes from copies, from a small corpus, by way of the bot; the sentences were written for these tests."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from qa.answering.bot import Bot
from qa.answering.copied import with_copies
from qa.answering.quoting import Quoted, quoted
from qa.i18n.explanations import sources
from qa.index.search import Index
from qa.types import Answer, Article, Span
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


UPDATED = REPORT.replace("neue Treppe", "schöne neue Treppe")
OTHERS = {
    "another number": REPORT.replace("90 Gäste", "70 Gäste"),
    "a number in words": REPORT.replace("90 Gäste", "siebzig Gäste"),
    "a negation": REPORT.replace("eine neue Treppe", "keine neue Treppe"),
    "another day": REPORT.replace("in diesem Sommer", "in diesem Herbst"),
    "another name": REPORT.replace("von Selmstedt", "von Ralswiek"),
    "the opposite": REPORT.replace("bekommt", "verliert"),
    "a former one": REPORT.replace("neue Treppe", "ehemalige neue Treppe"),
    "a bound": REPORT.replace("für 90", "für mindestens 90"),
}


def answered(*texts: str) -> Answer:
    """An answer that quotes the first sentence of each text, and who repeats whom in it."""
    articles = {
        name: Article(name, "", text, language="de")
        for name, text in zip(("a.txt", "b.txt"), texts, strict=True)
    }
    quotes = [Quoted(one, Span(0, one.text.index(". ") + 1)) for one in articles.values()]
    index = cast(Index, SimpleNamespace(article=articles.__getitem__))
    return with_copies(quoted(QUESTION, quotes, 0.9, [], {}), index)


@pytest.mark.parametrize("name", OTHERS)
def test_a_copy_that_says_something_else_is_a_quote_of_its_own(name: str) -> None:
    answer = answered(REPORT, OTHERS[name])
    assert answer.text == "\n\n".join(f"{one.quote} [{one.label}]" for one in answer.citations)
    assert [one.copy_of for one in answer.citations] == [0, 1]


def test_a_copy_with_a_further_adjective_is_a_further_label() -> None:
    answer = answered(REPORT, UPDATED)
    assert answer.text == f"{answer.citations[0].quote} [1][2]"
    assert "schöne neue Treppe" in answer.citations[1].quote
