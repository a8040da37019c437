from __future__ import annotations

from dataclasses import replace

import pytest

from qa.i18n import explanations
from qa.i18n.wording import words
from qa.types import Answer, Citation, Explanation, Part

EXPLANATION = Explanation(
    covered=("Soldaten", "Kursk"),
    near=("geflohen",),
    missing=("Panzer",),
    parts=(
        Part("base", 2.0),
        Part("meaning", -1.26),
        Part("words", 0.9),
        Part("lead", 0.5),
        Part("kind", -0.3),
        Part("shape", 0.2),
        Part("missing", 0.01),
    ),
)
CITED = (Citation(1, "a.txt", "A", "", "", "", 0, 1, "x", 0.9),)


def answer(
    *, cited: bool, explanation: Explanation | None = EXPLANATION, understood: str = "", refers_to: str = ""
) -> Answer:
    return Answer(
        "Frage?",
        "answered" if cited else "no_answer",
        "x",
        0.5,
        CITED if cited else (),
        understood=understood,
        refers_to=refers_to,
        explanation=explanation,
    )


def test_an_answer_in_german() -> None:
    assert explanations.lines(answer(cited=True), "de") == [
        "Im Zitat enthalten: Soldaten, Kursk",
        "Im Zitat sinngemäß: geflohen",
        "Fehlt im Zitat: Panzer",
        "Was diese Wahrscheinlichkeit beeinflusst: inhaltliche Nähe −1,3; Wörter der Frage gefunden +0,9; "
        "Abstand zu anderen Stellen "
        "+0,5; Art der gesuchten Angabe −0,3",
    ]


def test_a_refusal_in_english() -> None:
    refused = answer(cited=False)
    assert explanations.lines(refused, "en")[2] == "Not found there: Panzer"
    assert explanations.lines(refused, "en")[3].startswith(
        "What affects this probability: similarity of meaning −1.3;"
    )
    assert explanations.not_found(refused, "en") == "Not found: Panzer"
    assert explanations.not_found(refused, "de") == "Nicht gefunden: Panzer"


def test_what_is_lacking_is_said_of_refusals_alone() -> None:
    assert explanations.not_found(answer(cited=True), "de") == ""
    assert explanations.not_found(answer(cited=False, explanation=Explanation()), "de") == ""
    assert explanations.not_found(answer(cited=False, explanation=None), "de") == ""


@pytest.mark.parametrize(
    ("terms", "cited", "german", "english"),
    [
        ((), True, "", ""),
        (("2019",), True, "Zu 2019 steht in diesen Zitaten nichts.", "These quotes say nothing about 2019."),
        (
            ("2019", "Köln", "drei {Boote}"),
            True,
            "Zu 2019, Köln und drei {Boote} steht in diesen Zitaten nichts.",
            "These quotes say nothing about 2019, Köln or drei {Boote}.",
        ),
        (
            ("2019", "Köln"),
            False,
            "Zu 2019 und Köln wurde nichts gefunden.",
            "Nothing was found about 2019 or Köln.",
        ),
    ],
)
def test_what_is_missing(terms: tuple[str, ...], cited: bool, german: str, english: str) -> None:
    given = replace(answer(cited=cited), missing=terms)
    assert explanations.missing(given, "de") == german
    assert explanations.missing(given, "en") == english
    if terms:
        assert explanations.not_found(given, "de") == ""  # it would say the same again
        assert f"<{terms[0]}>" in explanations.missing(given, "de", lambda term: f"<{term}>")


def test_without_an_explanation_there_are_no_lines() -> None:
    assert explanations.lines(answer(cited=True, explanation=None), "de") == []
    assert (
        explanations.lines(answer(cited=True, explanation=Explanation(parts=(Part("words", 0.01),))), "de")
        == []
    )


def test_how_a_question_was_read() -> None:
    asked = answer(cited=True, understood="Wo liegt Kursk?")
    assert [explanations.reading(asked, language) for language in ("de", "en")] == [
        "Verstanden als: Wo liegt Kursk?",
        "Understood as: Wo liegt Kursk?",
    ]
    assert explanations.reading(answer(cited=True), "de") == ""
    assert explanations.reading(answer(cited=True, understood=" Frage? "), "de") == ""


def test_a_follow_up_names_the_earlier_question_and_no_words_that_were_searched_for() -> None:
    asked = replace(answer(cited=True, refers_to="Wo liegt\nKursk?"), searched="Frage? liegt Kursk")
    assert [explanations.reading(asked, language) for language in ("de", "en")] == [
        "Bezogen auf „Wo liegt Kursk?“",
        "Following up on “Wo liegt Kursk?”",
    ]
    both = replace(asked, understood="Und wo?", refers_to="lang " * 100)
    shown = explanations.reading(both, "de")
    assert shown.startswith("Verstanden als: Und wo? · Bezogen auf „lang lang")
    assert shown.endswith("lang …“")
    assert len(shown) < explanations.MOST_EARLIER + 60


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_part_has_a_name(language: str) -> None:
    for part in ("sentence", "lead", "meaning", "words", "missing", "kind", "shape"):
        assert words(language)[f"part_{part}"]


def test_of_a_follow_up_only_its_own_words_are_explained() -> None:
    asked = replace(answer(cited=True, refers_to="Wie viele Panzer?"), question="Und Soldaten?")
    assert explanations.about_words(asked, "de") == ["Im Zitat enthalten: Soldaten"]
    refused = replace(answer(cited=False, refers_to="Wie viele Panzer?"), question="Und Soldaten?")
    assert explanations.not_found(refused, "de") == ""
