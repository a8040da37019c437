"""When: dates in a text, resolved as far as they can be. German, and English dates that name a month.

A value is written as in ISO-TimeML: `2024-10-16`, `2024-10`, `2024`, `2024-W42`, `2024-SU`, `2024-Q3`, `199` for
the nineties, `XXXX-10-16` where no year is known. What is told relative to the day of writing ("gestern", "am
Mittwoch", "im Januar") needs that day and is `""` or open without it; nothing is guessed from today's date.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from qa.facts.moment_words import (
    AHEAD,
    DAY,
    DAYS,
    DECADE,
    LAST,
    MONTH,
    NEXT,
    ORDINAL,
    PART,
    RELATIVE,
    SEASON,
    THIS,
    VAGUE,
)
from qa.text.dates import DATE, date_of, month_number
from qa.text.number_words import cardinal, count_words, hedges
from qa.text.tokens import fold
from qa.types import Span

OPEN = "XXXX"  # a year that is not known
FIRST_YEAR, LAST_YEAR = 1500, 2500  # of articles
SOON = 2  # months ahead in which a month without a year may lie, where nothing else tells


class Moment(NamedTuple):
    """A date in a text; `value` is "" where nothing is known."""

    span: Span
    value: str


class _Base(NamedTuple):
    """The day a text was written, None if unknown, and whether the sentence looks ahead."""

    day: date | None
    ahead: bool


_Resolve = Callable[[re.Match[str], _Base], str]


def moments(text: str, written: str) -> list[Moment]:
    """The dates of a sentence, in order; `written` is the day of its article, ISO 8601 or ""."""
    base = _Base(_written(written), bool(AHEAD.search(text)))
    out: list[Moment] = []
    for match in _MOMENT.finditer(text):
        rule = match.lastgroup or ""
        value = _RULES[rule][1](_matched(rule, text, match), base)
        out.append(Moment(Span(*match.span()), value))
    return out


def _written(day: str) -> date | None:
    """The day of writing; None if it is no whole date or of no time in which there was news."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _complete(match: re.Match[str], base: _Base) -> str:
    return date_of(match[0])


def _day_month(match: re.Match[str], base: _Base) -> str:
    month, day = month_number(match["m"].rstrip(".")), int(match["d"])
    if match["y"]:
        return f"{match['y']}-{month:02d}-{day:02d}"
    if match["yr"] and base.day:
        return f"{_year_of(match['yr'], base.day)}-{month:02d}-{day:02d}"
    return _nearest(month, day, base)


def _numeric(match: re.Match[str], base: _Base) -> str:
    return _nearest(int(match["m2"]), int(match["d2"]), base) if 1 <= int(match["m2"]) <= 12 else ""


def _nearest(month: int, day: int, base: _Base) -> str:
    if base.day is None:
        return f"{OPEN}-{month:02d}-{day:02d}"
    years = [base.day.year - 1, base.day.year, base.day.year + 1]
    try:
        found = min((date(year, month, day) for year in years), key=lambda one: abs((one - _day(base)).days))
    except ValueError:  # no such day
        return ""
    return found.isoformat()


def _day(base: _Base) -> date:
    assert base.day is not None  # noqa: S101 (callers have looked)
    return base.day


def _month(match: re.Match[str], base: _Base) -> str:
    month = month_number(match["m3"].rstrip("."))
    if match["y3"]:
        return f"{match['y3']}-{month:02d}"
    if base.day is None:
        return f"{OPEN}-{month:02d}"
    if match["yr3"]:
        return f"{_year_of(match['yr3'], base.day)}-{month:02d}"
    year = base.day.year
    if base.ahead and month < base.day.month and base.day.month - month > 6:
        year += 1
    elif not base.ahead and month > base.day.month + SOON:
        year -= 1
    return f"{year}-{month:02d}"


def _year_of(words: str, day: date) -> int:
    return day.year + _step(words)


