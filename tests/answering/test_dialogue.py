"""What was typed, answered from a small corpus by way of the bot."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.types import Answer, Filter, Turn
from tests.support.bots import bot_over
from tests.support.standin import StandIn

ARTICLES = {
    "turm.md": "---\ntitle: Turm wird rot\nsource: Nordbote\ndate: 2024-05-03\n---\nVon Lene Ackermann\n\n"
    "Der Leuchtturm von Selmstedt bekommt rote Farbe. Das teilte die Reederei Thoden mit. Er ist 41 Meter hoch.\n",
    "see.txt": "Der Blausee ist an der tiefsten Stelle 251 Meter tief. Viele Fische leben dort.\n",
    "hafen.md": "---\ntitle: Hafen\nsource: Südkurier\n---\nIm Hafen von Grünwalde liegen neun Kutter. Die Farbe blättert ab.\n",
}
AUTHOR = "Wer hat den Artikel über den Leuchtturm geschrieben?"


@pytest.fixture
def bot(tmp_path: Path, encoder: StandIn) -> Bot:
    return bot_over(ARTICLES, tmp_path, encoder)


def check(bot: Bot, answer: Answer) -> list[str]:
    """Properties of every answer; its quotes."""
    assert [c.label for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        article = bot.index.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert f"[{citation.label}]" in answer.text
    assert (answer.status == "answered") == bool(answer.citations)
    assert set(answer.seconds) == {"search", "evidence", "total"}
    return [citation.quote for citation in answer.citations]


def talk(bot: Bot, question: str) -> list[Turn]:
    return [Turn("user", question), Turn("assistant", bot.ask(question).text)]


def test_a_request_is_answered_as_its_question_and_says_so(bot: Bot) -> None:
    question = "Wie tief ist der Blausee?"
    polite = bot.ask(f"Hallo! Kurze Frage: {question} Danke.")
    plain = bot.ask(question)
    assert check(bot, polite) == check(bot, plain)
    assert (polite.confidence, polite.searched, plain.searched) == (plain.confidence, question, "")
    assert (polite.understood, polite.refers_to) == (question, "")
    assert polite.question.startswith("Hallo!")


def test_transcribed_names_are_searched_as_the_articles_spell_them(bot: Bot) -> None:
    answer = bot.ask("Wie viele Kutter liegen in Gruenwalde?")
    assert answer.searched == "Wie viele Kutter liegen in Grünwalde?"
    assert check(bot, answer)[0].startswith("Im Hafen von Grünwalde")


def test_two_questions_get_both_answers_the_first_ones_first(bot: Bot) -> None:
    answer = bot.ask("Wie tief ist der Blausee und wie viele Kutter liegen in Grünwalde?")
    quotes = check(bot, answer)
    assert quotes[0].startswith("Der Blausee ist")
    assert any("neun Kutter" in quote for quote in quotes[1:])
    assert len(quotes) == len(set(quotes))
    assert answer.searched.startswith("Wie tief ist der Blausee? Wie viele Kutter")
    assert answer.understood == "Wie tief ist der Blausee? Wie viele Kutter liegen in Grünwalde?"
    assert answer.confidence == bot.ask("Wie tief ist der Blausee?").confidence
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))


def test_two_questions_are_refused_only_together(bot: Bot) -> None:
    both = "Wie tief ist der Blausee und wie viele Kutter liegen in Grünwalde?"
    bot.min_confidence = 1
    assert check(bot, bot.ask(both)) == []


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (AUTHOR, "Von Lene Ackermann"),
        ("Können Sie mir sagen, wer den Artikel über den Leuchtturm geschrieben hat?", "Von Lene Ackermann"),
        (
            "In welcher Zeitung stand der Artikel über den Leuchtturm?",
            "Der Leuchtturm von Selmstedt bekommt rote Farbe.",
        ),
    ],
)
def test_a_question_about_an_article(bot: Bot, question: str, quote: str) -> None:
    answer = bot.ask(question)
    assert check(bot, answer) == [quote]
    assert (answer.citations[0].source, answer.citations[0].date) == ("Nordbote", "2024-05-03")


def test_an_article_without_a_byline_has_no_author(bot: Bot) -> None:
    assert check(bot, bot.ask("Wer hat den Artikel über die Kutter in Grünwalde geschrieben?")) == []


def test_no_article_about_it_is_no_answer(bot: Bot) -> None:
    assert check(bot, bot.ask("Wer hat den Artikel über Atomkraftwerke geschrieben?")) == []


def test_the_chosen_article_or_the_one_just_cited_is_meant(bot: Bot) -> None:
    within = Filter(article_id="turm.md")
    assert check(bot, bot.ask("Wer hat den Artikel geschrieben?", where=within)) == ["Von Lene Ackermann"]
    history = talk(bot, "Wie hoch ist der Leuchtturm von Selmstedt?")
    assert check(bot, bot.ask("Wer hat den Artikel geschrieben?", history=history)) == ["Von Lene Ackermann"]


def test_the_threshold_holds_for_articles_too(bot: Bot) -> None:
    bot.min_confidence = 1.01
    assert check(bot, bot.ask(AUTHOR)) == []


def test_who_says_it_is_told_by_the_sentence_behind_the_quote(bot: Bot) -> None:
    statement = "Der Leuchtturm von Selmstedt bekommt rote Farbe."
    history = [Turn("user", "Welche Farbe bekommt der Leuchtturm?"), Turn("assistant", f"{statement} [1]")]
    answer = bot.ask("Wer sagt das?", history=history)
    assert check(bot, answer) == [f"{statement} Das teilte die Reederei Thoden mit."]


def test_a_follow_up_is_answered_from_the_cited_article(bot: Bot) -> None:
    history = [
        Turn("user", "Wie viele Kutter liegen im Hafen?"),
        Turn("assistant", "Im Hafen von Grünwalde liegen neun Kutter. [1]"),
    ]
    answer = bot.ask("Und welche Farbe haben sie davon?", history=history)
    check(bot, answer)
    assert {citation.article_id for citation in answer.citations} == {"hafen.md"}


def test_a_filter_holds_for_what_was_cited(bot: Bot) -> None:
    history = [
        Turn("user", "Welche Farbe?"),
        Turn("assistant", "Der Leuchtturm von Selmstedt bekommt rote Farbe. [1]"),
    ]
    answer = bot.ask("Wer sagt das?", history=history, where=Filter(source="Südkurier"))
    check(bot, answer)
    assert {citation.article_id for citation in answer.citations} <= {"hafen.md"}


def test_who_says_it_is_found_for_an_answer_in_other_words(bot: Bot) -> None:
    question = "Bekommt der Leuchtturm von Selmstedt rote Farbe?"
    for said, speaker in (("Ja, er wird rot. [1]", True), ("Dazu steht nichts in den Artikeln.", False)):
        answer = bot.ask("Wer sagt das?", history=[Turn("user", question), Turn("assistant", said)])
        check(bot, answer)
        assert (answer.confidence >= 0.5 and "Thoden" in answer.citations[0].quote) == speaker


def test_what_happened_in_a_month_is_the_lead_of_its_article(bot: Bot) -> None:
    (quote,) = check(bot, bot.ask("Was geschah im Mai 2024 am Leuchtturm?"))
    assert quote.startswith("Der Leuchtturm von Selmstedt bekommt rote Farbe.")
    assert check(bot, bot.ask("Was geschah am 3. Mai 2024?")) == [quote]


def test_a_question_with_a_month_is_read_in_the_articles_of_that_month(bot: Bot) -> None:
    answer = bot.ask("Wie hoch war der Leuchtturm im Mai 2024?")
    assert {citation.article_id for citation in answer.citations} == {"turm.md"}
    assert answer.question == "Wie hoch war der Leuchtturm im Mai 2024?"


def test_a_month_without_articles_narrows_nothing(bot: Bot) -> None:
    answer = bot.ask("Wie tief war der Blausee im Mai 2019?")
    assert any(quote.startswith("Der Blausee") for quote in check(bot, answer))


def test_a_filter_of_other_days_is_kept(bot: Bot) -> None:
    where = Filter(since="2024-06-01")
    assert check(bot, bot.ask("Was geschah im Mai 2024 am Leuchtturm?", where=where)) == []


def test_a_period_narrows_the_articles_and_tells_what_happened_in_it(bot: Bot) -> None:
    happened = bot.ask("Was geschah zwischen April und Juni 2024?")
    assert check(bot, happened)[0].startswith("Der Leuchtturm von Selmstedt bekommt rote Farbe.")
    assert happened.question == "Was geschah zwischen April und Juni 2024?"
    told = bot.ask("Welche Farbe bekommt der Turm seit dem 1. Mai 2024?")
    check(bot, told)
    assert {citation.article_id for citation in told.citations} == {"turm.md"}
    assert told.missing == ()


def test_a_question_for_figures_is_asked_as_how_many_where_it_finds_none(bot: Bot) -> None:
    plain = bot.ask("Wie viele Kuttern gibt es?")
    question = "Welche unterschiedlichen Zahlen gibt es zu Kuttern?"
    found = bot.ask(question)
    assert found.question == question
    assert check(bot, found) == check(bot, plain) == ["Im Hafen von Grünwalde liegen neun Kutter."]


TRAM = {
    f"{day}.md": f"---\ntitle: Bahn\ndate: {day}\n---\n{text}\n"
    for day, text in {
        "2023-04-08": "Die Bahn in Selmstedt steht still. Ein Kabel ist gerissen.",
        "2023-06-21": "Die Bahn in Selmstedt fährt wieder. Das Kabel ist neu.",
        "2024-02-02": "Eine Fahrt mit der Bahn in Selmstedt kostet vier Euro. Der Preis gilt ab Mai.",
        "2022-02-02": "Eine Fahrt mit der Bahn in Selmstedt kostet drei Euro. Der Preis gilt ab Mai.",
    }.items()
}


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Was geschah im April mit der Bahn in Selmstedt?", "2023-04-08"),
        ("Was geschah Ende Juni 2023 mit der Bahn in Selmstedt?", "2023-06-21"),
        ("Was geschah am 7. April 2023 mit der Bahn in Selmstedt?", "2023-04-08"),
        ("Was wurde im 06/2023 über die Bahn in Selmstedt berichtet?", "2023-06-21"),
        ("Was tat sich im Frühjahr 2023 bei der Bahn in Selmstedt?", "2023-04-08"),
    ],
)
def test_what_happened_is_told_by_the_article_of_that_time(
    question: str, day: str, tmp_path: Path, encoder: StandIn
) -> None:
    bot = bot_over(TRAM, tmp_path, encoder)
    answer = bot.ask(question)
    assert check(bot, answer)
    assert answer.citations[0].date == day


def test_for_the_latest_a_newer_article_that_answers_comes_first(
    tmp_path: Path, encoder: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.answering.by_date.SURE", 0.0)
    bot = bot_over(TRAM, tmp_path, encoder)
    answer = bot.ask(
        "Was kostet eine Fahrt mit der Bahn in Selmstedt derzeit?", where=Filter(until="2024-12-31")
    )
    assert check(bot, answer)
    assert answer.citations[0].date == "2024-02-02"
    assert (
        bot.ask("Was kostet eine Fahrt mit der Bahn derzeit?", where=Filter(until="2022-12-31"))
        .citations[0]
        .date
        == "2022-02-02"
    )
