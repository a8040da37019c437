"""What the lines at the edges of printed pages look like: page numbers, running heads and feet.

A line of the article may look like one of them, so each rule asks for a sign that running text does not have.
`running_heads` takes them from plain text, the reader of PDFs from printed lines. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from qa.text.boilerplate import is_boilerplate
from qa.text.characters import STOPS

EDGE = 2  # lines at the top and bottom of a page where running heads and page numbers may stand
WINDOW = 2  # pages before and behind on which a running head stands again
ALIKE = 0.7  # share of their words by which two heads are the same, such as "Bote, Nr. 0, Seite 0", "Lokales"
ALIKE_WORDS = 3  # the least number of these words
OPENING = 3  # first lines of a document, which name its outlet and title
MIN_NAME = 8  # characters of a name or title that is looked for in a line

LETTERS = re.compile(r"[^\W\d_]{3}")
_COUNTED = r"(?:(?:Seite|Blatt|Page|S\.|p\.)\s?)?\d{1,4}(?:\s?(?:/|von|of)\s?\d{1,4})?"
PAGE_NUMBER = re.compile(
    r"(?:(?:Seite|Blatt|Page|S\.|p\.)\s?)?[-–—|]?\s?\d{1,4}\s?[-–—|]?(?:\s?(?:/|von|of)\s?\d{1,4})?"
    rf"|[-–—|]\s?{_COUNTED}\s?[-–—|]|\(\s?{_COUNTED}\s?\)|\[\s?{_COUNTED}\s?\]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+|\b[IVXLC]{1,7}\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
# A head that says which page it is on, as "Almer Bote Seite 0", "Page 0 of 0 | Fenby Gazette"; numbers are 0.
_OF_PAGE = r"\b(?:Seite|Blatt|Page|S\.|p\.)\s?0(?:\s?(?:/|von|of)\s?0)?"
_NUMBERED = re.compile(rf".{{3,90}}\s{_OF_PAGE}|{_OF_PAGE}\W.{{3,90}}", re.IGNORECASE)
_CONTINUED = re.compile(
    r"\W*(?:Fortsetzung (?:auf|von)|continued (?:on|from))(?: (?:der )?(?:Seite|S\.|page|p\.))? 0\W*",
    re.IGNORECASE,
)
# Words in small letters that a head may hold. Other long ones are those of a sentence.
_HEAD_WORDS = frozenset("ausgabe blatt edition fortsetzung from issue page seite teil volume".split())


class EdgeLine(NamedTuple):
    """A line at an edge of a page, as it is compared with those of other pages."""

    text: str  # with 0 for each number
    numbers: tuple[str, ...]

    @property
    def has_year(self) -> bool:
        """Whether the line may tell the day of the article."""
        return any(_YEAR.fullmatch(number) for number in self.numbers)


class Around(NamedTuple):
    """What the lines at one edge of a page are compared with."""

    same: Sequence[Collection[EdgeLine]]  # those at the same edge of each page near by
    opposite: Sequence[Collection[EdgeLine]]  # those at the opposite edge of each
    opening: Sequence[str]  # names in the first lines of the document; empty on its first page
    is_kept: bool  # whether the page keeps its running heads: only page numbers beyond them are left out


def edge_line(line: str) -> EdgeLine:
    """A line, its Roman numbers as numbers too."""
    return EdgeLine(" ".join(_NUMBER.sub("0", line).split()), tuple(_NUMBER.findall(line)))


def opening_names(lines: Sequence[str]) -> list[str]:
    """What the first lines of a document may name, each alone and with the next ones; in small letters.

    A sentence names nothing, nor does a line with a number, which may be a row of a table.
    """
    first = [line.casefold() for line in (" ".join(line.split()) for line in lines[:OPENING])]
    found = [first[a:b] for a in range(len(first)) for b in range(a + 1, len(first) + 1)]
    names = [" ".join(part) for part in found if all(map(_may_name, part))]
    return [name for name in names if len(name) >= MIN_NAME and " " in name]


def _may_name(line: str) -> bool:
    return not line.endswith(tuple(STOPS)) and not _NUMBER.search(line)


def is_running(line: EdgeLine, around: Around, *, is_foot: bool, is_alone: bool) -> bool:
    """Whether a line at an edge is a running head or foot, not text.

    It stands again near by, in the same words but for a few, or names the page, title or outlet. A sentence
    is a foot only if all pages near by have it and the page has more than it.
    """
    if not LETTERS.search(line.text):
        return False
    if line.text.endswith(tuple(STOPS)):
        return is_foot and not is_alone and _is_imprint(line, around.same)
    if any(line.text == other.text for edge in around.same for other in edge):
        return True
    if any(_is_head_of_other_side(line, other) for edge in around.opposite for other in edge):
        return True
    if any(_is_alike(line.text, other.text) for edge in (*around.same, *around.opposite) for other in edge):
        return True
    return not around.is_kept and _names_its_place(line.text, around.opening)


def _is_imprint(line: EdgeLine, feet: Sequence[Collection[EdgeLine]]) -> bool:
    """Whether a foot that is a sentence stands on all pages; on two it must be a copyright notice."""
    everywhere = bool(feet) and all(line in foot for foot in feet)
    return everywhere and (len(feet) > 1 or is_boilerplate(line.text))


def _is_head_of_other_side(line: EdgeLine, other: EdgeLine) -> bool:
    """Whether a line at the top is one at the bottom of another page, where no number but that of the page
    differs. A table that goes on on the next page has lines of the same words, too.
    """
    if line.text.casefold() != other.text.casefold():
        return False
    unlike = [(a, b) for a, b in zip(line.numbers, other.numbers, strict=True) if a != b]
    return len(unlike) <= 1 and all(
        not (a.isdecimal() and b.isdecimal()) or abs(int(a) - int(b)) <= WINDOW for a, b in unlike
    )


def _is_alike(one: str, other: str) -> bool:
    """Whether two heads with a number are the same but for a word or two."""
    if "0" not in one or "0" not in other or not (_has_no_sentence(one) and _has_no_sentence(other)):
        return False
    words, others = (set(_WORD.findall(text.casefold())) for text in (one, other))
    return len(words & others) >= max(ALIKE_WORDS, ALIKE * max(len(words), len(others)))


def _has_no_sentence(text: str) -> bool:
    """Whether names and short words make a line: those in small letters are short."""
    return all(len(word) < 4 or word[0].isupper() or word in _HEAD_WORDS for word in _WORD.findall(text))


def _names_its_place(text: str, opening: Sequence[str]) -> bool:
    """Whether a line of its own says which page it is, or repeats the outlet or title of the document."""
    if _CONTINUED.fullmatch(text) or (_NUMBERED.fullmatch(text) and _has_no_sentence(text)):
        return True
    for name in opening:
        at = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.casefold())
        if at is None or len(text.casefold()) != len(text):
            continue
        rest = f"{text[: at.start()]} | {text[at.end() :]}"
        if not _WORD.search(rest) or ("0" in text and _has_no_sentence(rest)):
            return True
    return False
