"""How the first quote fits the question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.answering import signals
from qa.answering.features import Material
from qa.answering.selection import Quote
from tests.support.materials import material, question

TEXT = "Die Fähre gehört der Stadt. Ihr Name ist Möwe. Der Kapitän wohnt am Fluss."


def quote(of: Material, said: str) -> Quote:
    start = of.hit.passage.text.index(said)
    return Quote(of, start, start + len(said), 0.9)


@pytest.mark.parametrize(
    ("asked", "said", "part"),
    [
        ("Wem gehört die Fähre?", "Die Fähre gehört der Stadt.", 0),  # both words are in the quote
        ("Wem gehört die Fähre?", "Ihr Name ist Möwe.", 0),  # in the sentence before it
        ("Wem gehört die Fähre?", "Der Kapitän wohnt am Fluss.", 1),  # two sentences before does not count
        ("Wo wohnt der Bäcker?", "Der Kapitän wohnt am Fluss.", 0.5),
    ],
)
def test_words_that_the_quote_and_the_sentence_before_lack(asked: str, said: str, part: float) -> None:
    assert signals.uncovered(question(asked), quote(material(TEXT), said)) == pytest.approx(part, abs=0.05)


def test_a_question_without_words_lacks_none() -> None:
    empty = replace(question("Wer?"), words=())
    assert signals.uncovered(empty, quote(material(TEXT), "Ihr Name ist Möwe.")) == 0


@pytest.mark.parametrize(
    ("asked", "ceiling"),
    [
        ("Wie viele wohnen in Elmstedt?", signals.ELSEWHERE_CONFIDENCE),
        ("Wie viele wohnen in Auhagen?", 1.0),
        ("Wo wohnt man in Elmstedt?", 1.0),
    ],
)
def test_a_quote_of_another_place_of_its_article_limits_the_confidence(asked: str, ceiling: float) -> None:
    said = "Es wohnen 90 in Auhagen."
    asks, first = question(asked), quote(material(f"Die Fähre fährt nach Elmstedt. {said}"), said)
    values, _ = signals.of_question(asks, first)
    assert values["names"] == 0
    assert signals.ceiling(asks, first, values) == ceiling
    assert signals.ceiling(asks, first, values | {"crosses": 1.0}) == 1.0


@pytest.mark.parametrize(
    ("asked", "said", "ceiling"),
    [
        ("Wann fährt die Fähre?", "Die Fähre fährt am Abend.", 1.0),
        ("Wann fährt die Fähre?", "Die Fähre fährt im Frühsommer.", 1.0),
        ("Wann fährt die Fähre?", "Die Fähre fährt 1931.", 1.0),
        ("Wann fährt die Fähre?", "Die Fähre fährt über den Fluss.", signals.TIMELESS_CONFIDENCE),
        ("When does the ferry leave?", "It leaves before the rain.", 1.0),
        ("When does the ferry leave?", "It leaves with the mail.", signals.TIMELESS_CONFIDENCE),
        ("Gab es Tote auf der Fähre?", "Zwei Menschen wurden verletzt.", signals.UNSAID_CONFIDENCE),
        ("Gab es Tote auf der Fähre?", "Niemand kam ums Leben.", 1.0),
        ("Wie viele Menschen starben auf der Fähre?", "Die Insel verlor 30 Einwohner.", 1.0),
        ("Wer fährt die Fähre?", "Die Fähre fährt über den Fluss.", 1.0),
        ("Wer fährt die Fähre in Elmstedt?", "Die Fähre fährt über den Fluss.", signals.LOST_CONFIDENCE),
    ],
)
def test_no_time_and_no_name_limit_the_confidence(asked: str, said: str, ceiling: float) -> None:
    asks, first = question(asked), quote(material(said), said)
    values, _ = signals.of_question(asks, first)
    assert signals.ceiling(asks, first, values) == ceiling


def test_a_name_may_be_spelt_otherwise_in_another_language() -> None:
    said = "Die Fähre fährt über den Fluss."
    first = quote(material(said), said)
    across = {"names": 1.0, "crosses": 1.0}
    assert signals.ceiling(question("Wer fährt sie in Elmstedt?"), first, across) == 1.0
