"""Questions that ask for a quantity, taken apart: what is counted, what happened to it, and what must be near.

By words and forms alone, German and English. A question that asks for an age or for the time of day asks for
no quantity here.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.answering.dated import period
from qa.facts.events import EventClass, events
from qa.facts.groups import countries, person_kind
from qa.text import tokens
from qa.text.dates import month_number

Measure = Literal["count", "money", "share", "length", "duration", "weight", "any"]

_CAP = r"(?:[A-ZÄÖÜ]|[a-z](?=[A-Z]))[\wäöüß-]*"
_ADJ = r"[a-zäöüß]+(?:e[nrsm]?|er)"
_NP = rf"(?:(?:der|die|das|den|dem|des|diese[rn]?|von|an|zu|über|für|ihrer|seiner)\s)*(?P<np>(?:(?!wurden?\b|waren?\b|werden\b|hatten?\b|haben\b|sollen\b|starben\b|kamen\b|gab(?:en)?\b|andere\b){_ADJ}\s){{0,3}}(?P<head>{_CAP}))"
_FIGURES = r"(?:zahl(?:en)?|angaben?|schätzung(?:en)?|anzahl|höhe|menge|summe|opferzahl(?:en)?|todeszahl(?:en)?|bilanz)"
# "welche Angaben zur Zahl der Toten": the noun behind "Zahl" is counted
_NUMBER = r"(?:(?:zu[rm]?|über|für|an)\s(?:(?:der|die|den)\s)?(?i:zahl(?:en)?|anzahl|höhe|menge|summe)\s(?=(?:der|des|von|an)\s))?"
_GERMAN = (
    re.compile(rf"\b[Ww]ie ?viel(?:e[nrs]?)?\s(?:(?:Prozent|%|Millionen|Milliarden|Tausend)\s)?{_NP}"),
    re.compile(
        rf"\b(?:[Ww]elche[rsn]?\s)?(?:{_ADJ}\s){{0,2}}[\w-]*(?i:{_FIGURES})\b[^?.!]*?\s{_NUMBER}(?:zu|zum|zur|über|für|der|von|des|an)\s{_NP}"
    ),
    re.compile(
        rf"\b(?:[Ww]o|[Ii]n welche\w+ \w+|[Ww]elche\w* \w+)\s(?:gab|gibt|hat|hatten?|wurden|waren|sind)\s(?:es\s)?(?:mehr|weniger|die meisten|die wenigsten)\s{_NP}"
    ),
    re.compile(
        rf"\b[Ww]ie (?:hoch|groß|teuer|lang|weit|schwer|tief|breit|stark)\s(?:ist|sind|war|waren|fiel|fielen|wird|werden|liegt|lag)\s{_NP}"
    ),
)
_WHICH = re.compile(
    r"\b(?:welche[nr]?|was für|which|what)\s(?:[\w-]+\s){0,2}?(?:zahlen|angaben|schätzungen|numbers|figures|estimates)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\bwie ?viel(?:e[nrs]?)?\b|\bwie (?:hoch|groß|teuer|weit|schwer)\b|\bhow (?:many|much|high|large|big)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:how many|how much|(?:what|which) (?:\w+ ){0,2}(?:numbers?|figures?|estimates?)(?: \w+){0,3} (?:for|of|on|about)|number of)\s"
    r"(?:of )?(?:the )?(?P<np>[\w’'-]+(?:\s[\w’'-]+){0,5})",
    re.IGNORECASE,
)
_MEASURES: tuple[tuple[Measure, re.Pattern[str]], ...] = (
    ("share", re.compile(r"\b(?:prozent|anteil|quote|rate|percent\w*|share|proportion)\b|\w+(?:quote|rate|anteil)\b", re.I)),
    ("money", re.compile(r"\b(?:wie teuer|geld|kosten|kostete?n?|euro|dollar|preis|schaden|schulden|umsatz|gewinn|strafe|budget|etat|miete|gehalt|lohn|wert|much money|costs?|price|damage|debt)\b|\w+(?:kosten|preis|schaden|budget|strafe|summe|betrag)\b", re.I)),
    ("length", re.compile(r"\b(?:kilometer|meter|wie (?:weit|lang|tief|breit|hoch) (?:ist|war) de[rs] \w*(?:weg|strecke|berg|turm|tunnel)|miles|metres)\b", re.I)),
    ("weight", re.compile(r"\b(?:tonnen|kilogramm|kilo|gramm|liter|tons?|litres?)\b", re.I)),
    ("duration", re.compile(r"\b(?:wie lange?|jahre|monate|wochen|tage|stunden|how long|years|months|weeks|days|hours)\b", re.I)),
)  # fmt: skip
_UNITS: dict[Measure, re.Pattern[str]] = {
    "share": re.compile(r"Prozent|%|percent|Promille", re.I),
    "money": re.compile(r"dollar|euro|€|\$|£|franken|chf|pfund|pound|r[ou]u?b|yen|yuan|kronen|lira|peso|złoty|eur|usd", re.I),
    "length": re.compile(r"met(?:er|re)|km|miles?|meilen|\bcm|\bmm|\bm\b", re.I),
    "weight": re.compile(r"tonn|kilo|kg|gramm|liter|litre|barrel|\btons?", re.I),
    "duration": re.compile(r"jahr|monat|woche|tag|stunde|minute|sekunde|year|month|week|day|hour|minute|second", re.I),
}  # fmt: skip
_NUMBER_OF = re.compile(r"\b\w*(?:zahl|number)(?:en|s)?\b", re.IGNORECASE)
_MEASURED = re.compile(
    r"\bwie (?:hoch|groß|teuer|weit|schwer|lang|tief|breit|stark)\b|\bhow (?:high|large|big)\b", re.IGNORECASE
)
_COMPARES = re.compile(r"\b(?:mehr|weniger|meisten|wenigsten|more|fewer|most)\b.*\b(?:oder|or)\b", re.I)
_IN_PLACE = re.compile(r"\b(?i:in|aus|bei|nahe|von|near|at|from)\s([A-ZÄÖÜ][\wäöüß-]+)")
# Nouns of a question that need not stand near a figure.
_IDLE = frozenset(
    "zahl zahlen anzahl angabe angaben schätzung schätzungen höhe menge summe mensch menschen person personen leute opfer tote toten"
    " verletzte verletzten todesopfer bilanz jahr jahre jahren monat monate woche wochen tag tage tagen stunden ende anfang mitte"
    " leben unterschied unterschiede stand frage durchschnitt insgesamt prozent euro dollar geld überblick vergleich laut wer was wie"
    " welche welcher welches wann wo figures numbers estimates people number und oder how many much what which seite".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity that is asked for."""

    head: str  # "Soldaten"; "" where the question names nothing that is counted
    phrase: str  # "nordkoreanische Soldaten"
    countries: frozenset[str]  # of the phrase
    about: frozenset[str]  # countries that the rest of the question names
    events: frozenset[EventClass]
    measure: Measure
    near: tuple[str, ...]  # words that must stand near a figure or at the head of its article
    words: tuple[str, ...]  # all content words but the noun that is counted
    places: frozenset[str]  # those of them that stand behind "in", "bei", …
    either: bool  # one of them is enough: the question compares them
    years: frozenset[str]
    months: frozenset[int]
    language: str


