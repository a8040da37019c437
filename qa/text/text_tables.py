"""Tables that a text draws with tabs, spaces, semicolons or bars, as rows that can be quoted.

Markdown has a line of hyphens below the heads; other texts have only columns. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from qa.text.characters import STOPS
from qa.text.table_rows import is_head, table_lines

MIN_ROWS = 3  # lines of a table
MIN_COLUMNS = 3  # where cells may be empty, or only bars part them
MAX_ROW = 400  # characters of a line

_Rows = list[list[str]]
_CELLS = (re.compile(r"\t+"), re.compile(r" {2,}|\t+"), re.compile(";"))
_SIGN = re.compile(r"[^ ]")
_UNUSED = re.compile(r"0{2,}")
_BARRED = re.compile(r"[ \t]*\|.*\|[ \t]*|[^|\n]+(?:\|[^|\n]*)+")
_DASHES = r"[ \t]*(?::?-{2,}:?|:-:?|-:)[ \t]*"
_RULE = re.compile(rf"[ \t]*\|?{_DASHES}(?:\|{_DASHES})*\|?[ \t]*")
_GRID = re.compile(r"[ \t]*\+(?:[-=:]{2,}\+)+[ \t]*")
_RULE_SIGNS = frozenset("-=_+|: \t")


def with_table_lines(text: str) -> str:
    """`text` with tables whose columns are set apart by tabs, spaces or semicolons, as `table_lines`.

    A table is at least `MIN_ROWS` lines in a row with equally many cells, heads above numbers. Lines of
    hyphens in it are no rows.
    """
    out: list[str] = []
    for is_blank, group in groupby(text.split("\n"), key=lambda line: not line.strip()):
        lines = list(group)
        out += lines if is_blank else _as_rows(lines)
    return "\n".join(out)


def _as_rows(lines: list[str]) -> list[str]:
    """The lines of a table with their heads, or the lines as they are."""
    written = [line for line in lines if not _is_rule(line)]
    if len(written) < MIN_ROWS or max(map(len, written)) > MAX_ROW:
        return lines
    if written[0].rstrip().endswith(tuple(STOPS)):
        return lines
    for cells in (*map(_parted, _CELLS), _by_tab, _by_place):
        rows = cells(written)
        is_even = len(rows[0]) > 1 and len({len(row) for row in rows}) == 1
        if is_even and is_head(rows):
            return table_lines(rows, has_head=True)
    return lines


def _is_rule(line: str) -> bool:
    """Whether a line is drawn with hyphens or the like, below the heads or between rows."""
    return ("--" in line or "==" in line or "__" in line) and set(line) <= _RULE_SIGNS


def _parted(sign: re.Pattern[str]) -> Callable[[Sequence[str]], _Rows]:
    return lambda lines: [[cell.strip() for cell in sign.split(line.strip())] for line in lines]


def _by_tab(lines: Sequence[str]) -> _Rows:
    """The cells between single tabs: two in a row enclose an empty cell, the last may be missing."""
    rows = [[cell.strip() for cell in line.rstrip(" \t").split("\t")] for line in lines]
    width = max(map(len, rows))
    return _with_gaps([row + [""] * (width - len(row)) for row in rows])


def _by_place(lines: Sequence[str]) -> _Rows:
    """The cells between places where every line has spaces, so that a cell may be empty."""
    if any("\t" in line for line in lines):
        return [[]]
    width = max(map(len, lines))
    used = 0  # a bit for each place; one after the other would take long for many lines
    for line in lines:
        used |= int(_SIGN.sub("1", line).replace(" ", "0"), 2) << width - len(line)
    gaps = [match.span() for match in _UNUSED.finditer(f"{used:0{width}b}")]
    starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), width]
    places = [place for place in zip(starts, ends, strict=True) if place[0] < place[1]]
    return _with_gaps([[line[start:end].strip() for start, end in places] for line in lines])


def _with_gaps(rows: _Rows) -> _Rows:
    """The rows, if they are a table in spite of empty cells: named in front, most of them whole."""
    whole = sum(all(row) for row in rows)
    is_table = len(rows[0]) >= MIN_COLUMNS and all(rows[0]) and all(row[0] and any(row[1:]) for row in rows)
    return rows if is_table and 2 * whole >= len(rows) else [[]]


def with_barred_rows(text: str) -> str:
    """`text` with the rows of tables between bars as `table_lines`, with or without a line of hyphens."""
    out: list[str] = []
    for is_table, group in groupby(text.split("\n"), key=_is_barred):
        lines = list(group)
        out += _barred_rows(lines) if is_table else lines
    return "\n".join(out)


def _is_barred(line: str) -> bool:
    return bool("|" in line and _BARRED.fullmatch(line)) or bool(_GRID.fullmatch(line))


def _barred_rows(lines: list[str]) -> list[str]:
    """The lines of a table between bars, or the lines as they are if they are not one."""
    rows = [
        (at, line) for at, line in enumerate(lines) if not (_RULE.fullmatch(line) or _GRID.fullmatch(line))
    ]
    if len(rows) < 2:
        return _markdown_head(lines, rows)
    cells = [_barred_cells(line) for _, line in rows]
    if not any(cells[0]):  # Markdown wants a row of heads, which may be empty
        return table_lines(cells, has_head=False)
    above_rule = rows[1][0] - rows[0][0] > 1
    if above_rule and (rows[0][0] == 0 or rows[-1][0] - rows[1][0] == len(rows) - 2):
        return table_lines(cells, has_head=True)  # only the heads have a rule below them
    if len({len(row) for row in cells}) > 1 or len(cells[0]) < 2:
        return lines
    if all(line.strip().startswith("|") and line.strip().endswith("|") for _, line in rows):
        return table_lines(cells)
    is_table = len(cells) >= MIN_ROWS or len(cells[0]) >= MIN_COLUMNS
    return table_lines(cells, has_head=True) if is_table and is_head(cells) else lines


def _markdown_head(lines: list[str], rows: Sequence[tuple[int, str]]) -> list[str]:
    """A table of Markdown that has only heads is that line."""
    if len(lines) > 1 and rows and rows[0][0] == 0 and _RULE.fullmatch(lines[1]):
        return table_lines([_barred_cells(rows[0][1])], has_head=True)
    return lines


def _barred_cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
