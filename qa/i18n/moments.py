"""When a sentence happens, in words.

Plain text: the caller escapes it. The values come from `qa.facts.moments`.
"""

from __future__ import annotations

import re

from qa.i18n.wording import long_date, words
from qa.types import DatedSentence

_SEASONS = {"SP": 0, "SU": 1, "FA": 2, "WI": 3}


def when(one: DatedSentence, language: str) -> str:
    """The date of a sentence: "24. Oktober 2024", "März 2024", "Sommer 2024", "2024".

    Where the year is open, the wording of the article, and that it names no year.
    """
    text = words(language)
    if not one.since:
        return text["open_year"].format(wording=one.wording)
    if match := re.fullmatch(r"(\d{4})-(\d\d)", one.value):
        return f"{text['months'].split()[int(match[2]) - 1]} {match[1]}"
    if match := re.fullmatch(r"(\d{4})-W(\d\d)(?:-WE)?", one.value):
        return text["week"].format(week=int(match[2]), year=match[1])
    if match := re.fullmatch(r"(\d{4})-Q(\d)", one.value):
        return text["quarter"].format(quarter=match[2], year=match[1])
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", one.value):
        return f"{text['seasons'].split()[_SEASONS[match[2]]]} {match[1]}"
    return long_date(one.value[:10], language)
