"""Which articles are copies of each other: the same report in several papers, shortened or edited.

Two texts are copies if the shorter one shares a fifth of its runs of five words with the other (containment
of shingles: Broder, "On the resemblance and containment of documents", 1997). Jaccard's resemblance would
miss a report that takes over half of another one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SHINGLE = 5  # words
CONTAINED = 0.2
LEAST = 12  # shingles of a text; a shorter one, a caption or a headline, is no copy of anything
KEPT = 1_024  # texts whose shingles are cached
SAMPLE = 4  # of so many shingles one is enough to find texts that may be copies
COMMON = 30  # texts; what more of them share is a line that a paper prints below every article
# Texts that share a shingle are compared with each other up to so many; beyond, each one only with the next.
FEW = 8

_WORD = re.compile(r"\w+")
Shingles = NDArray[np.uint32]  # ascending, each once


@lru_cache(maxsize=KEPT)
def shingles(text: str) -> Shingles:
    """The hashed runs of five words of a text (CRC-32)."""
    words = [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(text.casefold())]
    runs = (b" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1))
    found: Shingles = np.unique(np.fromiter((zlib.crc32(run) for run in runs), np.uint32))
    found.flags.writeable = False  # the next caller gets the same array
    return found


def sample(found: Shingles) -> Shingles:
    """The part of some shingles by which texts that may be copies are found."""
    sampled: Shingles = found[found % SAMPLE == 0]
    return sampled


def containment(one: Shingles, other: Shingles) -> float:
    """The share of the smaller set that the other one holds, 0..1; 0 if it is too small to tell."""
    return _share(one, other) if min(len(one), len(other)) >= LEAST else 0.0


def copies(texts: Sequence[str]) -> list[int]:
    """For each text the number of the first one in its group of copies, or its own."""
    held = [shingles(text) for text in texts]
    return groups(held, held.__getitem__)


def groups(samples: Sequence[Shingles], read: Callable[[int], Shingles]) -> list[int]:
    """The same for many texts, of which `samples` holds some shingles and `read` gives all."""
    found = list(range(len(samples)))
    rare = _without_common(samples)
    for one, other in _candidates(rare):
        if _first(found, one) == _first(found, other) or _share(rare[one], rare[other]) < CONTAINED:
            continue
        if containment(read(one), read(other)) >= CONTAINED:
            _join(found, one, other)
    return [_first(found, number) for number in range(len(samples))]


def _share(one: Shingles, other: Shingles) -> float:
    return len(np.intersect1d(one, other, assume_unique=True)) / (min(len(one), len(other)) or 1)


def _without_common(samples: Sequence[Shingles]) -> list[Shingles]:
    """The shingles of each text without those that more than COMMON texts have."""
    if len(samples) <= COMMON:
        return list(samples)
    hashes, counts = np.unique(np.concatenate(samples), return_counts=True)
    common = hashes[counts > COMMON]
    return [one[~np.isin(one, common, assume_unique=True)] for one in samples]


def _candidates(samples: Sequence[Shingles]) -> list[tuple[int, int]]:
    """Pairs of texts that share a shingle."""
    if len(samples) < 2:
        return []
    owners = np.repeat(np.arange(len(samples)), [len(one) for one in samples])
    hashes = np.concatenate(samples)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.empty(0, int)
    sizes = np.diff(np.r_[starts, len(hashes)])
    few = np.repeat(sizes <= FEW, sizes)
    pairs = [np.empty(0, np.int64)]
    for apart in range(1, FEW):
        same = hashes[apart:] == hashes[:-apart]
        if apart > 1:
            same &= few[apart:]
        pairs.append(owners[:-apart][same] * len(samples) + owners[apart:][same])
    return [divmod(int(pair), len(samples)) for pair in np.unique(np.concatenate(pairs))]


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