def _step(words: str) -> int:
    if re.search(LAST, words):
        return -1
    return 1 if re.search(NEXT, words) else 0


def _weekday(match: re.Match[str], base: _Base) -> str:
    part = PART.get((match["part"] or "").strip().casefold(), "")
    if base.day is None:
        return ""
    back = (base.day.weekday() - DAYS[match["day"].casefold()]) % 7
    words = match["which"] or ""
    if re.search(NEXT, words) or (base.ahead and not re.search(LAST, words)):
        days = (-back) % 7 or (7 if re.search(NEXT, words) else 0)
    else:
        days = -(back or (7 if re.search(LAST, words) else 0))
    return (base.day + timedelta(days)).isoformat() + part


def _relative(match: re.Match[str], base: _Base) -> str:
    if base.day is None:
        return ""
    part = PART.get((match["part2"] or "").strip().casefold(), "")
    return (base.day + timedelta(RELATIVE[match["rel"].casefold()])).isoformat() + part


def _unit(match: re.Match[str], base: _Base) -> str:
    """ "im vergangenen Jahr", "diese Woche", "am Wochenende", "heuer"."""
    if base.day is None:
        return ""
    words, unit = match[0].casefold(), (match["unit"] or match[0]).casefold()
    step = _step(words)
    if unit.startswith("jahr") or unit == "heuer":
        return str(base.day.year + step)
    if unit.startswith("monat"):
        months = base.day.year * 12 + base.day.month - 1 + step
        return f"{months // 12}-{months % 12 + 1:02d}"
    shifted = base.day + timedelta(7 * step)
    if "wochenende" in unit and step == 0 and not base.ahead and base.day.weekday() < 5:
        shifted -= timedelta(7)
    year, week, _ = shifted.isocalendar()
    return f"{year}-W{week:02d}" + ("-WE" if "wochenende" in unit else "")


def _ago(match: re.Match[str], base: _Base) -> str:
    count = int(match["n"]) if match["n"].isdigit() else cardinal(fold(match["n"]), "de")
    count = 1 if count is None and match["n"].casefold().startswith("ein") else count
    if base.day is None or count is None or count > 10_000:
        return ""
    sign = -1 if match["ago"].casefold() == "vor" else 1
    unit = match["u"].casefold()
    if unit.startswith("jahr"):
        return f"{base.day.year + sign * count * (10 if 'zehnt' in unit else 1):04d}"
    if unit.startswith("monat"):
        months = base.day.year * 12 + base.day.month - 1 + sign * count
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    shifted = base.day + timedelta(sign * count * (7 if unit.startswith("woche") else 1))
    year, week, _ = shifted.isocalendar()
    return f"{year}-W{week:02d}" if unit.startswith("woche") else shifted.isoformat()


def _season(match: re.Match[str], base: _Base) -> str:
    year = match["y4"] or (str(base.day.year + _step(match[0])) if base.day else OPEN)
    return f"{year[:4]}-{SEASON[match['s'].casefold()]}"


def _quarter(match: re.Match[str], base: _Base) -> str:
    year = match["y5"] or (str(base.day.year) if base.day else OPEN)
    word = match["q"].casefold().rstrip("nr.")
    return f"{year}-Q{word if word.isdigit() else ORDINAL.get(word, 1)}"


def _decade(match: re.Match[str], base: _Base) -> str:
    digits = match["dec"]
    if digits and len(digits) == 4:
        return digits[:3]
    return f"19{digits[0] if digits else DECADE[match['decw'].casefold()]}"


def _vague(match: re.Match[str], base: _Base) -> str:
    return next(name for name, words in VAGUE.items() if re.fullmatch(words, match[0].casefold()))


