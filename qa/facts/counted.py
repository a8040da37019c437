"""What a number counts: its unit and the noun phrase behind it, or the one before it.

By capitals and endings in German, by function words in English.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from typing import NamedTuple

from qa.facts.numbers import Number
from qa.text import tokens
from qa.text.number_words import hedges
from qa.types import Span

UNIT = (
    r"Prozentpunkten?|Prozent|%|percentage points?|percent|per cent|Promille|‰"
    r"|(?:US-)?[Dd]ollars?|Euros?|€|\$|£|Franken|CHF|Pfund|pounds?|Rubel|r[ou]u?bles?|Yen|Yuan|Kronen|Złoty|Lira|Peso"
    r"|Quadratkilometern?|Quadratmetern?|Kubikmetern?|Kilometern? pro Stunde|Stundenkilometern?|km/h|Kilometern?|Seemeilen|Meilen|miles?"
    r"|Zentimetern?|Millimetern?|Metern?|metres?|meters?|kilomet(?:re|er)s?|km²|km|cm|mm|m²|m(?=[\s.,;)])"
    r"|Tonnen|tonnes?|tons?|Kilogramm|Kilo|kg|Gramm|Litern?|litres?|Hektar|hectares?|ha(?=[\s.,;)])|Barrel|barrels?"
    r"|Grad Celsius|Grad|°C|°|degrees|Megawatt(?:stunden)?|Gigawatt(?:stunden)?|Kilowattstunden|MW|GW|kWh"
    r"|Jahrzehnten?|Jahren?|Monaten?|Wochen?|Tagen?|Stunden?|Minuten?|Sekunden?|years?|months?|weeks?|days?|hours?|minutes?|seconds?"
    r"|[Mm]al(?=\s)|times(?=\s)"
)
_UNIT = re.compile(rf"[\s\u00a0\u2009-]?(?P<unit>{UNIT})(?!\w)")
_SIGN = re.compile(r"(?P<unit>€|\$|£|US\$|EUR|USD)\s?$")
_NO_ADJECTIVE = (
    r"(?!(?:und|oder|sowie|bis|aber|wurden|waren|seien|sind|haben|hatten|werden|sollen|unter|über|an|am|in|im|er|es|wenn|gegen"
    r"|nach|vor|aus|auf|für|bei|beim|mit|zum|zur|den|der|des|dem|die|ihr|als|mehr|davon|vom|von|ins|um|dass|wegen|seines|einer|eines"
    r"|einem|einen|ihrer|dieser|diesem|wir|wurde|war|durch|außer|ohne|hätten|würden|könnten|müssen|immer|wieder|weniger|daher)\s)"
)
_ADJECTIVE = _NO_ADJECTIVE + r"(?:[a-zäöüß]+(?:-[a-zäöüß]+)*|[A-ZÄÖÜ]{2,4}-[a-zäöüß]+)(?<=e|n|r|s|m|r)"
_NOUN = r"[A-ZÄÖÜ][\wäöüß]*(?:-[\wÄÖÜäöüß]+)*"
_BEHIND = re.compile(
    rf"[“”\"»«’']?[\s\u00a0\u2009](?:[„“\"»«])?(?:(?:von|of|unter)\s)?(?:(?:den|der|diesen|the|ihrer|seiner)\s)?"
    rf"(?P<np>(?:(?:am|im|in|bei)\s{_NOUN}\s(?={_ADJECTIVE}))?(?:(?:{_NO_ADJECTIVE}[a-zäöüß-]+\s){{0,3}}{_ADJECTIVE}\s)?(?P<head>{_NOUN})(?P<from>\s(?:aus|von|of|from)\s(?:der\s|den\s|dem\s|the\s)?{_NOUN})?)"
)
_PART_OF = re.compile(rf"\s(?:der|von|of)\s(?:the\s|den\s)?(?:{hedges('de')}|{hedges('en')}|insgesamt|\d)")
_PRONOUN = re.compile(
    r"\s(?:von ihnen|davon|of them|weiteren?|andere|others?|more)\b(?!\s(?:[a-zäöü]+\s)?[A-ZÄÖÜ])"
)
_OF_THEM = re.compile(r"\b(?:davon|darunter|of them|of whom|including)\s$", re.IGNORECASE)
_MEASURED = r"(?:Zahl(?:en)?|Anzahl|Präsenz|Schätzung(?:en)?|Stärke|Bestand|Summe|Höhe|Gesamtzahl|Zahl und Art|number|total|toll|strength)"
_BEFORE = re.compile(
    rf"(?:[\w-]*(?i:zahl)|\b{_MEASURED})\s(?:(?:von|an|der|des|of|the)\s){{0,2}}(?P<np>(?:{_ADJECTIVE}\s){{0,3}}(?P<head>{_NOUN}))"
)
_LABEL = re.compile(rf"(?:^|[\n,;(])\s*(?P<np>(?:{_ADJECTIVE}\s)?(?P<head>{_NOUN})):?\s$")
_LAST_NOUN = re.compile(rf"(?P<np>(?:\b[a-zäöüß]+ische[nrms]?\s)?\b(?P<head>{_NOUN}))")
_EN_PHRASE = re.compile(
    r"\s(?:of\s)?(?:the\s|its\s|their\s)?(?P<np>[A-Za-z][\w’'-]*(?:\s[A-Za-z][\w’'-]*){0,4})"
)
_EN_VERBS = frozenset(
    "killed wounded injured died dead arrested detained missing deployed sent fled lost took said says reported"
    " captured displaced deserted fighting living hurt rescued evacuated infected protested attended".split()
)
_FALSE_HEADS = frozenset("Uhr Mal Ende Anfang Mitte Das Die Der Im In Am".split())


class Counted(NamedTuple):
    """What a number counts; the span of `text` is in the sentence, and None where nothing is counted."""

    text: str  # "nordkoreanische Soldaten"
    head: str  # "Soldaten"
    unit: str  # "Prozent", as worded
    span: Span | None
    refers: bool = False  # "drei weitere", "18 von ihnen": what was counted before


def counted(sentence: str, number: Number, language: str, within: Span) -> Counted:
    """What a number of a sentence counts, looked for behind it, then before it in its clause `within`."""
    at = number.span.end
    unit = ""
    if match := _UNIT.match(sentence, at):
        unit, at = match["unit"], match.end()
    elif sign := _SIGN.search(sentence[: number.digits.start]):
        unit = sign["unit"]
    find = _english if language == "en" else _german
    found = find(sentence, at)
    if _PRONOUN.match(sentence, at) or (found is None and _OF_THEM.search(sentence[: number.span.start])):
        return Counted("", "", unit, None, refers=True)
    if found is None and (later := _PART_OF.match(sentence, at)):
        nouns = _LAST_NOUN.finditer(sentence, later.end())
        found = next(((m["np"], m["head"], Span(*m.span("np"))) for m in nouns), None)
    if found is None and not (unit and _is_duration(unit)):
        found = _before(sentence[within.start : number.span.start], within.start)
    if found is None:
        return Counted("", "", unit, None)
    return Counted(found[0], found[1], unit, found[2])


def _is_duration(unit: str) -> bool:
    return bool(
        re.match(r"Jahr|Monat|Woche|Tag|Stunde|Minute|Sekunde|year|month|week|day|hour|minute|second", unit)
    )


_Found = tuple[str, str, Span]


def _german(sentence: str, at: int) -> _Found | None:
    match = _BEHIND.match(sentence, at)
    if not match or match["head"] in _FALSE_HEADS:
        return None
    return match["np"], match["head"], Span(*match.span("np"))


def _english(sentence: str, at: int) -> _Found | None:
    match = _EN_PHRASE.match(sentence, at)
    if not match:
        return None
    idle = tokens.stop_words("en") | _EN_VERBS
    words: list[str] = []
    for word in match["np"].split():
        if word.casefold() in idle:
            break
        words.append(word)
    if not words:
        return None
    phrase = " ".join(words)
    start = match.start("np")
    return phrase, words[-1], Span(start, start + len(phrase))


def _before(text: str, offset: int) -> _Found | None:
    for pattern in (_BEFORE, _LABEL, _LAST_NOUN):
        found = [
            m
            for m in pattern.finditer(text)
            if m["head"] not in _FALSE_HEADS and len(m["head"]) > 2 and not _UNIT.fullmatch(m["head"])
        ]
        if found:
            last = found[-1]
            return last["np"], last["head"], Span(offset + last.start("np"), offset + last.end("np"))
    return None
