"""Rows of tables in plain text."""

from __future__ import annotations

import pytest

from qa.text.table_rows import spread, with_one_head, with_table_lines

ROWS = "Partei: Rot | Prozent: 34,2\nPartei: Blau und Gelb | Prozent: 12"


@pytest.mark.parametrize(
    "table",
    [
        "Partei\tProzent\nRot\t34,2\nBlau und Gelb\t12",
        "Partei          Prozent\nRot                34,2\nBlau und Gelb        12",
        "Partei;Prozent\nRot;34,2\nBlau und Gelb;12",
    ],
)
def test_a_table_in_plain_text_has_its_heads(table: str) -> None:
    assert with_table_lines(f"Die Wahl\n\n{table}\n\nEnde\n") == f"Die Wahl\n\n{ROWS}\n\nEnde\n"


@pytest.mark.parametrize(
    "text",
    [
        "Eins;zwei\ndrei;4\n",
        "Er kam; sie ging; das war alles.\nSie kam; er ging; um 8 war Schluss.\nUm 9; um 10; um 11.\n",
        "Ein Gedicht   in Zeilen\nist keine   Tabelle\nund bleibt   so\n",
        "10.30 Uhr\tBeginn\n11.30 Uhr\tPause\n12.30 Uhr\tEnde\n",
    ],
)
def test_lines_that_are_no_table_stay(text: str) -> None:
    assert with_table_lines(text) == text


def test_cells_stand_in_every_place_that_they_take() -> None:
    rows = [
        [("Ort", 2, 1), ("Zahl", 1, 2)],
        [("alt", 1, 1), ("neu", 1, 1)],
        [("Ufer", 1, 1), ("5", 1, 2)],
        [("Kreis", 1, 3)],
    ]
    found = spread(rows)
    assert found == [["Ort", "Zahl", "Zahl"], ["Ort", "alt", "neu"], ["Ufer", "5", "5"], ["Kreis"]]
    assert with_one_head(found, 2)[0] == ["Ort", "Zahl alt", "Zahl neu"]
    assert len(spread([[("x", 1, 900), ("y", 900, 900)], []])[0]) == 200
