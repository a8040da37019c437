"""The whole text of a piece of HTML."""

from __future__ import annotations

import pytest

from qa.corpus.formats.markup_text import text_of_html

ROW = "Werft: Ahrdorf | Leiter: Ada Kern | Ort: Süd"


@pytest.mark.parametrize(
    "head",
    [
        "<tr><th>Werft</th><th>Leiter</th><th>Ort</th></tr>",
        "<tr><td><b>Werft</b></td><td><strong>Leiter</strong></td><td><b>Ort</b></td></tr>",
        "<thead><tr><td> <strong>Werft</strong><td><p><b>Leiter</b></p><td><b>O</b><b>rt</b></tr></thead>",
    ],
)
def test_names_of_columns_are_tagged_or_bold(head: str) -> None:
    table = f"<table>{head}<tr><td>Ahrdorf</td><td>Ada <b>Kern</b></td><td>Süd</td></tr></table>"
    assert text_of_html(table).strip() == ROW


def test_bold_words_in_cells_name_nothing() -> None:
    table = "<table><tr><td><b>A</b> eins</td><td><b>B</b></td></tr><tr><td>C</td><td>D</td></tr></table>"
    assert text_of_html(table).strip() == "A eins: B | C: D"
