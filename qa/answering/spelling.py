"""Spelling of a question: "ae" for "ä", and slips of a key, read as the words that the articles have.

A word is read as another only if no article has it, and if an article has the other: with an umlaut or ß in
place of its transcription, or one slip away (two in long words). A slip is a letter too many, too few, out
of place, or next to the right one on the keyboard. What could be a word or name that the articles lack is
left alone: the encoder's vocabulary takes words into few pieces, and slips into many. Numbers and short
words are never touched. This module decides what was meant; `spelling_slips` compares two words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from qa.answering import leaning_words as lean
from qa.answering.spelling_slips import (
    SHORTEST,
    ablaut,
    is_slip,
    letters_of,
    other_endings,
    same_letters,
    slips_apart,
)
from qa.index.base import QueryStates
from qa.index.word_search import known
from qa.text import tokens
from qa.text.composition import composed
from qa.text.tokens import Word
from qa.text.umlauts import transcription

VERB = 7  # letters of a word without a capital from which a letter may be wrong
MOST_WORDS = 12  # of a question that are looked up
# words of questions about an article, which its text may lack: "verfasst" is no slip for "erfasst"
_OF_ARTICLES = frozenset(
    "verfasst verfasste geschrieben veröffentlicht erschienen erschien publiziert berichtet berichtete"
    " handelt autor autorin verfasser verfasserin journalist journalistin artikel artikels beitrag bericht"
    " zeitung author article newspaper published wrote written".split()
)
_DIGRAPH = re.compile(r"[aou]e|ss")


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
    held = known({stem for several in stems.values() for stem in several}, vocabulary)
    changes: list[tuple[Word, str]] = []
    for word in words:
        found = ""
        of_articles = [stem for stem in stems[word] if stem in held]
        if of_articles and _DIGRAPH.search(word.text.lower()):
            found = _transcribed(word.text, of_articles, vocabulary)
        elif not of_articles and not (foreign and (word.start == 0 or word.text == word.text.lower())):
            found = _without_slip(word, question, stems[word], vocabulary)
        if found:
            changes.append((word, _cased(found, word.text)))
    return _replaced(question, changes)


def _may_be_misspelled(word: Word) -> bool:
    folded = tokens.fold(word.text)
    return len(folded) >= SHORTEST and folded.isalpha() and folded not in _common() | _OF_ARTICLES


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
def _common_by_letters() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _common():
        for letters in letters_of(word):
            found.setdefault(letters, []).append(word)
    return found


@cache
def _function_words() -> dict[str, str]:
    """Transcribed function words and what they mean, where the transcription is not a word itself."""
    return {
        transcription(word): word
        for word in sorted(_common())
        if transcription(word) not in _common() and transcription(word) != word
    }


def _stems(folded: str, vocabulary: Vocabulary) -> list[str]:
    return list(dict.fromkeys(tokens.stem(folded, language) for language in sorted(vocabulary.languages)))


def _transcribed(word: str, stems: Sequence[str], vocabulary: Vocabulary) -> str:
    """The word with the articles' umlauts, whose stemmer takes "ue" for "ü"; "" if they spell it alike."""
    spellings = [composed(spelling) for stem in stems for spelling in vocabulary.spellings(stem)]
    typed = composed(word).lower()  # not folded, since that would make "ss" of "ß"
    if typed in {spelling.lower() for spelling in spellings}:
        return ""
    whole = transcription(typed)
    for spelling in spellings:  # another form of the word tells, too
        beginning = _shared_beginning(spelling.lower(), whole)
        read = beginning + whole[len(transcription(beginning)) :]
        if len(beginning) >= SHORTEST - 1 and read != typed:
            return spelling[: len(beginning)] + read[len(beginning) :]
    return ""


def _shared_beginning(spelling: str, transcribed: str) -> str:
    """As much of a spelling as its transcription shares with another."""
    end = at = 0
    for end, letter in enumerate(spelling):
        length = len(transcription(letter))
        if transcribed[at : at + length] != transcription(letter):
            return spelling[:end]
        at += length
    return spelling


# -- slips of a key


def _without_slip(word: Word, question: str, stems: Sequence[str], vocabulary: Vocabulary) -> str:
    """The word of the articles that was meant; "" if there is none, or if they may lack the word."""
    folded = tokens.fold(word.text)
    if word.text == word.text.lower() or word.start == 0:
        by_letters = _common_by_letters()
        alike = {read for letters in letters_of(folded) for read in by_letters.get(letters, ())}
        common = sorted(read for read in alike if is_slip(folded, read))
        if common:
            return common[0]
    pieces = _pieces(word, vocabulary.query(question))
    if pieces < 2:
        return ""
    by_stem = [near for several in vocabulary.near_terms(stems).values() for near in several]
    meant = _meant(word, question, by_stem, vocabulary)
    if not meant and pieces > 2:  # a slip in its ending may have given it another stem
        repaired = {stem for other in other_endings(folded) for stem in _stems(other, vocabulary)}
        meant = _meant(word, question, sorted(known(repaired, vocabulary)), vocabulary)
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
                if is_slip(folded, other) and not (word.text[:1].islower() and ablaut(folded, other)):
                    apart = slips_apart(folded, other, 2)
                    found.append((apart, not same_letters(folded, other), meant != spelling, order, meant))
    return min(found)[-1] if found else ""


def _is_likely(word: Word, meant: str, pieces: int, question: str, vocabulary: Vocabulary) -> bool:
    """Whether a slip is likelier than a word that the articles lack: words are taken into fewer pieces than
    slips.

    Letters that changed places or are doubled make no other word in general; a wrong, missing or extra
    letter does.
    """
    folded, other = tokens.fold(word.text), tokens.fold(meant)
    if same_letters(folded, other):
        return True
    if word.text == word.text.lower() and len(folded) < VERB and question != question.lower():
        return False
    read = _replaced(question, [(word, meant)])
    of_meant = _pieces(Word(meant, word.start, word.start + len(meant)), vocabulary.query(read))
    return pieces > of_meant or pieces == of_meant > 2


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
