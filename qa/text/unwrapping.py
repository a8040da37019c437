"""Printed lines joined again: paragraphs of one line each, words without the hyphens of line ends.

Text that was wrapped to a width, in columns of a newspaper or by a mail program, is joined before it becomes
the text of an article. Lines that stand for themselves (headings, lists, tables, verses) stay apart. Knows
nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from qa.text.line_breaks import CONJUNCTIONS, NARROW, Break, Forms, opened
from qa.text.sentences import sentences

MIN_WIDTH, MAX_WIDTH = 18, 140  # characters of the longest line of wrapped text
FULL_SHARE = 0.6  # minimum share of lines that the next word would not have fitted into
RUN_ON_SHARE = 0.25  # minimum share of breaks within a sentence, by their words
RAGGED_SHARE, RAGGED_RUN_ON = 0.8, 0.5  # the minimum shares of text with a ragged margin
TELLING = 2  # number of full lines from which the last lines of paragraphs need not be full

_PAGE = "\f"
_LINE = re.compile(r"([^\n\f]*)(\n\f?|\f\n?|\Z)")
# A line end between two halves of a word where a blank line, the number of a page, or both lie.
_HYPHEN_AT_GAP = re.compile(
    r"(?<=[^\W\d_]{2})([-\u2010\u00ad])[ \t]*\n"
    r"(?:[ \t]*(?:[-–—] ?)?\d{1,4}(?: ?[-–—])?[ \t]*\n|[ \t]*\n){1,4}(?=[ \t]*([^\W\d_]{2,}))"
)
_NOT_SIGN = re.compile(r"(?<=[^\W\d_A-ZÄÖÜ])¬(?:[ \t]*(?=\n)|[ \t]?(?=[^\W\d_A-ZÄÖÜ]))")


class _Line(NamedTuple):
    text: str
    end: str  # what follows: a line feed, a form feed, both, or nothing


def unwrapped(text: str) -> str:
    """`text` with wrapped lines joined and words whole; everything else stays as it is.

    A page (form feed) that ends within a sentence ends behind that sentence instead, so that the page of a
    sentence is the one where it begins. Takes lines that end in LF.
    """
    text = _HYPHEN_AT_GAP.sub(_without_gap, _NOT_SIGN.sub("\u00ad", text))
    groups = list(_groups(text))
    columns = [_is_wrapped([line.text.strip() for line in group]) for group in groups]
    narrow = max((_width(group) for group, one in zip(groups, columns, strict=True) if one), default=0)
    forms = Forms(text)
    return "".join(
        _joined(group, _breaks(group, wrapped or (len(group) == 2 and _width(group) <= narrow)), forms)
        for group, wrapped in zip(groups, columns, strict=True)
    )


def _without_gap(gap: re.Match[str]) -> str:
    """The line end alone, if a word goes on behind the gap."""
    goes_on = gap[1] == "\u00ad" or (gap[2][0].islower() and gap[2] not in CONJUNCTIONS)
    return f"{gap[1]}\n" if goes_on else gap[0]


def _groups(text: str) -> Iterator[list[_Line]]:
    """Lines in a row; a blank line is a group of its own."""
    group: list[_Line] = []
    for match in _LINE.finditer(text):
        blank = not match[1].strip()
        if blank and group:
            yield group
            group = []
        group.append(_Line(match[1], match[2]))
        if blank:
            yield group
            group = []
    if group:
        yield group


def _width(group: Sequence[_Line]) -> int:
    return max(len(line.text.strip()) for line in group)


def _breaks(group: Sequence[_Line], wrapped: bool) -> list[bool]:
    """For each line but the last: whether it continues in the next one."""
    width = _width(group)
    breaks = [Break(upper.text.strip(), lower.text.strip(), width) for upper, lower in pairwise(group)]
    if not wrapped:
        return [one.certainly_goes_on and not one.apart for one in breaks]
    return [one.goes_on(first=number == 0) for number, one in enumerate(breaks)]


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines were wrapped to a width: most of them are full, and sentences run on over breaks."""
    width = max(map(len, lines))
    if len(lines) < 3 - (width >= NARROW) or not MIN_WIDTH <= width <= MAX_WIDTH:
        return False
    breaks = [Break(upper, lower, width) for upper, lower in pairwise(lines)]
    telling = [one for one in breaks if one.full or not one.ended]
    judged = telling if sum(one.full for one in telling) >= TELLING else breaks
    inner = sum(one.runs_on and not one.apart for one in breaks)
    open_ended = sum(not one.ended for one in breaks)
    if sum(one.full for one in judged) >= FULL_SHARE * len(judged):
        return inner >= 1 and inner >= RUN_ON_SHARE * open_ended
    # a ragged margin, as of text copied from a PDF
    nearly = sum(one.nearly_full for one in judged)
    return nearly >= RAGGED_SHARE * len(judged) and inner >= RAGGED_RUN_ON * open_ended


def _joined(group: Sequence[_Line], goes_on: Sequence[bool], forms: Forms) -> str:
    """The lines of a group, those that go on joined."""
    out: list[str] = []
    paragraph: list[str] = []
    pages: list[int] = []
    length = 0
    for line, joins, after in zip(group, [*goes_on, False], [*group[1:], _Line("", "")], strict=True):
        piece = line.text.strip() if paragraph else line.text.rstrip() if joins else line.text
        if joins:
            piece = opened(piece, after.text.strip(), forms)
        paragraph.append(piece)
        length += len(piece)
        if joins:
            pages += [length] * line.end.count(_PAGE)
        else:
            out += [with_pages("".join(paragraph), pages), line.end]
            paragraph, pages, length = [], [], 0
    return "".join(out)


def with_pages(paragraph: str, pages: Sequence[int]) -> str:
    """A paragraph with the ends of pages that lie in it, each behind its sentence."""
    if not pages:
        return paragraph
    ends = [span.end for span in sentences(paragraph)]
    marks = sorted(min((end for end in ends if end >= page), default=len(paragraph)) for page in pages)
    pieces, start = [], 0
    for mark in marks:
        pieces += [paragraph[start:mark], _PAGE]
        start = mark
    return "".join([*pieces, paragraph[start:].lstrip()])
