"""The lines of printed pages → text: paragraphs of one line each, without running heads and page numbers.

Knows nothing of files; positions come from `pdf_layout`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

from qa.corpus.formats.pdf_layout import SAME_SIZE, Line, Word, bands, lines_in_order
from qa.text.edge_lines import (
    EDGE,
    LETTERS,
    PAGE_NUMBER,
    WINDOW,
    Around,
    EdgeLine,
    edge_line,
    is_running,
    opening_names,
)
from qa.text.line_breaks import Break, Forms, opened
from qa.text.table_rows import CELL, table_lines
from qa.text.unwrapping import with_pages

PAGE_END = "\f"  # behind the last sentence that begins on a page; `qa.types.Article.page` counts them
HEADLINE = 1.25  # type size of a headline, in sizes of the text
MAX_HEADLINE = 150  # characters


class _Page(NamedTuple):
    words: list[Word]
    top: list[tuple[EdgeLine, list[Word]]]  # the first lines
    bottom: list[tuple[EdgeLine, list[Word]]]  # the last lines, the last one first
    opening: list[str]  # names in its first lines


def pages_of_text(pages: Iterable[Sequence[Word]]) -> tuple[str, str]:
    """The text of a document, and its headline by the size of the type, or ""."""
    lines = [list(_with_table_rows(lines_in_order(words))) for words in _without_edges(pages)]
    return _text(lines), _headline(lines)


def _without_edges(pages: Iterable[Sequence[Word]]) -> Iterator[list[Word]]:
    """The words of each page without page numbers, and without what is repeated at the edges of nearby pages.

    A running head stays on the first page and a foot on the last, because they may name the outlet and the
    day. The first of other words with a year is put below the last page.
    """
    near: deque[_Page | None] = deque([None] * (2 * WINDOW + 1), maxlen=2 * WINDOW + 1)
    opening: list[str] = []
    shown: set[str] = set()
    dated: list[tuple[EdgeLine, list[Word]]] = []
    for number, page in enumerate(_padded(pages), start=-WINDOW):
        near.append(page)
        middle = near[WINDOW]
        if middle is not None:
            if number == 0:
                opening = middle.opening
                shown = {line.text for line, _ in middle.top}
            others = [other for at, other in enumerate(near) if other is not None and at != WINDOW]
            is_last = all(other is None for other in [*near][WINDOW + 1 :])
            words, gone = _cut(middle, others, opening, is_first=number == 0, is_last=is_last)
            dated += [(line, row) for line, row in gone if line.has_year and line.text not in shown]
            if is_last:
                foot = {line.text for line, _ in middle.bottom}
                row = next((row for line, row in dated if line.text not in foot), None)
                words += _below(words, row) if row else []
            yield words


def _below(words: Sequence[Word], row: Sequence[Word]) -> list[Word]:
    """A line below all others of a page."""
    shift = max((word.bottom for word in words), default=0.0) + 2 * row[0].size - row[0].top
    return [word._replace(top=word.top + shift, bottom=word.bottom + shift) for word in row]


def _padded(pages: Iterable[Sequence[Word]]) -> Iterator[_Page | None]:
    for words in pages:
        rows = [sorted(band, key=lambda word: word.left) for band in bands(words)]
        texts = [" ".join(word.text for word in row) for row in rows]
        edges = [(edge_line(text), row) for text, row in zip(texts, rows, strict=True)]
        yield _Page(list(words), edges[:EDGE], edges[EDGE:][: -EDGE - 1 : -1], opening_names(texts))
    for _ in range(WINDOW):
        yield None


def _cut(
    page: _Page, others: Sequence[_Page], opening: Sequence[str], *, is_first: bool, is_last: bool
) -> tuple[list[Word], list[tuple[EdgeLine, list[Word]]]]:
    """The words of a page without what is left out, and these lines."""
    above = [[line for line, _ in other.top] for other in others]
    below = [[line for line, _ in other.bottom] for other in others]
    names = () if is_first else opening
    heads = Around(above, below, names, is_kept=is_first)
    feet = Around(below, above, names, is_kept=is_last)
    gone: list[tuple[EdgeLine, list[Word]]] = []
    for edge, around in ((page.top, heads), (page.bottom, feet)):
        for line, row in edge:
            if _is_page_number(line.text, row, page):
                gone.append((line, row))
            elif is_running(line, around, is_foot=around is feet, is_alone=not page.top):
                if not around.is_kept:
                    gone.append((line, row))
            else:
                break
    left_out = {id(word) for _, row in gone for word in row}
    return [word for word in page.words if id(word) not in left_out], gone


def _is_page_number(text: str, row: Sequence[Word], page: _Page) -> bool:
    """Whether a line at the edge is a page number: it says so, or it is a number apart from the text."""
    if not PAGE_NUMBER.fullmatch(text):
        return False
    if LETTERS.search(text):
        return True
    top, bottom = min(word.top for word in row), max(word.bottom for word in row)
    others = [word for word in page.words if word.bottom <= top + 1 or word.top >= bottom - 1]
    nearest = min((max(word.top - bottom, top - word.bottom) for word in others), default=0.0)
    return nearest > 0.5 * row[0].size


def _with_table_rows(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, the rows of a table below the heads of their columns."""
    for cells, group in groupby(lines, key=lambda line: line.text.count(CELL)):
        rows = list(group)
        if cells == 0 or len(rows) < 2:
            yield from rows
            continue
        texts = table_lines([row.text.split(CELL) for row in rows])
        for number, (text, row) in enumerate(zip(texts, rows[-len(texts) :], strict=True)):
            yield row._replace(text=text, begins=number == 0)


