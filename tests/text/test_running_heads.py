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
