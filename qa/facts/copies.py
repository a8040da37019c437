"""Which articles are copies of each other: the same report in several papers, shortened or edited.

Two texts are copies if the shorter one shares a fifth of its runs of five words with the other (containment
of shingles: Broder, "On the resemblance and containment of documents", 1997). Jaccard's resemblance would
miss a report that takes over half of another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

SHINGLE = 5  # words
CONTAINED = 0.2
LEAST = 12  # shingles of a text; a shorter one, a caption or a headline, is no copy of anything
KEPT = 1_024  # texts whose shingles are cached

_WORD = re.compile(r"\w+")
Shingles = frozenset[int]


@lru_cache(maxsize=KEPT)
def shingles(text: str) -> Shingles:
    """The hashed runs of five words of a text; comparable within one process."""
    words = _WORD.findall(text.casefold())
    return frozenset(hash(tuple(words[n : n + SHINGLE])) for n in range(len(words) - SHINGLE + 1))


def containment(one: Shingles, other: Shingles) -> float:
    """The share of the smaller set that the other one holds, 0..1; 0 if it is too small to tell."""
    least = min(len(one), len(other))
    return len(one & other) / least if least >= LEAST else 0.0


def copies(texts: Sequence[str]) -> list[int]:
    """For each text the number of the first one in its group of copies, itself if it is none."""
    groups = list(range(len(texts)))
    if len(groups) < 2:
        return groups
    held = [shingles(text) for text in texts]
    for first, second in combinations(range(len(texts)), 2):
        if containment(held[first], held[second]) >= CONTAINED:
            _join(groups, first, second)
    return [_first(groups, number) for number in range(len(texts))]


def _first(groups: list[int], number: int) -> int:
    """The first member of a group; shortens the way there."""
    while groups[number] != number:
        groups[number] = groups[groups[number]]
        number = groups[number]
    return number


def _join(groups: list[int], one: int, other: int) -> None:
    """Make one group of two."""
    first, second = sorted((_first(groups, one), _first(groups, other)))
    groups[second] = first
