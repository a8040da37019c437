"""A lexical index of given terms, without a generation."""

from __future__ import annotations

from pathlib import Path

from qa.index.bm25_index import LexicalIndex
from qa.index.bm25_writer import save
from tests.support.sealing import parts


def write(folder: Path, rows: list[list[str]]) -> LexicalIndex:
    """The index of rows, each given by its terms, in `folder`/lexical."""
    folder.mkdir(exist_ok=True)
    save(folder / "lexical", len(rows), list(enumerate(rows)))
    return LexicalIndex(parts(folder))
