"""Questions that name the day or the month of their articles: "What happened in July 2024 at the pool?"

An article rarely says its own month, so the date of the question narrows the articles instead of being looked
for in their sentences. A year alone narrows nothing: texts speak of years.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from qa.text.dates import DATE, date_of, month_names, month_number

_MONTH = "|".join(sorted({*month_names("de"), *month_names("en")}, key=len, reverse=True))
_IN_MONTH = re.compile(rf"(?<!\w)(?P<month>{_MONTH})\s(?P<year>\d{{4}})(?!\w)", re.IGNORECASE)
_PREPOSITION = re.compile(r"\s*(?<!\w)(?:am|im|vom|seit dem|on the|on|of|from|in|during)\s+$", re.IGNORECASE)
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
    match = DATE.search(question)
    if match:
        day = date_of(match[0])
        span = (day, day) if day else None
    else:
        match = _IN_MONTH.search(question)
        span = _month(int(match["year"]), month_number(match["month"])) if match else None
    if not match or not span:
        return None
    before = _PREPOSITION.sub(" ", question[: match.start()])
    bare = " ".join((before + question[match.end() :]).split())
    return Dated(bare.replace(" ?", "?"), *span)


def _month(year: int, month: int) -> tuple[str, str] | None:
    """The first and the last day of a month; None where there is no such year."""
    if not year:
        return None
    return date(year, month, 1).isoformat(), date(year, month, monthrange(year, month)[1]).isoformat()


def asks_what_happened(question: str) -> str | None:
    """What such a question is about, "" for anything; None if it asks for something else."""
    match = _HAPPENED.fullmatch(question)
    return (match["topic"] or match["topic2"] or "").strip() if match else None
