from __future__ import annotations

from pathlib import Path

import pytest
from standin import StandIn

from qa.bot import NO_ANSWER, Bot
from qa.builder import build
from qa.errors import CorpusError
from qa.index import Index
from qa.types import Answer, Filter

ARTICLES = {
    "deserteure.md": "---\ntitle: Deserteure\nsource: Blatt\ndate: 2024-10-16\nurl: https://example.org/a\n---\n"
    "Achtzehn Soldaten sind an der Grenze desertiert. Der Himmel war grau.\n",
    "bodensee.txt": "Der Bodensee ist an der tiefsten Stelle 251 Meter tief. Viele Fische leben dort.\n",
    "auch.txt": "Ein anderer Bericht.\n\nAchtzehn Soldaten sind an der Grenze desertiert. So heißt es.\n",
}


@pytest.fixture
def bot(tmp_path: Path, encoder: StandIn) -> Bot:
    corpus = tmp_path / "c"
    corpus.mkdir()
    for name, content in ARTICLES.items():
        (corpus / name).write_text(content, encoding="utf-8")
    build(corpus, tmp_path / "v", encoder=encoder)
    return Bot(Index.open(tmp_path / "v", encoder=encoder), min_confidence=0)


def check(bot: Bot, answer: Answer) -> None:
    """What is promised of every answer."""
    assert [c.label for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        article = bot.index.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert (citation.title, citation.source, citation.date) == (
            article.title,
            article.source,
            article.date,
        )
        assert f"[{citation.label}]" in answer.text
        assert 0 <= citation.score <= 1
    assert (answer.status == "answered") == bool(answer.citations)
    assert 0 <= answer.confidence <= 1
    assert answer.seconds["total"] >= answer.seconds["search"] + answer.seconds["evidence"] - 1e-6


def test_an_answer_is_quotes_with_citations(bot: Bot) -> None:
    answer = bot.ask("Wie tief ist der Bodensee?")
    check(bot, answer)
    assert answer.status == "answered"
    assert answer.citations[0].quote == "Der Bodensee ist an der tiefsten Stelle 251 Meter tief."
    assert answer.text.startswith("Der Bodensee ist an der tiefsten Stelle 251 Meter tief. [1]")
    assert answer.hits[0].passage.article_id == "bodensee.txt"


def test_what_two_articles_say_is_one_quote_with_two_citations(bot: Bot) -> None:
    answer = bot.ask("Wie viele Soldaten sind an der Grenze desertiert?")
    check(bot, answer)
    assert "desertiert. [1][2]" in answer.text
    assert {c.article_id for c in answer.citations[:2]} == {"deserteure.md", "auch.txt"}
    assert answer.citations[0].quote == answer.citations[1].quote
    assert answer.text.count("Achtzehn") == 1


@pytest.mark.parametrize(
    ("question", "language"), [("Wer komponierte die Zauberflöte?", "de"), ("Who composed it?", "en")]
)
def test_a_refusal_is_in_the_questions_language_and_shows_what_is_near(
    bot: Bot, question: str, language: str
) -> None:
    bot.min_confidence = 1
    answer = bot.ask(question)
    check(bot, answer)
    assert (answer.status, answer.text, answer.citations) == ("no_answer", NO_ANSWER[language], ())
    assert answer.hits


def test_the_threshold_decides_and_not_the_confidence(bot: Bot) -> None:
    question = "Wie tief ist der Bodensee?"
    sure = bot.ask(question).confidence
    bot.min_confidence = sure + 1e-6
    refused = bot.ask(question)
    assert (refused.status, refused.confidence) == ("no_answer", sure)


def test_a_filter_holds_for_quotes_too(bot: Bot) -> None:
    answer = bot.ask("Wie viele Soldaten sind desertiert?", where=Filter(article_id="bodensee.txt"))
    check(bot, answer)
    assert {c.article_id for c in answer.citations} | {h.passage.article_id for h in answer.hits} == {
        "bodensee.txt"
    }


def test_an_unknown_article_is_an_error(bot: Bot) -> None:
    with pytest.raises(CorpusError, match=r"nowhere\.txt"):
        bot.ask("Wie tief?", where=Filter(article_id="nowhere.txt"))


@pytest.mark.parametrize("question", ["", "   ", "?", "…"])
def test_no_question_is_no_answer(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    check(bot, answer)
    assert answer.status == "no_answer"


def test_a_filter_that_allows_nothing_is_no_answer(bot: Bot) -> None:
    answer = bot.ask("Wie tief ist der Bodensee?", where=Filter(source="Niemand"))
    assert (answer.status, answer.confidence, answer.hits) == ("no_answer", 0, ())
