"""Which questions lean on the conversation before them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.answering.leaning import content_words, language_of, leans

CONVERSATIONS = Path(__file__).resolve().parents[1].joinpath("data") / "conversations.json"
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


def _content(question: str) -> set[str]:
    return {word.text for word in content_words(question, language_of(question))}


def test_content_words() -> None:
    assert _content("Wie viele davon wurden in Kursk verletzt?") == {"Kursk", "verletzt"}
    assert _content("Who said that?") == set()
