"""The words of a printed page in reading order, from their positions alone.

A page is cut at the gap that goes between most lines, and each part again: a recursive XY cut (Nagy and
Seth 1984, "Hierarchical representation of optically scanned documents"). A headline may span columns, because
a gap need not go through the whole page. Knows nothing of files, sentences or articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from qa.text.table_rows import CELL

# Width of a gap between columns in units of the type size, by the number of lines that it goes through: words
# of justified text stand up to one unit apart, but rarely below each other.
GUTTERS = ((8, 0.7), (4, 1.0), (2, 1.6))
MIN_COLUMN = 5.0  # minimum width of a column, in units of the type size
PROSE_WORDS = 2.5  # mean words of a line from which columns hold text, not a table
CELL_GAP = 2.5  # distance of two words, in units of the type size, from which they are in two cells
ALIGNED = 0.5  # points
MAX_DEPTH = 12  # nested cuts
MAX_GAPS = 500  # gaps of a region that are looked at
SAME_LINE = 0.5  # share of the height by which words of one line overlap
APART = 1.35  # distance of two lines, in usual distances, from which a paragraph begins
INDENT = 0.8  # the same for the first line of a paragraph, in units of the type size
SAME_SIZE = 0.12  # share by which the type sizes of one paragraph may differ
OUTSIDE = (-1e6, 1e6)  # the ends of the space next to a line, in points
_Gap = tuple[float, float]


class Word(NamedTuple):
    """A word and its place, in points; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float  # of the type


class Line(NamedTuple):
    """A line of a column."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    first: float  # width of the first word
    edge: float  # left edge of the column
    margin: float  # right edge of the column
    begins: bool  # set apart from the line above it, so that it begins a paragraph


def lines_in_order(words: Sequence[Word]) -> list[Line]:
    """The lines of a page in reading order."""
    return [line for block in _blocks(list(words), 0) for line in block]


def _blocks(words: list[Word], depth: int) -> Iterator[list[Line]]:
    """Parts of a region in reading order, each of one column."""
    if not words:
        return
    cut = _gutter(words) if depth < MAX_DEPTH else None
    if cut is None:
        yield _lines(words)
        return
    for part in cut:
        yield from _blocks(part, depth + 1)


def _gutter(words: list[Word]) -> tuple[list[Word], ...] | None:
    """The words above, left of, right of and below the gap that goes between most lines, if there is one."""
    unit = median(word.size for word in words)
    rows = list(bands(words))
    free = [_free(row, GUTTERS[0][1] * unit) for row in rows]
    best: tuple[int, tuple[list[Word], ...]] | None = None
    for first, last, gap in _gaps(free, GUTTERS[0][1] * unit):
        inner = [word for row in rows[first : last + 1] for word in row]
        left = [word for word in inner if word.right <= gap[0] + 0.01]
        right = [word for word in inner if word.left >= gap[1] - 0.01]
        lines = min(len(list(bands(left))), len(list(bands(right))))
        needed = next((width for count, width in GUTTERS if lines >= count), None)
        if needed is None or gap[1] - gap[0] < needed * unit or not (_is_text(left) and _is_text(right)):
            continue
        if best is None or lines > best[0]:
            above = [word for row in rows[:first] for word in row]
            below = [word for row in rows[last + 1 :] for word in row]
            best = lines, (above, left, right, below)
    return best[1] if best else None


def _gaps(free: Sequence[Sequence[_Gap]], least: float) -> Iterator[tuple[int, int, _Gap]]:
    """Each gap within a line, with the first and last line that it goes through; it narrows on its way."""
    seen: list[tuple[int, int, _Gap]] = []
    for row, gaps in enumerate(free):
        for gap in gaps:
            if gap[0] == OUTSIDE[0] or gap[1] == OUTSIDE[1] or _is_known(seen, row, gap):
                continue
            last, gap = _extended(gap, free[row + 1 :], least)
            first, gap = _extended(gap, free[:row][::-1], least)
            found = (row - first, row + last, gap)
            seen.append(found)
            yield found
            if len(seen) == MAX_GAPS:
                return


def _is_known(seen: Sequence[tuple[int, int, _Gap]], row: int, gap: _Gap) -> bool:
    """Whether a gap is part of one that was found before."""
    return any(first <= row <= last and gap[0] <= a and b <= gap[1] for first, last, (a, b) in seen)


def _extended(gap: _Gap, free: Iterable[Sequence[_Gap]], least: float) -> tuple[int, _Gap]:
    """How many lines a gap runs through, and what is left of it."""
    count = 0
    for gaps in free:
        common = [(max(gap[0], a), min(gap[1], b)) for a, b in gaps]
        widest = max(common, key=lambda one: one[1] - one[0], default=(0.0, 0.0))
        if widest[1] - widest[0] < least:
            break
        gap = widest
        count += 1
    return count, gap


def _is_text(column: list[Word]) -> bool:
    """Whether a column holds running text, not numbers of a list or cells of a table."""
    if not column:
        return False
    unit = median(word.size for word in column)
    width = max(word.right for word in column) - min(word.left for word in column)
    return width >= MIN_COLUMN * unit and len(column) >= PROSE_WORDS * len(list(bands(column)))


def bands(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words cut wherever a horizontal line touches none of them, from the top."""
    band: list[Word] = []
    bottom = 0.0
    for word in sorted(words, key=lambda word: (word.top, word.left)):
        overlap = SAME_LINE * min(word.bottom - word.top, word.size)
        if band and word.top > bottom - overlap:
            yield band
            band, bottom = [], word.bottom
        band.append(word)
        bottom = max(bottom, word.bottom) if len(band) > 1 else word.bottom
    if band:
        yield band


