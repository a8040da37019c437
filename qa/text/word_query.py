"""A search by words: "exact phrases", truncated words such as `Storch*`, and plain words.

Pure functions of strings: what a query asks for, and whether a text holds it. Knows nothing of indexes or
articles. Read `parse` first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.text import tokens
from qa.text.umlauts import has_umlaut, transcription, without_dots

MOST_CLAUSES = 64  # of a query that are read
MOST_REQUIRED = 8  # phrases and truncated words of a query; each is compared with many passages
LEAST_LETTERS = 2  # in a row that a truncated word needs
STAR = "*"
_QUOTES = '"„“”«»'
_CLAUSE = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]+)[{_QUOTES}]|([^\s{_QUOTES}]+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word of a query, folded and transcribed, cut at its stars: `Storch*` is ("storch", "").

    A pattern of one part is a whole word.
    """

    parts: tuple[str, ...]
    folded: str  # as typed, with its umlauts and without its stars
    exact: bool = True  # whether umlauts matter; they do if some were typed, or if the word is whole

    @property
    def is_whole(self) -> bool:
        """Whether the word is not truncated."""
        return len(self.parts) == 1

    def matches(self, word: str) -> bool:
        """Whether a folded word of a text is meant, in any spelling of its umlauts."""
        return self._fits(transcription(word)) or (not self.exact and self._fits(without_dots(word)))

    def _fits(self, word: str) -> bool:
        first, *middle, last = self.parts if not self.is_whole else (*self.parts, "")
        if self.is_whole:
            return word == first
        if not (word.startswith(first) and word.endswith(last)):
            return False
        at, end = len(first), len(word) - len(last)
        for part in middle:
            at = word.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return at <= end


@dataclass(frozen=True, slots=True)
class Clause:
    """One word or phrase of a query; a text holds it if its words follow each other there."""

    typed: str  # without quotation marks
    patterns: tuple[Pattern, ...]  # empty if there is no word in it
    required: bool = False  # a phrase or a truncated word: exactly what was typed

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether some neighbouring words, folded, are those of the clause."""
        count = len(self.patterns)
        return any(
            all(pattern.matches(words[at + n]) for n, pattern in enumerate(self.patterns))
            for at in range(len(words) - count + 1)
        )


def parse(query: str) -> tuple[Clause, ...]:
    """The clauses of a query in their order; any text is a query.

    Words in quotation marks, German or English, are a phrase. A star matches any letters, or none.
    """
    clauses: list[Clause] = []
    required = 0
    for match in _CLAUSE.finditer(query):
        typed = " ".join((match[1] or match[2]).split())
        patterns = tuple(_patterns(typed))
        truncated = not all(pattern.is_whole for pattern in patterns)
        exact = bool(patterns) and (match[1] is not None or truncated) and required < MOST_REQUIRED
        required += exact
        clauses.append(Clause(typed, patterns, exact))
        if len(clauses) == MOST_CLAUSES:
            break
    return tuple(clauses)


def _patterns(typed: str) -> list[Pattern]:
    """The words of a clause; words with nothing but stars between them are one."""
    words = list(tokens.words(typed))
    groups: list[list[tokens.Word]] = [words[:1]] if words else []
    for before, word in pairwise(words):
        between = typed[before.end : word.start]
        if between and not between.strip(STAR):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [pattern for group in groups for pattern in _pattern(typed, group)]


def _pattern(typed: str, group: Sequence[tokens.Word]) -> list[Pattern]:
    """The pattern of some words joined by stars; each on its own if they have too few letters."""
    folded = [tokens.fold(word.text) for word in group]
    left = typed[: group[0].start].endswith(STAR)
    right = typed[group[-1].end :].startswith(STAR)
    parts = ([""] if left else []) + [transcription(part) for part in folded] + ([""] if right else [])
    if len(parts) == 1 or max(map(len, folded)) < LEAST_LETTERS:
        return [Pattern((transcription(part),), part) for part in folded if part]
    return [Pattern(tuple(parts), "".join(folded), exact=any(map(has_umlaut, folded)))]


def folded_words(text: str) -> list[str]:
    """The folded words of a text, as `Clause.is_in` compares them."""
    return [tokens.fold(word.text) for word in tokens.words(text)]
