"""Tables that a text draws with signs and spaces."""

from __future__ import annotations

import pytest

from qa.text.text_tables import with_barred_rows, with_table_lines

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
        "Ein Lied\n--------\nmit 3 Strophen\nund 2 Stimmen\n",
        "Anna sagt    drei Worte,\nder Kahn     ist leer\nund am Ufer  stehen 2\n",
    ],
)
def test_lines_that_are_no_table_stay(text: str) -> None:
    assert with_table_lines(text) == text


BOATS = "Werft: Ahrdorf | Boote: 31 | Helfer: 9\nWerft: Klein Elmen | Boote: 17 | Helfer: 12"
GAP = "Werft: Ahrdorf | Boote: 31\nWerft: Elmen | Boote: 17 | Helfer: 12\nWerft: Tarn | Boote: 8 | Helfer: 3"


@pytest.mark.parametrize(
    "table",
    [
        "Werft          Boote   Helfer\nAhrdorf           31        9\nKlein Elmen       17       12",
        "Werft        Boote  Helfer\n-----------  -----  ----\nAhrdorf      31     9\nKlein Elmen  17     12",
        "Werft\tBoote\tHelfer\n==========\nAhrdorf\t31\t9\nKlein Elmen\t17\t12",
    ],
)
def test_a_rule_is_no_row_and_heads_may_be_on_the_right(table: str) -> None:
    assert with_table_lines(table) == BOATS


@pytest.mark.parametrize(
    "table",
    [
        "Werft\tBoote\tHelfer\nAhrdorf\t31\t\nElmen\t17\t12\nTarn\t8\t3",
        "Werft\tBoote\tHelfer\nAhrdorf\t31\nElmen\t17\t12\nTarn\t8\t3",
        "Werft     Boote   Helfer\nAhrdorf      31\nElmen        17       12\nTarn          8        3",
    ],
)
def test_cells_may_be_empty(table: str) -> None:
    assert with_table_lines(table) == GAP


def test_an_empty_cell_in_the_middle() -> None:
    table = "Werft     Boote   Helfer\nAhrdorf              9\nElmen        17     12\nTarn          8      3"
    assert with_table_lines(table).startswith("Werft: Ahrdorf | Helfer: 9\n")
    table = "Werft\tBoote\tHelfer\nAhrdorf\t\t9\nElmen\t17\t12\nTarn\t8\t3"
    assert with_table_lines(table).startswith("Werft: Ahrdorf | Helfer: 9\n")


@pytest.mark.parametrize(
    "table",
    [
        "Werft | Boote | Helfer\nAhrdorf | 31 | 9\nKlein Elmen | 17 | 12",
        "| Werft | Boote | Helfer |\n| Ahrdorf | 31 | 9 |\n| Klein Elmen | 17 | 12 |",
        "|Werft|Boote|Helfer|\n|Ahrdorf|31|9|\n|Klein Elmen|17|12|",
        "| Werft | Boote | Helfer |\n|---|:-:|--:|\n| Ahrdorf | 31 | 9 |\n| Klein Elmen | 17 | 12 |",
        "+---+---+\n| Werft | Boote | Helfer |\n+===+===+\n| Ahrdorf | 31 | 9 |\n| Klein Elmen | 17 | 12 |",
        "+--+--+\n|Werft|Boote|Helfer|\n+--+--+\n|Ahrdorf|31|9|\n+--+--+\n|Klein Elmen|17|12|\n+--+--+",
    ],
)
def test_rows_between_bars(table: str) -> None:
    assert with_barred_rows(f"Die Werften\n\n{table}\n\nEnde") == f"Die Werften\n\n{BOATS}\n\nEnde"


def test_words_between_bars() -> None:
    framed = "| Werft | Leiter | Ort |\n| Ahrdorf | Ada Kern | Süd |"
    rows = "Werft | Leiter | Ort\nAhrdorf | Ada Kern | Süd"
    assert with_barred_rows(framed) == rows
    ruled = framed.replace("\n", "\n|---|---|---|\n")
    assert with_barred_rows(ruled) == "Werft: Ahrdorf | Leiter: Ada Kern | Ort: Süd"
    empty = "| | | |\n|---|---|---|\n| Ahrdorf | 31 | 9 |\n| Elmen | 17 | 12 |"
    assert with_barred_rows(empty) == "Ahrdorf | 31 | 9\nElmen | 17 | 12"


@pytest.mark.parametrize(
    "text",
    [
        "Politik | Meinung",
        "Uferpost | Seite 3\nAda Kern | 7. Mai",
        "Start | Sport | Reise\nWetter | Auto | Leute",
        "Ahrdorf | 31 | 9\nElmen | 17 | 12",
        "| allein",
        "+---+",
        "a | b\n\nc | 3",
    ],
)
def test_bars_that_part_no_table_stay(text: str) -> None:
    assert with_barred_rows(text) == text
