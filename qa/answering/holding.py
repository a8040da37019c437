"""Whether a text holds a word of a question: as it is, in another form, in a compound, or by meaning."""

from __future__ import annotations

from typing import NamedTuple

from qa.answering.features import COMPOUND_LETTERS, UMLAUTS_AS_STEMMED, Matrix
from qa.text import tokens

HELD = 2.0  # of a word that occurs literally; no cosine is as high
# Cosine of late interaction from which a word counts as met by another one. Over 100 questions, 95 % of the
# words that occur literally in the passages reach it, and 17 % of those that do not.
NEAR = 0.8
# The same across two languages, where the states of a word and its translation are less similar.
NEAR_ACROSS = 0.7


class Place(NamedTuple):
    """A text in which words are looked for, prepared once."""

    folded: frozenset[str]
    stems: frozenset[str]
    joined: str  # its folded words, for parts of compounds
    tokens: Matrix  # [tokens, d]
    across: bool  # its language differs from the question's


def place(text: str, language: str, states: Matrix, *, across: bool) -> Place:
    """A text of a language with its token states [tokens, d]."""
    folded = frozenset(tokens.fold(word.text) for word in tokens.words(text))
    stems = frozenset(tokens.stem(word, language) for word in folded)
    return Place(folded, stems, " ".join(folded).translate(UMLAUTS_AS_STEMMED), states, across)


def held(word: str, term: str, rows: Matrix, where: Place) -> float:
    """How well a text holds a word with the stem `term` and the token states `rows` [tokens, d].

    HELD if it contains the word's stem or a compound of it; NEAR and more if it contains one like it. A
    compound must hold the whole stem, because the word is shown to a reader as met; the feature
    `exact_prefix` (`qa.answering.features`) leaves the last letter open.
    """
    if term in where.stems or tokens.fold(word) in where.folded:
        return HELD
    if len(term) >= COMPOUND_LETTERS and term in where.joined:
        return HELD
    if not len(rows) or not len(where.tokens):
        return 0.0
    near = float((rows @ where.tokens.T).max(axis=1).mean())
    return near + (NEAR - NEAR_ACROSS if where.across else 0)
