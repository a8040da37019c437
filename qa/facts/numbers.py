"""Quantities in a sentence: digits and number words with their hedge, as spans with value and bounds.

What is no quantity is left out: dates, times, years, ordinals, scores, ages, numbers of sections and models.
Knows nothing of what is counted.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from qa.text.characters import NUMBER_SPACE as _SPACE
from qa.text.dates import DATE, YEAR, month_names
from qa.text.number_words import HEDGES, SCALES, cardinal
from qa.text.tokens import fold
from qa.types import Span

LARGEST = 1e15  # a larger number is no quantity of news

_DIGITS = {
    "de": rf"\d{{1,3}}(?:[.’']\d{{3}})+(?:,\d+)?|\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)|\d+(?:,\d+)?",
    "en": rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)|\d+(?:\.\d+)?",
}
_SCALE = {
    "de": r"Tausend|tausend|Tsd\.|Million(?:en)?|Mio\.?|Milliarden?|Mrd\.?|Billion(?:en)?",
    "en": r"hundred|thousand|million|mn|m(?=\b)|billion|bn|trillion",
}
_VAGUE = {  # plurals without a number: the least that they mean
    "de": {
        "dutzende": 24, "hunderte": 200, "tausende": 2_000, "zehntausende": 20_000,
        "hunderttausende": 200_000, "millionen": 2_000_000, "milliarden": 2_000_000_000,
    },
    "en": {"dozens": 24, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000},
}  # fmt: skip
_SEVERAL = {
    "de": r"(?:mehrere|einige|etliche|viele)[rn]?",
    "en": r"(?:several|many|a few)",
}
_TIMES = {  # behind "several"
    "de": {"dutzend": 12, "hundert": 100, "tausend": 1_000},
    "en": {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000},
}
_DOZEN = {
    "de": r"(?P<half>(?i:ein halbes |einem halben ))?(?P<dozens>(?i:ein |einem |zwei |drei ))?Dutzend(?!e)",
    "en": r"(?P<half>(?i:half ))?(?P<dozens>(?i:a |two |three ))?dozen\b",
}
_TO = {
    "de": rf"{_SPACE}?[-–]{_SPACE}?|{_SPACE}bis(?: zu)?{_SPACE}",
    "en": rf"{_SPACE}?[-–]{_SPACE}?|{_SPACE}to{_SPACE}",
}
_WORD = {
    "de": r"(?i:(?:zwei|drei|vier|fünf|sech|sieb|acht|neun|zehn|elf|zwölf|zwanzig|hundert|tausend|ein(?=und|hundert|tausend))"
    r"[a-zäöüß]{0,30})\b(?!-)",
    "en": r"(?i:(?:two|three|four|fi[fv]|six|seven|eight|nine|ten|eleven|twelve|thirteen|twenty|thirty)[a-z]{0,5}(?:-[a-z]{3,5})?)\b(?!-)",
}
_BETWEEN = {"de": ("zwischen", "und"), "en": ("between", "and")}

_MONTHS = "|".join((*month_names("de"), *month_names("en")))
# What holds numbers that are no quantities.
_NO_QUANTITY = re.compile(
    rf"{DATE.pattern}|\b(?:19|20)\d\d-\d\d(?!\d)"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th)?(?:\s?[-–/]\s?\d{{1,2}}\.?)?{_SPACE}(?:{_MONTHS})\b(?:{_SPACE}\d{{4}}\b)?"
    rf"|\b(?:{_MONTHS}){_SPACE}(?:\d{{4}}\b|\d{{1,2}}(?:st|nd|rd|th)?\b)(?:,{_SPACE}\d{{4}}\b)?"
    r"|\b\d{1,2}\.\s?\d{1,2}\.(?:\d{2,4})?(?!\d)"
    rf"|\b\d{{1,2}}(?:[.:]\d{{2}})?\s?(?:Uhr|a\.?m\b|p\.?m\b)"
    r"|\b\d+\s?:\s?\d+\b"  # a score, a time
    r"|\(\s?\d+\.?\s?\)"  # an age, a minute
    r"|(?<=[\w)“”\"]),\s\d{1,2}(?=,)"  # "Anna Maier, 53, sagt"
    r"|\b\d{1,3}(?:\s(?:Jahre|years)\s(?:alt|jung|old))\b|\b(?:im Alter von|aged?)\s\d{1,3}\b"
    r"|(?<!\w)(?:§+|Nr\.|No\.|Artikel|Article|Absatz|Paragra(?:ph|f)|Kapitel|Seite|page|Platz|Rang|Tag|Gruppe|Zimmer"
    r"|Gate|Block|Phase|Level|Stufe|Linie|Route|Kanal|Staffel|Folge|Punkt|Highway|Flug|Section)\s?\d+(?:[./]\d+)*\b"
    r"|\b\d{4}/\d{2,4}\b|\b\d+(?:er|ern|s)\b|\b\d+\s?x\s?\d+"
    r"|\b\d+(?=-[^\W\d_])|(?<=[^\W\d_])-?\d+\b|\b\d+[a-zA-Z]+\b(?<!km|kg|cm|mm|ha)"
    r"|\b\d+\.(?=\s+[^\W\d_])"  # an ordinal
    r"|(?:\d+[/.-]){3,}\d+|\+\d[\d\s/()-]{6,}"  # an address, a telephone number
)
_YEAR = re.compile(YEAR)
_BEFORE_YEAR = re.compile(
    rf"(?:\b(?:jahre?n?s?|seit|im|in|bis|ab|vor|nach|ende|anfang|mitte|von|und|sommer|herbst|winter|frühjahr"
    rf"|year|since|by|of|from|until|to|and|{_MONTHS})\s|[-–/(])$",
    re.IGNORECASE,
)
_COUNTS = re.compile(
    rf"{_SPACE}(?:[a-zäöüß]+(?:e[nr]?|em){_SPACE})?(?:[A-ZÄÖÜ][a-zäöüß]+(?:en|er|e|s|ge|el|te)\b|people\b)"
)


# What every number has; the rest of a text need not be looked at.
_POSSIBLE = re.compile(
    r"\d|[zZ]wei|[dD]rei|[vV]ier|[fF]ünf|[sS]echs|[sS]ieb|[aA]cht|[nN]eun|[zZ]ehn|[eE]lf|[zZ]wölf|[zZ]wanzig|undert|ausend"
    r"|[dD]utzend|illion|illiarde|[tT]wo|[tT]hree|[fF]our|[fF]i[fv]|[sS]ix|[sS]even|[eE]ight|[nN]ine|[tT]en|[tT]wel|[tT]wen|[tT]hir"
    r"|[dD]ozen"
)


class Number(NamedTuple):
    """A quantity. The value is None for a range; a bound is None where it is open or not known."""

    span: Span  # with its hedge
    digits: Span  # without it
    value: float | None
    low: float | None
    high: float | None


@lru_cache(maxsize=1 << 13)
def numbers(text: str, language: str) -> tuple[Number, ...]:
    """The quantities of a sentence, in order; `language` is ISO 639-1, what is not English is read as German.

    `etwa 600` has a value and no bounds, `mindestens 600` the lower one, `bis zu 600` the upper one,
    `600` both; `2,3 bis 4,1 Milliarden` has bounds and no value.
    """
    known = "en" if language == "en" else "de"
    if not possible(text):
        return ()
    found = list(_all(text, known))
    idle = [Span(*match.span()) for match in _NO_QUANTITY.finditer(text)] if found else []
    return tuple(
        number
        for number in found
        if not any(span.start < number.digits.end and number.digits.start < span.end for span in idle)
    )


def possible(text: str) -> bool:
    """Whether a text may hold a quantity: a test that costs almost nothing."""
    return bool(_POSSIBLE.search(text))


def _all(text: str, language: str) -> Iterator[Number]:
    end = 0
    while match := _pattern(language).search(text, end):
        number = _exact(match, text, language) if match["first"] else _vague(match, language)
        # "20 und 30" matches as a whole, but may be two numbers
        end = number.span.end if number and number.span.end > match.start() else match.end()
        if number and max(number.value or 0, number.low or 0, number.high or 0) <= LARGEST:
            yield number


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """A hedge, and a number or word that may be one; words are looked at by `_exact`."""
    digits = _DIGITS[language]
    scale = rf"(?:{_SPACE}(?:{_SCALE[language]})(?!\w))"
    between, joined = _BETWEEN[language]
    hedges = "|".join(
        f"(?P<{kind}>{'|'.join(map(re.escape, words))})" for kind, words in HEDGES[language].items()
    )
    word = _WORD[language]
    vague = "|".join(_VAGUE[language])
    return re.compile(
        rf"(?<![\w.,-])(?:(?:(?i:{hedges}){_SPACE})?"
        rf"(?:(?P<several>(?i:{_SEVERAL[language]}){_SPACE})?(?P<vague>(?i:{vague}|{'|'.join(_TIMES[language])}))\b(?!-)"
        rf"|(?P<dozen>{_DOZEN[language]})"
        rf"|(?P<both>(?P<between>(?i:{between}){_SPACE})?(?P<first>{digits}|{word})(?P<scale1>{scale})?"
        rf"(?:(?:{_TO[language]}|(?P<joined>{_SPACE}{joined}{_SPACE}))(?P<second>{digits}|{word})(?P<scale2>{scale})?)?)))"
        r"(?![\d])"
    )


def _vague(match: re.Match[str], language: str) -> Number | None:
    span = Span(*match.span())
    if match["dozen"]:
        many = {"zwei": 2, "drei": 3, "two": 2, "three": 3}.get((match["dozens"] or "").strip().lower(), 1)
        value = 6.0 if match["half"] else 12.0 * many
        return _hedged(match, span, Span(match.start("dozen"), span.end), value)
    if not match["vague"]:
        return None
    word = fold(match["vague"])
    least = _VAGUE[language].get(word)
    if match["several"] and not least:
        least = 2 * _TIMES[language][word]
    if not least:
        return None
    digits = Span(match.start("several") if match["several"] else match.start("vague"), span.end)
    return Number(span, digits, None, float(least), None)


def _exact(match: re.Match[str], text: str, language: str) -> Number | None:
    first = _value(match["first"], match["scale1"], language)
    if first is None:
        return None
    second = _value(match["second"], match["scale2"], language) if match["second"] else None
    if match["second"] and second is not None and (not match["joined"] or match["between"]):
        if not match["scale1"] and match["scale2"] and first < second:
            first = _value(match["first"], match["scale2"], language) or first
        if first < second and not _is_year(match, "second", text):
            digits = Span(
                match.start("both"), match.end("scale2") if match["scale2"] else match.end("second")
            )
            return Number(Span(match.start(), digits.end), digits, None, first, second)
    if _is_year(match, "first", text):
        return None
    digits = Span(match.start("first"), match.end("scale1") if match["scale1"] else match.end("first"))
    start = digits.start if match["between"] else match.start()
    return _hedged(match, Span(start, digits.end), digits, first)


def _hedged(match: re.Match[str], span: Span, digits: Span, value: float) -> Number:
    low = None if match["about"] or match["most"] else value
    high = None if match["about"] or match["least"] else value
    return Number(span, digits, value, low, high)


def _is_year(match: re.Match[str], group: str, text: str) -> bool:
    if not _YEAR.fullmatch(match[group]):
        return False
    if not _COUNTS.match(text, match.end(group)):
        return True  # "weniger als 2014"
    hedged = match["about"] or match["least"] or match["most"]
    return not hedged and _BEFORE_YEAR.search(text[: match.start(group)]) is not None


def _value(word: str, scale: str | None, language: str) -> float | None:
    """The value of digits or of a number word; None if it is not one, or is "one", which rarely counts."""
    power = SCALES[language].get(fold((scale or "").strip().rstrip(".")), 0) or (
        6 if (scale or "").strip() == "m" else 0
    )
    if not word[0].isdigit():
        known = cardinal(fold(word), language)
        return None if known is None or known < 2 else float(known * 10**power)
    plain = re.sub(rf"{_SPACE}|[’']", "", word)
    plain = plain.replace(".", "").replace(",", ".") if language == "de" else plain.replace(",", "")
    if len(plain) > 20:
        return None
    return float(round(float(plain) * 10**power, 6))
