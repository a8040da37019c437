"""What a question names, and what of it a text lacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qa.answering import naming
from qa.answering.features import Material
from qa.answering.question import Question, take_apart
from qa.index.base import PassageStates, QueryStates
from qa.types import Hit, Passage, Span


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wie viele Besucher kamen 2019 in Elmstedt?", [("year", "2019"), ("place", "Elmstedt")]),
        ("Was sagte Ute Brand im März?", [("name", "Ute Brand"), ("month", "März")]),
        ("Wer leitet das THW?", [("name", "THW")]),
        ("Wie viele Reiher brüten am Grellsee?", [("place", "Grellsee")]),
        ("Was geschah am Bahnhof?", []),
        ("Warum sind die 300 Bäume krank?", [("quantity", "300")]),
        ("Wie hoch ist der Turm?", []),
        ("Warum schließt die Schule?", []),
        ("Welche Haltung hat der Rat in Haft?", []),
    ],
)
def test_names_years_months_and_quantities(question: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.text) for one in naming.named(question, "de")] == expected


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("Wie viele Kinder lernen in Elmstedt?", "Im Herbst lernten in Auhagen 291 Kinder.", True),
        ("Wie viele Kinder lernen in Elmstedt?", "Im Herbst lernten in Elmstedt 291 Kinder.", False),
        ("Wie viele Kinder lernen in Elmstedt?", "Von den Elmstedts ziehen 9 in Auhagen ein.", False),
        ("Wie viele Kinder lernen in Elmstedt?", "Im Herbst lernten dort 291 Kinder.", False),
        ("Wie viele Kinder lernen in Elmstedt?", "Aus Auhagen kamen 291 Kinder in die Schule.", False),
        ("Wie viele Kinder fuhren nach Elmstedt?", "Erst fuhren sie nach Auhagen.", False),
        ("Wie viele Kinder lernen bei Elmstedt?", "Bei Auhagen lernen 291 Kinder.", True),
        ("Wie viele Kinder lernen in Elmstedt?", "In der Schule sind es 291.", False),
        ("Wie viele Kinder gibt es?", "In Auhagen sind es 291.", False),
    ],
)
def test_a_quote_of_another_place(question: str, quote: str, expected: bool) -> None:
    assert naming.elsewhere(question, quote, "de") is expected


def test_a_quote_of_another_place_in_english() -> None:
    assert naming.elsewhere("How many live in Elmstedt?", "About 300 people live in Auhagen.", "en")
    assert not naming.elsewhere("How many live in Elmstedt?", "About 300 people live there.", "en")


def test_any_capital_inside_an_english_question_is_a_name() -> None:
    found = naming.named("How many people live in Bad Elmstedt? What does the Mayor say?", "en")
    assert [one.text for one in found] == ["Bad Elmstedt", "Mayor"]


@pytest.mark.parametrize(
    ("question", "text", "date", "expected"),
    [
        ("Wie viele kamen 2019?", "Im Jahr 2018 kamen 40.", "", ["2019"]),
        ("Wie viele kamen 2019?", "Am Montag kamen 40.", "2019-05-02", []),
        ("Was geschah im Mai?", "Im Mai schloss das Bad.", "2020-01-01", []),
        ("Was geschah im Mai?", "Am Montag schloss das Bad.", "2020-05-01", []),
        ("Was geschah im Mai?", "Am Montag schloss das Bad.", "2020-06-01", ["Mai"]),
        ("Was geschah im Jänner?", "Im Januar schloss das Bad.", "", []),
        ("Warum sind 300 Bäume krank?", "Dort stehen 30 Bäume.", "", ["300"]),
        ("Warum sind 4.000 Bäume krank?", "Dort stehen rund 4.000 Bäume.", "", []),
    ],
)
def test_what_neither_text_nor_date_holds(question: str, text: str, date: str, expected: list[str]) -> None:
    found = naming.lacking(naming.named(question, "de"), text, date)
    assert [one.text for one in found] == expected


def asked(question: str, near: float) -> tuple[Question, QueryStates]:
    """A question whose only token row lies at a cosine of `near` from every passage's."""
    start = question.index("Elmstedt")
    rows = np.array([[near, (1 - near**2) ** 0.5]], np.float32)
    states = QueryStates(np.zeros(2, np.float32), rows, np.array([[start, start + 8]]))
    return take_apart(question, states, "de", lambda terms: dict.fromkeys(terms, 1.0)), states


def article(text: str, title: str = "") -> Material:
    states = PassageStates(
        np.array([[1.0, 0.0]], np.float32),
        np.array([[0, 3]]),
        (Span(0, len(text)),),
        np.zeros((1, 2), np.float32),
    )
    return Material(Hit(Passage("a.txt", 0, 0, len(text), text), 1, 1.0), title, "de", states)


@pytest.mark.parametrize(
    ("text", "title", "near", "expected"),
    [
        ("Das Bad in Elmstedt kostet 3 Euro.", "", 0.0, 0.0),
        ("Das Bad kostet 3 Euro.", "Elmstedter Bad", 0.0, 0.0),
        ("Das Elmstedtbad kostet 3 Euro.", "", 0.0, 0.0),
        ("Das Bad in Hohn kostet 3 Euro.", "", 0.1, 1.0),
        ("Das Bad in Hohn kostet 3 Euro.", "", 0.95, 0.0),  # another spelling, say
    ],
)
def test_a_name_is_lost_where_the_article_neither_writes_nor_means_it(
    text: str, title: str, near: float, expected: float
) -> None:
    question, _ = asked("Was kostet das Bad in Elmstedt?", near)
    (name,) = naming.named(question.text, "de")
    assert naming.lost([name], question, article(text, title), len(text)) == {name: expected}


def test_a_person_may_stand_behind_the_quote() -> None:
    question, _ = asked("Was sagte Ute Elmstedt?", 0.0)
    (name,) = naming.named(question.text, "de")
    assert name.kind == "name"
    text = "Das Bad ist zu. Das sagte Ute Elmstedt."
    assert naming.lost([name], question, article(text), 15) == {name: 0.0}
    assert naming.lost([name], question, article("Das Bad ist zu."), 15) == {name: 1.0}


def test_a_place_behind_the_quote_does_not_count() -> None:
    question, _ = asked("Was kostet das Bad in Elmstedt?", 0.0)
    (name,) = naming.named(question.text, "de")
    text = "Das Bad kostet 3 Euro. Ein anderes gibt es in Elmstedt."
    assert naming.lost([name], question, article(text), 22) == {name: 1.0}
    assert naming.lost([name], question, article(text), len(text)) == {name: 0.0}
    assert naming.lost([name], question, replace(article(text), before="Elmstedt. "), 22) == {name: 0.0}
