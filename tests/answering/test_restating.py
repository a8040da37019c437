"""Sentences that only repeat a question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qa.answering.question import take_apart
from qa.answering.restating import restates
from qa.index.base import QueryStates

NONE = QueryStates(np.zeros(2, np.float32), np.zeros((0, 2), np.float32), np.zeros((0, 2), np.int64))


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Warum schließt die Mühle?", "Die Mühle schließt im Mai.", True),
        ("Warum schließt die Mühle?", "Die Mühle schließt im Mai, weil Kunden fehlen.", False),
        ("Warum schließt die Mühle?", "Im Mai feiert der Ort ein Fest.", False),
        ("Wie viele Bäume stehen im Park?", "Im Park stehen alte Bäume.", True),
        ("Wie viele Bäume stehen im Park?", "Im Park stehen 40 alte Bäume.", False),
        ("Wann öffnet das Museum?", "Das Museum öffnet wieder.", True),
        ("Wann öffnet das Museum?", "Das Museum öffnet am Montag wieder.", False),
        ("Wer leitet das Museum?", "Das Museum hat eine Leitung.", False),
        ("Wer leitet das Museum?", "Wer das Museum leitet, steht nun fest.", True),
        ("Wer leitet das Museum?", "Das Museum leitet Brandt.", False),
        ("Why does the mill close?", "Die Mühle schließt im Mai.", False),  # other words, no stems to compare
    ],
)
def test_a_sentence_restates_what_it_repeats_without_an_answer(
    question: str, sentence: str, expected: bool
) -> None:
    asked = take_apart(question, NONE, "de", lambda terms: dict.fromkeys(terms, 1.0))
    assert restates(asked, sentence, "de") == expected


def test_an_article_in_any_language_is_read_for_a_question_whose_language_is_unknown() -> None:
    asked = take_apart("Wer leitet Brakenau?", NONE, "de", lambda terms: dict.fromkeys(terms, 1.0))
    assert not restates(replace(asked, language=""), "Marie Duval dirige Brakenau.", "fr")
