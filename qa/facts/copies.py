"""Which articles are copies of each other: the same report in several papers, shortened or edited.

Two texts are copies if the shorter one shares a fifth of its runs of five words with the other (containment
of shingles: Broder, "On the resemblance and containment of documents", 1997). Jaccard's resemblance would
miss a report that takes over half of another one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations

SHINGLE = 5  # words
CONTAINED = 0.2
LEAST = 12  # shingles of a text; a shorter one, a caption or a headline, is no copy of anything
WIDESPREAD = 50  # articles; what more of them share is a footer
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
    held = [shingles(text) for text in texts]
    for first, second in combinations(range(len(texts)), 2):
        if containment(held[first], held[second]) >= CONTAINED:
            _join(groups, first, second)
    return [_first(groups, number) for number in range(len(texts))]


def clusters(articles: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The groups of two and more copies among articles, given as (article_id, text), in their order.

    By an inverted index, so that only articles that share a run of words are compared.
    """
    ids: list[str] = []
    sizes: list[int] = []
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, (article_id, text) in enumerate(articles):
        ids.append(article_id)
        found = shingles.__wrapped__(text)
        sizes.append(len(found))
        for shingle in found:
            holders[shingle].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if 1 < len(numbers) <= WIDESPREAD:
            shared.update(combinations(numbers, 2))
    groups = list(range(len(ids)))
    for (first, second), count in shared.items():
        least = min(sizes[first], sizes[second])
        if least >= LEAST and count >= CONTAINED * least:
            _join(groups, first, second)
    members: defaultdict[int, list[str]] = defaultdict(list)
    for number, article_id in enumerate(ids):
        members[_first(groups, number)].append(article_id)
    return [tuple(group) for group in members.values() if len(group) > 1]


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
