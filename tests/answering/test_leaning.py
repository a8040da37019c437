"""Which questions lean on the conversation before them."""

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

from qa.answering import leaning
from qa.answering.leaning import content_words, language_of, leans
from qa.text import tokens

ROOT = Path(__file__).resolve().parents[2]
CONVERSATIONS = ROOT / "tests" / "data" / "conversations.json"
JUDGED: dict[str, list[dict[str, Any]]] = json.loads(CONVERSATIONS.read_text("utf-8"))


def seconds(*parts: str) -> list[str]:
    return [row["second"] for part in parts for row in JUDGED[part]]


def share(questions: Sequence[str], *, lean: bool) -> float:
    return sum(leans(question) == lean for question in questions) / len(questions)


def test_follow_ups_lean() -> None:
    questions = seconds("answered", "unanswered", "leaning")
    assert share(questions, lean=True) >= 0.97  # "Wer hat den Artikel übersetzt?" tells by no word of it


def test_first_questions_stand() -> None:
    firsts = list({row["first"] for part in ("answered", "unanswered") for row in JUDGED[part]})
    assert share(firsts, lean=False) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("language", "least"), [("de", 0.965), ("en", 0.955)])
def test_questions_of_others_stand(shared: Path, language: str, least: float) -> None:
    read = json.loads((shared / "data" / "xquad-dev" / f"xquad.{language}.dev.json").read_text("utf-8"))
    asked_ = [qa["question"] for article in read["data"] for p in article["paragraphs"] for qa in p["qas"]]
    assert len(asked_) > 600
    assert share(asked_, lean=False) >= least  # the rest: "dieser Anführer", written next to a paragraph


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


def _content(question: str) -> set[str]:
    return {word.text for word in content_words(question, language_of(question))}


def test_content_words() -> None:
    assert _content("Wie viele davon wurden in Kursk verletzt?") == {"Kursk", "verletzt"}
    assert _content("Who said that?") == set()


# What a clause that announces something looks like, as one pattern that is simple and slow.
ANNOUNCED = re.compile(
    r",\s*(?:(?:in|an|auf|mit|von|zu)\s+)?(?:dass|daß|ob|wie|was|wer|wen|wann|warum|welch\w*)\b|,.*\bzu\s+\w+n\b"
)
PIECES = st.sampled_from("es davon Schiff , wie in welche zu gehen zun wie\n \n n".split(" "))


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " ", "  "]), st.data())
def test_announcements_are_found_as_by_the_simple_pattern(words: list[str], gap: str, data: Any) -> None:
    question = gap.join(words)
    start = data.draw(st.integers(0, len(question)))
    asked = leaning._Asked(question, "de", list(tokens.words(question)))
    assert (asked.announced >= start) == bool(ANNOUNCED.search(question, start))


LONG = """
from qa.answering import leaning
for piece in {pieces!r}:
    leaning.leans(piece * (20_000 // len(piece)))
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
