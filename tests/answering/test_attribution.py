"""Who says so, from a small corpus, by way of the bot; the sentences were written for these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answering.attribution import asks_who_says, speaker
from qa.answering.bot import Bot
from qa.index.build import build
from qa.index.search import Index
from qa.types import Article, Span
from tests.support.standin import StandIn

TEXT = (
    "Der Leuchtturm von Selmstedt wird rot gestrichen. Das teilte die Reederei Thoden am Montag mit.\n\n"
    "Laut Malermeister Ole Friis dauert die Arbeit zwei Wochen. Der Sommer war lang."
)
ARTICLE = Article("turm.txt", "Turm", TEXT, language="de")


@pytest.fixture
def bot(tmp_path: Path, encoder: StandIn) -> Bot:
    corpus = tmp_path / "c"
    corpus.mkdir()
    (corpus / "turm.txt").write_text(TEXT, encoding="utf-8")
    build(corpus, tmp_path / "v", encoder=encoder)
    return Bot(Index.open(tmp_path / "v", encoder=encoder), min_confidence=0)


def named(sentence: str) -> str:
    start = TEXT.index(sentence)
    return speaker(ARTICLE, Span(start, start + len(sentence))).named


def test_the_speaker_of_a_span() -> None:
    assert named("Der Leuchtturm von Selmstedt wird rot gestrichen.") == "Reederei Thoden"
    assert named("Laut Malermeister Ole Friis dauert die Arbeit zwei Wochen.") == "Malermeister Ole Friis"
    assert named("Der Sommer war lang.") == ""


def test_citations_carry_their_speaker(bot: Bot) -> None:
    answer = bot.ask("Wie viele Wochen dauert die Arbeit am Leuchtturm?")
    by_quote = {c.quote: c.speaker for c in answer.citations}
    assert "Malermeister Ole Friis" in by_quote.values()


def test_a_question_for_the_speaker_quotes_the_sentence_that_names_it(bot: Bot) -> None:
    answer = bot.ask("Wer sagt, dass der Leuchtturm von Selmstedt rot gestrichen wird?")
    first = answer.citations[0]
    assert "Reederei Thoden" in first.quote
    assert f"{first.quote} [1]" in answer.text
    assert bot.index.article(first.article_id).text[first.start : first.end] == first.quote


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Wer sagt, dass der Turm rot wird?", True),
        ("Laut wem dauert es zwei Wochen?", True),
        ("Nach wessen Angaben wird er rot?", True),
        ("Von wem stammt die Zahl von zwei Wochen für den Anstrich?", True),
        ("Who says that the tower is red?", True),
        ("Wer malt den Turm?", False),
        ("Was sagte Ole Friis?", False),
    ],
)
def test_questions_for_a_speaker(question: str, asks: bool) -> None:
    assert asks_who_says(question) == asks