def asked(question: str, searched: str) -> Asked | None:
    """What a question asks to be counted; None if it asks for no quantity.

    `searched` is the question with the words of the conversation that it leans on.
    """
    language = tokens.question_language(question) or tokens.DEFAULT_LANGUAGE
    phrase, head = _english(searched) if language == "en" else _german(searched, question)
    if not head and not _ALONE.search(question):
        return None
    rest = searched.replace(phrase, " ", 1) if phrase else searched
    words = list(tokens.words(searched))
    near = _near(rest, language)
    days = period(searched)
    happened = frozenset(one.event for one in events(searched, language))
    return Asked(
        head=head,
        phrase=phrase,
        countries=frozenset(one.name for one in countries(phrase)),
        about=frozenset(one.name for one in countries(rest)),
        events=frozenset() if happened == {"present"} else happened,  # "leben", "sind": people as such
        measure=_measure(question, head),
        near=tuple(near),
        words=tuple(_content(rest, language)),
        places=_places(rest, near, language),
        either=bool(_COMPARES.search(question)),
        years=days.years() if days else _years(words),
        months=days.months() if days else _months(words),
        language=language,
    )


def counting(question: str) -> str:
    """A question for "which figures" as one for how many; "" for any other, or where it names nothing counted.

    It is only looked up, not shown: what is counted keeps its form.
    """
    wanted = asked(question, question) if _WHICH.search(question) else None
    if not wanted or not wanted.head:
        return ""
    form = "How many {phrase} are there?" if wanted.language == "en" else "Wie viele {phrase} gibt es?"
    return form.format(phrase=wanted.phrase)


