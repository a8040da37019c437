"""The rows of a table as lines that can be quoted: each cell below the head of its column.

"Partei: Bürgerliste | Prozent: 34,2 | Sitze: 11" says what a number means; "34,2 | 11" does not. Knows
nothing of files or markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

AsLines = Callable[[Sequence[Sequence[str]]], list[str]]  # the cells of the rows of a table → its lines

CELL = " | "  # between the cells of a row
LINE = 160  # characters of a line of names and values
MAX_HEAD = 60  # characters of a cell that may be the head of a column

_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[/-]\d{2,4})?")


def table_lines(rows: Sequence[Sequence[str]], *, has_head: bool | None = None) -> list[str]:
    """One line for each row with content, its cells with the heads of their columns.

    `has_head` says whether the first row holds the heads; None looks at the cells. A table of two columns
    without heads is read as `fact_lines`.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    if len(filled) > 1 and (_is_head(filled) if has_head is None else has_head):
        return [_with_heads(filled[0], row) for row in filled[1:]]
    if all(len(row) == 2 for row in filled):
        return fact_lines([(name, value) for name, value in filled])
    return [CELL.join(cell for cell in row if cell) for row in filled]


def fact_lines(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Names and their values, some on a line: "Mitglieder: 64 | Gründung: 1889"."""
    lines: list[str] = []
    for fact in (_named(*pair) for pair in facts):
        if lines and len(lines[-1]) + len(CELL) + len(fact) <= LINE:
            lines[-1] += CELL + fact
        else:
            lines.append(fact)
    return lines


def is_table_row(line: str) -> bool:
    """Whether a line is a row as `table_lines` writes it."""
    return CELL in line and ": " in line


def _is_head(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: words or years above numbers."""
    head, below = rows[0], rows[1:]
    named = [cell for cell in head if cell]
    if len(named) < max(1, len(head) - 1) or len(head) < 2 or any(len(cell) > MAX_HEAD for cell in named):
        return False
    if any(_DIGIT.search(cell) and not _YEAR.fullmatch(cell) for cell in named):
        return False
    numbers = sum(any(_DIGIT.search(cell) for cell in row[1:]) for row in below)
    return 2 * numbers > len(below)


def _with_heads(heads: Sequence[str], row: Sequence[str]) -> str:
    """A row with the heads; one that spans the table stays without."""
    if len(row) == 1 or sum(map(bool, row)) == 1:
        return next(cell for cell in row if cell)
    padded = [*heads, *[""] * (len(row) - len(heads))]
    return CELL.join(_named(head, cell) for head, cell in zip(padded, row, strict=False) if cell)


def _named(name: str, value: str) -> str:
    name = name.rstrip(":").rstrip()
    return f"{name}: {value}" if name and value else name or value
