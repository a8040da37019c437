"""A sentence taken apart for `support`: its words with their forms, clauses and roles, and its numbers.

Roles are told from order and form alone: a preposition or a determiner before a noun, "von" in a passive.
Knows only German and English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from qa.answering import statement_words, support_words
from qa.answering.features import UMLAUTS_AS_STEMMED
from qa.answering.leaning_words import OWNING
from qa.answering.statement_phrases import is_adjective, is_number
from qa.answering.statement_tokens import COLON, COMMA, DATE, NUMBER, Token, statement_tokens
from qa.text import tokens
from qa.text.dates import month_number

LANGUAGES = ("de", "en")  # of others, nothing is known by which to compare sentences
_DIGITS = re.compile(r"\d+")
_ACRONYM = re.compile(r"\b[A-ZÄÖÜ][A-ZÄÖÜ\d-]+\b")
_DERIVED = re.compile(
    r"(?:e|en|er|ern|es|ung|eur|iert|ier|tion|ion|isch|lich|heit|keit|schaft|in|inn|t|st|ig|nis|nd|s|al|ation|ing|ed|or"
    r"|ment|ly|ist)?"
)
_DERIVED_LETTERS = 5  # of what two words of one family share at least
_BREAKS = frozenset((COMMA, COLON, ";"))
_ACCUSATIVE = frozenset("den einen diesen keinen seinen ihren".split())
_DATIVE = frozenset("dem einem diesem keinem seinem ihrem".split())
_GENITIVE = frozenset("des eines".split())
_POSSESSIVE = OWNING["de"] | frozenset("kein keine keinen".split())
_BACK = 4  # words before a noun among which its preposition stands


class Evidence(NamedTuple):
    """A sentence of an article, with what its article says about itself."""

    text: str
    language: str = ""  # ISO 639-1; empty counts as German
    title: str = ""
    source: str = ""
    date: str = ""  # ISO 8601 or ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence."""

    key: str  # as `statement_tokens` writes it
    forms: frozenset[str]  # stems by which it is found
    noun: bool  # has a capital
    content: bool  # says something by itself
    common: bool  # a common noun by what stands around it
    at: int
    clause: int
    role: str  # "" (subject or object), "acc", "dat", "gen", or a preposition


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sentence taken apart."""

    text: str
    language: str
    words: tuple[Word, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(word.key for word in self.words)

    def content(self) -> Iterator[Word]:
        """The words that say something by themselves."""
        return (word for word in self.words if word.content)

    def clause(self, number: int) -> tuple[Word, ...]:
        """The words of a clause."""
        return tuple(word for word in self.words if word.clause == number)

    @property
    def clauses(self) -> range:
        return range(self.words[-1].clause + 1 if self.words else 0)


@lru_cache(maxsize=4096)
def parsed(sentence: str, language: str) -> Parsed:
    """A sentence in a language of `LANGUAGES` taken apart."""
    found = statement_tokens(sentence, language)
    acronyms = frozenset(tokens.fold(word) for word in _ACRONYM.findall(sentence))
    clause = 0
    words: list[Word] = []
    for at, token in enumerate(found):
        if token.key in _BREAKS or (at and _begins_clause(token.key, language)):
            clause += bool(words) and words[-1].clause == clause
        content = _is_content(token, language)
        words.append(
            Word(
                token.key,
                forms(token.key, language) if content else frozenset(),
                token.noun and content and token.key[0].isalpha(),
                content,
                _is_common(found, at, language) and token.key not in acronyms,
                at,
                clause,
                _role(found, at, language) if content else "",
            )
        )
    return Parsed(sentence, language, tuple(words))


def numbers(word: Word) -> frozenset[str]:
    """The numbers that a word holds: its value, those of "34-jährig", the parts of a date."""
    if word.key.startswith(NUMBER):
        return frozenset([word.key[1:].rstrip(".")])
    if word.key.startswith(DATE):
        return frozenset(filter(None, re.split(r"[.:]", word.key[1:])))
    return frozenset(_DIGITS.findall(word.key))


def is_dated(word: Word) -> bool:
    """Whether a word is a number, a date, a month or a day, which `support_numbers` judges."""
    return bool(numbers(word)) or word.key in support_words.DAYS or month_number(word.key) > 0


def _begins_clause(key: str, language: str) -> bool:
    return key in statement_words.SUBORDINATORS or key in (
        ("dass", "aber", "sondern", "während")
        if language == "de"
        else ("that", "but", "while", "because", "who")
    )


def _is_content(token: Token, language: str) -> bool:
    key = token.key
    if is_number(token) or key.startswith(DATE) or key[0].isdigit():
        return True
    if key in support_words.DAYS:
        return True
    known = (
        support_words.NEGATIONS, support_words.INTENTIONS, support_words.FINITE, support_words.NEARLY,
        support_words.HEDGES,
    )  # fmt: skip
    if not key[0].isalpha() or len(key) < 2 or any(key in lists[language] for lists in known):
        return False
    return key not in function_words(language)


@cache
def function_words(language: str) -> frozenset[str]:
    """Words that say nothing by themselves."""
    return (
        tokens.stop_words(language)
        | tokens.INTERROGATIVES[language]
        | statement_words.PREPOSITIONS[language]
        | statement_words.DETERMINERS[language]
        | support_words.GENERIC[language]
        | (statement_words.PARTICLES | statement_words.SUBORDINATORS if language == "de" else frozenset())
        | (statement_words.SEPARABLE if language == "de" else frozenset())
    )


@lru_cache(maxsize=1 << 15)
def forms(key: str, language: str) -> frozenset[str]:
    """The stems of a word: as written, without "ge", of its strong participle, and of its near ones."""
    found = {tokens.stem(part, language) for part in {key, *key.split("-")} if part}
    strong = statement_words.STRONG if language == "de" else statement_words.STRONG_EN
    for base, participle in strong.items():
        if key in (base, participle, f"{base}en", f"{base}n", f"{base}t"):
            found |= {tokens.stem(base, language), tokens.stem(participle, language)}
    if language == "de":
        bare = re.sub(
            r"^((?:ab|an|auf|aus|bei|ein|fest|her|hin|los|mit|nach|teil|vor|weg|zu|zurück)?)ge(?=\w{3}.*t$)",
            r"\1",
            key,
        )
        found.add(tokens.stem(bare, language))
    return frozenset(stem.translate(UMLAUTS_AS_STEMMED) for stem in found) | _near(language).get(
        key, frozenset()
    )


@cache
def _near(language: str) -> dict[str, frozenset[str]]:
    """Word → the names of the lines that it is on."""
    found: dict[str, frozenset[str]] = {}
    for number, line in enumerate(support_words.NEAR[language]):
        for word in line.split():
            found[word] = found.get(word, frozenset()) | {f"={number}"}
    return found


def related(word: str, other: str) -> bool:
    """Whether two stems are of one family ("deserteur", "desertiert"), by what they begin with."""
    shared = 0
    for mine, its in zip(word, other, strict=False):
        if mine != its:
            break
        shared += 1
    if shared < _DERIVED_LETTERS:
        return False
    return bool(_DERIVED.fullmatch(word[shared:]) and _DERIVED.fullmatch(other[shared:]))


def _is_common(found: Sequence[Token], at: int, language: str) -> bool:
    """Whether a word with a capital is a common noun: behind a determiner or a number, or by its ending."""
    key = found[at].key
    if language != "de":
        return not found[at].noun
    if not found[at].noun:
        return True
    if key in support_words.WITH_ARTICLE:
        return False
    if key in statement_words.EQUAL["de"] or key.endswith(support_words.COMMON_ENDINGS):
        return True
    before = at - 1
    while before >= 0 and is_adjective(found[before]):
        before -= 1
    if before < 0:
        return before < at - 1
    previous = found[before]
    contracted = previous.key in ("im", "am", "zum", "zur", "beim", "vom", "ins", "ans")
    return (
        contracted
        or previous.key in statement_words.DETERMINERS["de"]
        or previous.key in _POSSESSIVE
        or previous.key in statement_words.QUANTIFIERS
        or is_number(previous)
    )


def _role(found: Sequence[Token], at: int, language: str) -> str:
    """What a noun is in its clause, by the words before it."""
    determiner = ""
    for before in range(at - 1, max(-1, at - 1 - _BACK), -1):
        token = found[before]
        if token.key in statement_words.PREPOSITIONS[language]:
            return token.key
        if token.key in statement_words.DETERMINERS[language] or token.key in _POSSESSIVE:
            if determiner:
                break
            determiner = token.key
            behind_noun = before > 0 and found[before - 1].noun
            if determiner in _GENITIVE or (determiner in ("der", "einer") and behind_noun):
                return "gen"
            continue
        if determiner or not _of_phrase(token, language):
            break
    return "acc" if determiner in _ACCUSATIVE else "dat" if determiner in _DATIVE else ""


def _of_phrase(token: Token, language: str) -> bool:
    """Whether a word may stand between a determiner and its noun."""
    if token.noun or is_number(token):
        return True
    return is_adjective(token) if language == "de" else token.key not in function_words("en")
