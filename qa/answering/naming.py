"""What a question names that an answer must be about: years, months, quantities, places and persons.

By words and forms alone, German and English. In German every noun has a capital, so a single one counts as a
name only behind a bare preposition ("in Köln"), in capitals or with a digit ("NIS", "SA-22"), or beside
another capitalised word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from qa.answering.features import Material
from qa.answering.holding import NEAR, Place, held, place
from qa.answering.question import Question, languages_differ
from qa.facts.names import NO_NAMES
from qa.text import tokens
from qa.text.dates import YEAR, month_number
from qa.text.tokens import Word

Kind = Literal["year", "month", "quantity", "place", "name"]
NAMES: tuple[Kind, ...] = ("place", "name")

_YEAR = re.compile(YEAR)
_BEFORE_PLACES = frozenset("in aus nach bei von".split())
# Landscapes have an article: "am Bodensee", "im Ahrtal".
_CONTRACTED = frozenset("am im beim vom zum".split())
_LANDSCAPE = re.compile(r"\w{3}(?:see|tal|gebirge|wald|delta|becken)$")
# After these, a name says where something is; those of a way ("nach", "from") may name any part of it.
_WHERE = frozenset("in bei at near".split())
LETTERS = 3  # of a name at least


class Named(NamedTuple):
    """Something that a question names."""

    kind: Kind
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def named(question: str, language: str) -> list[Named]:
    """What a question names, in its order; `language` is "de" or "en"."""
    things: list[Named] = []
    words = list(tokens.words(question))
    for number, word in enumerate(words):
        if _YEAR.fullmatch(word.text):
            things.append(Named("year", (word,)))
        elif month_number(word.text) and word.text[:1].isupper() and len(word.text) > 2:
            things.append(Named("month", (word,)))
        elif word.text[0].isdigit() and question[word.start - 1 : word.start] != "-":
            things.append(Named("quantity", (word,)))
        elif _is_name(question, words, number, language):
            if things and things[-1].kind in NAMES and _follows(question, things[-1].words[-1], word):
                things[-1] = Named(things[-1].kind, (*things[-1].words, word))
            else:
                placed = _names_place(words, number, language)
                things.append(Named("place" if placed else "name", (word,)))
    return things


def _is_name(question: str, words: Sequence[Word], number: int, language: str) -> bool:
    word = words[number]
    folded = tokens.fold(word.text)
    if len(word.text) < LETTERS or not word.text[0].isupper() or folded in NO_NAMES:
        return False
    if folded in tokens.stop_words(language) or folded in tokens.INTERROGATIVES[language]:
        return False
    if word.text[1:] != word.text[1:].lower() or any(c.isdigit() for c in word.text):
        return True
    if language == "en":
        return _inside(question, words, number)
    if _names_place(words, number, language) and _inside(question, words, number):
        return True
    neighbours = (words[n] for n in (number - 1, number + 1) if 0 <= n < len(words))
    return _inside(question, words, number) and any(
        other.text[0].isupper()
        and tokens.fold(other.text) not in tokens.INTERROGATIVES[language] | tokens.stop_words(language)
        and (_follows(question, other, word) or _follows(question, word, other))
        for other in neighbours
    )


def _names_place(words: Sequence[Word], number: int, language: str) -> bool:
    """Whether a German word is used as a place's name is: "in Köln", "am Bodensee"."""
    before = tokens.fold(words[number - 1].text) if number and language == "de" else ""
    landscape = _LANDSCAPE.search(tokens.fold(words[number].text))
    return before in _BEFORE_PLACES or bool(before in _CONTRACTED and landscape)


def _inside(question: str, words: Sequence[Word], number: int) -> bool:
    """Whether a word does not begin a sentence, where any word has a capital."""
    before = question[: words[number].start].rstrip(" „“\"'»«(")
    return bool(before) and before[-1] not in ".?!:"


def _follows(question: str, first: Word, second: Word) -> bool:
    return question[first.end : second.start] == " "


def lacking(things: Iterable[Named], text: str, date: str) -> list[Named]:
    """Those that neither the text nor the date (ISO 8601) of its article holds, names left to the caller.

    A year or a month that the article appeared in counts as held: its text says "am Montag".
    """
    folded = [tokens.fold(word.text) for word in tokens.words(text)]
    months = {month_number(word) for word in folded}
    year, month = date[:4], date[5:7]
    out = []
    for thing in things:
        word = thing.words[0].text
        if thing.kind in ("year", "quantity") and tokens.fold(word) not in folded and word != year:
            out.append(thing)
        elif thing.kind == "month":
            number = month_number(word)
            if number not in months and f"{number:02d}" != month:
                out.append(thing)
    return out


def elsewhere(question: str, quote: str, language: str) -> bool:
    """Whether a quote is of another place: "in Köln" for "in Bonn", which it lacks."""
    asked = _whereabouts(question, language)
    told = _whereabouts(quote, language) if asked else {}
    said = {tokens.stem(tokens.fold(word.text), language) for word in tokens.words(quote)}
    return any(
        before in told and said.isdisjoint(tokens.stem(word, language) for word in words)
        for before, words in asked.items()
    )


def _whereabouts(text: str, language: str) -> dict[str, set[str]]:
    """Folded words of the names behind each preposition of place."""
    found: dict[str, set[str]] = {}
    words = list(tokens.words(text))
    for name in named(text, language):
        at = words.index(name.words[0])
        before = tokens.fold(words[at - 1].text) if at else ""
        if name.kind in NAMES and before in _WHERE and _follows(text, words[at - 1], words[at]):
            found.setdefault(before, set()).update(tokens.fold(word.text) for word in name.words)
    return found


def lost(names: Iterable[Named], question: Question, quoted: Material, end: int) -> dict[Named, float]:
    """Of each name, the share of its words that the article's title and its text lack; 0..1.

    A place must stand before the quote's end, `end` in the quoted passage: a text says where it is before it
    says something of the place, and a place behind the quote is another one. Other names may stand anywhere.
    """
    ends = {name: end if name.kind == "place" else len(quoted.hit.passage.text) for name in names}
    read = {end: _read(question, quoted, end) for end in set(ends.values())}
    return {
        name: sum(_held(word, question, quoted.language, read[until]) < NEAR for word in name.words)
        / len(name.words)
        for name, until in ends.items()
    }


def _read(question: Question, quoted: Material, end: int) -> Place:
    """The article's title and its text up to a character of the passage."""
    text = f"{quoted.title}\n{quoted.before}{quoted.hit.passage.text[:end]}"
    states = quoted.states.tokens[quoted.states.token_spans[:, 0] < end]
    across = languages_differ(question.language, quoted.language)
    return place(text, quoted.language, states, across=across)


def _held(word: Word, question: Question, language: str, where: Place) -> float:
    spans = question.states.token_spans
    rows = question.states.tokens[(spans[:, 0] < word.end) & (spans[:, 1] > word.start)]
    return held(word.text, tokens.stem(tokens.fold(word.text), language), rows, where)