def unit_fits(measure: Measure, unit: str) -> bool:
    """Whether a figure with this unit ("" for none) can answer a question for this measure."""
    if measure == "any":
        return True
    if measure == "count":
        return not unit
    return bool(unit and _UNITS[measure].search(unit))


def _years(words: Sequence[tokens.Word]) -> frozenset[str]:
    return frozenset(w.text for w in words if re.fullmatch(r"(?:19|20)\d\d", w.text))


def _months(words: Sequence[tokens.Word]) -> frozenset[int]:
    return frozenset(month_number(w.text) for w in words if w.text[0].isupper() and len(w.text) > 2) - {0}


def _content(rest: str, language: str) -> list[str]:
    """The words of the rest of a question that say something."""
    idle = tokens.stop_words(language) | tokens.INTERROGATIVES[language] | _IDLE
    return [w.text for w in tokens.words(rest) if tokens.fold(w.text) not in idle and len(w.text) > 2]


def _places(rest: str, near: Sequence[str], language: str) -> frozenset[str]:
    """Names of places; in English, where only names have capitals, every name may be one."""
    found = near if language == "en" else (match[1] for match in _IN_PLACE.finditer(rest))
    return frozenset(found) & frozenset(near)


def _measure(question: str, head: str) -> Measure:
    found = next((name for name, pattern in _MEASURES if pattern.search(question)), None)
    return found or ("count" if person_kind(head) or _counts(question) else "any")


def _counts(question: str) -> bool:
    """Whether things are counted, not measured."""
    return bool(_NUMBER_OF.search(question)) or not _MEASURED.search(question)


def _german(searched: str, question: str) -> tuple[str, str]:
    for pattern in _GERMAN:
        match = pattern.search(searched)
        if match:
            of = re.match(rf"\s(?:aus|von)\s(?:der\s|den\s|dem\s)?{_CAP}", searched[match.end() :])
            end = match.end() + (of.end() if of and countries(of[0]) else 0)
            return searched[match.start("np") : end], match["head"]
    if not _ALONE.search(question):
        return "", ""
    behind = searched[len(question) :] if searched.startswith(question) else ""
    match = re.search(rf"(?P<np>(?:{_ADJ}\s){{0,2}}(?P<head>{_CAP}))", behind)
    return (match["np"], match["head"]) if match else ("", "")


def _english(searched: str) -> tuple[str, str]:
    match = _ENGLISH.search(searched)
    if not match:
        return "", ""
    idle = tokens.stop_words("en") | tokens.INTERROGATIVES["en"]
    words: list[str] = []
    for word in match["np"].split():
        if word.casefold() in idle or (words and events(word, "en") and word.islower()):
            break
        words.append(word)
    return (" ".join(words), words[-1]) if words else ("", "")


def _near(rest: str, language: str) -> list[str]:
    """The nouns and names of the rest of a question that tell which event is meant."""
    found = []
    happened = [one.span for one in events(rest, language)]
    for word in tokens.words(rest):
        plain = tokens.fold(word.text)
        if (
            word.start == 0
            or not word.text[0].isupper()
            or len(word.text) < 3
            or plain in _IDLE
            or plain in tokens.stop_words(language)
            or month_number(word.text)
            or countries(word.text)
            or any(span.start <= word.start < span.end for span in happened)
        ):
            continue
        found.append(word.text)
    return found
