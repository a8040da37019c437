"""Whether a figure answers a question for a quantity, is another one to show next to it, or neither.

A figure must count what is asked for, of the same event: every specific noun of the question must stand near
it or at the head of its article. Knows nothing of indexes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.answering.features import UMLAUTS_AS_STEMMED
from qa.answering.quantities import Asked, unit_fits
from qa.facts.events import CASUALTIES, TROOPS, related
from qa.facts.figures import Found
from qa.facts.groups import countries, general, person_kind
from qa.text import tokens
from qa.text.dates import month_number
from qa.types import Block

HALF = 0.5  # of the words of a question: for a measure, in its sentence; around a quoted sentence
PART_LETTERS = 4  # of a stem that may be a part of a compound
_GENERIC = frozenset(("people", "casualties"))
_DEED = re.compile(
    r"angriff|anschlag|anschläge|überg?riff|straftat|delikt|\btat|attack|crime|offen[cs]e", re.IGNORECASE
)
_INCIDENT = re.compile(r"(?:Vorf|F)[äa]lle?n?|incidents?|cases?", re.IGNORECASE)
_PART = re.compile(r"\b(?:davon|darunter|of (?:them|these|whom)|among them)\b", re.IGNORECASE)
_IN_PLACE = re.compile(r"\b(?i:in|aus|nahe|near|at)\s([A-ZÄÖÜ][\wäöüß-]+)")
_JUST_THERE = TROOPS | {"protesting"}  # people are counted as such, not for what happened to them
_UNSURE = frozenset(("possible", "forecast"))
_ANYBODY = frozenset(
    "menschen personen leute tote toten opfer todesopfer verletzte verletzten people persons victims dead"
    " casualties".split()
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a figure."""

    sentence: str
    near: str  # the sentences around it and itself
    head: str  # title and beginning of its article
    countries: frozenset[str]  # that both name
    people: str  # the country of the people named last before the figure, "" if none is named
    date: str  # of the article, ISO 8601 or ""
    language: str
    segment: str  # what is said about this figure alone
    cited: bool  # the answer quotes the sentence, so it is about what is asked
    answers: bool  # the words that surely answer, as the reader found them, hold the figure


def block_of(found: Found, asked: Asked, around: Surroundings) -> Block | None:
    """The block of an answer's figures to which a figure belongs; None if to neither."""
    if not unit_fits(asked.measure, found.counted.unit):
        return None
    least = HALF if around.cited else 1.0
    if not _same_event_named(asked, f"{around.head}\n{around.near}", around.language, least):
        return None
    if not _counts_asked(found, asked, around) or not _of_countries(found, asked, around):
        return None
    if asked.either and asked.places and not _names_place(asked, around):
        return None
    if asked.events and not found.events:
        return "beside" if asked.events & TROOPS else None
    if asked.events and not related(asked.events, found.events):
        return None
    if asked.events:
        answers = found.events <= asked.events
    elif person_kind(asked.head) in ("", "casualties"):
        answers = True
    else:
        answers = found.events <= _JUST_THERE
    if found.modality in _UNSURE or not _of_time(asked, around) or not _of_place(asked, around):
        answers = False
    part = _PART.search(around.segment) or _PART.match(around.sentence)
    if (part and not _names_place(asked, around)) or person_kind(found.counted.head) == "attackers":
        answers = False
    return "answer" if answers else "beside"


def possible(asked: Asked, text: str, named: frozenset[str], language: str) -> bool:
    """Whether a part of an article with its head can hold a figure that fits, without looking for one.

    `named` are the countries that it names.
    """
    wanted = asked.countries | asked.about
    return (not wanted or bool(wanted & named)) and _same_event_named(asked, text, language)


def _same_event_named(asked: Asked, text: str, language: str, least: float = 1.0) -> bool:
    """Whether a text names what tells which event is meant, all of it or at least a share."""
    if not asked.near:
        return True
    across = asked.language != (language or tokens.DEFAULT_LANGUAGE)
    folded = text.casefold().translate(UMLAUTS_AS_STEMMED)
    found = [_stands(tokens.fold(word) if across else _stem(word, language), folded) for word in asked.near]
    return any(found) if asked.either else sum(found) >= least * len(found)


def _stem(word: str, language: str) -> str:
    return tokens.stem(tokens.fold(word), language).translate(UMLAUTS_AS_STEMMED)


