"""The fields of a passage in Milvus, and conditions on them.

Expressions are made of numbers only, so that no text of an article or a question is ever part of one.

BM25 is a product of two sparse vectors: of a passage, what its terms contribute; of a question, the idf of
its terms. Milvus has a BM25 of its own, but that counts a row twice that was stored twice, and some versions
take the statistics of a part of the rows for those of all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from qa.index.bm25 import K1, B
from qa.types import Filter, Rows

ROW = "row"  # number of the passage in its generation, the primary key
VECTOR = "vector"
TERMS = "terms"  # a sparse vector
ARTICLE, SOURCE, DAY = "article", "source", "day"
TERMS_KEPT = 65_536  # terms whose dimensions are remembered
_DATE = 10  # characters of a date without a time
_BITS, _FIRST, _LAST = 6, 0x20, 0x5F  # of a character, and the range that is told apart


def number(text: str) -> int:
    """A number that stands for a text, 0 to 2^62; two texts share one with a probability of 2^-62."""
    return (
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        >> 2
    )


@lru_cache(TERMS_KEPT)
def term_number(term: str) -> int:
    """The dimension of a term, 1 to 2^32 - 2; of a million terms, one in 4,000 shares it with another."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (2**32 - 2) + 1


def weights(terms: Sequence[str], mean_terms: float) -> dict[int, float]:
    """What each term of a passage contributes to its BM25 score, as a share of the term's idf.

    The formula is that of `qa.index.bm25`. Milvus takes no empty vector, so a passage without terms has a
    weight in dimension 0, where no term is.
    """
    norm = K1 * (1 - B + B * len(terms) / max(mean_terms, 1e-9))
    found: dict[int, float] = {}
    for term, count in Counter(terms).items():
        dimension = term_number(term)
        found[dimension] = found.get(dimension, 0.0) + count / (count + norm)
    return found or {0: 1.0}


def day(date: str) -> int:
    """A number for an ISO 8601 date, without its time; dates compare like their numbers, "" is 0."""
    packed = 0
    for character in date[:_DATE].ljust(_DATE):
        packed = packed << _BITS | min(max(ord(character), _FIRST), _LAST) - _FIRST
    return packed


def condition(filter_: Filter) -> str:
    """The expression for the passages that a filter allows; "" if it allows all."""
    conditions = []
    if filter_.article_id:
        conditions.append(f"{ARTICLE} == {number(filter_.article_id)}")
    if filter_.source:
        conditions.append(f"{SOURCE} == {number(filter_.source.casefold())}")
    if filter_.since:
        conditions.append(f"{DAY} >= {day(filter_.since)}")
    if filter_.until:
        conditions.append(f"{DAY} > 0 and {DAY} <= {day(filter_.until)}")
    return " and ".join(conditions)


def among(rows: Rows) -> str:
    """The expression for some rows."""
    return f"{ROW} in {rows.tolist()}"
