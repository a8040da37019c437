from __future__ import annotations

from dataclasses import replace

from qa.i18n.figure_rows import lines, row
from qa.types import Figure

FIGURE = Figure(
    quote="Etwa 30 Matrosen starben.",
    article_id="a.md",
    title="Sturm",
    source="Nordbote",
    date="2024-05-03",
    start=0,
    end=25,
    value=30,
    low=None,
    high=None,
    wording="Etwa 30",
    unit="",
    counted="Matrosen",
    event="starben",
    period="",
    modality="estimated",
    speaker="Reederei",
    medium="Inselblatt",
    block="answer",
)


def test_a_row_has_a_cell_for_each_heading() -> None:
    assert row(FIGURE, "de") == (
        "Etwa 30",
        "Matrosen, starben",
        "",
        "Schätzung",
        "Reederei / Inselblatt",
        "Nordbote, 3. Mai 2024",
    )


def test_a_row_does_not_say_the_same_twice() -> None:
    dead = replace(FIGURE, counted="Tote", event="Tote", unit="Prozent", source="")
    assert row(dead, "en")[:2] == ("Etwa 30 Prozent", "Tote")
    assert row(dead, "en").article == "Sturm, 3 May 2024"
    assert row(replace(dead, title=""), "en").article == "a.md, 3 May 2024"


def test_each_block_has_its_heading() -> None:
    beside = replace(FIGURE, block="beside", event="verletzt")
    shown = lines([FIGURE, beside], "de")
    assert shown[0] == "Zahlen aus den Artikeln:"
    assert shown[2] == "Andere Größen:"
    assert "verletzt" in shown[3]
    assert lines([], "de") == []
