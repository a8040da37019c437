"""Sentences of running text, as exact spans.

The bounds come from `sentencex`, which is given one paragraph at a time, without boilerplate; `corrections`
puts right what it is known to get wrong. Knows nothing of articles, and nothing of passages but that one may
begin and end with any sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import sentencex

from qa.text.characters import LIST_MARKS, QUOTES, SENTENCE_ENDS, STOPS
from qa.text.corrections import corrected
from qa.text.paragraphs import blocks, paragraphs
from qa.text.spans import between, fitting
from qa.text.table_rows import is_table_row
from qa.text.tokens import DEFAULT_LANGUAGE
from qa.types import Span

SPLITTER = "sentencex"
MAX_SENTENCE = 1400  # characters; anything longer is a list or has no punctuation, and is split at spaces
MAX_PARAGRAPH = 10_000  # characters; sentencex takes quadratic time, and no passage spans this limit
LONG_QUOTE = 350  # characters; sentences within a longer quotation are separate
MAX_LIST = 600  # characters of a list that is one unit with the sentence that introduces it
MAX_SENTENCE_LIST = 420  # the same where items are sentences, which could also be quoted one by one
MAX_GAP = 2  # line feeds between two lines of a list without marks
APART_ITEMS = 3  # lines from which they are a list although blank lines lie between
HEADING_CHARS = 120
HEADING_WORDS = 16

_QUOTE = re.compile(f"[{QUOTES}]")
# what introduces a list, and its first item; without a colon the item has a mark
_LIST = re.compile(rf":[{QUOTES})]*\s*\n\s*\S|\n\s*(?:[{LIST_MARKS}]|\d{{1,3}}[.)]|[a-z]\))\s")
_ITEM = re.compile(rf"\s*(?:[{LIST_MARKS}]|\d{{1,3}}[.)]|[a-z]\))\s")
_NO_MARKS = re.compile(r"[\w ,-]*")  # nothing that could end a sentence
_AFTER_SENTENCE = tuple((set(SENTENCE_ENDS) - set(":…")) | {";"})
_MARKUP = re.compile(rf"\s*(?:(?:#{{1,6}}|[{LIST_MARKS}>])\s+)*")


class Unit(NamedTuple):
    """The smallest unit of a passage: one sentence with the markup before it."""

    start: int  # of the markup
    sentence: Span
    block: int  # pieces with the same number have no boilerplate between them
    paragraph: int


def sentences(text: str, language: str = "") -> tuple[Span, ...]:
    """The sentences, headings and list items of `text` that can be quoted, as spans in order.

    Boilerplate, markup at the beginning of a line and lines without a letter or digit are left out.
    `language` is an ISO 639-1 code; empty counts as German.
    """
    spans = (unit.sentence for unit in units(text, language))
    return tuple(span for span in spans if any(c.isalnum() for c in text[span.start : span.end]))


def is_heading(text: str) -> bool:
    """Whether a span returned by `sentences` looks like a heading or label: short, without final
    punctuation, neither a row of a table nor a list with its introduction.
    """
    bare = text.strip().rstrip(QUOTES + "*_)’'").rstrip()
    if is_table_row(bare) or _LIST.search(bare):
        return False
    short = len(bare) <= HEADING_CHARS and len(bare.split()) <= HEADING_WORDS
    return bool(bare) and short and not bare.endswith(_AFTER_SENTENCE)


def units(text: str, language: str = "") -> Iterator[Unit]:
    """All pieces of `text` in order, which together hold each character but spaces and boilerplate."""
    block = paragraph = 0
    for span in blocks(text):
        parts = list(paragraphs(text, span))
        items = 0  # parts that belong to the list before them
        for place, part in enumerate(parts):
            if items:
                items -= 1
                continue
            items = _introduced(text, parts, place)
            for number, window in enumerate(fitting(text, part, MAX_PARAGRAPH)):
                block += number > 0
                pieces = _segment(text[window.start : window.end], language)
                for piece in pieces:
                    start, end = window.start + piece.start, window.start + piece.end
                    if items and end == part.end:
                        end = parts[place + items].end
                    match = _MARKUP.match(text, start, end)
                    yield Unit(start, Span(match.end() if match else start, end), block, paragraph)
                paragraph += 1
        block += 1


def _introduced(text: str, parts: list[Span], place: int) -> int:
    """How many of the paragraphs behind one are the list that it introduces, by a colon or as the heading of
    items with marks; 0 if it is quoted item by item.
    """
    line = text[parts[place].start : parts[place].end]
    announced = line.rstrip(QUOTES + ")").endswith(":")
    if not announced and (not is_heading(line) or _ITEM.match(line)):
        return 0
    marked, plain = 0, True
    for item in parts[place + 1 :]:
        line = text[item.start : item.end]
        if not _ITEM.match(line):
            break
        plain = plain and is_heading(line.rstrip(";,"))
        marked += 1
    if announced and not marked:
        marked = _lines_below(text, parts, place)
    if marked < 2 or not (announced or plain):
        return 0
    length = parts[place + marked].end - parts[place].end
    return marked if length <= (MAX_LIST if plain else MAX_SENTENCE_LIST) else 0


def _lines_below(text: str, parts: list[Span], place: int) -> int:
    """How many short lines without marks follow, each on the line after the other; a blank line may lie above
    them, and then between all of them, if there are enough not to be headings.
    """
    count = first = usual = 0  # and line feeds above the first line and between two
    for above, item in pairwise(parts[place:]):
        line = text[item.start : item.end]
        gap = text.count("\n", above.end, item.start)
        if not 1 <= gap <= MAX_GAP or "\f" in text[above.end : item.start]:
            break
        first, usual = (gap, usual) if count == 0 else (first, gap if count == 1 else usual)
        if gap > first or (count and gap != usual) or not is_heading(line) or is_table_row(line):
            break
        count += 1
    return count if usual < MAX_GAP or count >= APART_ITEMS else 0


def _segment(text: str, language: str) -> list[Span]:
    """Sentences of one paragraph; a row of a table is one."""
    if is_table_row(text) or _NO_MARKS.fullmatch(text):
        return list(fitting(text, Span(0, len(text)), MAX_SENTENCE))
    out: list[Span] = []
    for span in corrected(text, _bounds(text, language), language or DEFAULT_LANGUAGE):
        part = text[span.start : span.end]
        if len(part) > LONG_QUOTE and _QUOTE.search(part):
            inner = corrected(part, _bounds(_without_quotes(part), language), language or DEFAULT_LANGUAGE)
            out += [Span(span.start + s.start, span.start + s.end) for s in inner]
        else:
            out.append(span)
    return [piece for span in out for piece in fitting(text, span, MAX_SENTENCE)]


def _bounds(text: str, language: str) -> list[Span]:
    """The result of sentencex as spans without outer spaces. It counts code points, like Python."""
    flat = re.sub(r"[\r\n\f]", " ", text)
    flat = flat.encode("utf-8", "replace").decode("utf-8")  # half a character, which Rust does not take
    ends = {
        int(bound["end_index"])
        for bound in sentencex.get_sentence_boundaries(language or DEFAULT_LANGUAGE, flat)
    }
    cuts = [0, *sorted(end for end in ends if 0 < end < len(text)), len(text)]
    return between(text, cuts)


def _without_quotes(text: str) -> str:
    """The text at the same length, with quotation marks that do not end a sentence."""
    text = re.sub(rf"(?<=[{STOPS}…])[{QUOTES}]", ".", text)
    return re.sub(rf"[{QUOTES}]", " ", text)
