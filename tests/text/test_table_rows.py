"""Rows of tables in plain text."""

from __future__ import annotations

import pytest

from qa.text.table_rows import is_table_row, spread, table_lines, with_one_head


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (["Werft", "Boote 2019", "Boote 2021"], ["Ahrdorf", "31", "28"]),
        (["Werft", "Länge in m", "Anteil (%)"], ["Ahrdorf", "12,5", "40"]),
        (["Werft", "2019 (Plan)", "1. Quartal"], ["Ahrdorf", "31", "8"]),
        (["Jahr", "2019", "2020/21"], ["Boote", "31", "28"]),
    ],
)
def test_heads_may_hold_years_units_and_numbers(head: list[str], row: list[str]) -> None:
    expected = " | ".join(f"{name}: {cell}" for name, cell in zip(head, row, strict=True))
    assert table_lines([head, row, row]) == [expected, expected]


@pytest.mark.parametrize(
    "rows",
    [
        [["Halle 1", "Tor 4", "12 Plätze"], ["Halle 2", "Tor 7", "30 Plätze"]],
        [["Halle 1", "Tor 4", "frei"], ["Halle 2", "Tor 7", "voll"]],
        [["Ahrdorf", "31", "28"], ["Elmen", "17", "19"]],
        [["12. Mai", "10.30 Uhr", "Kanal"], ["14. Mai", "11.30 Uhr", "See"]],
    ],
)
def test_the_first_of_rows_alike_is_no_head(rows: list[list[str]]) -> None:
    assert table_lines(rows) == [" | ".join(row) for row in rows]


@pytest.mark.parametrize(
    ("line", "is_row"),
    [
        ("Ahrdorf | 31 | 28", True),
        ("Ahrdorf | 12,5 m | frei", True),
        ("Werft: Ahrdorf | Boote: 31", True),
        ("Startseite | Politik | Ausland", False),
        ("1 | 2 | 3", False),
        ("Mi 07.02.2024 | 06:00 Uhr | Kanal", False),
        ("Ahrdorf | 31", False),
    ],
)
def test_rows_are_known_by_heads_or_amounts(line: str, is_row: bool) -> None:
    assert is_table_row(line) is is_row


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
