"""A search by words: which terms of an index the words of a query mean.

A plain word stands for its stem, for compounds that begin or end with it, and, if no article has either, for
the words that a slip of a key could have made it of. A truncated word stands for every term that it may
begin or end; terms are stems, so the passages are compared with what was typed afterwards
(`qa.text.word_query`). Knows terms, not passages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from qa.index.base import TermGroup
from qa.index.edit_distance import distance
from qa.index.term_groups import FULL
from qa.text import tokens
from qa.text.umlauts import without_dots
from qa.text.word_query import Clause, Pattern

FEW_WORDS = 3  # of a query that is a search by words in hybrid mode; a longer one is a question
COMPOUND_LETTERS = 4  # of a stem whose compounds are found, in front or behind
COMPOUND = 0.5  # weight of a compound
SLIP = 0.5  # weight of a word that is spelled almost like the one that was typed
MOST_COMPOUNDS = 1_000  # of a word
MOST_TERMS = 20_000  # of all required words of a query together
MOST_SLIPS = 12  # words of a query that are compared with the whole vocabulary
ENDING = 5  # letters that the stemmer may take off a word ("-innen")
LEAST_STEM = 3
LEAST_PART = 2  # letters of a part by which terms are looked up


class Vocabulary(Protocol):
    """What an index tells about its terms; `qa.index.search.Index` and `qa.index.base.Retrieval` do."""

    def idf(self, terms: Sequence[str]) -> Mapping[str, float]: ...


class Terms(Vocabulary, Protocol):
    """A vocabulary whose terms can be listed; `qa.index.base.Retrieval` is one."""

    def near(self, terms: Sequence[str]) -> Mapping[str, Sequence[str]]: ...

    def containing(self, part: str) -> Sequence[str]: ...


def known(terms: Iterable[str], vocabulary: Vocabulary) -> set[str]:
    """Those terms that an article has."""
    idf = vocabulary.idf(["", *terms])  # no article has the empty term
    return {term for term, value in idf.items() if term and value < idf[""]}


def content_words(clauses: Sequence[Clause], languages: frozenset[str]) -> int:
    """The number of words in some clauses that are not stop words."""
    return sum(not _is_stop_word(p, languages) for clause in clauses for p in clause.patterns)


def groups(
    clauses: Sequence[Clause], vocabulary: Terms, languages: frozenset[str], *, slips: bool = True
) -> list[TermGroup]:
    """The terms of each word of a query, without stop words, which no passage is indexed by.

    Phrases and truncated words are required. With `slips`, plain words that no article has are read as those
    that are spelled almost alike.
    """
    most = MOST_TERMS // (sum(len(clause.patterns) for clause in clauses if clause.required) or 1)
    found, misspelled = [], 0
    for clause in clauses:
        for pattern in clause.patterns:
            if _is_stop_word(pattern, languages):
                continue
            if clause.required:
                terms = dict.fromkeys(_candidates(pattern, vocabulary, languages, most), FULL)
            else:
                terms = _meant(pattern.folded, vocabulary, languages)
                if not terms and slips and misspelled < MOST_SLIPS:
                    misspelled += 1
                    terms = dict.fromkeys(_slips(_stems(pattern.folded, languages), vocabulary), SLIP)
            found.append(TermGroup(terms, clause.required))
    return found


def _is_stop_word(pattern: Pattern, languages: frozenset[str]) -> bool:
    return pattern.is_whole and any(pattern.folded in tokens.stop_words(language) for language in languages)


def _stems(folded: str, languages: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(tokens.stem(folded, language) for language in sorted(languages)))


def _meant(folded: str, vocabulary: Terms, languages: frozenset[str]) -> dict[str, float]:
    """The terms of a plain word and of its compounds, with their weights."""
    stems = _stems(folded, languages)
    terms = dict.fromkeys(sorted(known(stems, vocabulary)), FULL)
    if not folded.isalpha():
        return terms
    compounds = [term for stem in stems for term in _compounds(stem, vocabulary)]
    whole = without_dots(folded)  # the stem of "Gans" is "gan", that of "Wildgänse" ends in "gans"
    if len(whole) >= COMPOUND_LETTERS and whole not in stems:
        compounds += [term for term in vocabulary.containing(whole) if term.endswith(whole)]
    for term in _shortest(compounds, MOST_COMPOUNDS):
        terms.setdefault(term, COMPOUND)
    return terms


def _compounds(stem: str, vocabulary: Terms) -> Iterator[str]:
    """The terms that begin or end with a stem; those that a short one ends, as "Hof" does "Bahnhof"."""
    if len(stem) >= COMPOUND_LETTERS:
        yield from (t for t in vocabulary.containing(stem) if t.startswith(stem) or t.endswith(stem))
    elif len(stem) == LEAST_STEM:
        longer = (t for t in vocabulary.containing(stem) if len(t) >= 2 * LEAST_STEM)
        yield from (term for term in longer if term.endswith(stem))


def _slips(stems: Sequence[str], vocabulary: Terms) -> Iterator[str]:
    """The nearest terms that are spelled almost like one of the stems."""
    for stem, near in vocabulary.near(stems).items():
        apart = {term: distance(stem, term, len(stem)) for term in near}
        yield from (term for term in near if apart[term] == min(apart.values()))


def _candidates(pattern: Pattern, vocabulary: Terms, languages: frozenset[str], most: int) -> list[str]:
    """Every term of a word that a required pattern matches, and some more."""
    if pattern.is_whole:
        return sorted(known(_stems(pattern.folded, languages), vocabulary))
    part = max(pattern.parts, key=len)
    begins = part == pattern.parts[0]
    found: set[str] = set()
    for spelling in dict.fromkeys((part, without_dots(part), *_as_typed(pattern))):
        if len(spelling) < LEAST_PART:
            continue
        terms = vocabulary.containing(spelling)
        found.update(term for term in terms if term.startswith(spelling) or not begins)
        # the stem of a word may be shorter than what was typed of the word
        if begins:
            cut = range(max(LEAST_STEM, len(spelling) - ENDING), len(spelling))
            found |= known((spelling[:end] for end in cut), vocabulary)
        else:
            stems = (stem for stem in _stems(spelling, languages) if len(stem) >= LEAST_STEM)
            found.update(t for stem in stems for t in vocabulary.containing(stem) if t.endswith(stem))
    return _shortest(found, most)


def _as_typed(pattern: Pattern) -> Iterator[str]:
    """The part with the umlauts that were typed, for languages whose stemmer leaves them alone."""
    if sum(map(bool, pattern.parts)) == 1:
        yield pattern.folded


def _shortest(terms: Iterable[str], most: int) -> list[str]:
    """The shortest terms, which are nearest to the word."""
    return sorted(terms, key=lambda term: (len(term), term))[:most]
