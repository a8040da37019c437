"""Questions that name the day, month, season or period of their articles: "Who came in July 2024?"

An article rarely says its own month, so the date of the question narrows the articles instead of being looked
for in their sentences. A year alone narrows nothing: texts speak of years. A period has two ends ("zwischen
Mai und Juli 2024") or one ("seit Mai 2024", "vor dem 3. Mai 2024").
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from qa.text.dates import DATE, WEEKDAY, field_date, month_names, month_number

_MONTH = "|".join(sorted({*month_names("de"), *month_names("en")}, key=len, reverse=True))
_SHORT_MONTH = r"jan|feb|mär|mar|apr|aug|sept?|okt|oct|nov|dez|dec"
_IN_MONTH = re.compile(
    rf"(?<!\w)(?P<month>{_MONTH}|(?:{_SHORT_MONTH})\.?)(?:\s(?:des jahres|of|im jahr))?,?\s(?P<year>\d{{4}}|['’]\d\d)(?!\w)"
    rf"|(?<![\w./-])(?P<number>0?[1-9]|1[0-2])/(?P<year2>(?:19|20)\d\d)(?![\w/-])",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(
    rf"(?<!\w)(?:im|in|in the month of|im monat|(?:am )?(?:anfang|mitte|ende))\s(?P<month>{_MONTH})(?!\w)(?!\s\d)",
    re.IGNORECASE,
)
_SHORT_DAY = re.compile(r"(?<![\d.])\d{1,2}\.\s?\d{1,2}\.\s?\d\d(?![\d.])")
_SEASONS = {
    "frühjahr": 3, "frühling": 3, "spring": 3, "sommer": 6, "summer": 6, "herbst": 9, "autumn": 9, "fall": 9, "winter": 12,
}  # fmt: skip
_IN_SEASON = re.compile(
    rf"(?<!\w)(?P<season>{'|'.join(_SEASONS)})(?:\s(?:des jahres|of))?\s(?P<year>\d{{4}})(?:/\d{{2,4}})?(?!\w)",
    re.IGNORECASE,
)
# A day or a month; the first of two may lack what the second one tells: "zwischen dem 1. und 5. Mai 2024".
_POINT = (
    rf"(?:(?:dem|der|the)\s)?(?:\d{{4}}-\d\d-\d\d"
    rf"|\d{{1,2}}(?:\.\s?|(?:st|nd|rd|th)?\s)(?:{_MONTH}|\d{{1,2}}\.)(?:,?\s?\d{{4}})?"
    rf"|(?:{_MONTH})(?:\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,\s?\d{{4}})?|\s\d{{4}})?)(?!\w)"
)
_DAY_ALONE = r"(?:dem\s|the\s)?\d{1,2}(?:\.|st|nd|rd|th)"
_BETWEEN = re.compile(
    rf"\s*(?<!\w)(?:(?:zwischen|between)\s(?P<a1>{_POINT}|{_DAY_ALONE})\s(?:und|and)\s(?P<b1>{_POINT})"
    rf"|(?:vom?|from)\s(?P<a2>{_POINT}|{_DAY_ALONE})\s(?:bis(?:\szum)?|to|until|till|through)\s(?P<b2>{_POINT}))",
    re.IGNORECASE,
)
_AFTER, _BEFORE = r"seit|ab|nach|since|after", r"bis(?:\szum)?|vor|until|till|before"
_ONE_END = re.compile(
    rf"\s*(?<!\w)(?:(?P<after>{_AFTER})|(?P<before>{_BEFORE}))\s(?P<point>{_POINT})", re.IGNORECASE
)
_POINT_MONTH = re.compile(rf"(?<!\w)(?:{_MONTH})(?!\w)", re.IGNORECASE)
FIRST, LAST = "0001-01-01", "9999-12-31"  # of a period with one end
_PREPOSITION = re.compile(
    rf"\s*(?<!\w)(?:(?:am|im|vom|seit dem|on the|on|of|from|in the|in|during)\s+)?(?:(?:(?:am |zu |at the |in )?(?:anfang|beginn"
    rf"|mitte|ende|early|mid|late|beginning of|end of)|{WEEKDAY},?(?:\s(?:de[nm]|the))?|monat|month of|(?:zeitigen|frühen|späten))\s+)?$",
    re.IGNORECASE,
)


class Dated(NamedTuple):
    """A question without its date, and the days that the date spans, ISO 8601, both included."""

    question: str
    since: str
    until: str
    period: bool = False  # several months or days, or all before or after one

    def months(self) -> frozenset[int]:
        """The months of the days; empty where they span all or an unknown number of them."""
        if self.since == FIRST or self.until == LAST:
            return frozenset()
        first, last = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in (self.since, self.until))
        told = range(first, last + 1) if last - first < 11 else ()
        return frozenset(month % 12 + 1 for month in told)

    def years(self) -> frozenset[str]:
        """The years of the days; empty where the period has one end only."""
        if self.since == FIRST or self.until == LAST:
            return frozenset()
        return frozenset(str(year) for year in range(int(self.since[:4]), int(self.until[:4]) + 1))


def dated(question: str) -> Dated | None:
    """The question apart from its date; None if it names no day, month or period."""
    if found := period(question):
        return found
    if match := DATE.search(question) or _SHORT_DAY.search(question):
        day = field_date(match[0])
        span = (day, day) if day else None
    elif match := _IN_MONTH.search(question):
        span = _of_month(match)
    elif match := _IN_SEASON.search(question):
        span = _of_season(match)
        return Dated(_without(question, match), *span, period=True) if span else None
    if not match or not span:
        return None
    return Dated(_without(question, match), *span)


def month_alone(question: str) -> tuple[str, int] | None:
    """The question apart from a month without a year, and its number; None if it names none."""
    match = _MONTH_ALONE.search(question)
    if not match:
        return None
    bare = f"{question[: match.start()].rstrip()} {question[match.end() :].lstrip()}"
    return re.sub(r"\s(?=[?.!])", "", bare), month_number(match["month"])


def _without(question: str, match: re.Match[str]) -> str:
    """The question without a date and what introduces it."""
    before = _PREPOSITION.sub(" ", question[: match.start()])
    return re.sub(r"\s(?=[?.!])", "", " ".join(f"{before} {question[match.end() :]}".split()))


def _of_month(match: re.Match[str]) -> tuple[str, str] | None:
    if match["number"]:
        return _month(int(match["year2"]), int(match["number"]))
    year = match["year"]
    return _month(
        int(year) if year.isdecimal() else 2000 + int(year[1:]), month_number(match["month"].rstrip("."))
    )


def _of_season(match: re.Match[str]) -> tuple[str, str] | None:
    """The first and the last day of a season; a winter goes on in the year after the one that is named."""
    year, first = int(match["year"]), _SEASONS[match["season"].lower()]
    begin, end = _month(year, first), _month(year + (first == 12), (first + 1) % 12 + 1)
    return (begin[0], end[1]) if begin and end else None


def period(question: str) -> Dated | None:
    """The question apart from a period with two ends or one; None if it names none."""
    match = _BETWEEN.search(question)
    if match:
        days = _two_ends(match["a1"] or match["a2"], match["b1"] or match["b2"])
    else:
        match = _ONE_END.search(question)
        days = _one_end(match) if match else None
    if not match or not days:
        return None
    bare = " ".join(f"{question[: match.start()]} {question[match.end() :]}".split())
    return Dated(re.sub(r"\s(?=[?.!])", "", bare), *days, period=True)


class _Point(NamedTuple):
    """A day or month of a question; 0 where it is not given."""

    year: int
    month: int
    day: int

    def span(self) -> tuple[str, str] | None:
        """Its first and last day; None if there is no such day."""
        if not self.day:
            return _month(self.year, self.month)
        try:
            day = date(self.year, self.month, self.day).isoformat()
        except ValueError:
            return None
        return day, day


def _point(words: str) -> _Point:
    if match := re.search(r"(\d{4})-(\d\d)-(\d\d)", words):
        return _Point(int(match[1]), int(match[2]), int(match[3]))
    year = re.search(r"\d{4}", words)
    named = _POINT_MONTH.search(words)
    numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", words)]
    month = month_number(named[0]) if named else (numbers[1] if len(numbers) > 1 else 0)
    return _Point(int(year[0]) if year else 0, month, numbers[0] if numbers else 0)


def _two_ends(first: str, last: str) -> tuple[str, str] | None:
    """The days between two points; what the first one lacks is as in the second one."""
    end = _point(last)
    begin = _point(first)
    month = begin.month or end.month
    year = begin.year or end.year - (month > end.month)  # "zwischen Oktober und Januar 2025"
    start, stop = _Point(year, month, begin.day).span(), end.span()
    return (min(start[0], stop[0]), max(start[1], stop[1])) if start and stop else None


def _one_end(match: re.Match[str]) -> tuple[str, str] | None:
    days = _point(match["point"]).span()
    if days is None:
        return None
    return (days[0], LAST) if match["after"] else (FIRST, days[1])


def _month(year: int, month: int) -> tuple[str, str] | None:
    """The first and the last day of a month; None where there is no such month."""
    if not year or not 1 <= month <= 12:
        return None
    return date(year, month, 1).isoformat(), date(year, month, monthrange(year, month)[1]).isoformat()
