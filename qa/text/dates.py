"""Dates in texts: the names of months, the forms that pages print, and the day that one means."""

from __future__ import annotations

import re
from datetime import date

# The names of each month, January first, by language; and those short forms that are no whole name.
_MONTHS = {
    "de": "Januar Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
}
_SHORT = "jan|feb|mär mrz mar|apr||jun|jul|aug|sep sept|okt oct|nov|dez dec"
_NUMBERS = {
    name.casefold(): number
    for names in (*_MONTHS.values(), _SHORT)
    for number, month in enumerate(names.split("|"), start=1)
    for name in month.split()
}

_MONTH = rf"(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\.?"
CLOCK_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?(?:uhr|h|a\.?m\.?|p\.?m\.?))?"
_PRINTED = (
    rf"(?:\d{{1,2}}[./]\s?\d{{1,2}}[./]\s?\d{{2,4}}|\d{{4}}-\d{{2}}(?:-\d{{2}})?"
    rf"|\d{{1,2}}\.?\s{_MONTH}\s\d{{4}}|{_MONTH}\s\d{{1,2}},\s\d{{4}})"
)
# Source of a pattern that ignores case, for what looks like a date; `boilerplate` finds lines by it.
DATE_AND_TIME = rf"{_PRINTED}(?:\s?[-–—|,T]?\s?(?:um\s|at\s)?{CLOCK_TIME})?"

# A complete date, whose day is certain. It matches less: no month without a day, no year of two digits
# ("5.11.24" leaves the century open, "10.12.24" may be a time), no "November 5, 2024".
DATE = re.compile(
    r"(?<![\d./-])(?:"
    r"(?P<day1>\d{1,2})\.\s?(?P<month1>\d{1,2})\.\s?(?P<year1>\d{4})"
    r"|(?P<day2>\d{1,2})/(?P<month2>\d{1,2})/(?P<year2>\d{4})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})(?=T\d\d:|(?!\w))"
    r"|(?P<day4>\d{1,2})\.?\s(?P<month4>[A-Za-zä]{3,9})\.?\s(?P<year4>\d{4})"
    r")(?![\d/-])"
)


def month_names(language: str) -> tuple[str, ...]:
    """The whole names of the months, in the order of the year; `language` is "de" or "en"."""
    return tuple(re.split(r"[ |]", _MONTHS[language]))


def month_number(name: str) -> int:
    """The number of a month by its German or English name, whole or short; 0 if it is none."""
    return _NUMBERS.get(name.casefold(), 0)


def date_of(text: str) -> str:
    """The first complete, valid date in a text, ISO 8601, or "".

    `05.11.2024`, `24/10/2024` (the day first), `2024-11-05`, `16. Oktober 2024`, `16 October 2024`.
    """
    for match in DATE.finditer(text):
        parts = {name.rstrip("1234"): value for name, value in match.groupdict().items() if value}
        month = _NUMBERS.get(parts["month"].casefold()) if parts["month"].isalpha() else int(parts["month"])
        try:
            return date(int(parts["year"]), month or 0, int(parts["day"])).isoformat()
        except ValueError:  # no such day
            continue
    return ""
