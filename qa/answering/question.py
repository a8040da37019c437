"""Analyse a question: its content words with their weights, and the type of answer it expects.

Works for German and English, by words and forms alone. It does not understand meaning: a sentence with a
number need not contain the number asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qa.index.base import QueryStates
from qa.text import tokens
from qa.text.dates import clear_month_names, weekday_names
from qa.text.number_words import count_words

Kind = Literal["number", "date", "person", "place", "other"]

_NOUNS = "anteil|prozent\\w*|zahl|anzahl|höhe|menge|summe|betrag|größe|länge|geschwindigkeit"
_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            r"\b(wann|seit wann|bis wann|welche[mns]? (jahr\w*|monat|tag|datum|jahrhundert|jahrzehnt)"
            r"|(what|which) (year|date|day|month|century|decade))\b"
            # "when" may also join two clauses: "What happens when …?", "When it rains, what …?"
            r"|(?:^|[.!?:,] |\b(?:since|until|till|from|and|or) )when\b(?!.*\b(?:what|which|whom?|how)\b)"
        ),
    ),
    (
        "number",
        re.compile(
            r"\b(wie ?vie[l]\w*|wie (hoch|groß|lange?|alt|weit|oft|schnell|schwer|tief|breit|teuer)"
            rf"|welche[nrs]? ({_NOUNS})|wie (ist|war|lautet) die ({_NOUNS})"
            r"|how (many|much|long|old|far|often|tall|high|large|big|fast|deep|wide|heavy)"
            r"|what (percent\w*|number|amount|proportion|share|fraction))\b"
        ),
    ),
    (
        "person",
        re.compile(r"\b(wer|wen|wem|wessen|welche[rn]? (person|autor\w*|politiker\w*)|who|whom|whose)\b"),
    ),
    (
        "place",
        re.compile(
            r"\b(wo|woher|wohin|welche[mnrs]? (stadt|land|ort|region|gebiet|staat|kontinent|fluss)"
            r"|where|(what|which) (city|country|place|region|state|area|continent|river))\b"
        ),
    ),
)
_NUMBER_WORDS = (
    f"{count_words('de')} dutzend hundert\\w* tausend\\w* million\\w* milliarde\\w* beide\\w* hälfte drittel"
    " viertel prozent halb\\w* erste\\w* zweite\\w* dritte\\w*"
    f" {count_words('en')} dozen hundreds? thousands? billion both half third quarter percent first second"
).replace(" ", "|")
_MONTHS = "|".join(clear_month_names())
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "number": re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE),
    "date": re.compile(
        rf"\b1\d{{3}}\b|\b20\d\d\b|\b\d{{1,2}}\.\s?\d{{1,2}}\.|\b(?:{_MONTHS})\b|jahrhundert|century|\b\d0er\b"
        rf"|\b(?:gestern|heute|uhr|{'|'.join(weekday_names('de'))})\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"\b[^\W\d_a-zäöü][\w.'’-]+ (?:(?:von|van|de|der|den|al|bin) )*[^\W\d_a-zäöü][\w'’-]+"
    ),
    "place": re.compile(
        r"\b(?:in|im|aus|bei|nach|nahe|von|at|from|near|of) (?:der |dem |den |the )?[^\W\d_a-zäöü]\w+"
    ),
}


def kind_of(question: str) -> Kind:
    """The expected answer type; "other" if the wording does not tell."""
    lowered = question.casefold().replace("ß", "ss")
    for kind, pattern in _ASKS:
        if pattern.search(lowered) or pattern.search(question.lower()):
            return kind
    return "other"


def holds(kind: Kind, sentence: str) -> bool:
    """Whether a sentence contains an answer of this type; always true for "other"."""
    pattern = _HOLDS.get(kind)
    return pattern is None or bool(pattern.search(sentence))


Idf = Callable[[Sequence[str]], Mapping[str, float]]  # of all terms of a question in one call
_RARE = "\0"  # a term that no article has


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of the question."""

    text: str
    term: str  # folded and stemmed
    weight: float  # its idf as a share of the largest possible, 0..1
    rows: tuple[int, ...]  # its tokens
    capital: bool


@dataclass(frozen=True, slots=True)
class Question:
    """An analysed question."""

    text: str
    kind: Kind
    words: tuple[Word, ...]
    asking: tuple[int, ...]  # tokens of its question words
    states: QueryStates
    language: str  # of its function words; "" if undecided


def take_apart(question: str, states: QueryStates, language: str, idf: Idf) -> Question:
    """Content words of a question with their weights; `language` is the articles' language.

    A question made only of stop words keeps them all.
    """
    asked_in = tokens.question_language(question)
    interrogatives = tokens.INTERROGATIVES.get(asked_in or language, frozenset())
    idle = tokens.stop_words(asked_in or language) | interrogatives
    words = list(tokens.words(question))
    terms = [tokens.stem(tokens.fold(word.text), language) for word in words]
    idf_of = idf([_RARE, *terms])
    rarest = idf_of[_RARE] or 1.0
    every = []
    asking: list[int] = []
    for word, term in zip(words, terms, strict=True):
        folded = tokens.fold(word.text)
        spans = states.token_spans
        rows = np.flatnonzero((spans[:, 0] < word.end) & (spans[:, 1] > word.start)).tolist()
        if folded in interrogatives:
            asking += rows
        capital = word.text[:1].isupper() and word.start > 0
        weight = 1.0 if languages_differ(asked_in, language) else idf_of[term] / rarest
        every.append((folded in idle, Word(word.text, term, weight, tuple(rows), capital)))
    content = tuple(word for is_idle, word in every if not is_idle) or tuple(word for _, word in every)
    return Question(question, kind_of(question), content, tuple(asking), states, asked_in)


def languages_differ(question_language: str, language: str) -> bool:
    """Whether a question and an article differ in language, so that stems cannot match.

    A question of unknown language differs from none; an article of unknown language counts as German.
    """
    return bool(question_language) and question_language != (language or tokens.DEFAULT_LANGUAGE)
