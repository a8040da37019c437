"""Quotes with the figure that is asked for come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from qa.answering.figure_quotes import led_by_figures
from qa.answering.quoting import Quoted, quoted
from qa.types import Answer, Article, Block, Figure, Span
from tests.support.fakes import FakeIndex

LOST = "Bei dem Unglück gab es rund 90 Tote und Verletzte."
DEAD = "Sie zählte 41 Tote."
BESIDE = "Verletzt wurden 12 Matrosen."
PLAIN = "Der Hafen blieb am Abend geschlossen."
TEXT = " ".join(("Die Reederei gab am Montag eine Zahl bekannt.", DEAD, BESIDE, LOST, PLAIN))
ARTICLE = Article("a.txt", "Sturm", TEXT, source="Nordbote", language="de")
INDEX: Any = FakeIndex("g1", [ARTICLE])


def answer(quotes: Sequence[str], figures: Sequence[tuple[str, str, Block]], event: str = "Tote") -> Answer:
    """An answer of these quotes with these figures: sentence, wording and block."""
    spans = [Span(TEXT.index(one), TEXT.index(one) + len(one)) for one in quotes]
    told = quoted("Wie viele?", [Quoted(ARTICLE, span) for span in spans], 0.8, (), {})
    rows = tuple(
        Figure(
            sentence, "a.txt", "Sturm", "Nordbote", "", TEXT.index(sentence),
            TEXT.index(sentence) + len(sentence), 1.0, None, None, wording,
            "", "", event, "", "stated", "", "", block,
        )
        for sentence, wording, block in figures
    )  # fmt: skip
    return Answer(told.question, told.status, told.text, told.confidence, told.citations, figures=rows)


def spans(of: Answer) -> list[str]:
    return [TEXT[c.answer_start : c.answer_end] if c.answer_span else "" for c in of.citations]


def test_the_quote_with_the_figure_comes_first_and_the_figure_is_its_answer() -> None:
    of = led_by_figures(
        answer([PLAIN, BESIDE, DEAD], [(DEAD, "41", "answer"), (BESIDE, "12", "beside")]), INDEX
    )
    assert [c.quote for c in of.citations] == [DEAD, PLAIN]
    assert of.text == f"{DEAD} [1]\n\n{PLAIN} [2]"
    assert spans(of) == ["41", ""]


def test_where_no_quote_holds_it_the_sentence_is_quoted_with_the_one_it_refers_to() -> None:
    of = led_by_figures(answer([LOST, PLAIN], [(DEAD, "41", "answer"), (LOST, "rund 90", "beside")]), INDEX)
    assert [c.quote for c in of.citations] == [f"Die Reederei gab am Montag eine Zahl bekannt. {DEAD}", PLAIN]
    assert [c.label for c in of.citations] == [1, 2]
    assert spans(of)[0] == "41"
    for one in of.citations:
        assert TEXT[one.start : one.end] == one.quote


@pytest.mark.parametrize("figures", [[], [(LOST, "rund 90", "beside")]])
def test_without_a_figure_that_answers_the_quotes_stay(figures: list[tuple[str, str, Block]]) -> None:
    before = answer([LOST, PLAIN], figures)
    assert led_by_figures(before, INDEX) == before


def test_another_sentence_of_the_article_with_the_same_figure_stays_first() -> None:
    again = "Am Ende waren es 41 Tote."
    article = Article("a.txt", "Sturm", f"{TEXT} {again}", source="Nordbote", language="de")
    before = answer([DEAD, PLAIN], [(DEAD, "41", "answer")])
    place = Span(len(TEXT) + 1, len(TEXT) + 1 + len(again))
    told = quoted("Wie viele?", [Quoted(article, place)], 0.8, (), {})
    of = led_by_figures(replace(told, figures=before.figures), INDEX)
    assert [c.quote for c in of.citations] == [again]
    assert of.citations[0].answer_span == Span(place.start + 17, place.start + 19)


def test_of_other_quantities_than_events_the_reader_is_the_judge() -> None:
    before = answer([PLAIN, DEAD], [(DEAD, "41", "answer")], event="")
    assert led_by_figures(before, INDEX) == before


def test_there_are_not_more_quotes_than_before() -> None:
    of = led_by_figures(answer([PLAIN, BESIDE, LOST], [(DEAD, "41", "answer")]), INDEX)
    assert len(of.citations) == 3
    assert of.citations[0].quote.endswith(DEAD)
