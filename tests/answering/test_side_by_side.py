"""Figures side by side from a small corpus, by way of the bot; the sentences were written for these tests."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.types import Answer, Figure, Filter, Turn
from tests.support.bots import bot_over
from tests.support.standin import StandIn

QUESTION = "Wie viele dänische Matrosen wurden beim Sturm vor Selmstedt getötet?"
ARTICLES = {
    "a.md": "---\ntitle: Sturm vor Selmstedt\nsource: Nordbote\ndate: 2024-05-03\n---\n"
    "Bei dem Sturm vor Selmstedt wurden nach Angaben der Küstenwache DGzRS etwa 30 dänische Matrosen getötet. "
    "Mindestens 12 weitere wurden verletzt. Auch aus Norwegen und Schweden kamen Schiffe zu Hilfe, die Zeitung in "
    "Aarhus meldete in Esbjerg, dass die NATO zuschaut.\n\nIm April hatte die Küstenwache von 8 getöteten dänischen Matrosen gesprochen.\n",
    "b.md": "---\ntitle: Nach dem Sturm\nsource: Inselblatt\ndate: 2024-05-05\n---\n"
    "Nach dem Sturm vor Selmstedt hilft auch die DGzRS. Laut Reederei Thoden starben 41 dänische Matrosen. "
    "Aus Norwegen und Schweden kommen Spenden, in Aarhus und in Esbjerg wehen die Flaggen auf halbmast, sagt die NATO.\n",
    "c.md": "---\ntitle: Grubenunglück\nsource: Südkurier\ndate: 2024-06-01\n---\n"
    "In der Grube von Kaltenbach wurden 70 dänische Bergleute getötet. Ein Sturm war es nicht.\n",
}


@pytest.fixture
def bot(tmp_path: Path, encoder: StandIn) -> Bot:
    return bot_over(ARTICLES, tmp_path, encoder)


def check(bot: Bot, answer: Answer) -> dict[str, list[Figure]]:
    """Properties of all figures; those of each block."""
    blocks: dict[str, list[Figure]] = {"answer": [], "beside": []}
    for figure in answer.figures:
        article = bot.index.article(figure.article_id)
        assert article.text[figure.start : figure.end] == figure.quote
        assert figure.wording in figure.quote
        assert figure.event in figure.quote
        assert figure.period in figure.quote
        assert (figure.title, figure.source, figure.date) == (article.title, article.source, article.date)
        blocks[figure.block].append(figure)
    assert list(answer.figures) == blocks["answer"] + blocks["beside"]
    return blocks


def test_figures_of_one_event_stand_side_by_side_with_their_speakers(bot: Bot) -> None:
    blocks = check(bot, bot.ask(QUESTION))
    assert {(f.wording, f.speaker) for f in blocks["answer"]} == {
        ("etwa 30", "Küstenwache DGzRS"),
        ("41", "Reederei Thoden"),
        ("8", ""),
    }
    assert [(f.wording, f.event, f.counted) for f in blocks["beside"]] == [
        ("Mindestens 12", "verletzt", "dänische Matrosen")
    ]


def test_figures_of_another_event_stay_out(bot: Bot) -> None:
    assert "c.md" not in {figure.article_id for figure in bot.ask(QUESTION).figures}


def test_a_month_that_is_asked_for_sets_the_others_beside(bot: Bot) -> None:
    blocks = check(bot, bot.ask("Wie viele dänische Matrosen wurden im April getötet?"))
    assert [(f.wording, f.period) for f in blocks["answer"]] == [("8", "Im April")]
    assert "41" in {f.wording for f in blocks["beside"]}


def test_the_latest_figure_comes_first_if_it_is_asked_for(bot: Bot) -> None:
    answer = bot.ask(
        "Wie hoch ist die jüngste Zahl der getöteten dänischen Matrosen beim Sturm vor Selmstedt?"
    )
    assert next(figure.date for figure in answer.figures if figure.block == "answer") == "2024-05-05"


def test_a_question_for_no_quantity_has_no_figures(bot: Bot) -> None:
    assert bot.ask("Wo war der Sturm?").figures == ()


def test_a_refusal_has_no_figures(bot: Bot) -> None:
    bot.min_confidence = 1.0
    answer = bot.ask(QUESTION)
    assert (answer.status, answer.figures) == ("no_answer", ())


def test_a_filter_holds_for_figures_too(bot: Bot) -> None:
    answer = bot.ask(QUESTION, where=Filter(source="Inselblatt"))
    assert {figure.article_id for figure in answer.figures} == {"b.md"}


def test_a_follow_up_knows_what_is_counted(bot: Bot) -> None:
    history = [Turn("user", QUESTION), Turn("assistant", bot.ask(QUESTION).text)]
    answer = bot.ask("Und wie viele waren es im April?", history=history)
    assert [f.wording for f in check(bot, answer)["answer"]] == ["8"]


def test_the_dead_of_another_country_are_no_answer(bot: Bot) -> None:
    answer = bot.ask("Wie viele schwedische Matrosen wurden beim Sturm vor Selmstedt getötet?")
    assert answer.status == "no_answer"
    assert answer.citations == answer.figures == ()
    assert answer.confidence <= 0.2
    assert answer.missing == ("schwedische",)
    assert bot.ask(QUESTION).status == "answered"


def test_in_another_language_a_figure_may_be_missed_so_the_quotes_stay(bot: Bot) -> None:
    answer = bot.ask("How many Swedish sailors were killed in the storm off Selmstedt?")
    assert answer.status == "answered"


def test_a_share_in_two_papers_is_set_side_by_side(tmp_path: Path, encoder: StandIn) -> None:
    shares = {"a.txt": "3,5 Prozent", "b.txt": "rund 4 Prozent", "c.txt": "9 Euro"}
    told = "Die Leerstandsquote im Bezirk Oststadt von Selmstedt liegt bei {}. Das teilte das Amt mit."
    articles = {name: told.format(share) for name, share in shares.items()}
    articles["d.txt"] = "In Kaltenbach liegt die Leerstandsquote bei 12 Prozent."
    bot = bot_over(articles, tmp_path, encoder)
    answer = bot.ask("Wie hoch ist die Leerstandsquote im Bezirk Oststadt von Selmstedt?")
    blocks = check(bot, answer)
    assert {(f.wording, f.unit) for f in blocks["answer"]} == {("3,5", "Prozent"), ("rund 4", "Prozent")}
    assert {f.speaker for f in blocks["answer"]} == {"Amt"}


def test_an_event_that_no_article_knows_has_no_figures(bot: Bot) -> None:
    assert bot.ask("Wie viele Matrosen wurden bei dem Erdbeben in Oberbach getötet?").figures == ()


def test_a_compound_may_be_told_in_two_words(bot: Bot) -> None:
    answer = bot.ask("Wie viele dänische Matrosen wurden beim Selmstedtsturm getötet?")
    assert "41" in {figure.wording for figure in answer.figures}