def _stands(stem: str, folded: str) -> bool:
    """Whether a folded text holds a stem, or both parts of a compound: "Papst … Besuch" for "Papstbesuch"."""
    if len(stem) < PART_LETTERS:
        return bool(re.search(rf"\b{re.escape(stem)}", folded))
    if stem in folded:
        return True
    cuts = range(PART_LETTERS, len(stem) - PART_LETTERS + 1)
    return any(stem[:at].removesuffix("s") in folded and stem[at:] in folded for at in cuts)


def _counts_asked(found: Found, asked: Asked, around: Surroundings) -> bool:
    """Whether a figure counts what the question asks for."""
    if around.answers or not asked.head:
        return around.cited
    own = found.counted.head
    if asked.measure != "count":
        return around.cited or _speaks_of(asked, around)
    if own and _same_noun(own, asked.head, around.language):
        return True
    if "protesting" in asked.events and person_kind(own) == "crowd":
        return True
    if (
        _INCIDENT.fullmatch(own)
        and _DEED.search(asked.head)
        and _mentions(asked.head, around.near, around.language)
    ):
        return True
    kind, wanted = person_kind(own) if own else "", person_kind(asked.head)
    across = bool(asked.language) and asked.language != (around.language or "de")
    if not wanted:
        return across and not kind and bool(asked.near or asked.countries or asked.events)
    if kind and kind == wanted and kind != "people":
        return general(asked.head) or _mentions(asked.head, around.sentence, around.language)
    casualties = bool(found.events & CASUALTIES)
    if wanted in _GENERIC and asked.phrase.casefold().split()[-1] in _ANYBODY:
        return bool(kind) or casualties
    if kind not in _GENERIC and not found.counted.refers:
        return False
    if kind == "people" and not _is_anybody(own) and not countries(own):
        return False  # other people: children, tourists, …
    return (
        across or _mentions(asked.head, around.near, around.language) or _mentions_kind(wanted, around.near)
    )


def _is_anybody(noun: str) -> bool:
    return noun.casefold() in _ANYBODY or noun.casefold().startswith(("mensch", "person"))


def _same_noun(one: str, other: str, language: str) -> bool:
    """Whether two nouns are forms of one word, or one is a compound of the other: "Polio-Fälle", "Fälle"."""
    a, b = (
        tokens.stem(tokens.fold(word.rpartition("-")[2]), language).translate(UMLAUTS_AS_STEMMED)
        for word in (one, other)
    )
    return a == b or (min(len(a), len(b)) >= PART_LETTERS and (a.endswith(b) or b.endswith(a)))


def _speaks_of(asked: Asked, around: Surroundings) -> bool:
    """Whether the sentence itself names what is measured, and half of what else the question says."""
    if not _mentions(asked.head, around.sentence, around.language):
        return False
    folded = around.sentence.casefold().translate(UMLAUTS_AS_STEMMED)
    stems = [_stem(word, around.language) for word in asked.words]
    return sum(stem in folded for stem in stems) >= HALF * len(stems)


def _mentions(noun: str, text: str, language: str) -> bool:
    return any(
        word.text[0].isupper() and _same_noun(word.text, noun, language) for word in tokens.words(text)
    )


def _mentions_kind(kind: str, text: str) -> bool:
    return any(word.text[0].isupper() and person_kind(word.text) == kind for word in tokens.words(text))


def _of_countries(found: Found, asked: Asked, around: Surroundings) -> bool:
    """Whether those counted are of the country that the question names."""
    own = {one.name for one in countries(found.counted.text)}
    wanted = asked.countries or asked.about
    if not wanted:
        return True
    if own:
        return bool(own & wanted)
    if asked.countries and around.people:
        return around.people in wanted
    return bool(around.countries & wanted)


def _of_place(asked: Asked, around: Surroundings) -> bool:
    """Whether what is said about the figure names no place that the question does not name."""
    named = {one.name for place in _places(around) for one in countries(place)}
    if asked.about and named and not named & (asked.about | asked.countries):
        return False
    return not asked.places or not _places(around) or _names_place(asked, around)


def _names_place(asked: Asked, around: Surroundings) -> bool:
    return bool(_places(around) & asked.places)


def _places(around: Surroundings) -> set[str]:
    return {match[1] for match in _IN_PLACE.finditer(around.segment)}


def _of_time(asked: Asked, around: Surroundings) -> bool:
    """Whether a figure holds for the month and the year that the question names."""
    words = [word.text for word in tokens.words(around.sentence)]
    if asked.years and not asked.years & set(words) and around.date[:4] not in asked.years:
        return False
    if not asked.months:
        return True
    months = {month_number(word) for word in words}
    return bool(asked.months & months) or around.date[5:7] in {f"{month:02d}" for month in asked.months}
