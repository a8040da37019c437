"""Spelling of a question: "ae" for "ä", and slips of a key, read as the words that the articles have.

A word is read as another only if no article has it, and if an article has the other: with an umlaut or ß in
place of its transcription, or one slip away (two in long words). A slip is a letter too many, too few, out
of place, or next to the right one on the keyboard. What could be a word or name that the articles lack is
left alone: the encoder's vocabulary takes words into few pieces, and slips into many. Numbers and short
words are never touched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Protocol

from qa.answering import leaning_words as lean
from qa.index.base import QueryStates
from qa.index.edit_distance import distance
from qa.text import tokens
from qa.text.composition import composed
from qa.text.tokens import Word

SHORTEST = 5  # letters of a word that may be read as another
LONG = 12  # letters from which two slips are possible
VERB = 7  # letters of a word without a capital from which a letter may be wrong
MOST_WORDS = 12  # of a question that are looked up
_ENDING = 6  # letters at the end of a word that its stem may lack, so that a slip there hides the stem
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß"
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_DIGRAPH = re.compile(r"[aou]e|ss")
_ROWS = (("qwertzuiop", "asdfghjkl", "yxcvbnm"), ("qwertyuiop", "asdfghjkl", "zxcvbnm"))
_PARTICLES = (Counter("ge"), Counter("zu"))
_INFLECTION = re.compile(r"(?:e|en|er|em|es|ens|n|s|t|te|ten|tet|test|st|ed|ing|in|innen|ly|ie|ien)?")


class Vocabulary(Protocol):
    """What an index tells about words; `qa.index.search.Index` does."""

    languages: frozenset[str]

    def idf(self, terms: Sequence[str]) -> Mapping[str, float]: ...

    def near_terms(self, terms: Sequence[str]) -> Mapping[str, Sequence[str]]: ...

    def spellings(self, term: str) -> Sequence[str]: ...

    def query(self, question: str) -> QueryStates: ...


def with_umlauts(question: str) -> str:
    """A question whose function words have their umlauts: "fuer" is read as "für". No index is needed."""
    read = _function_words()
    changes = [
        (word, _cased(read[folded], word.text))
        for word in tokens.words(question)
        if (folded := tokens.fold(word.text)) in read
    ]
    return _replaced(question, changes)


def corrected(question: str, vocabulary: Vocabulary) -> str:
    """A question in the spelling of the articles."""
    language = tokens.question_language(question)
    foreign = bool(language) and language not in {
        tongue or tokens.DEFAULT_LANGUAGE for tongue in vocabulary.languages
    }
    words = [word for word in tokens.words(question) if _may_be_misspelled(word)][:MOST_WORDS]
    stems = {word: _stems(tokens.fold(word.text), vocabulary) for word in words}
    known = _known({stem for several in stems.values() for stem in several}, vocabulary)
    changes: list[tuple[Word, str]] = []
    for word in words:
        found = ""
        of_articles = [stem for stem in stems[word] if stem in known]
        if of_articles and _DIGRAPH.search(word.text.lower()):
            found = _transcribed(word.text, of_articles, vocabulary)
        elif not of_articles and not (foreign and (word.start == 0 or word.text == word.text.lower())):
            found = _without_slip(word, question, stems[word], vocabulary)
        if found:
            changes.append((word, _cased(found, word.text)))
    return _replaced(question, changes)


def _may_be_misspelled(word: Word) -> bool:
    folded = tokens.fold(word.text)
    return len(folded) >= SHORTEST and folded.isalpha() and folded not in _common()


@cache
def _common() -> frozenset[str]:
    """Function words of questions, German and English."""
    return frozenset().union(
        *(tokens.stop_words(language) | tokens.INTERROGATIVES[language] for language in ("de", "en")),
        *(
            words[language]
            for words in (lean.POINTING, lean.HELPING, lean.EMPTY)
            for language in ("de", "en")
        ),
    )


@cache
def _function_words() -> dict[str, str]:
    """Transcribed function words and what they stand for, where that is no word itself."""
    return {
        word.translate(_TRANSCRIBED): word
        for word in sorted(_common())
        if word.translate(_TRANSCRIBED) not in _common() and word.translate(_TRANSCRIBED) != word
    }


def _stems(folded: str, vocabulary: Vocabulary) -> list[str]:
    return list(dict.fromkeys(tokens.stem(folded, language) for language in sorted(vocabulary.languages)))


def _known(stems: Iterable[str], vocabulary: Vocabulary) -> set[str]:
    """Those stems that an article has."""
    idf = vocabulary.idf(["", *stems])  # no article has the empty term
    return {stem for stem, value in idf.items() if stem and value < idf[""]}


def _transcribed(word: str, stems: Sequence[str], vocabulary: Vocabulary) -> str:
    """The word with the articles' umlauts, whose stemmer takes "ue" for "ü"; "" if they spell it alike."""
    spellings = [composed(spelling) for stem in stems for spelling in vocabulary.spellings(stem)]
    typed = composed(word).lower()  # not folded, since that would make "ss" of "ß"
    if typed in {spelling.lower() for spelling in spellings}:
        return ""
    whole = typed.translate(_TRANSCRIBED)
    for spelling in spellings:  # another form of the word tells, too
        beginning = _shared_beginning(spelling.lower(), whole)
        read = beginning + whole[len(beginning.translate(_TRANSCRIBED)) :]
        if len(beginning) >= SHORTEST - 1 and read != typed:
            return spelling[: len(beginning)] + read[len(beginning) :]
    return ""


