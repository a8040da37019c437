"""Time expressions in a sentence: the period that a figure or an event belongs to, as spans.

German and English, by forms alone.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence

from qa.text.dates import DATE, clear_month_names, weekday_names
from qa.text.number_words import count_words
from qa.types import Span

_MONTH = "|".join(clear_month_names())
_DAY = "|".join((*weekday_names("de"), "Sonnabend", *weekday_names("en")))
_UNIT = (
    r"(?:Tag|Woche|Monat|Jahr|Wochenende|Quartal|Halbjahr|Sommer|Winter|Herbst|Frühjahr|Frühling|Nacht|Stunde|Jahrzehnt"
    r"|Jahrhundert)(?:en|es|e|s|n)?|(?:day|week|month|year|weekend|quarter|summer|winter|autumn|spring|night|hour|decade)s?"
)
_WHICH = (
    r"(?:vergangene|letzte|vorige|kommende|nächste|laufende|diese|jene|gleiche|selbe|erste|zweite|dritte|vierte|ganze|folgende"
    r"|einzige|wenige|einige|mehrere)[nrsm]?|last|past|previous|coming|next|this|same|first|second|third|fourth|single|recent|few|several"
)
_COUNT = rf"(?:\d{{1,3}}|{count_words('de')}|{count_words('en')})"
_FROM = (
    r"seit|bis|ab|von|vor|nach|in|im|am|an|zum|zur|binnen|innerhalb|während|zu|since|until|till|by|from|before|after|in|on"
    r"|during|within|over|for|at"
)
_DET = r"(?:de[rmns]|die|das|eine[mnrs]?|ein|the|a|an)"
TIME = re.compile(
    rf"{DATE.pattern}"
    rf"|(?<!\w)(?:(?i:{_FROM})\s)?(?:(?i:{_DET})\s)?(?:(?i:Anfang|Mitte|Ende|early|mid|late)[\s-])?(?:\d{{1,2}}\.\s)?(?:{_MONTH})\b(?:\s\d{{1,2}}(?:st|nd|rd|th)?(?=,\s\d{{4}}))?(?:,?\s(?:19|20)\d\d\b)?"
    rf"|(?<!\w)(?:(?i:{_FROM})\s)?(?:(?i:{_DET})\s)?(?:(?i:{_WHICH})\s|(?i:insgesamt)\s)*(?:{_COUNT}\s)?(?:(?i:{_WHICH})\s)?(?i:{_DAY}|{_UNIT})(?:\s(?:19|20)\d\d)?\b(?![-\w])"
    rf"|(?<!\w)(?:(?i:{_FROM})\s)?(?i:Anfang|Mitte|Ende|the end of|early|late)\s(?i:de[rs]|dieses|dieser|the|this|nächsten|kommenden|vergangenen)\s(?:{_UNIT})\b"
    r"|(?<!\w)(?i:im jahre?|in den jahren|in|seit|bis|ab|since|until|by|from)\s(?:19|20)\d\d\b"
    r"|(?<!\w)(?:19|20)\d\d\b(?![.,]\d)"
    r"|(?<!\w)(?i:gestern|heute|vorgestern|morgen früh|täglich|wöchentlich|monatlich|jährlich|pro (?:Tag|Woche|Monat|Jahr)|am tag"
    r"|zuletzt|bisher|bislang|derzeit|aktuell|zurzeit|momentan|inzwischen|mittlerweile|künftig|unlängst|kürzlich|jüngst"
    r"|yesterday|today|daily|weekly|monthly|annually|per (?:day|week|month|year)|so far|currently|recently|to date)(?!\w)"
)
_ONLY_ADVERB = re.compile(
    r"(?i:mittlerweile|inzwischen|zuletzt|kürzlich|unlängst|jüngst|aktuell|derzeit|currently|recently)"
)
_AGE = re.compile(r"\s(?:alt|old)\b|\s?(?:Haft|Gefängnis|in prison)\b")


def times(text: str) -> list[Span]:
    """The time expressions of a text, in order."""
    return [
        Span(*match.span())
        for match in TIME.finditer(text)
        if match[0].strip()
        and not _AGE.match(text, match.end())
        and not re.fullmatch(rf"(?i:{_UNIT})", match[0])
    ]


def nearest(text: str, found: Sequence[Span], within: Span, to: Span) -> Span | None:
    """Of these time expressions the one in `within` nearest to `to`; an adverb such as "mittlerweile" only alone."""
    inside = [span for span in found if within.start <= span.start and span.end <= within.end]
    inside = [span for span in inside if span.end <= to.start or span.start >= to.end]
    telling = [span for span in inside if not _ONLY_ADVERB.fullmatch(text[span.start : span.end])]
    return min(
        telling or inside, key=lambda span: max(to.start - span.end, span.start - to.end), default=None
    )
