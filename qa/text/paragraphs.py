"""Paragraphs of a text: its lines between boilerplate, with wrapped lines joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qa.text.boilerplate import boilerplate_spans
from qa.text.characters import LIST_MARKS, QUOTES, SENTENCE_ENDS
from qa.text.spans import stripped
from qa.text.table_rows import is_table_row
from qa.types import Span

WRAP_MIN, WRAP_MAX = 55, 100  # maximum line length of hard-wrapped text
WRAP_SHARE = 0.6  # minimum share of full lines; the others end paragraphs
WRAP_FULL = 2  # number of full lines from which the last lines of paragraphs need not be full

_ENDS = tuple(SENTENCE_ENDS)
_LISTED = re.compile(rf"\s*(?:[{LIST_MARKS}>#|]|\d{{1,3}}[.)]\s|[a-z]\)\s)")
# a line break without a heading or list item before or after it
_RUN_ON = re.compile(r"(?:,|\s[a-zäöü]{1,3}|[^\W\d_]-)\n|\n[a-zäöü]")


def blocks(text: str) -> Iterator[Span]:
    """What lies between boilerplate."""
    start = 0
    for span in boilerplate_spans(text):
        yield Span(start, span.start)
        start = span.end
    yield Span(start, len(text))


def paragraphs(text: str, block: Span) -> Iterator[Span]:
    """The lines of a block without outer spaces; wrapped lines are joined."""
    for group in _line_groups(text, block):
        wrapped = _wraps([text[start:end] for start, end in group])
        start = group[0].start
        for line, goes_on, after in zip(group, [*wrapped, False], [*group[1:], group[-1]], strict=True):
            if not goes_on:
                yield Span(start, line.end)
                start = after.start


def _line_groups(text: str, block: Span) -> Iterator[list[Span]]:
    """The lines of a block without outer spaces, grouped by blank lines."""
    group: list[Span] = []
    for match in re.finditer(r"([^\r\n\f]*)(\r\n|[\n\r\f]|\Z)", text[block.start : block.end]):
        line = stripped(text, Span(block.start + match.start(1), block.start + match.end(1)))
        if line.start < line.end:
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _wraps(lines: list[str]) -> list[bool]:
    """For each line but the last: whether it was only wrapped.

    A line was wrapped if the first word of the next line would not have fitted. Lines of a list or table may
    look like that by chance, so most lines of the group must. The first line may begin in the middle of a
    line, as in a passage; it is judged by the words at the break.
    """
    width = max(map(len, lines))
    if not WRAP_MIN <= width <= WRAP_MAX:
        return [False] * (len(lines) - 1)
    pairs = list(pairwise(lines))
    full = [len(upper) + 1 + len(lower.split(maxsplit=1)[0]) > width for upper, lower in pairs]
    # short last lines of paragraphs do not count if others are full
    telling = [
        fits for fits, (upper, _) in zip(full[1:], pairs[1:], strict=True) if fits or not _is_ended(upper)
    ]
    judged = telling if sum(telling) >= WRAP_FULL else full[1:]
    if sum(judged) < WRAP_SHARE * len(judged):
        return [False] * len(full)
    full[:1] = [
        (len(full) > 1 and full[0]) or bool(_RUN_ON.search(f"{u[-20:]}\n{v[:1]}")) for u, v in pairs[:1]
    ]
    return [
        fits
        and not (_is_ended(upper) or upper[0] in "#|" or _LISTED.match(lower))
        and not (is_table_row(upper) and is_table_row(lower))
        for fits, (upper, lower) in zip(full, pairs, strict=True)
    ]


def _is_ended(line: str) -> bool:
    return line.rstrip(QUOTES).endswith(_ENDS)