_YEAR_WORDS = rf"(?:{LAST}|{NEXT}|{THIS})\s(?:Jahre?s?)"
_RULES: dict[str, tuple[str, _Resolve]] = {
    "complete": (re.sub(r"\?P<(\w+)>", "?:", DATE.pattern), _complete),
    "daymonth": (rf"(?<![\d.])(?P<d>\d{{1,2}})\.?\s(?P<m>{MONTH})\b\.?(?:\s(?P<y>\d{{4}})\b|\s(?P<yr>{_YEAR_WORDS}))?", _day_month),
    "numeric": (r"(?<![\d.])(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.(?!\d)", _numeric),
    "month": (rf"\b(?:(?i:Anfang|Mitte|Ende)\s)?(?P<m3>{MONTH})\b(?:\s(?:des Jahres\s)?(?P<y3>\d{{4}})\b|\s(?P<yr3>{_YEAR_WORDS}))?", _month),
    "season": (rf"\b(?:(?:{LAST}|{NEXT}|{THIS})\s)?(?P<s>Frühling|Frühjahr|Sommer|Herbst|Winter)s?\b(?:\s(?:des Jahres\s)?(?P<y4>\d{{4}})(?:/\d\d)?)?", _season),
    "quarter": (r"\b(?P<q>erste[nrs]?|zweite[nrs]?|dritte[nrs]?|vierte[nrs]?|[1-4]\.)\s(?:Quartals?)\b(?:\s(?P<y5>\d{4}))?", _quarter),
    "weekday": (rf"\b(?:(?P<which>{LAST}|{NEXT}|{THIS})\s)?(?P<day>{DAY})(?P<part>\s?(?:morgen|vormittag|mittag|nachmittag|abend|nacht))?\b(?!s\b)", _weekday),
    "relative": (r"\b(?P<rel>(?i:heute|gestern|vorgestern|übermorgen|morgen(?!s)))\b(?P<part2>\s(?:Vormittag|Mittag|Nachmittag|Abend|Nacht|vormittag|nachmittag|abend|früh))?", _relative),
    "ago": (rf"\b(?P<ago>(?i:vor|in))\s(?:(?:{hedges('de')})\s)?(?P<n>\d{{1,4}}|ein(?:e[mnr]?)?|{count_words('de')}|zwanzig|dreißig|vierzig|fünfzig|hundert)\s(?P<u>Tage?n?|Wochen?|Monate?n?|Jahre?n?|Jahrzehnte?n?)\b", _ago),
    "unit": (rf"\b(?:(?i:heuer)|(?:{LAST}|{NEXT}|{THIS})\s(?P<unit>Jahre?s?|Monats?|Woche|Wochenendes?)|(?<=[Aa]m\s)Wochenende)\b", _unit),
    "decade": (rf"\b(?:(?P<dec>\d{{2,4}})er[-\s]?Jahren?|(?P<decw>(?i:{'|'.join(DECADE)}))[-\s]?Jahren?)\b", _decade),
    "century": (r"\b(?P<cent>\d{1,2})\.\sJahrhunderts?\b", lambda match, base: f"{int(match['cent']) - 1:02d}"),
    "year": (r"(?<![\d.,:/-])(?:(?:Jahre?s?)\s)?(?P<year4>1\d{3}|20\d\d|21\d\d)(?![\d:]|[.,]\d|\s?(?:Euro|Meter|Kilometer|Prozent|Menschen|Personen)\b|-\w)", lambda match, base: match["year4"]),
    "vague": ("|".join(rf"\b(?i:{words})\b" for words in VAGUE.values()), _vague),
}  # fmt: skip
_SINGLE = {rule: re.compile(pattern) for rule, (pattern, _) in _RULES.items()}
_MOMENT = re.compile(
    "|".join(
        f"(?P<{rule}>{re.sub(r'[?]P<[a-z0-9]+>', '?:', pattern)})" for rule, (pattern, _) in _RULES.items()
    )
)


def _matched(rule: str, text: str, match: re.Match[str]) -> re.Match[str]:
    """The match of a single rule, with its own groups."""
    found = _SINGLE[rule].match(text, match.start())
    return found or match
