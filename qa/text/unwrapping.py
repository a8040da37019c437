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

from qa.text.abbreviations import ABBREVIATIONS
from qa.text.boilerplate import is_boilerplate
from qa.text.characters import LIST_MARKS, QUOTES, SENTENCE_ENDS
from qa.text.corrections import BEFORE_ORDINAL, ORDINAL_NOUN
from qa.text.sentences import sentences

NARROW = 55  # characters; lines below that are wrapped only if their words say so
MIN_WIDTH, MAX_WIDTH = 18, 140  # characters of the longest line of wrapped text
FULL_SHARE = 0.6  # minimum share of lines that the next word would not have fitted into
RUN_ON_SHARE = 0.25  # minimum share of breaks within a sentence, by their words
NEARLY = 0.8  # share of the width that a line of a ragged margin reaches with the next word
RAGGED_SHARE, RAGGED_RUN_ON = 0.8, 0.5  # the minimum shares of text with a ragged margin
MAX_WORD = 80  # characters looked at before a break
TELLING = 2  # number of full lines from which the last lines of paragraphs need not be full
ROOMY = 0.6  # share of the width from which a line that ends in an abbreviation continues

_PAGE = "\f"
_LINE = re.compile(r"([^\n\f]*)(\n\f?|\f\n?|\Z)")
_FORM = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LISTED = re.compile(rf"(?:[{LIST_MARKS}>]\s|[#|]|\d{{1,3}}[.)]\s|[a-z]\)\s)")
_IN_SENTENCE = re.compile(r"\d|[–-]\s[a-zäöü]")
_CELLS = re.compile(r"\S(?:\s{3,}|\t| \| )\S")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_HYPHENATED_NUMBER = re.compile(r"\d[-\u2010]$")
_WORD = re.compile(r"[^\W\d_]+")
# what may follow a hyphen in place of the rest of a word: "Ein- und Ausgang"
_CONJUNCTIONS = frozenset("und oder bzw sowie bis noch als wie statt and or to nor".split())
# "non-profit" keeps its hyphen where English text breaks after it
_ENGLISH_HEADS = frozenset(
    "all anti co cross ex far high long low mid multi non pro self semi so well".split()
)
_INNER_END = re.compile(r"(?:,|;|\s(?:[a-zäöü]{1,3}|eine[mnrs]?|dies\w*|sein\w*|with|from|that|they|their))$")
_SHORT_END = re.compile(r"(?:^|[\s(])(?:\d{1,3}|[A-Za-zÄÖÜ]|([^\W\d_]{2,12}))\.$")
_SHORT_FORMS = (
    ABBREVIATIONS["de"]
    | ABBREVIATIONS["en"]
    | set("dr prof nr st ca bzw mio mrd tsd rd str art hl jun sen gez dipl mr mrs inc".split())
    | set("jan febr feb apr aug okt oct nov dez dec sgt capt lt rev gov rep vs".split())
)
_WORDS_TOO = frozenset("art fa jun led max red rep str".split())  # these may end a sentence as words
_BEFORE_NUMBER = frozenset("no nos pp vol".split())
_LETTERS = re.compile(r"[^\W\d_]\.")  # "z. B."
# a full stop within a sentence where a small letter follows: "Johann II. von", "usw. auf"
_INNER_STOP = re.compile(r"\b(?:[IVXL]+|usw|etc|ff|e\. ?V)\.$")
# A line end between two halves of a word where a blank line, the number of a page, or both lie.
_HYPHEN_AT_GAP = re.compile(
    r"(?<=[^\W\d_]{2})([-\u2010\u00ad])[ \t]*\n"
    r"(?:[ \t]*(?:[-–—] ?)?\d{1,4}(?: ?[-–—])?[ \t]*\n|[ \t]*\n){1,4}(?=[ \t]*([^\W\d_]{2,}))"
)
_NOT_SIGN = re.compile(r"(?<=[^\W\d_A-ZÄÖÜ])¬(?:[ \t]*(?=\n)|[ \t]?(?=[^\W\d_A-ZÄÖÜ]))")


