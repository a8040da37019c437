"""Questions that name the day or the month of their articles: "What happened in July 2024 at the pool?"

An article rarely says its own month, so the date of the question narrows the articles instead of being looked
for in their sentences. A year alone narrows nothing: texts speak of years.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from qa.text.dates import date_of, month_names, month_number

_MONTH = "|".join(sorted({*month_names("de"), *month_names("en")}, key=len, reverse=True))
_DAY = re.compile(
    r"\s*(?<![\w.])(?:(?:am|vom|seit dem|on|of|from|on the)\s+)?"
    rf"(?:\d{{1,2}}\.\s?\d{{1,2}}\.\s?\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.?\s(?:{_MONTH})\s\d{{4}})(?!\w)",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(
    rf"\s*(?<!\w)(?:(?:im|vom|in|during|of|from)\s+)?(?P<month>{_MONTH})\s(?P<year>\d{{4}})(?!\w)",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"\s*(?:was|what)\s+(?:geschah|geschieht|passierte?|passiert|ereignete sich|war los|war|gab es(?: neues)?"
    r"|happened|took place|was going on|was new)(?P<topic>(?:\s+[^?.!]*)?)[?.!\s]*"
    r"|\s*was\s+(?:ist|hat sich)(?P<topic2>\s+[^?.!]*?)\s+(?:geschehen|passiert|ereignet|zugetragen)[?.!\s]*",
    re.IGNORECASE,
)


class Dated(NamedTuple):
    """A question without its date, and the days that the date spans, ISO 8601, both included."""

    question: str
    since: str
    until: str


def dated(question: str) -> Dated | None:
    """The question apart from its date; None if it names no day or month."""
    for pattern in (_DAY, _IN_MONTH):
        if match := pattern.search(question):
            span = _days(match)
            bare = " ".join((question[: match.start()] + question[match.end() :]).split())
            return Dated(bare.replace(" ?", "?"), *span) if span else None
    return None


def _days(match: re.Match[str]) -> tuple[str, str] | None:
    """The first and the last day; None where there is no such day."""
    found = match.groupdict()
    if "month" not in found:
        day = date_of(match[0])
        return (day, day) if day else None
    month, year = month_number(found["month"]), int(found["year"])
    if not month or not 1 <= year <= date.max.year:
        return None
    return date(year, month, 1).isoformat(), date(year, month, monthrange(year, month)[1]).isoformat()


def asks_what_happened(question: str) -> str | None:
    """What such a question is about, "" for anything; None if it asks for something else."""
    match = _HAPPENED.fullmatch(question)
    return (match["topic"] or match["topic2"] or "").strip() if match else None