def _free(row: list[Word], least: float) -> list[_Gap]:
    """The gaps of a line that could be between columns, with the space next to it."""
    gaps: list[_Gap] = []
    at = OUTSIDE[0]
    for word in sorted(row, key=lambda word: word.left):
        if word.left - at >= least:
            gaps.append((at, word.left))
        at = max(at, word.right)
    return [*gaps, (at, OUTSIDE[1])]


def _lines(words: list[Word]) -> list[Line]:
    """The lines of one column."""
    rows = [sorted(row, key=lambda word: word.left) for row in _rows(words)]
    edge = min(word.left for word in words)
    margin = max(word.right for word in words)
    sizes = [median(word.size for word in row) for row in rows]
    steps = [lower[0].bottom - upper[0].bottom for upper, lower in pairwise(rows)]
    usual = median(steps) if steps else 0.0
    lines: list[Line] = []
    for number, (row, size) in enumerate(zip(rows, sizes, strict=True)):
        left = row[0].left
        begins = (
            number == 0
            or abs(size - sizes[number - 1]) > SAME_SIZE * size
            or steps[number - 1] > APART * min(usual, 2 * size)
            or (left - rows[number - 1][0].left > INDENT * size)
        )
        lines.append(
            Line(
                "".join(_spaced(row, _aligned(row, rows[max(0, number - 1) : number + 2]))),
                left,
                min(word.top for word in row),
                max(word.right for word in row),
                max(word.bottom for word in row),
                size,
                row[0].right - left,
                edge,
                margin,
                begins,
            )
        )
    return lines


def _aligned(row: Sequence[Word], near: Sequence[Sequence[Word]]) -> bool:
    """Whether each of three words or more stands exactly above or below another, as in a table."""
    others = [word for other in near if other is not row for word in other]
    return len(row) > 2 and all(
        any(
            abs(word.left - other.left) < ALIGNED or abs(word.right - other.right) < ALIGNED
            for other in others
        )
        for word in row
    )


def _spaced(row: Sequence[Word], aligned: bool) -> Iterator[str]:
    """The words of a line with what stands between them: a space, or a mark between cells of a table.

    The gaps of a justified line are all alike, but its words do not stand below each other.
    """
    gaps = [word.left - before.right for before, word in pairwise(row)]
    least = max(CELL_GAP * row[0].size, 0.0 if aligned else 2 * min(gaps, default=0.0))
    yield row[0].text
    for gap, word in zip(gaps, row[1:], strict=True):
        yield CELL if gap > least else " "
        yield word.text


def _rows(words: list[Word]) -> Iterator[list[Word]]:
    """The words of one column by lines; what is raised or lowered a little belongs to its line."""
    row: list[Word] = []
    for word in sorted(words, key=lambda word: (word.bottom + word.top) / 2):
        middle = (word.bottom + word.top) / 2
        if row:
            largest = max(row, key=lambda other: other.size)
            if not largest.top <= middle <= largest.bottom:
                yield row
                row = []
        row.append(word)
    if row:
        yield row
