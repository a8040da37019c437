from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering import rewriting
from qa.answering.question import kind_of
from qa.answering.rewriting import LOOKED_BACK, MAX_EARLIER, MOST_WORDS, completed, leans, own_words
from qa.text import tokens
from qa.types import Turn

ROOT = Path(__file__).resolve().parents[2]
CONVERSATIONS = ROOT / "tests" / "data" / "conversations.json"
JUDGED: dict[str, list[dict[str, Any]]] = json.loads(CONVERSATIONS.read_text("utf-8"))


def seconds(*parts: str) -> list[str]:
    return [row["second"] for part in parts for row in JUDGED[part]]


def talk(*questions: str) -> list[Turn]:
    """A conversation of questions, each answered with a quote."""
    return [
        turn for q in questions for turn in (Turn("user", q), Turn("assistant", "Ein Satz aus Moskau. [1]"))
    ]


def share(questions: Sequence[str], *, lean: bool) -> float:
    return sum(leans(question) == lean for question in questions) / len(questions)


def test_there_are_enough_conversations() -> None:
    for language, answered in (("de", 30), ("en", 10)):
        assert sum(row["language"] == language for row in JUDGED["answered"]) >= answered
    assert len(JUDGED["standing"]) >= 40
    assert len(JUDGED["unanswered"]) >= 40


def test_follow_ups_lean() -> None:
    questions = seconds("answered", "unanswered", "leaning")
    assert share(questions, lean=True) >= 0.97  # "Wer hat den Artikel übersetzt?" tells by no word of it


@pytest.mark.parametrize("question", seconds("standing"))
def test_a_question_that_stands_on_its_own_is_left_alone(question: str) -> None:
    assert not leans(question)
    assert completed(question, talk("Wie tief ist der Bodensee?")) == question


def test_first_questions_stand() -> None:
    firsts = list({row["first"] for part in ("answered", "unanswered") for row in JUDGED[part]})
    assert share(firsts, lean=False) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("language", "least"), [("de", 0.965), ("en", 0.955)])
def test_questions_of_others_stand(shared: Path, language: str, least: float) -> None:
    read = json.loads((shared / "data" / "xquad-dev" / f"xquad.{language}.dev.json").read_text("utf-8"))
    asked_ = [qa["question"] for article in read["data"] for p in article["paragraphs"] for qa in p["qas"]]
    assert len(asked_) > 600
    assert share(asked_, lean=False) >= least  # the rest: "dieser Anführer", written beside a paragraph


@pytest.mark.parametrize(
    "pair",
    [  # the first points to something outside, the second holds what it points to
        ("Was sagte er dazu?", "Warum glaubt Selenskyj, dass er Waffen braucht?"),
        ("Wo hat er seine Rede gehalten?", "Wo hat Selenskyj seine Rede gehalten?"),
        ("Wer sprach davon?", "Wer sprach davon, dass Soldaten desertiert sind?"),
        ("Wer hat das gesagt?", "Wer hat das Schiff gesehen?"),
        ("Wer hat das erzählt?", "Wer hat das erste große Schiff gesehen?"),
        ("Was geschah in diesem Wald?", "Was geschah in diesem Jahr in Kursk?"),
        ("Wurde es verkauft?", "Gab es Verletzte in Kursk?"),
        ("Wie viele starben dort?", "Wer lebt in Kursk, und wie viele starben dort?"),
        ("Und die Nato?", "Und wie viele Soldaten hat Nordkorea nach Russland geschickt?"),
        ("Wie viele Tote?", "Wie viele Tote gab es in Kursk?"),
        ("und die nato", "wie reagierte die nato auf die truppen"),
        ("Was wollen sie?", "Was wollen Sie über die Nato wissen?"),
        ("Who said that?", "Who said that troops were sent?"),
        ("Where were they sent?", "Why did the soldiers flee when they were sent?"),
        ("What did he do there?", "Are there soldiers in Kursk?"),
        ("Is it true?", "Is it true that troops were sent to Russia?"),
        ("Who reported it?", "Is it allowed to enter the forest?"),
        ("What happened this summer there?", "What happened this summer in Kursk?"),
        ("What are they?", "What are clades?"),
        ("What was his name?", "What did Putin say about his visit?"),
    ],
)
def test_what_stands_around_a_word_decides(pair: tuple[str, str]) -> None:
    assert [leans(question) for question in pair] == [True, False]


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


def test_own_words() -> None:
    assert own_words("Wie viele davon wurden in Kursk verletzt?") == {"Kursk", "verletzt"}
    assert own_words("Who said that?") == frozenset()


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_kept_and_completed_by_words_of_the_conversation(
    question: str, before: list[str]
) -> None:
    whole = completed(question, talk(*before))
    assert whole.startswith(question)
    known = {word.text for earlier in before for word in tokens.words(earlier)}
    assert {word.text for word in tokens.words(whole[len(question) :])} <= known
    assert leans(question) or whole == question


# What a clause that announces something looks like, as one pattern that is simple and slow.
ANNOUNCED = re.compile(
    r",\s*(?:(?:in|an|auf|mit|von|zu)\s+)?(?:dass|daß|ob|wie|was|wer|wen|wann|warum|welch\w*)\b|,.*\bzu\s+\w+n\b"
)
PIECES = st.sampled_from("es davon Schiff , wie in welche zu gehen zun wie\n \n n".split(" "))


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " ", "  "]), st.data())
def test_announcements_are_found_as_by_the_simple_pattern(words: list[str], gap: str, data: Any) -> None:
    question = gap.join(words)
    start = data.draw(st.integers(0, len(question)))
    asked = rewriting._Asked(question, "de", list(tokens.words(question)))
    assert (asked.announced >= start) == bool(ANNOUNCED.search(question, start))


LONG = """
from qa.answering import rewriting
for piece in {pieces!r}:
    rewriting.leans(piece * (20_000 // len(piece)))
"""


def test_a_question_is_read_in_time_proportional_to_its_length() -> None:
    pieces = [
        "es, wie, ",
        "es, zu ",
        "Haus, er ",
        "ihr ",
        "ship, it ",
        "was there a ship ",
        "zu  ",
        "it that ",
    ]
    code = LONG.format(pieces=pieces)  # in quadratic time, minutes altogether
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=True)


def test_of_earlier_questions_only_the_beginning_is_looked_at() -> None:
    padding = " " * MAX_EARLIER
    assert completed("Wer sagte das?", talk(f"Wie tief ist der Bodensee?{padding}Nato")).endswith("Bodensee")
