"""Answers in the words of a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qa.answering.phrasing import phrased
from qa.errors import LLMError
from qa.types import Answer, Citation

CITATIONS = tuple(
    Citation(label, "a.txt", "Titel", "Blatt", "", "", 10 * label, 10 * label + 5, "Zitat", 0.9)
    for label in (1, 2)
)
ANSWER = Answer("Wie?", "answered", "Zitat [1]\n\nZitat [2]", 0.9, CITATIONS, seconds={"total": 1.0})


def test_a_text_with_known_labels_takes_the_place_of_the_quotes() -> None:
    given: list[tuple[str, Sequence[Citation]]] = []

    def compose(question: str, citations: Sequence[Citation]) -> str:
        given.append((question, citations))
        return " So ist es. [2]\n"

    answer = phrased(ANSWER, compose)
    assert given == [("Wie?", CITATIONS)]
    assert answer.text == "So ist es. [2]"
    assert replace(answer, text=ANSWER.text, seconds=ANSWER.seconds) == ANSWER
    assert answer.seconds["total"] == 1 + answer.seconds["phrase"]


@pytest.mark.parametrize("text", ["", " \n", "Ohne Beleg.", "So. [1] Und so. [3]", "So. [0]", "So. [12]"])
def test_the_quotes_stay_where_the_text_is_not_held_by_the_citations(text: str) -> None:
    assert phrased(ANSWER, lambda *_: text).text == ANSWER.text


def test_the_quotes_stay_where_the_language_model_fails() -> None:
    def fails(_question: str, _citations: Sequence[Citation]) -> str:
        raise LLMError("The endpoint does not answer; check its address.")

    assert phrased(ANSWER, fails).text == ANSWER.text


def test_a_defect_is_not_hidden() -> None:
    def broken(_question: str, _citations: Sequence[Citation]) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        phrased(ANSWER, broken)


def test_a_refusal_is_not_phrased() -> None:
    refusal = Answer("Wie?", "no_answer", "Dazu steht nichts in den Artikeln.", 0.1)
    assert phrased(refusal, lambda *_: "Doch. [1]") is refusal
