"""Running heads and page numbers in plain text with form feeds."""

from __future__ import annotations

import pytest

from qa.text.running_heads import without_running_heads
from tests.support.articles import quotes, read

HEAD = "Uferblatt Tannfeld              Seite {}"


def paged(*pages: str, head: str = HEAD, foot: str = "") -> str:
    return "\f".join(
        f"{head.format(number)}\n\n{page}\n\n{foot.format(number)}\n"
        for number, page in enumerate(pages, start=4)
    )


@pytest.mark.parametrize("foot", ["", "- {} -", "{}", "© Ufer-Verlag, Tannfeld"])
def test_a_sentence_that_runs_over_pages_is_whole(foot: str) -> None:
    text = paged(
        "Der Steg am Weiher kostet nach neuen Plänen", "90.000 Euro.", "Gebaut wird im Mai.", foot=foot
    )
    found = read(text, "a.txt")
    assert "Der Steg am Weiher kostet nach neuen Plänen 90.000 Euro." in " ".join(found.text.split())
    assert found.text.count("Uferblatt") == 1, "the first page keeps its head"
    assert found.text.count("Verlag") == ("Verlag" in foot), "the last page keeps its foot"


def test_long_lines_of_two_pages_are_joined_and_the_page_ends_behind_the_sentence() -> None:
    text = paged(f"{'Der Rat von Tannfeld tagt. ' * 6}Der Steg kostet", "90.000 Euro. Gebaut wird im Mai.")
    found = read(text, "a.txt")
    assert quotes(found)[-2:] == ["Der Steg kostet 90.000 Euro.", "Gebaut wird im Mai."]
    assert "kostet 90.000 Euro.\fGebaut" in found.text


def test_roman_numbers_of_pages() -> None:
    pages = "\f".join(f"Uferblatt {number}\n\nSatz {at}.\n" for at, number in enumerate(("I", "II", "III")))
    assert without_running_heads(pages).count("Uferblatt") == 1


@pytest.mark.parametrize(
    "text",
    [
        "Ohne Seiten.\n\nUferblatt 4\n",
        "Erste Seite.\n\fZweite Seite.\n",
        "Der Rat tagt.\n\fDer Rat tagt.\n\f",
    ],
)
def test_what_stays(text: str) -> None:
    assert without_running_heads(text) == text


BEFORE = (
    "Das Museum in Wedenhorst hat im vorigen Jahr so viele Gäste gezählt\nwie nie, weil es neue Säle hat,"
    " und nahm dabei nach den Angaben der Leitung"
)
AFTER = "70.300 Euro ein. Davon kauft es einen Einbaum."
WHOLE = f"{BEFORE} 70.300 Euro ein.".replace("\n", " ")


@pytest.mark.parametrize(
    ("foot", "head"),
    [
        ("Seite 1", "Seeblatt, 3. Juli 2023          Seite 2"),
        ("Seeblatt | 1", "Seeblatt | 2"),
        ("- 1 of 2 -", "SEEBLATT AM KAI"),
        ("[1]", "[2] Seeblatt am Kai"),
        ("Blatt 1 von 2", "Blatt 2 von 2"),
        ("(Fortsetzung auf Seite 2)", "(Fortsetzung von Seite 1)"),
        ("", "MUSEUM NIMMT MEHR EIN      2"),
    ],
)
def test_heads_that_stand_once_do_not_part_a_sentence(foot: str, head: str) -> None:
    text = f"Seeblatt am Kai\n\nMuseum nimmt mehr ein\n\n{BEFORE}\n\n{foot}\n\f{head}\n\n{AFTER}\n"
    found = quotes(read(text, "a.txt"))
    assert WHOLE in [" ".join(quote.split()) for quote in found]
    assert "Davon kauft es einen Einbaum." in found


def test_a_head_that_alone_names_the_day_is_kept_at_the_end() -> None:
    text = f"Museum nimmt mehr ein\n\n{BEFORE}\n\fKaier Seeblatt, 3. Juli 2023      Seite 2\n\n{AFTER}\n"
    found = read(text, "a.txt")
    assert (found.title, found.date) == ("Museum nimmt mehr ein", "2023-07-03")
    assert found.text.rstrip().endswith("Kaier Seeblatt, 3. Juli 2023      Seite 2")
    again = without_running_heads(
        "Bote 2023\n\nEin Satz.\n\fBote 2023\n\nNoch einer.\n\fBote 2023\n\nEnde.\n"
    )
    assert again.count("Bote 2023") == 1


@pytest.mark.parametrize(
    "text",
    [
        "Museum\n\nEs zeigt Boote aus\n\f12 Ländern und plant\n\nmehr.\n",
        "Plan\n\nDer Bus fährt\n\nMontag 8.30 Uhr\n\fMontag 9.15 Uhr\n\nDienstag 7.40 Uhr\n\nMittwoch zu\n",
        "Der Chor aus Ulm erhält 400 Euro\n\nJa.\n\fDer Chor aus Bonn erhält 300 Euro\n\nNein.\n",
        "Es kam so.\n\nDas war gut.\n\fEs ging so.\n\nDas war gut.\n",
        "Museum am Kai\n\nEs ist alt.\n\fIm Museum am Kai stehen 12 Boote\n\nEnde.\n",
        "Museum am Kai\n412\n\nEs ist alt.\n\fEnde.\n",
    ],
)
def test_text_at_the_edges_of_pages_stays(text: str) -> None:
    assert without_running_heads(text).split() == text.split()
