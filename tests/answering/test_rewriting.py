from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.leaning import leans
from qa.answering.question import kind_of
from qa.answering.rewriting import LOOKED_BACK, MAX_EARLIER, MOST_WORDS, completed
from qa.text import tokens
from qa.types import Turn

CONVERSATIONS = Path(__file__).resolve().parents[1].joinpath("data") / "conversations.json"
JUDGED: dict[str, list[dict[str, Any]]] = json.loads(CONVERSATIONS.read_text("utf-8"))


def seconds(*parts: str) -> list[str]:
    return [row["second"] for part in parts for row in JUDGED[part]]


def talk(*questions: str) -> list[Turn]:
    """A conversation of questions, each answered with a quote."""
    return [
        turn for q in questions for turn in (Turn("user", q), Turn("assistant", "Ein Satz aus Moskau. [1]"))
    ]


def test_there_are_enough_conversations() -> None:
    for language, answered in (("de", 30), ("en", 10)):
        assert sum(row["language"] == language for row in JUDGED["answered"]) >= answered
    assert len(JUDGED["standing"]) >= 40
    assert len(JUDGED["unanswered"]) >= 40


@pytest.mark.parametrize("question", seconds("standing"))
def test_a_question_that_stands_on_its_own_is_left_alone(question: str) -> None:
    assert not leans(question)
    assert completed(question, talk("Wie tief ist der Bodensee?")) == question


def test_a_completed_question_begins_with_itself_and_adds_what_it_was_about() -> None:
    history = talk("Wie viele Soldaten aus Nordkorea sind desertiert?")
    assert completed("Wer hat das gemeldet?", history) == (
        "Wer hat das gemeldet? Soldaten Nordkorea desertiert"
    )


def test_no_word_is_said_twice() -> None:
    history = talk("Wie viele Soldaten verlor die Armee?", "Und wie viele Armeen haben Soldaten?")
    assert completed("Wo stehen diese Soldaten?", history) == "Wo stehen diese Soldaten? verlor Armee"


def test_the_kind_is_that_of_the_follow_up() -> None:
    history = talk("Wann und wo wurden wie viele Soldaten getötet?")
    for question, kind in (("Wer sagte das?", "person"), ("Wie viele davon?", "number"), ("Wo?", "place")):
        assert kind_of(completed(question, history)) == kind


def test_a_chain_reaches_back_to_what_stood_and_no_farther() -> None:
    history = talk("Wie tief ist der Bodensee?", "Wie reagierte die Nato auf Putin?", "Und der Kreml?")
    assert completed("Wer sagte das?", history) == "Wer sagte das? reagierte Nato Putin Kreml"


def test_a_conversation_without_anything_to_lean_on_adds_nothing() -> None:
    assert completed("Wer sagte das?", ()) == "Wer sagte das?"
    assert completed("Wer sagte das?", [Turn("assistant", "Moskau schwieg. [1]")]) == "Wer sagte das?"
    assert completed("Wer sagte das?", talk("Warum?", "Und wo?")) == "Wer sagte das?"


def test_a_long_conversation_adds_a_few_words() -> None:
    long = "Wie heißt " + " ".join(f"Ort{chr(97 + n)}{chr(97 + n)}" for n in range(20)) + "?"
    assert len(completed("Und wo?", talk(long)).split()) == 2 + MOST_WORDS
    endless = talk("Wie tief ist der Bodensee?", *["Und warum?"] * LOOKED_BACK)
    assert completed("Und wo?", endless) == "Und wo?"


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_kept_and_completed_by_words_of_the_conversation(
    question: str, before: list[str]
) -> None:
    whole = completed(question, talk(*before))
    assert whole.startswith(question)
    known = {word.text for earlier in before for word in tokens.words(earlier)}
    assert {word.text for word in tokens.words(whole[len(question) :])} <= known
    assert leans(question) or whole == question


def test_of_earlier_questions_only_the_beginning_is_looked_at() -> None:
    padding = " " * MAX_EARLIER
    assert completed("Wer sagte das?", talk(f"Wie tief ist der Bodensee?{padding}Nato")).endswith("Bodensee")
