from __future__ import annotations

import pytest

from qa.corpus.formats import tables
from qa.errors import CorpusError

UNCLOSED = 'x",y,"\n'  # closes the quotation mark before it and opens one of its own


def test_many_unclosed_quotation_marks_end_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_REREAD", 1_000)
    rows = tables.csv_rows("text,b,c\n" + UNCLOSED * 500)
    with pytest.raises(CorpusError, match="never closed"):
        list(rows)


def test_some_unclosed_quotation_marks_cost_only_their_rows() -> None:
    read = list(tables.csv_rows("text,b,c\n" + "gut,1,2\n" * 5 + UNCLOSED * 3 + "gut,1,2\n" * 5))
    assert [isinstance(row.found, str) for row in read] == [False] * 5 + [True] * 3 + [False] * 5
