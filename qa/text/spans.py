"""Spans of a text: without outer spaces, between cuts, in pieces of a size."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from qa.text.characters import STOPS, WIDE_STOPS
from qa.types import Span

MAX_JOINED = 32  # code points of one visible character; longer runs are noise and split anywhere
_CUT = re.compile(rf"[{STOPS}…]\s+|[{WIDE_STOPS}]")


def stripped(text: str, span: Span) -> Span:
    """A span without outer spaces."""
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    return Span(start, max(start, span.start + len(part.rstrip())))


def between(text: str, cuts: Iterable[int]) -> list[Span]:
    """The spans between cuts, without outer spaces; those of nothing but spaces are left out."""
    spans = (stripped(text, Span(a, b)) for a, b in pairwise(cuts))
    return [span for span in spans if span.start < span.end]


def fitting(text: str, span: Span, size: int) -> Iterator[Span]:
    """Split a span into pieces of at most `size`, after a full stop or else at a space, if there are any."""
    start = span.start
    while span.end - start > size:
        cut = start + size
        ends = [m.end() for m in _CUT.finditer(text, start + size // 2, cut)]
        spaces = [m.end() for m in re.finditer(r"\s+", text[start:cut])]
        if ends or spaces:
            cut = ends[-1] if ends else start + spaces[-1]
        else:
            joined = cut
            while joined > cut - MAX_JOINED and _is_joined(text, joined):
                joined -= 1
            cut = joined if joined > cut - MAX_JOINED else cut
        piece = stripped(text, Span(start, cut))
        if piece.start < piece.end:
            yield piece
        start = cut
    piece = stripped(text, Span(start, span.end))
    if piece.start < piece.end:
        yield piece


def _is_joined(text: str, cut: int) -> bool:
    """Whether the code points around `cut` form one visible character (accents, joined emoji)."""
    after = text[cut]
    return (
        unicodedata.category(after)[0] == "M" or "\u200d" in (after, text[cut - 1]) or "🏻" <= after <= "🏿"
    )
