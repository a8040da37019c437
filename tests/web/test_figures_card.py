from __future__ import annotations

from dataclasses import dataclass

from qa.web import conversation
from qa.web.figures_card import CARD, card
from tests.support.fakes import ARTICLES, FERRY, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)


@dataclass(frozen=True, slots=True)
class Row:
    wording: str
    block: str = "answer"
    article_id: str = "faehre.md"
    title: str = "Titel"
    source: str = "Küstenbote"
    date: str = "2024-11-05"
    start: int = 102
    end: int = 150
    counted: str = "<b>Fahrgäste</b>"
    event: str = ""
    period: str = ""
    speaker: str = "Wiebke Hansen"
    medium: str = "dpa"


def test_figures_stand_side_by_side_and_lead_to_their_sentences() -> None:
    made = card([Row("60", "beside"), Row("412"), Row("7", article_id="weg.txt")], INDEX.article, "de")
    assert made.index(">412</a>") < made.index(">60</a>")
    assert made.count('<tr class="beside">') == 1
    assert "&#60;b&#62;Fahrgäste" in made
    assert "Wiebke Hansen / dpa" in made
    assert "Küstenbote · 5" in made
    assert ">7<" not in made  # its article is not in the index
    assert made.count('href="#figure-') == 2
    assert "\n" not in made
    assert FERRY[102:150].startswith("Das Schiff fasst 412")


def test_a_card_is_no_part_of_what_was_said() -> None:
    made = card([Row("60"), Row("412")], INDEX.article, "en")
    assert CARD.fullmatch(made)
    assert conversation.plain_answer(f"Satz.\n\n{made}") == "Satz."
    assert conversation.message_refs(made) == []


def test_one_figure_needs_no_card() -> None:
    assert card([Row("412")], INDEX.article, "de") == card([], INDEX.article, "de") == ""
