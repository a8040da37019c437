from __future__ import annotations

import pytest

from qa.answering.quantities import asked, counting, unit_fits


@pytest.mark.parametrize(
    ("question", "head", "phrase"),
    [
        ("Wie viele dänische Matrosen starben?", "Matrosen", "dänische Matrosen"),
        ("Wie viele Matrosen aus Dänemark starben?", "Matrosen", "Matrosen aus Dänemark"),
        (
            "Welche unterschiedlichen Zahlen gibt es zu den dänischen Schiffen?",
            "Schiffen",
            "dänischen Schiffen",
        ),
        ("Wie hoch ist die Zahl der Toten?", "Toten", "Toten"),
        ("Welche Angaben gibt es zur Zahl der dänischen Matrosen?", "Matrosen", "dänischen Matrosen"),
        ("Wie hoch war der Schaden?", "Schaden", "Schaden"),
        ("Wo gab es mehr Unfälle, in Selmstedt oder in Kaltenbach?", "Unfälle", "Unfälle"),
        ("How many Danish sailors were killed?", "sailors", "Danish sailors"),
        ("What figures are there for Danish sailors?", "sailors", "Danish sailors"),
    ],
)
def test_what_is_to_be_counted(question: str, head: str, phrase: str) -> None:
    wanted = asked(question, question)
    assert wanted is not None
    assert (wanted.head, wanted.phrase) == (head, phrase)


@pytest.mark.parametrize("question", ["Wer hat das gesagt?", "Wo liegt Selmstedt?", "Was ist ein Kutter?"])
def test_other_questions_ask_for_no_quantity(question: str) -> None:
    assert asked(question, question) is None


def test_the_rest_of_a_question_says_which_event_is_meant() -> None:
    question = "Wie viele Matrosen aus Dänemark wurden im Mai 2024 beim Sturm vor Selmstedt getötet?"
    wanted = asked(question, question)
    assert wanted is not None
    assert (wanted.near, wanted.countries, wanted.events) == (("Sturm", "Selmstedt"), {"denmark"}, {"killed"})
    assert (wanted.years, wanted.months, wanted.either) == ({"2024"}, {5}, False)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Welche unterschiedlichen Zahlen gibt es zu toten Matrosen?", "Wie viele toten Matrosen gibt es?"),
        ("What figures are there for Danish sailors?", "How many Danish sailors are there?"),
        ("Wie viele Matrosen starben?", ""),
        ("Welche Angaben stimmen?", ""),
    ],
)
def test_a_question_for_figures_counts(question: str, wanted: str) -> None:
    assert counting(question) == wanted


def test_figures_of_a_period_hold_in_all_its_months() -> None:
    question = "Wie viele Matrosen starben zwischen November 2023 und Februar 2024?"
    wanted = asked(question, question)
    assert wanted is not None
    assert (wanted.months, wanted.years) == ({11, 12, 1, 2}, {"2023", "2024"})


def test_units_must_fit() -> None:
    assert unit_fits("count", "")
    assert not unit_fits("count", "Euro")
    assert unit_fits("money", "US-Dollar")
    assert not unit_fits("share", "Euro")