def _shared_beginning(spelling: str, transcribed: str) -> str:
    """As much of a spelling as its transcription shares with another."""
    end = at = 0
    for end, letter in enumerate(spelling):
        length = len(letter.translate(_TRANSCRIBED))
        if transcribed[at : at + length] != letter.translate(_TRANSCRIBED):
            return spelling[:end]
        at += length
    return spelling


# -- slips of a key


def _without_slip(word: Word, question: str, stems: Sequence[str], vocabulary: Vocabulary) -> str:
    """The word of the articles that was meant; "" if there is none, or if they may lack the word."""
    folded = tokens.fold(word.text)
    if word.text == word.text.lower() or word.start == 0:
        common = sorted(read for read in _common() if _same_letters(folded, read) and _is_slip(folded, read))
        if common:
            return common[0]
    pieces = _pieces(word, vocabulary.query(question))
    if pieces < 2:
        return ""
    by_stem = [near for several in vocabulary.near_terms(stems).values() for near in several]
    meant = _meant(word, question, by_stem, vocabulary)
    if not meant and pieces > 2:  # a slip in its ending may have given it another stem
        repaired = {stem for other in _other_endings(folded) for stem in _stems(other, vocabulary)}
        meant = _meant(word, question, sorted(_known(repaired, vocabulary)), vocabulary)
    return meant if meant and _is_likely(word, meant, pieces, question, vocabulary) else ""


def _meant(word: Word, question: str, terms: Sequence[str], vocabulary: Vocabulary) -> str:
    """The nearest word of the articles that slips could make this one of; "" if there is none."""
    folded = tokens.fold(word.text)
    either_case = word.start == 0 or question == question.lower()
    found: list[tuple[int, bool, bool, int, str]] = []
    for term in terms:
        for order, spelling in enumerate(vocabulary.spellings(term)):
            if not either_case and spelling[:1].isupper() != word.text[:1].isupper():
                continue  # no slip makes a noun of a verb
            for meant in dict.fromkeys(
                (spelling, spelling[: len(term)])
            ):  # the articles may have a form of it
                other = tokens.fold(meant)
                if _is_slip(folded, other) and not (word.text[:1].islower() and _ablaut(folded, other)):
                    apart = _apart(folded, other, 2)
                    found.append((apart, not _same_letters(folded, other), meant != spelling, order, meant))
    return min(found)[-1] if found else ""


def _is_likely(word: Word, meant: str, pieces: int, question: str, vocabulary: Vocabulary) -> bool:
    """Whether a slip is likelier than a word that the articles lack: words are taken into fewer pieces than
    slips.

    Letters that changed places or are doubled make no other word in general; a wrong, missing or extra
    letter does.
    """
    folded, other = tokens.fold(word.text), tokens.fold(meant)
    if _same_letters(folded, other):
        return True
    if word.text == word.text.lower() and len(folded) < VERB and question != question.lower():
        return False
    read = _replaced(question, [(word, meant)])
    of_meant = _pieces(Word(meant, word.start, word.start + len(meant)), vocabulary.query(read))
    return pieces > of_meant or pieces == of_meant > 2


def _other_endings(word: str) -> Iterator[str]:
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


def _is_slip(typed: str, meant: str) -> bool:
    """Whether slips of a key make the one word the other; a different inflection is none."""
    one, other = _flat(typed), _flat(meant)
    most = 2 if min(len(typed), len(meant)) >= LONG else 1
    apart = _apart(typed, meant, most)
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


def _apart(one: str, other: str, most: int) -> int:
    """The slips between two words, with umlauts or their transcriptions."""
    return min(distance(one, other, most), distance(_flat(one), _flat(other), most))


def _ablaut(one: str, other: str) -> bool:
    """Whether two words differ in "ie" and "ei" alone, as "entschieden" and "entscheiden" do."""
    return one.replace("ie", "ei") == other.replace("ie", "ei")


def _adds_only(one: str, other: str) -> bool:
    """Whether two words differ in letters that only one of them has, and in none that mark a verb's form."""
    more, fewer = Counter(one) - Counter(other), Counter(other) - Counter(one)
    return not (more and fewer) and (more | fewer) not in _PARTICLES


def _same_letters(typed: str, meant: str) -> bool:
    """Whether two words differ in the order of their letters or in doubled ones: the most common slips."""
    one, other = _flat(typed), _flat(meant)
    undoubled = [re.sub(r"(.)\1", r"\1", word) for word in (one, other)]
    return undoubled[0] == undoubled[1] or sorted(one) == sorted(other)


def _flat(word: str) -> str:
    return word.translate(_TRANSCRIBED)


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


def _pieces(word: Word, states: QueryStates) -> int:
    """Tokens into which the encoder takes a word of the question apart."""
    spans = states.token_spans
    return int(((spans[:, 0] < word.end) & (spans[:, 1] > word.start)).sum())


# -- writing it down


def _cased(word: str, as_typed: str) -> str:
    """A word with the capital that was typed, or its own."""
    return word[:1].upper() + word[1:] if as_typed[:1].isupper() else word


def _replaced(question: str, changes: Sequence[tuple[Word, str]]) -> str:
    for word, read in reversed(changes):
        question = question[: word.start] + read + question[word.end :]
    return question