def _text(pages: Sequence[Sequence[Line]]) -> str:
    """Paragraphs separated by blank lines; one that continues on the next page or column is joined."""
    forms = Forms("\n".join(line.text for page in pages for line in page))
    out: list[str] = []
    pieces: list[str] = []  # of the paragraph
    ends: list[int] = []  # where pages end in it
    pending = 0  # pages that ended since the last line
    last: Line | None = None
    for page in pages:
        for line in page:
            if last is not None and _goes_on(last, line):
                pieces[-1] = opened(pieces[-1], line.text, forms)
                if pending:
                    ends += [sum(map(len, pieces))] * pending
            elif last is not None:
                # a blank line between paragraphs, none between lines that are paragraphs of their own
                out += [
                    with_pages("".join(pieces), ends),
                    PAGE_END * pending or "\n",
                    "\n" if line.begins else "",
                ]
                pieces, ends = [], []
            else:
                out.append(PAGE_END * pending)
            pending = 0
            pieces.append(line.text)
            last = line
        pending += 1
    return "".join([*out, with_pages("".join(pieces), ends), PAGE_END * pending])


def _goes_on(upper: Line, lower: Line) -> bool:
    """Whether two lines are of one paragraph."""
    same_size = abs(upper.size - lower.size) <= SAME_SIZE * upper.size
    broken = Break(upper.text, lower.text, len(upper.text), _reach(upper, lower))
    if not same_size:
        return False
    if not lower.begins:
        return broken.goes_on(first=False)
    if broken.apart or broken.hyphenated or not _is_elsewhere(upper, lower):
        return broken.hyphenated and not broken.apart
    return (broken.nearly_full or broken.runs_on) and not broken.ended


def _is_elsewhere(upper: Line, lower: Line) -> bool:
    """Whether the lower line is in another column or on another page."""
    return lower.top <= upper.top or lower.left > upper.right or lower.right < upper.left


def _reach(upper: Line, lower: Line) -> float:
    """How far the upper line would reach with the first word of the lower one, as a share of the column."""
    return (upper.right + 0.2 * upper.size + lower.first - upper.edge) / (upper.margin - upper.edge)


def _headline(pages: Sequence[Sequence[Line]]) -> str:
    """The text in the largest type of the first page, if it is larger than the rest of the text."""
    first = next((page for page in pages if page), [])
    usual = median(line.size for page in pages for line in page) if first else 0.0
    largest = max((line.size for line in first if LETTERS.search(line.text)), default=0.0)
    if largest < HEADLINE * usual:
        return ""
    parts: list[str] = []
    for line in first:
        if line.size > 0.95 * largest:
            parts.append(line.text)
        elif parts:
            break
    title = " ".join(parts)
    return title if len(title) <= MAX_HEADLINE else ""
