from __future__ import annotations

import pytest

from qa.answering.question import Kind, holds, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wie viele Soldaten sind desertiert?", "number"),
        ("Wieviel kostet das?", "number"),
        ("Wie groß ist der See?", "number"),
        ("Welcher Anteil entfiel auf Kohle?", "number"),
        ("How much did it cost?", "number"),
        ("What percentage voted?", "number"),
        ("Wann begann der Krieg?", "date"),
        ("In welchem Jahr war das?", "date"),
        ("Seit wann gilt der Pakt?", "date"),
        ("When did it start?", "date"),
        ("In 1899, when did it open?", "date"),
        ("What happens when it rains?", "other"),
        ("When it rains, what happens?", "other"),
        ("Wer hat das gesagt?", "person"),
        ("Wessen Tagebuch wurde gefunden?", "person"),
        ("Who said that?", "person"),
        ("Wo geschah es?", "place"),
        ("In welcher Stadt sitzt das Gericht?", "place"),
        ("Where was it?", "place"),
        ("Warum flohen sie?", "other"),
        ("Was erhofft sich Kim?", "other"),
        ("Verluste", "other"),
        ("", "other"),
    ],
)
def test_kind_of_question(question: str, kind: Kind) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        ("number", "Es waren 18 Soldaten.", True),
        ("number", "Zwei Offiziere fielen.", True),
        ("number", "Millionen flohen.", True),
        ("number", "Niemand kam.", False),
        ("date", "Das war im Oktober.", True),
        ("date", "Seit 1989 gilt das.", True),
        ("date", "Im 19. Jahrhundert", True),
        ("date", "Es waren 18 Soldaten.", False),
        ("date", "Es war im Jänner.", True),
        ("date", "It was in February.", True),
        ("date", "They may leave.", False),
        ("person", "Das sagte Pat Ryder am Montag.", True),
        ("person", "das sagte niemand.", False),
        ("place", "Sie kämpfen in Kursk.", True),
        ("place", "Sie kämpfen weiter.", False),
        ("other", "Irgendetwas.", True),
    ],
)
def test_what_a_sentence_holds(kind: Kind, sentence: str, expected: bool) -> None:
    assert holds(kind, sentence) is expected