class Break(NamedTuple):
    """The end of a line and the line after it."""

    upper: str
    lower: str
    width: int  # of the longest line of the group, in characters
    reach: float | None = None  # right end of the upper line with the next word, as a share of the width, …
    # … where positions tell; above 1 it would not have fitted

    @property
    def hyphenated(self) -> bool:
        """Whether a word continues in the next line."""
        if self.upper.endswith("\u00ad"):
            return True
        lower = _WORD.match(self.lower)
        if not lower or not _HYPHEN.search(self.upper) or not lower[0][0].islower():
            return False
        return lower[0] not in _CONJUNCTIONS

    @property
    def _reached(self) -> float:
        if self.reach is not None:
            return self.reach
        return (len(self.upper) + 1 + len(self.lower.split(maxsplit=1)[0])) / self.width

    @property
    def full(self) -> bool:
        """Whether the next word would not have fitted."""
        return self._reached > 1 or self.hyphenated

    @property
    def runs_on(self) -> bool:
        """Whether a sentence continues, judging by the words at the break."""
        if self.lower[0].islower() or self.stops_in_short_form:
            return True
        return bool(_HYPHEN.search(self.upper) or _INNER_END.search(self.upper))

    @property
    def ended(self) -> bool:
        return self.upper.rstrip(QUOTES).endswith(tuple(SENTENCE_ENDS)) and not self.stops_in_short_form

    @property
    def stops_in_short_form(self) -> bool:
        """Whether the full stop is certainly that of an ordinal or abbreviation."""
        if self.lower[0].islower() and _INNER_STOP.search(self.upper):
            return True
        found = _SHORT_END.search(self.upper)
        if not found:
            return False
        if word := (found[1] or "").casefold():
            if word in _BEFORE_NUMBER:
                return self.lower[0].isdigit()
            return word in _SHORT_FORMS and word not in _WORDS_TOO
        if self.upper[-2].isdigit():
            return bool(BEFORE_ORDINAL.search(self.upper) or ORDINAL_NOUN.match(self.lower))
        return bool(_LETTERS.match(self.lower))

    @property
    def apart(self) -> bool:
        """Whether one of the lines is a paragraph of its own, whatever their lengths."""
        if self.upper[0] in "#|" or _CELLS.search(self.upper) or _CELLS.search(self.lower):
            return True
        if self._lists:
            return True
        return is_boilerplate(self.upper) or is_boilerplate(self.lower)

    @property
    def _lists(self) -> bool:
        """Whether the lower line is an item of a list, not a date or dash within a sentence."""
        if not _LISTED.match(self.lower):
            return False
        within = self.full and not self.ended and not _LISTED.match(self.upper)
        return not (within and _IN_SENTENCE.match(self.lower))

    @property
    def nearly_full(self) -> bool:
        """Whether the next word would have come close to the margin."""
        return self._reached > NEARLY

    @property
    def certainly_goes_on(self) -> bool:
        """Whether the lines are one whatever the widths of the lines around them."""
        if self.hyphenated or self.stops_in_short_form:
            return True
        return len(self.upper) >= NARROW and self.lower[0].islower() and not self.ended

    def goes_on(self, *, first: bool) -> bool:
        """Whether the lines are one, in text that was wrapped; the first line may be a headline."""
        if self.apart:
            return False
        if self.full or self.runs_on:
            return self.full or not self.ended or self._may_end_in_short_form
        if self.ended:
            return self._may_end_in_short_form
        return self.nearly_full and not first

    @property
    def _may_end_in_short_form(self) -> bool:
        """Whether the full stop may be that of an ordinal or abbreviation."""
        found = _SHORT_END.search(self.upper) if len(self.upper) >= ROOMY * self.width else None
        return bool(found and (not found[1] or found[1].casefold() in _SHORT_FORMS))


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
    goes_on = gap[1] == "\u00ad" or (gap[2][0].islower() and gap[2] not in _CONJUNCTIONS)
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


class Forms:
    """The words of a text, to learn whether a hyphen at a line end belongs to its word."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: frozenset[str] | None = None

    def has(self, word: str) -> bool:
        if self._found is None:  # few texts are wrapped
            self._found = frozenset(_FORM.findall(self._text))
        return word in self._found


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


def opened(upper: str, lower: str, forms: Forms) -> str:
    """A line as `lower` is to be put behind it: with a space, or without its hyphen."""
    if upper.endswith("\u00ad"):
        return upper[:-1]
    head, word = _HYPHEN.search(upper[-MAX_WORD:]), _WORD.match(lower)
    if head and word:
        if word[0] in _CONJUNCTIONS:
            return f"{upper} "
        if not word[0][0].islower() or len(head[1]) == 1 or head[1].casefold() in _ENGLISH_HEADS:
            return upper
        kept = forms.has(f"{head[1]}-{word[0]}") and not forms.has(f"{head[1]}{word[0]}")
        return upper if kept else upper[:-1]
    if _HYPHENATED_NUMBER.search(upper[-2:]) and lower[:1].isalnum():
        return upper
    return f"{upper} "


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
