from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.answering import scoring
from qa.answering.bot import ASKED_SHARE, NO_ANSWER, Bot
from qa.errors import CorpusError
from qa.index.build import build
from qa.index.search import Index
from qa.types import Answer, Article, Filter, Hit, Passage, Turn
from tests.support.bots import bot_over
from tests.support.materials import material
from tests.support.standin import StandIn

ARTICLES = {
    "deserteure.md": "---\ntitle: Deserteure\nsource: Blatt\ndate: 2024-10-16\nurl: https://example.org/a\n---\n"
    "Achtzehn Soldaten sind an der Grenze desertiert. Der Himmel war grau.\n",
    "bodensee.txt": "Der Bodensee ist an der tiefsten Stelle 251 Meter tief. Viele Fische leben dort.\n",
    "auch.txt": "Ein anderer Bericht.\n\nAchtzehn Soldaten sind an der Grenze desertiert. So heißt es.\n",
}


@pytest.fixture
def bot(tmp_path: Path, encoder: StandIn) -> Bot:
    return bot_over(ARTICLES, tmp_path, encoder)


def check(bot: Bot, answer: Answer) -> None:
    """Properties of every answer."""
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


def talk(bot: Bot, question: str) -> list[Turn]:
    return [Turn("user", question), Turn("assistant", bot.ask(question).text)]


def test_a_follow_up_is_completed_and_says_so(bot: Bot) -> None:
    answer = bot.ask("Und wie viele davon?", history=talk(bot, "Wer ist an der Grenze desertiert?"))
    check(bot, answer)
    assert answer.searched == "Und wie viele davon? Grenze desertiert"
    assert (answer.understood, answer.refers_to) == ("", "Wer ist an der Grenze desertiert?")
    assert answer.question == "Und wie viele davon?"
    assert answer.citations[0].quote == "Achtzehn Soldaten sind an der Grenze desertiert."


def test_a_question_that_stands_on_its_own_is_answered_as_without_a_conversation(bot: Bot) -> None:
    question = "Wie tief ist der Bodensee?"
    alone = bot.ask(question)
    after = bot.ask(question, history=talk(bot, "Wie viele Soldaten sind an der Grenze desertiert?"))
    assert replace(after, seconds={}) == replace(alone, seconds={})
    assert (after.searched, after.understood, after.refers_to) == ("", "", "")


def test_the_words_that_complete_a_follow_up_are_no_evidence_alone(bot: Bot) -> None:
    """Text that matches only the previous question must not count as an answer to this one."""
    history = [
        Turn("user", "Wie tief ist der Bodensee?"),
        Turn("assistant", "Sehr tief."),
    ]  # nothing is cited
    completed = "Wer komponierte dort die Zauberflöte? tief Bodensee"
    answer = bot.ask("Wer komponierte dort die Zauberflöte?", history=history)
    assert answer.searched == completed
    whole = bot._read(completed, completed, Filter(), "corpus").confidence
    _, materials, _ = bot.gather(completed, Filter())
    asked = scoring.judge(bot._parsed(answer.question, materials), materials).judgement.confidence
    assert min(asked, whole) < answer.confidence < max(asked, whole)
    odds = [np.log(p / (1 - p)) for p in (whole, asked, answer.confidence)]
    assert odds[2] == pytest.approx((1 - ASKED_SHARE) * odds[0] + ASKED_SHARE * odds[1])


def test_a_follow_up_can_be_refused(bot: Bot) -> None:
    history = talk(bot, "Wie tief ist der Bodensee?")
    bot.min_confidence = 1
    answer = bot.ask("Und wer komponierte dort?", history=history)
    check(bot, answer)
    assert (answer.status, answer.citations) == ("no_answer", ())
    assert answer.explanation
    assert "komponierte" in answer.explanation.missing


def test_every_answer_is_explained(bot: Bot) -> None:
    answer = bot.ask("Wie tief ist der Bodensee in Konstanz?")
    assert answer.explanation
    assert answer.explanation.covered == ("tief", "Bodensee")
    assert answer.explanation.missing == ("Konstanz",)
    assert sum(part.log_odds for part in answer.explanation.parts) == pytest.approx(
        np.log(answer.confidence / (1 - answer.confidence)), abs=2e-3
    )


# Of tests/data/conversations.json, with the default model on seeds/: share answered correctly, and share of
# unanswerable questions refused. Measured: 0.71 and 0.89 (German), 0.64 and 0.67 (English).
LEAST = {"de": (0.67, 0.8), "en": (0.5, 0.5)}
EVERY = {"de": 2, "en": 1}  # of the conversations of a language, every second German one is held


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    pytest.importorskip("torch")
    vectors = tmp_path_factory.mktemp("v")
    build(Path(__file__).resolve().parents[2] / "seeds", vectors)
    return Bot(Index.open(vectors))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "en"])
def test_follow_ups_on_the_seeds(real: Bot, language: str) -> None:
    judged = json.loads(
        (Path(__file__).resolve().parents[1].joinpath("data") / "conversations.json").read_text("utf-8")
    )
    right, refused = (
        [
            _held(real.ask(row["second"], history=[Turn("user", row["first"])]), row["any"])
            for row in [row for row in judged[part] if row["language"] == language][:: EVERY[language]]
        ]
        for part in ("answered", "unanswered")
    )
    assert (len(right), len(refused)) >= (10, 10)
    assert sum(right) / len(right) >= LEAST[language][0]
    assert sum(refused) / len(refused) >= LEAST[language][1]


def _held(answer: Answer, wanted: list[str]) -> bool:
    """Whether a quote contains the expected text, or there is none if none was expected."""
    said = " ".join(citation.quote for citation in answer.citations).casefold()
    return any(word.casefold() in said for word in wanted) if wanted else not answer.citations


def test_only_so_much_of_a_long_article_stands_before_a_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.answering import bot as module

    monkeypatch.setattr(module, "BEFORE", 4)
    article = Article("a.txt", "", "Anfang. Mitte. Ende.")
    hit = Hit(Passage("a.txt", 1, 15, 20, "Ende."), 1, 1.0)
    assert module._material(hit, article, material("Ende.").states).before == "te. "
