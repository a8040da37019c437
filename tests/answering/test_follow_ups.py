"""What follow-ups refer to in the previous answer."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import pytest

from qa.answering.follow_ups import Place, circumstance, speaker, who_says
from qa.types import Article, Span

ASKS = """Wer sagt das?|Und wer sagt das?|Wer sagt so etwas?|Wer sagte das?|Wer hat das gesagt?|Wer hat das behauptet?|Wer behauptet das?
Wer hat diese Zahl genannt?|Wer nannte diese Zahl?|Wer hat das gemeldet?|Wer berichtet das?|Wer hat das mitgeteilt?|Wer teilte das mit?
Von wem stammt diese Angabe?|Von wem stammt das?|Von wem ist diese Aussage?|Woher stammt diese Zahl?|Woher kommt die Information?
Woher weiß man das?|Laut wem?|Wessen Aussage ist das?|Wessen Schätzung ist das?|Wer ist die Quelle?|Was ist die Quelle dafür?
Wer hat diese Zahlen bekannt gemacht?|Wer gibt das an?|Sagt wer?|Wer hat das genau gesagt?|Wer das sagt?|Nach wessen Angaben?
Who says that?|Who said so?|Who said that?|Who claims this?|And who says so?|Who reported that?|Who told them that?|Says who?
According to whom?|Who is the source?|What is the source of that number?|Whose estimate is that?|Where does that number come from?
Who gave this figure?|Who confirmed it?|Who announced that?"""
OTHERS = """Wer ist das?|Wer war dabei?|Wer hat den Turm gebaut?|Wer sagt die Wahl ab?|Wann sagte er das?|Was sagt sie dazu?|Wer hat gewonnen?
Wer gibt das Geld für den neuen Turm?|Von wem wurde er gewählt?|Woher kommt der Wind im Norden?|Who is that?|Who won?|Who said goodbye?
Where does he come from?|Who gave money to the museum?"""
TEXT = (
    "Am Deich nisten 57 Paare. Das teilte der Verein Küstenwacht mit. Die Wiesen sind nass.\n\n"
    "Der Rat tagte am 3. Mai. Er beschloss den Bau eines Turms. Die Kosten sind hoch.\n\n"
    "„Der Turm ist zu teuer“, sagte Ratsherr Emil Thoden. Im Hafen von Selmstedt liegen Boote. Sie sind alt.\n\n"
    "Die Steuer steigt. Bekannt gegeben hat das die Kämmerin Ada Lührs.\n\n"
    "Viele Kinder können nicht schwimmen. Das ergab eine Umfrage des Sportbunds. „Es fehlen Becken“, sagte Ina Thoms.\n\n"
    "Das Werk bleibt. Das sicherte Chefin Almut Beier zu. Die Gewerkschaft nannte die Zusage wertlos."
)


def place(quote: str) -> Place:
    start = TEXT.index(quote)
    return Place(Article("a.txt", "T", TEXT, language="de"), Span(start, start + len(quote)))


def said(quote: str) -> str | None:
    found = speaker(place(quote))
    return TEXT[slice(*found[0].span)] if found else None


@pytest.mark.parametrize("question", ASKS.replace("\n", "|").split("|"))
def test_questions_for_the_speaker(question: str) -> None:
    assert who_says(question)


@pytest.mark.parametrize("question", OTHERS.replace("\n", "|").split("|"))
def test_other_questions(question: str) -> None:
    assert not who_says(question)


@pytest.mark.parametrize(
    ("quote", "whole"),
    [
        ("Am Deich nisten 57 Paare.", "Am Deich nisten 57 Paare. Das teilte der Verein Küstenwacht mit."),
        (
            "„Der Turm ist zu teuer“, sagte Ratsherr Emil Thoden.",
            "„Der Turm ist zu teuer“, sagte Ratsherr Emil Thoden.",
        ),
        ("Die Steuer steigt.", "Die Steuer steigt. Bekannt gegeben hat das die Kämmerin Ada Lührs."),
        (
            "Viele Kinder können nicht schwimmen.",
            "Viele Kinder können nicht schwimmen. Das ergab eine Umfrage des Sportbunds.",
        ),
        ("Das Werk bleibt.", "Das Werk bleibt. Das sicherte Chefin Almut Beier zu."),
        ("Die Wiesen sind nass.", "Das teilte der Verein Küstenwacht mit. Die Wiesen sind nass."),
    ],
)
def test_the_statement_is_quoted_with_its_speaker(quote: str, whole: str) -> None:
    assert said(quote) == whole


@pytest.mark.parametrize("quote", ["Sie sind alt.", "Der Rat tagte am 3. Mai."])
def test_a_speaker_of_another_paragraph_or_further_away_is_not_taken(quote: str) -> None:
    assert said(quote) is None


def test_date_and_place_come_from_the_sentence_itself_or_its_neighbours() -> None:
    found = circumstance(place("Er beschloss den Bau eines Turms."), "date")
    assert found
    assert TEXT[slice(*found[0].span)] == "Der Rat tagte am 3. Mai. Er beschloss den Bau eines Turms."
    found = circumstance(place("Sie sind alt."), "place")
    assert found
    assert TEXT[slice(*found[0].span)] == "Im Hafen von Selmstedt liegen Boote. Sie sind alt."
    assert circumstance(place("Die Steuer steigt."), "date") is None
