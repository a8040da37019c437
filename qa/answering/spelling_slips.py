"""Slips of a key: whether a typed word is another one with letters too many, too few, wrong or out of place.

Knows keyboards, umlauts and the endings of German and English words. Does not know which words there are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from qa.index.edit_distance import distance
from qa.text.umlauts import transcription

SHORTEST = 5  # letters of a word that may be read as another
LONG = 12  # letters from which two slips are possible
_ENDING = 6  # letters at the end of a word that its stem may lack, so that a slip there hides the stem
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß"
_ROWS = (("qwertzuiop", "asdfghjkl", "yxcvbnm"), ("qwertyuiop", "asdfghjkl", "zxcvbnm"))
_PARTICLES = (Counter("ge"), Counter("zu"))
_DOUBLED = re.compile(r"(.)\1")
_INFLECTION = re.compile(r"(?:e|en|er|em|es|ens|n|s|t|te|ten|tet|test|st|ed|ing|in|innen|ly|ie|ien)?")


def other_endings(word: str) -> Iterator[str]:
    """The word with one slip in its last letters undone, whichever it was."""
    for at in range(max(2, len(word) - _ENDING), len(word) + 1):
        left, right = word[:at], word[at:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def is_slip(typed: str, meant: str) -> bool:
    """Whether slips of a key make the one word the other; a different inflection is not a slip."""
    one, other = transcription(typed), transcription(meant)
    most = 2 if min(len(typed), len(meant)) >= LONG else 1
    apart = slips_apart(typed, meant, most)
    if not 0 < apart <= most or len(meant) < SHORTEST or _inflected(typed, meant):
        return False
    if apart > 1:
        return one[:2] == other[:2] and _adds_only(one, other)
    if len(one) != len(other):
        return True
    if sorted(one) == sorted(other):
        return True
    wrong, right = next((a, b) for a, b in zip(one, other, strict=True) if a != b)
    return one[0] == other[0] and right in _neighbours()[wrong]


def slips_apart(one: str, other: str, most: int) -> int:
    """The slips between two words, with umlauts or their transcriptions."""
    return min(distance(one, other, most), distance(transcription(one), transcription(other), most))


def ablaut(one: str, other: str) -> bool:
    """Whether two words differ in "ie" and "ei" alone, as "entschieden" and "entscheiden" do."""
    return one.replace("ie", "ei") == other.replace("ie", "ei")


def _adds_only(one: str, other: str) -> bool:
    """Whether two words differ in letters that only one of them has, and in none that mark a verb's form."""
    more, fewer = Counter(one) - Counter(other), Counter(other) - Counter(one)
    return not (more and fewer) and (more | fewer) not in _PARTICLES


def same_letters(typed: str, meant: str) -> bool:
    """Whether two words differ in the order of their letters or in doubled ones: the most common slips."""
    return not letters_of(typed).isdisjoint(letters_of(meant))


def letters_of(word: str) -> frozenset[str]:
    """What the word has in common with all that `same_letters`: its letters sorted, and undoubled."""
    one = transcription(word)
    return frozenset((f"sorted {''.join(sorted(one))}", _DOUBLED.sub(r"\1", one)))


def _inflected(typed: str, meant: str) -> bool:
    shared = 0
    while shared < min(len(typed), len(meant)) and typed[shared] == meant[shared]:
        shared += 1
    if shared and any(word[shared : shared + 1] == word[shared - 1] for word in (typed, meant)):
        return False  # a letter doubled
    return bool(_INFLECTION.fullmatch(typed[shared:]) and _INFLECTION.fullmatch(meant[shared:]))


@cache
def _neighbours() -> dict[str, frozenset[str]]:
    """The keys around each letter, on German and English keyboards."""
    around: dict[str, set[str]] = {letter: set() for letter in "abcdefghijklmnopqrstuvwxyz"}
    for rows in _ROWS:
        places = {letter: (y, x + y / 2) for y, row in enumerate(rows) for x, letter in enumerate(row)}
        for one, (y, x) in places.items():
            around[one] |= {
                other
                for other, (v, u) in places.items()
                if other != one and abs(v - y) <= 1 and abs(u - x) <= 1
            }
    return {letter: frozenset(keys) for letter, keys in around.items()}
