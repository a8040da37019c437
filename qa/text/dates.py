"""Dates in texts."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan januar jänner january|feb februar february|mär mrz märz mar march|apr april|mai may|jun juni"
        " june"
        "|jul juli july|aug august|sep sept september|okt oktober oct october|nov november|dez dezember"
        " dec december"
        .split("|"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
DATE = re.compile(
    r"(?<![\d./-])(?:"
    r"(?P<day1>\d{1,2})\.\s?(?P<month1>\d{1,2})\.\s?(?P<year1>\d{4})"
    r"|(?P<day2>\d{1,2})/(?P<month2>\d{1,2})/(?P<year2>\d{4})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})(?=T\d\d:|(?!\w))"
    r"|(?P<day4>\d{1,2})\.?\s(?P<month4>[A-Za-zä]{3,9})\.?\s(?P<year4>\d{4})"
    r")(?![\d/-])"
)


def date_of(text: str) -> str:
    """The first whole and possible date in a text, ISO 8601, or "".

    `05.11.2024`, `24/10/2024` (the day first), `2024-11-05`, `16. Oktober 2024`, `16 October 2024`.
    """
    for match in DATE.finditer(text):
        parts = {name.rstrip("1234"): value for name, value in match.groupdict().items() if value}
        month = _MONTHS.get(parts["month"].casefold()) if parts["month"].isalpha() else int(parts["month"])
        try:
            return date(int(parts["year"]), month or 0, int(parts["day"])).isoformat()
        except ValueError:  # no such day
            continue
    return ""
