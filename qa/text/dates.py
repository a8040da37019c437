"""Dates in texts: the names of months, the forms that pages print, and the day that one means."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

# The names of each month, January first, by language; and those that are short, or written without umlauts.
_MONTHS = {
    "de": "Januar Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
}
_WEEKDAYS = {
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_SHORT = "jan jaenner|feb feber febr|mär mrz mar maerz|apr||jun|jul|aug|sep sept|okt oct|nov|dez dec"
# A year of four digits, as a source of patterns; 1499 and less are rather numbers.
YEAR = r"(?:1[5-9]|20)\d\d"
# Only within a complete date: "Mars" and "Avril" are names as well.
_FRENCH = (
    "janvier janv|février fevrier févr fevr|mars|avril avr|mai|juin|juillet juil|août aout|septembre"
    "|octobre|novembre|décembre decembre déc"
)


def _numbered(*lists: str) -> dict[str, int]:
    return {
        name.casefold(): number
        for names in lists
        for number, month in enumerate(names.split("|"), start=1)
        for name in month.split()
    }


_NUMBERS = _numbered(*_MONTHS.values(), _SHORT)
_IN_DATES = _numbered(_FRENCH) | _NUMBERS

_MONTH = rf"(?:{'|'.join(sorted(_IN_DATES, key=len, reverse=True))})\.?"
_TH = r"(?:st|nd|rd|th)"
# Sources of patterns that ignore case.
WEEKDAY = (
    r"(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mo|di|mi"
    r"|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b\.?"
)
CLOCK_TIME = (
    r"(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\.\d{1,6})?(?:\s?(?:uhr|h|a\.?m\.?|p\.?m\.?))?|\d{1,2}\suhr"
    r"|\d{1,2}\s?h\s?\d{2})(?:\s?(?:z|[+-]\d{2}:?\d{2}|mez|mesz|cest?|gmt|utc)\b)?"
)
_PRINTED = (
    rf"(?:\d{{1,2}}[./]\s?\d{{1,2}}[./]\s?\d{{2,4}}|\d{{4}}-\d{{2}}(?:-\d{{2}})?|\d{{4}}/\d{{2}}/\d{{2}}"
    rf"|\d{{1,2}}(?:\.\s?|(?:{_TH}|er)?\s)(?:of\s)?{_MONTH},?\s\d{{4}}|\d{{1,2}}-{_MONTH}-\d{{4}}"
    rf"|{_MONTH}\s\d{{1,2}}{_TH}?,\s?\d{{4}})"
)
# What looks like a date; `boilerplate` finds lines by it.
DATE_AND_TIME = rf"{_PRINTED}(?:\s?[-–—|,T]?\s?(?:um\s|at\s|à\s)?{CLOCK_TIME})?"

# A complete date, whose day is certain. It matches less: no month without a day, no year of two digits
# ("5.11.24" leaves the century open, "10.12.24" may be a time).
DATE = re.compile(
    r"(?<![\d./-])(?:"
    r"(?P<day1>\d{1,2})\.\s?(?P<month1>\d{1,2})\.\s?(?P<year1>\d{4})"
    r"|(?P<day2>\d{1,2})/(?P<month2>\d{1,2})/(?P<year2>\d{4})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})(?=T\d\d:|(?!\w))"
    r"|(?P<day4>\d{1,2})(?:\.\s?|(?:st|nd|rd|th|er)?\s)(?:of\s)?(?P<month4>[^\W\d_]{3,9})\.?,?\s(?P<year4>\d{4})"
    r"|(?<!\w)(?P<month5>[^\W\d_]{3,9})\.?\s(?P<day5>\d{1,2})(?:st|nd|rd|th)?,\s?(?P<year5>\d{4})"
    r"|(?P<year6>\d{4})/(?P<month6>\d{2})/(?P<day6>\d{2})"
    r"|(?P<day7>\d{1,2})-(?P<month7>[^\W\d_]{3,9})-(?P<year7>\d{4})"
    r")(?![\d/-])"
)

# What only a field or a label makes a date.
_SHORT_YEAR = re.compile(
    r"(?P<day>\d{1,2})(?:(?P<sign>[./-])\s?(?P<month>\d{1,2})(?P=sign)\s?"
    r"|[.\s-]\s?(?P<name>[^\W\d_]{3,9})(?:\.?[\s-]|\.))['’]?(?P<year>\d{4}|\d{2})(?![\d./-])"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<sign>[./-])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)")
_MONTH_FIRST = re.compile(
    r"(?P<name>[^\W\d_]{3,9})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})(?!\d)"
)
# "May 3 08:00:00 2023", as C and many programs write it
_TIME_BEFORE_YEAR = re.compile(
    r"(?P<name>[^\W\d_]{3,9})\s(?P<day>\d{1,2})\s\d{1,2}:\d{2}(?::\d{2})?\s(?:(?:[A-Z]{3,4}|[+-]\d{4})\s)?"
    r"(?P<year>\d{4})(?!\d)"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:[T ]?\d{4}(?:\d{2})?Z?)?$")
_WEEKDAY_FIRST = re.compile(r"[^\W\d_]{2,10}\.?,?\s+(?=\S)")
_NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?")
_PIVOT = 69  # years of two digits from here on are of the last century, as in POSIX `strptime`
# Day 0 of Excel's serial numbers; it counts a 29 February 1900 that never was, so only later days are right.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIAL_RANGE = range(18_264, 73_051)  # 1950 to 2099
_EPOCH = re.compile(r"(?P<seconds>1\d{9})(?:\d{3})?(?:\.\d+)?")  # seconds or milliseconds, 2001 to 2033


def month_names(language: str) -> tuple[str, ...]:
    """The whole names of the months, in the order of the year; `language` is "de" or "en"."""
    return tuple(re.split(r"[ |]", _MONTHS[language]))


def clear_month_names() -> tuple[str, ...]:
    """The German and English names that mean a month wherever they stand: all but "May", a verb, too."""
    return tuple(name for name in (*month_names("de"), *month_names("en")) if name != "May")


def weekday_names(language: str) -> tuple[str, ...]:
    """The days of the week from Monday on; `language` is "de" or "en". "Sonnabend" is not among them."""
    return tuple(_WEEKDAYS[language].split())


def month_number(name: str) -> int:
    """The number of a month by its German or English name, whole or short; 0 if it is not one."""
    return _NUMBERS.get(name.casefold(), 0)


def date_of(text: str) -> str:
    """The first complete, valid date in a text, ISO 8601, or "".

    `05.11.2024`, `24/10/2024` (the day first), `2024-11-05`, `16. Oktober 2024`, `16 October 2024`,
    `October 16th, 2024`, `16-Oct-2024`, `16 octobre 2024`.
    """
    for match in DATE.finditer(text):
        parts = {name.rstrip("1234567"): value for name, value in match.groupdict().items() if value}
        name = parts["month"]
        if day := _iso(parts["year"], int(name) if name.isdecimal() else _named(name), parts["day"]):
            return day
    return ""


def field_date(value: str) -> str:
    """The date in a field that holds nothing but a date, ISO 8601, or "".

    Besides what `date_of` reads: years of two digits (`06.03.24`), `20240306`, `2024-3-6`, `6-Mar-24`,
    serial numbers of Excel (`45357`), seconds since 1970. The field or label says that it is a date, so
    these are certain.
    """
    value = " ".join(value.split())[:100]
    if day := date_of(value):
        return day
    value = value.lstrip("([").rstrip(")].,;")
    for text in (value, _WEEKDAY_FIRST.sub("", value, count=1)):
        for form in (_COMPACT, _YEAR_FIRST, _SHORT_YEAR, _MONTH_FIRST, _TIME_BEFORE_YEAR):
            if match := form.match(text):
                parts = match.groupdict()
                month = int(parts["month"]) if parts.get("month") else _named(parts["name"] or "")
                if day := _iso(_whole_year(parts["year"]), month, parts["day"]):
                    return day
    return _serial(value)


def _serial(value: str) -> str:
    """The day that a number means, ISO 8601, or ""."""
    if _NUMBER.fullmatch(value) and int(value[:5]) in _SERIAL_RANGE:
        return (_SERIAL_ZERO + timedelta(int(value[:5]))).isoformat()
    if match := _EPOCH.fullmatch(value):
        return datetime.fromtimestamp(int(match["seconds"]), UTC).date().isoformat()
    return ""


def _whole_year(year: str) -> str:
    return year if len(year) == 4 else f"{19 if int(year) >= _PIVOT else 20}{year}"


def _named(month: str) -> int:
    return _IN_DATES.get(month.casefold(), 0)


def _iso(year: str, month: int, day: str) -> str:
    try:
        return date(int(year), month, int(day)).isoformat()
    except ValueError:  # no such day
        return ""
