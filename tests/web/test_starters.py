from __future__ import annotations

from qa.types import Article, ArticleSummary
from qa.web.starters import TITLE, starters


def _starters(*texts: str, title: str = "Titel", language: str = "de") -> list[str]:
    articles = {f"{n}.txt": Article(f"{n}.txt", title, text) for n, text in enumerate(texts)}
    rows = [ArticleSummary(name, title, "", "", "", "de", 1) for name in articles]
    return starters(rows, articles.__getitem__, language)


def test_a_number_and_a_speaker_are_asked_for() -> None:
    text = "Gestern war Ruhe. Das Schiff fasst rund 412 Fahrgäste. "
    text += "„Das ist gut“, sagte Bürgermeisterin Wiebke Hansen am Abend."
    assert _starters(text)[:2] == ["Wie viele Fahrgäste fasst das Schiff?", "Was sagt Wiebke Hansen?"]


def test_what_would_make_a_poor_question_is_left_out() -> None:
    for text in (
        "Der Anteil stieg 12 Prozent.",
        "Am Montag fasst 412 Fahrgäste niemand.",
        "„Gut“, sagte Abgeordnete Lee dazu.",
        "Die Zahl 412 steht im Bericht.",
    ):
        assert _starters(text) == ["Was steht in „Titel“?"], text


def test_titles_fill_up_and_a_question_stays_as_it_is() -> None:
    assert _starters("x", title="Wer zahlt die Fähre?") == ["Wer zahlt die Fähre?"]
    assert _starters("x", title="„WSJ“: Soll kommen.") == ["Was steht in „‚WSJ‘: Soll kommen“?"]
    assert _starters("x", title="T" * (TITLE + 1)) == []
    assert _starters("Das Schiff fasst 412 Fahrgäste.", language="en") == ["What does “Titel” say?"]
    assert starters([], {}.__getitem__, "de") == []
