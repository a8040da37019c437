from __future__ import annotations

from dataclasses import replace

from qa.types import Figure
from qa.web import conversation
from qa.web.figures_card import CARD, card
from tests.support.fakes import ARTICLES, FERRY, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)


FIGURE = Figure(
    quote="Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge.",
    article_id="faehre.md",
    title="Titel",
    source="Küstenbote",
    date="2024-11-05",
    start=102,
    end=150,
    value=412,
    low=None,
    high=None,
    wording="412",
    unit="",
    counted="<b>Fahrgäste</b>",
    event="",
    period="",
    modality="stated",
    speaker="Wiebke Hansen",
    medium="dpa",
    block="answer",
)


def test_figures_are_side_by_side_and_lead_to_their_sentences() -> None:
    beside = replace(FIGURE, wording="60", unit="Prozent", block="beside", modality="reported")
    lost = replace(FIGURE, wording="7", article_id="weg.txt")
    made = card([beside, FIGURE, lost], INDEX.article, "de")
    assert made.index(">412</a>") < made.index(">60 Prozent</a>")
    assert ">Hörensagen<" in made
    assert made.count('<tr class="beside">') == 1
    assert "&#60;b&#62;Fahrgäste" in made
    assert "Wiebke Hansen / dpa" in made
    assert "Küstenbote, 5. November 2024" in made
    assert ">7<" not in made  # its article is not in the index
    assert made.count('href="#figure-') == 2
    assert made.index(">412</a>") < made.index('<tr><th colspan="6">Andere Größen</th></tr>')
    assert "\n" not in made
    assert FERRY[102:150].startswith("Das Schiff fasst 412")


def test_a_card_is_no_part_of_what_was_said() -> None:
    beside = replace(FIGURE, wording="61", block="beside")
    made = card([replace(FIGURE, wording="60"), FIGURE, beside], INDEX.article, "en")
    assert CARD.fullmatch(made)
    assert conversation.plain_answer(f"Satz.\n\n{made}") == "Satz."
    assert conversation.message_refs(made) == []


def test_other_quantities_alone_need_no_heading_of_their_own() -> None:
    beside = [replace(FIGURE, wording=str(n), block="beside") for n in (60, 61)]
    assert "colspan" not in card(beside, INDEX.article, "de")
    assert "Titel, 5. November 2024" in card([replace(FIGURE, source=""), FIGURE], INDEX.article, "de")


def test_one_figure_needs_no_card() -> None:
    assert card([FIGURE], INDEX.article, "de") == card([], INDEX.article, "de") == ""
