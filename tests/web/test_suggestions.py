from __future__ import annotations

import pytest

from qa.types import Answer, Article, Citation, Span
from qa.web.suggestions import Candidate, candidates, is_about, is_answered


def _made(text: str, *, asked: str = "Was?", page: str = "de", language: str = "de") -> list[str]:
    return [
        one.question for one in candidates([Article("a", "A", text, language=language)], [], [asked], page)
    ]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "Im Juni 2024 eröffnete der Bürgermeister die neue Brücke.",
            "Wann eröffnete der Bürgermeister die neue Brücke?",
        ),
        (
            "Seit 2021 leitet Frau Thoden die Werft in Selmstedt.",
            "Seit wann leitet Frau Thoden die Werft in Selmstedt?",
        ),
        (
            "Rund 40 Kutter liegen derzeit im Hafen, wie die Werft mitteilte.",
            "Wie viele Kutter liegen derzeit im Hafen?",
        ),
        ("Die Stadt hat bisher 17.000 Bäume gepflanzt.", "Wie viele Bäume hat die Stadt bisher gepflanzt?"),
        ("Der alte Leuchtturm wurde am 3. Mai gesprengt.", "Wann wurde der alte Leuchtturm gesprengt?"),
        (
            "Zwölf Matrosen seien im Sturm auf See gestorben.",
            "Wie viele Matrosen sind im Sturm auf See gestorben?",
        ),
        ("„Das war knapp“, sagte Lene Ackermann am Abend.", "Was sagt Lene Ackermann?"),
    ],
)
def test_a_main_clause_is_asked_for_what_stands_in_it(sentence: str, question: str) -> None:
    made = _made(f"Ein Anfang war gemacht. {sentence} Danach war Ruhe.")
    assert made == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "Im Juni 2024 eröffnete er die neue Brücke am Hafen.",  # who?
        "Im September dementierte Reinhold noch, dass die Werft schließt.",  # the rest is missing
        "Rund 30 Prozent liegen derzeit über dem Wert.",
        "Sie verkaufte drei Kutter an die Werft in Selmstedt.",
        "Im zweiten Quartal hat die Werft 337 neue Kunden gewonnen.",
        "Der Vertrag galt bis 2012 für alle Kutter der Werft.",
        "Am 3. Mai kam Thoden.",  # too short
        "Ist die Brücke am 3. Mai 2024 fertig geworden?",
    ],
)
def test_what_would_make_a_poor_question_makes_none(sentence: str) -> None:
    assert _made(sentence) == []


def test_nothing_is_repeated_and_nothing_cited_is_asked_for() -> None:
    text = "Rund 40 Kutter liegen derzeit im Hafen. Im Juni 2024 eröffnete der Bürgermeister die Brücke."
    first = Span(0, text.index(" Im"))
    article = Article("a", "A", text, language="de")
    assert [one.question for one in candidates([article], [("a", first)], [], "de")] == [
        "Wann eröffnete der Bürgermeister die Brücke?"
    ]
    assert [
        one.span for one in candidates([article], [("b", first)], ["Wann eröffnete die Brücke?"], "de")
    ] == [first]
    other = Article("b", "B", f"{text} Der alte Turm wurde am 3. Mai gesprengt.", language="de")
    made = [(one.article_id, one.question[:9]) for one in candidates([article, other], [], [], "de")]
    assert made == [("a", "Wie viele"), ("a", "Wann eröf"), ("b", "Wann wurd")]


def test_english_articles_give_speakers() -> None:
    text = "“That was close”, sagte Lene Ackermann. In June 2024 the mayor opened the bridge."
    assert _made(text, page="en", language="en") == ["What does Lene Ackermann say?"]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Hafen von Selmstedt Rund 40 Kutter liegen am Kai.", True),
        ("Der Kutter im Hafen Er ist alt.", False),  # not the one of Selmstedt
        ("Neue Schule Der Hafen ist nah.", False),
        ("Der Kutterpreis steigt.", False),
        ("", False),
    ],
)
def test_another_article_must_be_about_what_was_asked(text: str, about: bool) -> None:
    assert is_about(text, "Wie viele Kutter liegen im Hafen von Selmstedt?") is about


def test_no_text_is_about_a_question_without_a_subject() -> None:
    assert not is_about("Was ist das?", "Und was ist das?")


def test_only_the_sentence_itself_confirms_a_question() -> None:
    candidate = Candidate("Wann?", "a", Span(10, 20))
    quote = Citation(1, "a", "A", "", "", "", 5, 12, "x", 0.9)
    assert is_answered(candidate, Answer("Wann?", "answered", "x", 0.9, (quote,)))
    assert not is_answered(candidate, Answer("Wann?", "answered", "x", 0.4, (quote,)))
    assert not is_answered(candidate, Answer("Wann?", "no_answer", "x", 0.9))
    for other in (
        Citation(1, "b", "A", "", "", "", 5, 12, "x", 0.9),
        Citation(1, "a", "A", "", "", "", 20, 25, "x", 0.9),
    ):
        assert not is_answered(candidate, Answer("Wann?", "answered", "x", 0.9, (other,)))
