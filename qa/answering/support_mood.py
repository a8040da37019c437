"""Whether two sentences agree in what they deny, want or leave open, clause by clause.

For `support`; by the words of `support_words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qa.answering import support_words
from qa.answering.support_coverage import weight
from qa.answering.support_sentence import Parsed, Word


def _aligned(claim: Parsed, ground: Parsed) -> list[tuple[int, frozenset[int]]]:
    """Each clause of a sentence, with those clauses of the other that share most words with it."""
    found = []
    for number in claim.clauses:
        scored = [(_shared(claim.clause(number), ground.clause(other)), other) for other in ground.clauses]
        most = max((score for score, _ in scored), default=0.0)
        alike = frozenset(other for score, other in scored if score == most and (most or len(scored) == 1))
        found.append((number, alike))
    return found


def _shared(mine: Sequence[Word], its: Sequence[Word]) -> float:
    held = frozenset(form for word in its for form in word.forms)
    return sum(weight(word) for word in mine if word.content and word.forms & held)


def differs(claim: Parsed, ground: Parsed, words: frozenset[str]) -> bool:
    """Whether clauses that belong together differ in whether they have one of some words; two cancel out."""
    mine = {number: sum(word.key in words for word in claim.clause(number)) % 2 for number in claim.clauses}
    its = {number: sum(word.key in words for word in ground.clause(number)) % 2 for number in ground.clauses}
    aligned = _aligned(claim, ground)
    for number, alike in aligned:
        there = any(its[other] for other in alike)
        # "Before the vote, she did not …" is one clause in the article
        here = any(mine[other] for other, same in aligned if same & alike) or mine[number]
        if bool(mine[number]) != there and bool(here) != there:
            return True
    return False


def has_opposites(claim: Parsed, ground: Parsed) -> bool:
    mine, its = frozenset(claim.keys), frozenset(ground.keys)
    return any(
        (mine & a and its & b and not (its & a)) or (mine & b and its & a and not (its & b))
        for a, b in _opposites(claim.language)
    )


@cache
def _opposites(language: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    sides = (line.split("|") for line in support_words.OPPOSITES[language])
    return tuple((frozenset(a.split()), frozenset(b.split())) for a, b in sides)


def has_other_modality(claim: Parsed, ground: Parsed) -> bool:
    """Whether what is only wanted, or what nearly happened, appears or vanishes."""
    language = claim.language
    if differs(claim, ground, support_words.INTENTIONS[language]):
        return True
    nearly = support_words.NEARLY[language]
    return nearly.isdisjoint(claim.keys) != nearly.isdisjoint(ground.keys)


def is_hedged(sentence: Parsed) -> bool:
    """Whether a sentence leaves what it says open, or to somebody who says it."""
    words = support_words.HEDGES[sentence.language] | support_words.SPEECH[sentence.language]
    return not words.isdisjoint(sentence.keys)
