"""Corrections of what `sentencex` gets wrong: bounds within sentences, and bounds that it misses.

Ordinals and abbreviations in German, some in English, missing spaces, full stops before a number.
Decision 6 (docs/decisions) has the figures. Knows nothing of lines or paragraphs.
"""

from __future__ import annotations

import re

from qa.text.abbreviations import ABBREVIATIONS, ORDINAL_NOUNS, STARTERS
from qa.text.characters import QUOTES
from qa.text.dates import YEAR
from qa.text.spans import between
from qa.types import Span

_NUMBER_ONLY = re.compile(r"(?:\d{1,3}|[a-zA-Z])\.")
_ORDINAL = re.compile(r"(?:^|[\s(])(\d{1,3})\.$")
ORDINAL_NOUN = re.compile(rf"(?:{ORDINAL_NOUNS})")
# before an ordinal, not before a plain number that ends a sentence
BEFORE_ORDINAL = re.compile(
    r"(?:^|\s)(?:der|die|das|dem|den|des|im|am|vom|zum|zur|beim|ins|ein|eine|einen|einem|einer|eines|als"
    r"|frühen|späten|ihr\w*|sein\w*|dies\w*|jed\w*|\d{1,3}\.,?(?:\s(?:und|bis|oder|sowie))?)\s\(?\d{1,3}\.$",
    re.IGNORECASE,
)
# "Ende.Neuer Satz" lacks a space; "MAPS.ME" and "beispiel.de" do not
_GLUED = re.compile(r"[^\W\d_]{3}[.!?][A-ZÄÖÜ][a-zäöüß]$")
_NO_BEGINNING = re.compile(r"[A-Za-zÄÖÜäöüß\d\[(]")
_TAIL = 80  # characters examined before a boundary
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
# full stops that sentencex misses; the group is the gap between two sentences
_BRACKETED = re.compile(r"\([^()]{1,400}[.!?]\)(\s+)(?=[A-ZÄÖÜ„»])")  # a whole sentence in brackets
_STREET = re.compile(r"(?:str|pl)\.$", re.IGNORECASE)
_INNER_STOP = re.compile(rf"\.[{QUOTES})]*\s")
_STARTER = "|".join(sorted(STARTERS))
_PASSED_OVER = (
    re.compile(
        rf"\b(?:usw|usf|etc|e\. ?V|u\. ?v\. ?m|[nv]\."
        rf" ?Chr|Mio|Mrd|Tsd|Jh|[Ss]tr)\.[{QUOTES})]*(\s+)(?=(?:{_STARTER})\b)"
    ),
    re.compile(rf"\b[^\W\d_]{{4,60}}(?<=[a-zäöüß]{{3}})(?<!str)(?<!pl)\.[{QUOTES})]*(\s+)(?=\d)"),
    # units are written without a full stop
    re.compile(rf"\d\s?(?:km/h|km²?|m²|qm|cm|mm|kg|kWh|MW|GW|ha|°C|°|%|€)\.[{QUOTES})]*(\s+)(?=[A-ZÄÖÜ\d])"),
    re.compile(rf"\s{YEAR}\.(\s+)(?=\d)"),
    # short words that are no abbreviations: particles of verbs, "um 7 Uhr. 15 Minuten später"
    re.compile(
        rf"\s(?:ab|an|auf|aus|ein|fest|los|um|vor|weg|zu|Uhr|Tag|Rat|Ort|Bad|See|tot|alt|neu|gut|ist|war|hat"
        rf"|ihm|ihr|uns|sie)\.[{QUOTES})]*(\s+)(?=\d)"
    ),
    # numbers with a sign in them, which are no ordinals: "5.000. 300 davon", "mit 3:2. 800 Fans"
    re.compile(rf"\d(?:[,:]\d{{1,3}}|\.\d{{3}}|\.{YEAR})\.(\s+)(?=\d)"),
)


def corrected(text: str, spans: list[Span], language: str) -> list[Span]:
    """Remove known wrong boundaries and add known missing ones."""
    out: list[Span] = []
    for span in spans:
        if out and _belongs(text, out[-1], span, language):
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return [piece for span in out for piece in _parted(text, span)] if language == "de" else out


def _belongs(text: str, one: Span, two: Span, language: str) -> bool:
    """Whether the boundary between two pieces is wrong."""
    before, after = text[max(one.start, one.end - _TAIL) : one.end], text[two.start : two.end]
    if _NUMBER_ONLY.fullmatch(before) or not any(c.isalnum() for c in after):
        return True
    if after[0] in ",;" or (one.end == two.start and after[0] == "-"):  # "am 12., Beginn", "Dipl.-Ing."
        return True
    if language == "de" and after[0].isdigit() and _STREET.search(before):
        return True
    if before.rstrip(QUOTES + ")]")[-1:].isalnum():  # no punctuation at all: "Section 60 (5)"
        return True
    if (
        one.end == two.start
        and _NO_BEGINNING.match(after)
        and not _GLUED.search(text[: two.start + 2], one.start)
    ):
        return True
    word = re.match(r"\w+", after)
    if word is None or word[0] in STARTERS:
        return False
    last = _LAST_WORD.search(before)
    if last and last[1].casefold() in ABBREVIATIONS.get(language, ()):
        return True
    if language == "de" and _ORDINAL.search(before):
        return bool(ORDINAL_NOUN.match(after) or BEFORE_ORDINAL.search(before))
    return False


def _parted(text: str, span: Span) -> list[Span]:
    """Split a span at the full stops that sentencex misses."""
    if not _INNER_STOP.search(text, span.start, span.end):
        return [span]
    cuts = {span.start, span.end}
    if bracketed := _BRACKETED.match(text, span.start, span.end):
        cuts.add(bracketed.end(1))
    for rule in _PASSED_OVER:
        for match in rule.finditer(text, span.start, span.end):
            last = _LAST_WORD.search(text, match.start(), match.start(1))
            if not (last and rule is _PASSED_OVER[1] and last[1].casefold() in ABBREVIATIONS["de"]):
                cuts.add(match.end(1))
    return between(text, sorted(cuts))
