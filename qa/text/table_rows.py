"""The rows of a table as lines that can be quoted: each cell below the head of its column.

"Partei: Bürgerliste | Prozent: 34,2 | Sitze: 11" says what a number means; "34,2 | 11" does not. Knows
nothing of files or markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

AsLines = Callable[[Sequence[Sequence[str]]], list[str]]  # the cells of the rows of a table → its lines

CELL = " | "  # between the cells of a row
LINE = 160  # characters of a line of names and values
MAX_COLUMNS = 200
MAX_HEAD = 60  # characters of a cell that may be the head of a column

_DIGIT = re.compile(r"\d")
_VALUE = re.compile(r"[\d\s.,:+-]+")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[/-]\d{2,4})?")
# a head with a number: "Kutter 2003", "2024 (Plan)", "1. Quartal"; "24 t" and "10. Mai" are values
_NUMBERED = re.compile(r"[^\W\d_].*|(?:19|20)\d\d\s.*|\d\.\s?(?:Halbjahr|Halbzeit|Quartal|Platz)")
_AMOUNT = re.compile(r"[+-]?\d[\d.,]*(?:\s?[^\s\d.:/]{1,12})?")  # a number, with its unit


def table_lines(rows: Sequence[Sequence[str]], *, has_head: bool | None = None) -> list[str]:
    """One line for each row with content, its cells with the heads of their columns.

    `has_head` says whether the first row holds the heads; None looks at the cells. A table of two columns
    without heads is read as `fact_lines`.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    if len(filled) > 1 and (is_head(filled) if has_head is None else has_head):
        return [_with_heads(filled[0], row) for row in filled[1:]]
    if all(len(row) == 2 for row in filled):
        return fact_lines([(name, value) for name, value in filled])
    return [CELL.join(cell for cell in row if cell) for row in filled]


def spread(rows: Sequence[Sequence[tuple[str, int, int]]]) -> list[list[str]]:
    """The rows of a table, with each cell in every place that it takes; a cell is text, height, width.

    A cell that is alone in its row is a heading within the table and stands once.
    """
    out: list[list[str]] = []
    held: dict[
        int, tuple[str, int]
    ] = {}  # by column: a cell from above, and in how many rows it still stands
    for row in rows:
        waiting, line = list(row), list[str]()
        below: dict[int, tuple[str, int]] = {}
        while (waiting or any(column >= len(line) for column in held)) and len(line) < MAX_COLUMNS:
            column = len(line)
            if column in held:
                text, left = held[column]
                line.append(text)
                below |= {column: (text, left - 1)} if left > 1 else {}
                continue
            text, height, width = waiting.pop(0) if waiting else ("", 1, 1)
            for _ in range(1 if len(row) == 1 else min(max(width, 1), MAX_COLUMNS - column)):
                below |= {len(line): (text, height - 1)} if height > 1 else {}
                line.append(text)
        held = below
        out.append(line)
    return out


def with_one_head(rows: list[list[str]], heads: int) -> list[list[str]]:
    """The rows with the first `heads` as one: "Beteiligung" above "2024" is "Beteiligung 2024"."""
    if not 1 < heads < len(rows):
        return rows
    width = max(map(len, rows[:heads]))
    above = [row + [""] * (width - len(row)) for row in rows[:heads]]
    named = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*above, strict=True)]
    return [named, *rows[heads:]]


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
    """Whether a line is a row as `table_lines` writes it: with heads of columns, or words and amounts."""
    return is_named_row(line) or (line.count(CELL) >= 2 and _has_amounts(line.split(CELL)))


def is_named_row(line: str) -> bool:
    """Whether a line is a row with the heads of its columns."""
    return CELL in line and ": " in line


def _has_amounts(cells: Sequence[str]) -> bool:
    amounts = sum(bool(_AMOUNT.fullmatch(cell.strip())) for cell in cells)
    return 0 < amounts < len(cells)


def is_head(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: words or years above numbers."""
    head, below = rows[0], rows[1:]
    named = [cell for cell in head if cell]
    if len(named) < max(1, len(head) - 1) or len(head) < 2 or any(len(cell) > MAX_HEAD for cell in named):
        return False
    if not all(_names(cell, [row[at] for row in below if at < len(row)]) for at, cell in enumerate(head)):
        return False
    units = Counter(_VALUE.sub("", row[-1]) for row in below if len(row) == 2)
    if len(head) == 2 and len(below) > 1 and 2 * max(units.values(), default=0) <= len(below):
        return False  # names and values of several kinds: "Leistung: 290 PS", "Tank: 2.400 Liter"
    numbers = sum(any(_DIGIT.search(cell) for cell in row[1:]) for row in below)
    return 2 * numbers > len(below)


def _names(cell: str, column: Sequence[str]) -> bool:
    """Whether a cell may be the head of the column below it."""
    if not _DIGIT.search(cell) or _YEAR.fullmatch(cell):
        return True
    shape = _DIGIT.sub("0", cell)  # "Halle 1" above "Halle 2" is a row like the others
    return bool(_NUMBERED.fullmatch(cell)) and all(_DIGIT.sub("0", other) != shape for other in column)


def _with_heads(heads: Sequence[str], row: Sequence[str]) -> str:
    """A row with the heads; one that spans the table stays without."""
    if len(row) == 1 or sum(map(bool, row)) == 1:
        return next(cell for cell in row if cell)
    padded = [*heads, *[""] * (len(row) - len(heads))]
    return CELL.join(_named(head, cell) for head, cell in zip(padded, row, strict=False) if cell)


def _named(name: str, value: str) -> str:
    name = name.rstrip(":").rstrip()
    return f"{name}: {value}" if name and value else name or value
